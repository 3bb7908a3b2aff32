"""Decide at the gate: tags and beams in, signals and reports out. Pure, alone and at once.

The verdict on a tag needs nobody: its AFI says whether it is secured, the local list says which
loans still carry an armed tag. The lamp is ordered in the very step that sees the tag; the report
of the passage follows when the person is through.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import assert_never

from circulation.ids import TagUid
from circulation.messages import Direction, GateEventKind, Verdict
from gate.crossing import Aisle, BeamEdge, edge, entering, expire, new_faults

_SEVERITY = (Verdict.SILENT, Verdict.LOGGED, Verdict.FRIENDLY, Verdict.ALARM)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is configuration at a gate. Times in seconds."""

    afi_in_stock: int
    pair_window_s: float = 1.5  # from leaving the first beam to reaching the second
    rearm_s: float = 10.0  # the same tag within this time is the same event
    gather_s: float = 3.0  # tags that nobody carried through are reported after this
    beam_fault_s: float = 10.0


@dataclass(frozen=True, slots=True)
class TagRead:
    """One sighting of one tag at one antenna."""

    uid: TagUid
    afi: int
    antenna: int | None
    at: float


@dataclass(frozen=True, slots=True)
class ListChanged:
    """The tags whose loan stands while they are still armed."""

    uids: frozenset[TagUid]


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes."""

    at: float


@dataclass(frozen=True, slots=True)
class ReaderChanged:
    """The reader was lost, or is back."""

    present: bool
    at: float


Event = BeamEdge | TagRead | ListChanged | Tick | ReaderChanged


@dataclass(frozen=True, slots=True)
class Judged:
    """A tag of this passage with its verdict."""

    uid: TagUid
    afi: int
    antenna: int | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Signal:
    """Lamp and sounder: alarm or friendly, now."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Report:
    """Something for the log. `passage` numbers the passage it belongs to."""

    kind: GateEventKind
    at: float
    passage: int | None = None
    direction: Direction = Direction.UNKNOWN
    verdict: Verdict = Verdict.SILENT
    tags: tuple[Judged, ...] = ()


Effect = Signal | Report


@dataclass(frozen=True, slots=True)
class Seen:
    """When a tag was last read, and with which AFI."""

    at: float
    afi: int


@dataclass(frozen=True, slots=True)
class State:
    """Everything the gate has in mind."""

    aisle: Aisle = field(default_factory=Aisle)
    pending: frozenset[TagUid] = frozenset()
    judged: tuple[Judged, ...] = ()
    last_tag_at: float | None = None
    last_seen: Mapping[TagUid, Seen] = field(default_factory=lambda: MappingProxyType({}))
    passage: int = 1
    reader_present: bool = True


Step = tuple[State, tuple[Effect, ...]]


def step(state: State, event: Event, rules: Rules) -> Step:
    """One event in; the new state and what to do now."""
    match event:
        case TagRead():
            return _tag(state, event, rules)
        case BeamEdge():
            aisle, done = edge(state.aisle, event, window_s=rules.pair_window_s)
            return _finish(replace(state, aisle=aisle), done, event.at)
        case Tick():
            return _tick(state, event.at, rules)
        case ListChanged():
            return replace(state, pending=event.uids), ()
        case ReaderChanged():
            return _reader(state, event)
        case _:
            assert_never(event)


def judge(state: State, read: TagRead, rules: Rules) -> Verdict:
    """The verdict on one tag, from its AFI, the local list and who is on the way."""
    if read.afi != rules.afi_in_stock:
        return Verdict.SILENT
    if read.uid in state.pending:
        return Verdict.FRIENDLY
    return Verdict.LOGGED if entering(state.aisle) else Verdict.ALARM


def worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """The verdict that a passage as a whole gets."""
    return max(verdicts, key=_SEVERITY.index, default=Verdict.SILENT)


def _tag(state: State, read: TagRead, rules: Rules) -> Step:
    before = state.last_seen.get(read.uid)
    remembered = MappingProxyType({**state.last_seen, read.uid: Seen(read.at, read.afi)})
    state = replace(state, last_seen=remembered)
    if before is not None and _is_the_same_event(before, read, rules):
        return state, ()
    verdict = judge(state, read, rules)
    judged = Judged(read.uid, read.afi, read.antenna, verdict)
    state = replace(state, judged=(*state.judged, judged), last_tag_at=read.at)
    match verdict:
        case Verdict.ALARM:
            report = Report(
                GateEventKind.ALARM, read.at, state.passage, verdict=verdict, tags=(judged,)
            )
            return state, (Signal(verdict), report)
        case Verdict.FRIENDLY:
            return state, (Signal(verdict),)
        case Verdict.SILENT | Verdict.LOGGED:
            return state, ()
        case _:
            assert_never(verdict)


def _is_the_same_event(before: Seen, read: TagRead, rules: Rules) -> bool:
    """A book that was carried out, returned and taken again at once has another AFI."""
    return read.afi == before.afi and read.at - before.at < rules.rearm_s


def _finish(state: State, done: tuple[Direction, ...], at: float) -> Step:
    """The first of those who finished together carries the tags of the passage."""
    reports: list[Effect] = []
    for direction in done:
        reports.append(_passage(state, direction, at))
        state = replace(state, judged=(), last_tag_at=None, passage=state.passage + 1)
    return state, tuple(reports)


def _passage(state: State, direction: Direction, at: float) -> Report:
    verdict = worst(tuple(tag.verdict for tag in state.judged))
    return Report(GateEventKind.PASSAGE, at, state.passage, direction, verdict, state.judged)


def _tick(state: State, now: float, rules: Rules) -> Step:
    aisle, done = expire(state.aisle, now, window_s=rules.pair_window_s)
    aisle, faults = new_faults(aisle, now, fault_s=rules.beam_fault_s)
    state, reports = _finish(replace(state, aisle=aisle), done, now)
    state = _forget(state, now, rules)
    if _nobody_came(state, now, rules):
        state, lonely = _finish(state, (Direction.UNKNOWN,), now)
        reports = (*reports, *lonely)
    return state, (*reports, *(Report(GateEventKind.BEAM_FAULT, now) for _ in faults))


def _nobody_came(state: State, now: float, rules: Rules) -> bool:
    waiting = state.last_tag_at is not None and now - state.last_tag_at > rules.gather_s
    return waiting and not state.aisle.crossings


def _forget(state: State, now: float, rules: Rules) -> State:
    kept = {uid: seen for uid, seen in state.last_seen.items() if now - seen.at < rules.rearm_s}
    if len(kept) == len(state.last_seen):
        return state
    return replace(state, last_seen=MappingProxyType(kept))


def _reader(state: State, event: ReaderChanged) -> Step:
    if event.present == state.reader_present:
        return state, ()
    kind = GateEventKind.READER_BACK if event.present else GateEventKind.READER_LOST
    return replace(state, reader_present=event.present), (Report(kind, event.at),)
