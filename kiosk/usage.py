"""How the kiosk is used, as counts: what happened, never to whom. Pure but for its own memory.

Nothing here looks at a name, a card, a copy or a title. The words are those of
`circulation.selfservice.Counter`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from circulation.reasons import Reason
from kiosk.effects import Effect
from kiosk.errands import CallLibrarian, ReportDamage, SearchCatalogue
from kiosk.events import Event, Tick
from kiosk.limits import is_warning
from kiosk.state import Line, Phase, Stage, State, lifted_too_early

_AT_REST = (Stage.IDLE, Stage.PROBLEM)
_BACK = (Phase.RETURNED, Phase.QUEUED)
_ERRANDS: Mapping[type, str] = {
    SearchCatalogue: "searches",
    CallLibrarian: "calls",
    ReportDamage: "damages",
}


class Tally:
    """Counts from one step of the session to the next."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._card_at: float | None = None

    def take(self) -> dict[str, int]:
        """What was counted since the last time."""
        counts, self._counts = dict(self._counts), Counter()
        return counts

    def see(self, before: State, event: Event, after: State, effects: Iterable[Effect]) -> None:
        """One step: what it was before, and what it led to."""
        if before is after:
            return
        self._sessions(before, event, after)
        self._copies(before, after)
        self._refusals(before, after)
        for effect in effects:
            if word := _ERRANDS.get(type(effect)):
                self._counts[word] += 1

    def _sessions(self, before: State, event: Event, after: State) -> None:
        begins = before.stage in _AT_REST and after.stage not in _AT_REST
        ends = before.stage not in _AT_REST and after.stage in _AT_REST
        self._counts["sessions"] += begins
        known = after.person is not None and after.person.view is not None
        if known and self._card_at is None:
            self._card_at = after.now
        self._counts["speech"] += after.access.speech and not before.access.speech
        if not ends:
            return
        by_time = isinstance(event, Tick) and is_warning(before)
        self._counts["timeouts"] += by_time
        if self._card_at is not None and not by_time:
            self._counts["timed"] += 1
            self._counts["seconds"] += max(0, round(after.now - self._card_at))
        self._card_at = None

    def _copies(self, before: State, after: State) -> None:
        for line in _changed(before, after):
            self._counts["lent"] += line.phase is Phase.LENT
            self._counts["returned"] += line.phase in _BACK and not _was(before, line, *_BACK)
        for copy, renewal in after.renewals.items():
            was = before.renewals.get(copy)
            self._counts["renewed"] += renewal.due is not None and (was is None or was.due is None)
        more = len(lifted_too_early(after)) - len(lifted_too_early(before))
        self._counts["put_backs"] += max(0, more)

    def _refusals(self, before: State, after: State) -> None:
        for line in _changed(before, after):
            if line.phase is Phase.REFUSED and line.reasons:
                self._refused(line.reasons[0])
        for copy, renewal in after.renewals.items():
            was = before.renewals.get(copy)
            if renewal.reason is not None and (was is None or was.reason is None):
                self._refused(renewal.reason)
        reason = _reason_of_person(after)
        if reason is not None and reason is not _reason_of_person(before):
            self._refused(reason)

    def _refused(self, reason: Reason) -> None:
        self._counts[f"refused:{reason.value}"] += 1


def _changed(before: State, after: State) -> Iterable[Line]:
    return (line for line in after.lines.values() if not _was(before, line, line.phase))


def _was(before: State, line: Line, *phases: Phase) -> bool:
    earlier = before.lines.get(line.copy)
    return earlier is not None and earlier.phase in phases


def _reason_of_person(state: State) -> Reason | None:
    person = state.person
    if person is None:
        return None
    blocked = person.view.blocked if person.view is not None else ()
    return person.refusal or (blocked[0] if blocked else None)
