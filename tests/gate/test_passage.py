"""The gate decides from the tag alone, at once, and reports when the person is through."""

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circulation.ids import TagUid
from circulation.messages import Direction, GateEventKind, ListKind, Verdict
from gate.crossing import BeamEdge, BeamName
from gate.passage import (
    Event,
    ListChanged,
    PeopleCounted,
    ReaderChanged,
    Report,
    Rules,
    SelfTestSignal,
    Signal,
    State,
    TagRead,
    Tick,
    step,
)
from gate.security import Security

RULES = Rules(afi_in_stock=0x07)
STOCK, LOAN, FOREIGN = 0x07, 0xC2, 0x21
BOOK = TagUid("E004010012345678")
OTHER = TagUid("E0040100AAAAAAAA")


def inner(at: float, *, broken: bool = True) -> BeamEdge:
    return BeamEdge(BeamName.INNER, broken, at)


def outer(at: float, *, broken: bool = True) -> BeamEdge:
    return BeamEdge(BeamName.OUTER, broken, at)


def tag(at: float, afi: int = STOCK, uid: TagUid = BOOK) -> TagRead:
    return TagRead(uid, afi, 1, at)


def walk_out(*reads: TagRead) -> list[Event]:
    """One person goes out; the reads happen between the beams."""
    return [inner(0), *reads, outer(0.4), inner(0.5, broken=False), outer(0.8, broken=False)]


def play(
    *events: Event, state: State | None = None, rules: Rules = RULES
) -> tuple[State, list[Signal], list[Report]]:
    state, signals, reports = state or State(), [], []
    for event in events:
        state, effects = step(state, event, rules)
        signals += [effect for effect in effects if isinstance(effect, Signal)]
        reports += [effect for effect in effects if isinstance(effect, Report)]
    return state, signals, reports


def test_a_secured_book_alarms_in_the_step_that_sees_it() -> None:
    _, effects = step(State(), tag(0.1), RULES)

    assert effects[0] == Signal(Verdict.ALARM)
    assert isinstance(effects[1], Report)
    assert effects[1].kind is GateEventKind.ALARM


def test_a_loan_goes_out_in_silence_and_is_counted() -> None:
    _, signals, reports = play(*walk_out(tag(0.2, LOAN)))

    assert signals == []
    assert [(r.kind, r.direction, r.verdict) for r in reports] == [
        (GateEventKind.PASSAGE, Direction.OUT, Verdict.SILENT)
    ]
    assert reports[0].tags[0].uid == BOOK


def test_a_loan_that_is_still_armed_passes_with_the_friendly_signal() -> None:
    listed, _, _ = play(ListChanged(frozenset({BOOK})))

    _, signals, reports = play(*walk_out(tag(0.2)), state=listed)

    assert signals == [Signal(Verdict.FRIENDLY)]
    assert [(r.kind, r.verdict) for r in reports] == [(GateEventKind.PASSAGE, Verdict.FRIENDLY)]


def test_a_secured_book_that_comes_in_is_only_logged() -> None:
    story = [outer(0), tag(0.2), inner(0.4), outer(0.5, broken=False), inner(0.8, broken=False)]

    _, signals, reports = play(*story)

    assert signals == []
    assert [(r.direction, r.verdict) for r in reports] == [(Direction.IN, Verdict.LOGGED)]


def test_a_thief_behind_somebody_who_looked_in_and_turned_back_alarms() -> None:
    looked_in = [outer(0), outer(0.3, broken=False), outer(0.5), outer(0.8, broken=False)]

    _, signals, _ = play(*looked_in, inner(1.4), tag(1.5))

    assert signals == [Signal(Verdict.ALARM)]


@pytest.mark.parametrize(
    ("afi", "verdict"),
    [(LOAN, Verdict.SILENT), (FOREIGN, Verdict.LOGGED), (0x00, Verdict.LOGGED)],
)
def test_whatever_is_not_secured_is_silent_and_a_strangers_is_noted(
    afi: int, verdict: Verdict
) -> None:
    _, signals, reports = play(*walk_out(tag(0.2, afi)))

    assert signals == []
    assert [report.verdict for report in reports] == [verdict]


