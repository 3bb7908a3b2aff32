"""The local lists a gate holds: on its disk, asked for again, and how long ago they were good."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import assert_never

import structlog

from circulation.messages import ListDelta, ListKind, ListQuestion, PendingList
from gate.keeper import Keeper
from gate.local_list import LocalList, Outcome, take
from gate.outbox import Outbox
from gate.uids import Uids

_ASK_EVERY_S = 60.0
_ASK_AGAIN_S = 5.0  # after a gap; the parts of a long list need a moment to come
_log = structlog.get_logger(__name__)


class Lists:
    """Owned by the reporter's thread. `on_list` gets each list that is new to the gate."""

    def __init__(
        self,
        kinds: Iterable[ListKind],
        keeper: Keeper,
        on_list: Callable[[Uids, ListKind], None],
    ) -> None:
        self._keeper = keeper
        self._on_list = on_list
        self._held = {kind: LocalList() for kind in kinds}
        self._ask_at = dict.fromkeys(self._held, 0.0)

    def load(self) -> None:
        """Hand on what was known when the power went."""
        for kind in self._held:
            held = self._keeper.ask(partial(Outbox.kept_list, kind=kind), default=LocalList())
            self._held[kind] = held
            if held.version is not None:
                self._on_list(held.uids, kind)

    def take(self, message: PendingList | ListDelta) -> None:
        """A whole list, a part of one, or a change; nothing when no aisle needs this kind."""
        before = self._held.get(message.kind)
        if before is None:
            return
        now, outcome = take(before, message)
        self._held[message.kind] = now
        match outcome:
            case Outcome.CHANGED:
                self._keeper.ask(
                    partial(Outbox.keep_list, kind=message.kind, before=before, now=now),
                    default=None,
                )
                self._on_list(now.uids, message.kind)
            case Outcome.GAP | Outcome.WAITING:
                _log.info("list_incomplete", kind=message.kind, have=now.version, outcome=outcome)
                soon = time.monotonic() + _ASK_AGAIN_S
                self._ask_at[message.kind] = min(self._ask_at[message.kind], soon)
            case Outcome.CONFIRMED | Outcome.OLD:
                pass
            case _:
                assert_never(outcome)

    def ask_now(self) -> None:
        """The line is new: what came meanwhile may be lost."""
        self._ask_at = dict.fromkeys(self._held, 0.0)

    def questions(self) -> list[ListQuestion]:
        """Which lists to ask for now. A change that nobody heard is found by asking again."""
        now = time.monotonic()
        due = [kind for kind, at in self._ask_at.items() if now >= at]
        for kind in due:
            self._ask_at[kind] = now + _ASK_EVERY_S
        return [ListQuestion(have=self._held[kind].version, kind=kind) for kind in due]

    @property
    def version(self) -> int | None:
        """The version that is the furthest behind; None while a list is missing."""
        versions = [held.version for held in self._held.values()]
        known = [version for version in versions if version is not None]
        return min(known) if known and len(known) == len(versions) else None

    @property
    def vouched_at(self) -> datetime | None:
        """When the controller last vouched for all of them; None while one is missing."""
        moments = [held.at for held in self._held.values()]
        known = [moment for moment in moments if moment is not None]
        return min(known) if known and len(known) == len(moments) else None
