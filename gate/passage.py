"""Decide at the gate: tags and beams in, signals and reports out. Pure, alone and at once.

The verdict on a tag needs nobody: its AFI or EAS bit says whether it is secured, the local list
says which loans still carry an armed tag. A foreign AFI is noted and never an alarm; an armed tag
of another library is one unless the gate holds the list of all that is ours. A UHF tag shows
nothing: what is not on the list of lent ones alarms, and without such a list nothing does: it would
be every book. The lamp is ordered in the very step that sees the tag; the report of the passage
follows when the person is through.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import assert_never

from circulation.messages import Direction, GateEventKind, ListKind, Verdict
from gate.crossing import Aisle, BeamEdge, BeamName, edge, entering, expire, new_faults
from gate.security import AfiPair, Security, Shown, is_secured

_SEVERITY = (Verdict.SILENT, Verdict.LOGGED, Verdict.FRIENDLY, Verdict.ALARM)
_MOST_TAGS = 64  # in one report (GateEvent.tags); the most severe are told


@dataclass(frozen=True, slots=True)
class Rules:
    """What is configuration at a gate. Times in seconds."""

    afi_in_stock: int
    afi_on_loan: int = 0xC2  # any other is a stranger's or of an unknown layout
    pair_window_s: float = 1.5  # from leaving the first beam to reaching the second
    rearm_s: float = 10.0  # the same tag within this time is the same event
    gather_s: float = 3.0  # tags that nobody carried through are reported after this
    beam_fault_s: float = 10.0
    monitor_only: bool = False  # burn-in: judge and report, never signal
    test_tag: str | None = None
    security: Security = Security.AFI

    @property
    def afi_pair(self) -> AfiPair:
        """The library's two values."""
        return AfiPair(self.afi_in_stock, self.afi_on_loan)


@dataclass(frozen=True, slots=True)
class TagRead:
    """One sighting of one tag at one antenna. `uid`: the EPC of a UHF tag, which has no AFI."""

    uid: str
    afi: int | None
    antenna: int | None
    at: float
    eas: bool | None = None  # None: not asked, or a chip without one


@dataclass(frozen=True, slots=True)
class EasHeard:
    """Some tag answered the EAS question, and none could be named: its bit reaches further."""

    at: float


@dataclass(frozen=True, slots=True)
class ListChanged:
    """A new local list of one kind."""

    uids: Set[str]
    kind: ListKind = ListKind.ARMED_LOANS


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes."""

    at: float


@dataclass(frozen=True, slots=True)
class ReaderChanged:
    """The reader was lost, or is back."""

    present: bool
    at: float


@dataclass(frozen=True, slots=True)
class PeopleCounted:
    """The reader's own people counter went on."""

    came_in: int
    went_out: int
    at: float


Event = BeamEdge | TagRead | EasHeard | ListChanged | Tick | ReaderChanged | PeopleCounted


@dataclass(frozen=True, slots=True)
class Judged:
    """A tag of this passage with its verdict."""

    uid: str
    afi: int | None
    antenna: int | None
    verdict: Verdict
    eas: bool | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """Lamp and sounder: alarm or friendly, now."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SelfTestSignal:
    """The known tag was carried through: say on the spot whether the gate would have alarmed."""

    passed: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Something for the log. `passage` numbers the passage it belongs to."""

    kind: GateEventKind
    at: float
    passage: int | None = None
    direction: Direction = Direction.UNKNOWN
    verdict: Verdict = Verdict.SILENT
    tags: tuple[Judged, ...] = ()
    beam: BeamName | None = None
    passed: bool | None = None


Effect = Signal | SelfTestSignal | Report


@dataclass(frozen=True, slots=True)
class Seen:
    """When a tag was last read, and what it showed."""

    at: float
    shown: Shown


@dataclass(frozen=True, slots=True)
class State:
    """Everything the gate has in mind."""

    aisle: Aisle = field(default_factory=Aisle)
    pending: Set[str] = frozenset()
    lent: Set[str] | None = None
    ours: Set[str] | None = None
    judged: tuple[Judged, ...] = ()
    unnamed: bool = False  # an armed tag that nobody could name is on the way
    heard_at: float | None = None
    last_tag_at: float | None = None
    last_seen: Mapping[str, Seen] = field(default_factory=lambda: MappingProxyType({}))
    passage: int = 1
    reader_present: bool = True


Step = tuple[State, tuple[Effect, ...]]


def step(state: State, event: Event, rules: Rules) -> Step:
    """One event in; the new state and what to do now."""
    match event:
        case TagRead():
            return _tag(state, event, rules)
        case EasHeard():
            return _heard(state, event.at, rules)
        case BeamEdge():
            aisle, done = edge(state.aisle, event, window_s=rules.pair_window_s)
            return _finish(replace(state, aisle=aisle), done, event.at)
        case Tick():
            return _tick(state, event.at, rules)
        case ListChanged():
            return _list(state, event), ()
        case ReaderChanged():
            return _reader(state, event)
        case PeopleCounted():
            done = (Direction.OUT,) * event.went_out + (Direction.IN,) * event.came_in
            return _finish(state, done, event.at)
        case _:
            assert_never(event)