def test_an_armed_book_of_another_library_is_spared_when_the_gate_knows_all_that_is_ours() -> None:
    knowing, _, _ = play(ListChanged(frozenset({BOOK}), ListKind.OURS))

    _, strangers, reports = play(*walk_out(tag(0.2, uid=OTHER)), state=knowing)
    _, ours, _ = play(*walk_out(tag(0.2)), state=knowing)

    assert (strangers, reports[0].verdict) == ([], Verdict.LOGGED)
    assert ours == [Signal(Verdict.ALARM)]


def test_an_empty_list_of_all_that_is_ours_silences_nothing() -> None:
    knowing, _, _ = play(ListChanged(frozenset(), ListKind.OURS))

    _, signals, _ = play(*walk_out(tag(0.2)), state=knowing)

    assert signals == [Signal(Verdict.ALARM)]


def test_a_uhf_tag_alarms_unless_it_is_on_the_list_of_all_that_is_lent() -> None:
    epc = TagRead("30361FACC400DE8000000001", None, 1, 0.2)
    by_list = replace(RULES, security=Security.LIST)
    without_list = play(*walk_out(epc), rules=by_list)
    lent, _, _ = play(ListChanged(frozenset({epc.uid}), ListKind.LENT))
    none_lent, _, _ = play(ListChanged(frozenset(), ListKind.LENT))

    assert (without_list[1], without_list[2][0].verdict) == ([], Verdict.LOGGED)
    assert play(*walk_out(epc), state=lent, rules=by_list)[1] == []
    assert play(*walk_out(epc), state=none_lent, rules=by_list)[1] == [Signal(Verdict.ALARM)]


@pytest.mark.parametrize(("afi", "passed"), [(STOCK, True), (LOAN, False)])
def test_the_known_tag_tests_the_gate_and_alarms_nobody(afi: int, passed: bool) -> None:
    rules = replace(RULES, test_tag=BOOK)

    state, effects = step(State(), tag(0.1, afi), rules)
    _, again = step(state, tag(0.2, afi), rules)

    assert effects[0] == SelfTestSignal(passed)
    assert isinstance(effects[1], Report)
    assert (effects[1].kind, effects[1].passed) == (GateEventKind.SELF_TEST, passed)
    assert again == ()


def test_in_burn_in_everything_is_judged_and_reported_and_nothing_sounds() -> None:
    state, effects = State(), []
    for event in walk_out(tag(0.2)):
        state, now = step(state, event, replace(RULES, monitor_only=True))
        effects += now

    assert [(e.kind, e.verdict) for e in effects if isinstance(e, Report)] == [
        (GateEventKind.ALARM, Verdict.ALARM),
        (GateEventKind.PASSAGE, Verdict.ALARM),
    ]
    assert not any(isinstance(effect, Signal) for effect in effects)


def test_the_readers_own_counter_reports_each_person_and_the_tags_once() -> None:
    _, signals, reports = play(tag(0.1), PeopleCounted(came_in=1, went_out=2, at=0.9))

    assert signals == [Signal(Verdict.ALARM)]
    assert [(r.kind.value, r.direction.value, len(r.tags)) for r in reports] == [
        ("alarm", "unknown", 1),
        ("passage", "out", 1),
        ("passage", "out", 0),
        ("passage", "in", 0),
    ]


def test_a_trolley_of_books_is_reported_with_its_most_severe_tags() -> None:
    silent = [tag(0.1, LOAN, TagUid(f"E0040100{n:08X}")) for n in range(80)]

    _, _, reports = play(*walk_out(*silent, tag(0.2)))

    passage = reports[-1]
    assert len(passage.tags) == 64
    assert passage.tags[0].verdict is Verdict.ALARM


def test_a_person_who_stops_between_the_beams_is_one_passage() -> None:
    stops = [inner(0), tag(0.2), outer(0.4), inner(0.5, broken=False)]
    waits = [event for n in range(1, 32) for event in (tag(n / 4), Tick(n / 4))]

    _, signals, reports = play(*stops, *waits, outer(8.0, broken=False), Tick(20.0))

    assert len(signals) == 1
    assert [(r.kind.value, r.direction.value) for r in reports] == [
        ("alarm", "unknown"),
        ("passage", "out"),
    ]


