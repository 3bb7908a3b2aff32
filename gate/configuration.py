"""What staff set at this gate from afar: checked, kept on disk, in force at once.

What cannot be used is refused and said in the gate's state; what was in force stays in force, also
after a power cut. Without any, the gate's own file stands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from circulation.configuration import (
    BadConfiguration,
    GateSettings,
    GateVersion,
    read_gate_settings,
)
from gate.keeper import Keeper
from gate.outbox import Outbox
from gate.schedule import Quiet

_FACT = "settings from afar"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pushed:
    """A document that the broker brought, not yet read."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Tuning:
    """What can be changed while the gate guards."""

    alarm_s: float
    quiet: Quiet | None


class Configuration:
    """Owned by the reporter's thread. `on_change` gets each tuning that is new to the gate."""

    def __init__(self, own: Tuning, keeper: Keeper, on_change: Callable[[Tuning], None]) -> None:
        """`own` is what the gate's file says."""
        self._own = own
        self._keeper = keeper
        self._on_change = on_change
        self._held: GateVersion | None = None
        self.refused: BadConfiguration | None = None
        """The newest document, when it could not be used."""

    def load(self) -> None:
        """Put in force what was known when the power went."""
        kept = self._keeper.ask(lambda box: box.fact(_FACT), default=None)
        if kept is None:
            return
        try:
            self._put_in_force(read_gate_settings(kept))
        except BadConfiguration as bad:  # an older program kept what this one cannot use
            self._refuse(bad)

    def take(self, pushed: Pushed) -> None:
        """The newest document is right whatever its number: the ledger may have been restored."""
        try:
            wished = read_gate_settings(pushed.payload)
        except BadConfiguration as bad:
            self._refuse(bad)
            return
        self.refused = None
        if wished == self._held:
            return
        kept = partial(Outbox.keep_fact, name=_FACT, value=wished.model_dump_json())
        self._keeper.ask(kept, default=None)
        self._put_in_force(wished)

    @property
    def version(self) -> int | None:
        """Of what is in force; None for the gate's own file."""
        return None if self._held is None else self._held.version

    def _put_in_force(self, wished: GateVersion) -> None:
        self._held = wished
        self._on_change(self._own if wished.settings is None else _tuning(wished.settings))
        _log.info("settings_in_force", version=wished.version)

    def _refuse(self, bad: BadConfiguration) -> None:
        if self.refused is None or self.refused.version != bad.version:
            _log.error("settings_refused", version=bad.version, why=str(bad))
        self.refused = bad


def _tuning(settings: GateSettings) -> Tuning:
    hours = settings.quiet_hours
    return Tuning(settings.alarm_s, None if hours is None else Quiet(hours.start, hours.end))