def judge(state: State, read: TagRead, rules: Rules) -> Verdict:
    """The verdict on one tag, from what it shows, the local list and who is on the way."""
    secured = _is_secured(state, read, rules)
    if secured is None:
        return Verdict.LOGGED
    if not secured:
        return Verdict.SILENT
    if read.uid in state.pending:
        return Verdict.FRIENDLY
    by_tag = rules.security is not Security.LIST
    is_a_strangers = by_tag and state.ours is not None and read.uid not in state.ours
    return Verdict.LOGGED if is_a_strangers or entering(state.aisle) else Verdict.ALARM


def worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """The verdict that a passage as a whole gets."""
    return max(verdicts, key=_SEVERITY.index, default=Verdict.SILENT)


def _is_secured(state: State, read: TagRead, rules: Rules) -> bool | None:
    lent = None if state.lent is None else read.uid in state.lent
    return is_secured(rules.security, _shown(read), rules.afi_pair, lent=lent)


def _list(state: State, event: ListChanged) -> State:
    match event.kind:
        case ListKind.ARMED_LOANS:
            return replace(state, pending=event.uids)
        case ListKind.LENT:
            return replace(state, lent=event.uids)
        case ListKind.OURS:  # an empty one would silence the gate: nobody has no books
            return replace(state, ours=event.uids or None)
        case _:
            assert_never(event.kind)


def _tag(state: State, read: TagRead, rules: Rules) -> Step:
    before = state.last_seen.get(read.uid)
    remembered = MappingProxyType({**state.last_seen, read.uid: Seen(read.at, _shown(read))})
    state = replace(state, last_seen=remembered)
    if before is not None and _is_the_same_event(before, read, rules):
        return state, ()
    if read.uid == rules.test_tag:
        return state, _self_test(state, read, rules)
    verdict = judge(state, read, rules)
    judged = Judged(read.uid, read.afi, read.antenna, verdict, read.eas)
    state = replace(state, judged=(*state.judged, judged), last_tag_at=read.at)
    match verdict:
        case Verdict.ALARM:
            report = Report(
                GateEventKind.ALARM, read.at, state.passage, verdict=verdict, tags=(judged,)
            )
            return state, (*_signal(verdict, rules), report)
        case Verdict.FRIENDLY:
            return state, _signal(verdict, rules)
        case Verdict.SILENT | Verdict.LOGGED:
            return state, ()
        case _:
            assert_never(verdict)


def _heard(state: State, at: float, rules: Rules) -> Step:
    """Armed, and nobody knows who: an alarm without a name, once, and none behind a named one."""
    known = [seen.at for seen in state.last_seen.values() if seen.shown.eas]
    known += [] if state.heard_at is None else [state.heard_at]
    state = replace(state, heard_at=at)
    if entering(state.aisle) or any(at - before < rules.rearm_s for before in known):
        return state, ()
    report = Report(GateEventKind.ALARM, at, state.passage, verdict=Verdict.ALARM)
    state = replace(state, unnamed=True, last_tag_at=at)
    return state, (*_signal(Verdict.ALARM, rules), report)


def _shown(read: TagRead) -> Shown:
    return Shown(read.afi, read.eas)


def _signal(verdict: Verdict, rules: Rules) -> tuple[Effect, ...]:
    return () if rules.monitor_only else (Signal(verdict),)


def _self_test(state: State, read: TagRead, rules: Rules) -> tuple[Effect, ...]:
    """A tag that lost its security would prove nothing: that is a failure, too."""
    passed = bool(_is_secured(state, read, rules))
    tag = Judged(read.uid, read.afi, read.antenna, Verdict.LOGGED, read.eas)
    report = Report(GateEventKind.SELF_TEST, read.at, tags=(tag,), passed=passed)
    return SelfTestSignal(passed), report


def _is_the_same_event(before: Seen, read: TagRead, rules: Rules) -> bool:
    """A book that was carried out, returned and taken again at once shows something else."""
    return _shown(read) == before.shown and read.at - before.at < rules.rearm_s


def _finish(state: State, done: tuple[Direction, ...], at: float) -> Step:
    """The first of those who finished together carries the tags of the passage."""
    if not done:
        return state, ()
    reports: list[Effect] = []
    for direction in done:
        reports.append(_passage(state, direction, at))
        state = replace(
            state, judged=(), unnamed=False, last_tag_at=None, passage=state.passage + 1
        )
    return state, tuple(reports)


def _passage(state: State, direction: Direction, at: float) -> Report:
    told = sorted(state.judged, key=lambda tag: -_SEVERITY.index(tag.verdict))[:_MOST_TAGS]
    verdict = Verdict.ALARM if state.unnamed else worst(tuple(tag.verdict for tag in told))
    return Report(GateEventKind.PASSAGE, at, state.passage, direction, verdict, tuple(told))


def _tick(state: State, now: float, rules: Rules) -> Step:
    aisle, done = expire(state.aisle, now, window_s=rules.pair_window_s)
    aisle, faults = new_faults(aisle, now, fault_s=rules.beam_fault_s)
    state, reports = _finish(replace(state, aisle=aisle), done, now)
    state = _forget(state, now, rules)
    if _nobody_came(state, now, rules):
        state, lonely = _finish(state, (Direction.UNKNOWN,), now)
        reports = (*reports, *lonely)
    broken = (Report(GateEventKind.BEAM_FAULT, now, beam=beam) for beam in faults)
    return state, (*reports, *broken)


def _nobody_came(state: State, now: float, rules: Rules) -> bool:
    waiting = state.last_tag_at is not None and now - state.last_tag_at > rules.gather_s
    return waiting and (not state.aisle.crossings or bool(state.aisle.faulty))


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
