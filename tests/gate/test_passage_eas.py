"""A gate that goes by the EAS bit: named tags, and the alarm of a tag that nobody can name."""

import pytest

from circulation.ids import TagUid
from circulation.messages import Direction, GateEventKind, ListKind, Verdict
from gate.crossing import BeamEdge, BeamName
from gate.passage import (
    EasHeard,
    Effect,
    Event,
    ListChanged,
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

EAS, BOTH = Security.EAS, Security.BOTH
BOOK = TagUid("E004010012345678")
LOAN = 0xC2


def read(at: float, *, eas: bool | None, afi: int | None = None) -> TagRead:
    return TagRead(BOOK, afi, None, at, eas)


def play(security: Security, *events: Event, test_tag: str | None = None) -> list[Effect]:
    rules = Rules(afi_in_stock=0x07, security=security, test_tag=test_tag)
    state, told = State(), []
    for event in events:
        state, effects = step(state, event, rules)
        told += effects
    return told


def alarms(effects: list[Effect]) -> list[Report]:
    reports = (effect for effect in effects if isinstance(effect, Report))
    return [report for report in reports if report.kind is GateEventKind.ALARM]


@pytest.mark.parametrize(
    ("security", "afi", "eas", "expected"),
    [
        (EAS, None, True, [Verdict.ALARM]),
        (EAS, None, False, []),
        (BOTH, LOAN, True, [Verdict.ALARM]),
        (BOTH, LOAN, False, []),
    ],
)
def test_the_bit_decides_in_the_step_that_sees_the_tag(
    security: Security, afi: int | None, eas: bool, expected: list[Verdict]
) -> None:
    effects = play(security, read(0.1, eas=eas, afi=afi))

    assert [effect.verdict for effect in effects if isinstance(effect, Signal)] == expected
    assert [report.tags[0].eas for report in alarms(effects)] == [True for _ in expected]


def test_a_loan_whose_bit_is_still_set_passes_with_the_friendly_signal() -> None:
    effects = play(EAS, ListChanged(frozenset({BOOK})), read(0.1, eas=True))

    assert effects == [Signal(Verdict.FRIENDLY)]


def test_an_armed_book_of_another_library_is_noted_where_the_gate_knows_its_own() -> None:
    ours = ListChanged(frozenset({"E0040100AAAAAAAA"}), ListKind.OURS)

    assert play(EAS, ours, read(0.1, eas=True)) == []


def test_what_is_heard_and_cannot_be_named_alarms_once() -> None:
    effects = play(EAS, EasHeard(0.1), EasHeard(0.2), Tick(0.25), EasHeard(8.0))

    [alarm] = alarms(effects)
    assert alarm.tags == ()
    assert [effect for effect in effects if isinstance(effect, Signal)] == [Signal(Verdict.ALARM)]


def test_behind_a_tag_that_was_named_the_bit_is_no_news() -> None:
    effects = play(EAS, read(0.1, eas=True), EasHeard(0.4))

    assert [len(alarm.tags) for alarm in alarms(effects)] == [1]


def test_the_passage_of_an_unnamed_tag_is_an_alarm_and_the_next_one_is_not() -> None:
    def out(at: float) -> list[Event]:
        return [
            BeamEdge(BeamName.INNER, True, at),
            BeamEdge(BeamName.OUTER, True, at + 0.4),
            BeamEdge(BeamName.INNER, False, at + 0.5),
            BeamEdge(BeamName.OUTER, False, at + 0.8),
        ]

    first, second = out(0.0), out(5.0)
    effects = play(EAS, first[0], EasHeard(0.2), *first[1:], *second)

    passages = [
        (effect.direction, effect.verdict)
        for effect in effects
        if isinstance(effect, Report) and effect.kind is GateEventKind.PASSAGE
    ]
    assert passages == [(Direction.OUT, Verdict.ALARM), (Direction.OUT, Verdict.SILENT)]


def test_somebody_who_comes_in_with_an_unnamed_tag_is_let_in() -> None:
    assert play(EAS, BeamEdge(BeamName.OUTER, True, 0.0), EasHeard(0.2)) == []


@pytest.mark.parametrize("eas", [True, False])
def test_the_known_tag_passes_the_self_test_with_its_bit(eas: bool) -> None:
    effects = play(EAS, read(0.1, eas=eas), test_tag=BOOK)

    assert effects[0] == SelfTestSignal(passed=eas)