def test_a_tag_read_ten_times_is_one_event() -> None:
    reads = [tag(0.1 + n / 50) for n in range(10)]

    _, signals, reports = play(*walk_out(*reads))

    assert len(signals) == 1
    assert [r.kind for r in reports] == [GateEventKind.ALARM, GateEventKind.PASSAGE]
    assert len(reports[1].tags) == 1


def test_the_same_book_alarms_again_after_the_rearm_time() -> None:
    state, _, _ = play(*walk_out(tag(0.2)))

    _, soon, _ = play(tag(5.0), state=state)
    _, later, _ = play(tag(10.3), state=state)

    assert soon == []
    assert later == [Signal(Verdict.ALARM)]


def test_a_book_carried_out_returned_and_taken_again_at_once_alarms() -> None:
    state, silent, _ = play(*walk_out(tag(0.2, LOAN)))

    _, signals, _ = play(tag(4.0, STOCK), state=state)

    assert silent == []
    assert signals == [Signal(Verdict.ALARM)]


def test_a_book_left_lying_in_the_field_does_not_alarm_for_ever() -> None:
    events = [event for n in range(60) for event in (tag(float(n)), Tick(n + 0.5))]

    _, signals, _ = play(*events)

    assert len(signals) == 1


def test_alarm_and_passage_carry_the_same_number_and_the_next_person_another() -> None:
    state, _, first = play(*walk_out(tag(0.2)))
    _, _, second = play(*walk_out(tag(0.2, uid=OTHER)), state=state)

    assert [r.passage for r in first] == [1, 1]
    assert [r.passage for r in second] == [2, 2]


def test_a_tag_that_nobody_carries_through_is_reported_with_unknown_direction() -> None:
    _, _, reports = play(tag(0.0, LOAN), Tick(1.0), Tick(3.1))

    assert [(r.kind, r.direction) for r in reports] == [(GateEventKind.PASSAGE, Direction.UNKNOWN)]


def test_a_lost_reader_is_reported_once_and_its_return_too() -> None:
    story = [ReaderChanged(False, 1.0), ReaderChanged(False, 2.0), ReaderChanged(True, 3.0)]

    _, _, reports = play(*story)

    assert [r.kind for r in reports] == [GateEventKind.READER_LOST, GateEventKind.READER_BACK]


def test_a_cut_beam_cable_is_reported() -> None:
    _, _, reports = play(inner(0.0), Tick(5.0), Tick(10.5), Tick(11.0))

    assert [r.kind for r in reports] == [GateEventKind.BEAM_FAULT]


events = st.one_of(
    st.builds(
        lambda uid, afi: ("tag", uid, afi),
        st.sampled_from([BOOK, OTHER]),
        st.sampled_from([STOCK, LOAN, FOREIGN]),
    ),
    st.builds(
        lambda beam, broken: ("beam", beam, broken), st.sampled_from(BeamName), st.booleans()
    ),
    st.just(("tick",)),
)


@given(st.lists(events, max_size=60), st.booleans())
def test_whatever_happens_only_secured_unlisted_tags_alarm(
    story: list[tuple[object, ...]], listed: bool
) -> None:
    clock = count()
    pending = frozenset({BOOK}) if listed else frozenset()
    state, _ = step(State(), ListChanged(pending), RULES)
    for what in story:
        at = next(clock) / 4
        match what:
            case ("tag", uid, afi):
                event: Event = TagRead(uid, afi, 1, at)
            case ("beam", beam, broken):
                event = BeamEdge(beam, broken, at)
            case _:
                event = Tick(at)
        state, effects = step(state, event, RULES)
        alarms = [e for e in effects if e == Signal(Verdict.ALARM)]
        assert not alarms or (
            isinstance(event, TagRead) and event.afi == STOCK and event.uid not in pending
        )
    assert len(state.last_seen) <= 2
