"""What staff set at this kiosk from afar: asked for at the start and twice a minute, checked, kept.

What cannot be used is refused and reported; what was in force stays in force, also after a power
cut: it lies beside the journal. Without any, the kiosk's own file stands.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from circulation.configuration import (
    BadConfiguration,
    KioskSettings,
    KioskVersion,
    read_kiosk_settings,
)

EVERY_S = 30.0
Ask = Callable[[int | None], "str | None"]
"""The newest document for who has this version; None: nothing newer, or nobody answers."""
_log = structlog.get_logger(__name__)


class Configuration:
    """One thread. `on_change` gets each settings that are new to the kiosk; None: its own file."""

    def __init__(
        self, path: Path, ask: Ask, on_change: Callable[[KioskSettings | None], None]
    ) -> None:
        self._path = path
        self._ask = ask
        self._on_change = on_change
        self._held: KioskVersion | None = None
        self._refused: BadConfiguration | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="configuration", daemon=True)

    def start(self) -> None:
        """Put in force what was known when the power went, then go on asking."""
        self._load()
        self._thread.start()

    def stop(self, timeout_s: float = 7.0) -> None:
        """End after the call that is under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    @property
    def state(self) -> dict[str, int | str | None]:
        """The fields of `DeviceState` that tell of it; safe from any thread."""
        held, refused = self._held, self._refused
        return {
            "settings_version": None if held is None else held.version,
            "settings_refused": None if refused is None else refused.version,
            "settings_error": "" if refused is None else str(refused),
        }

    def look(self) -> None:
        """Ask once. The newest document is right whatever its number: a ledger may be restored."""
        newest = self._held if self._refused is None else self._refused
        answer = self._ask(None if newest is None else newest.version)
        if answer is None:
            return
        try:
            wished = read_kiosk_settings(answer)
        except BadConfiguration as bad:
            self._refuse(bad)
            return
        self._refused = None
        if wished != self._held:
            self._keep(wished)
            self._put_in_force(wished)

    def _work(self) -> None:
        ending = False
        while not ending:
            try:
                self.look()
            except Exception:  # noqa: BLE001  # one strange answer must not end the asking
                _log.exception("configuration_failed")
            ending = self._stopping.wait(EVERY_S)

    def _load(self) -> None:
        try:
            self._put_in_force(read_kiosk_settings(self._path.read_bytes()))
        except FileNotFoundError:
            return
        except OSError as error:
            _log.error("settings_unreadable", why=str(error))
        except BadConfiguration as bad:  # half a file, or a document of another program
            _log.error("settings_damaged", why=str(bad))

    def _keep(self, wished: KioskVersion) -> None:
        """All or nothing on the disk; a full disk costs the next start its settings, not this."""
        new = self._path.with_suffix(".new")
        try:
            with new.open("w", encoding="utf-8") as file:
                file.write(wished.model_dump_json())
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as error:
            _log.error("settings_not_kept", why=str(error))

    def _put_in_force(self, wished: KioskVersion) -> None:
        self._held = wished
        self._on_change(wished.settings)
        _log.info("settings_in_force", version=wished.version)

    def _refuse(self, bad: BadConfiguration) -> None:
        _log.error("settings_refused", version=bad.version, why=str(bad))
        self._refused = bad
