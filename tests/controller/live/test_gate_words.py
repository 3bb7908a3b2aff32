"""Staff read how a gate is and what to do about an alarm, in both languages."""

from datetime import UTC, datetime, timedelta

import pytest

from circulation.api import LiveEvent
from circulation.messages import GateState, Presence, SelfTest, Storage
from controller.live.gate_words import gate_notes, gate_parts
from controller.live.words import Language
from controller.tables import EventKind

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)


def state(**facts: object) -> dict:
    well = {"list_version": 4, "list_heard_at": NOW, "self_test": SelfTest.PASSED}
    return GateState(presence=Presence.ONLINE, **{**well, **facts}).model_dump(mode="json")


def line(kind: EventKind, **detail: object) -> LiveEvent:
    return LiveEvent(
        seq=1, at=NOW, kind=kind, device="gate-1", item_id=None, title=None, detail=detail
    )


def test_of_a_gate_that_is_well_nothing_is_said() -> None:
    assert gate_parts(state(), Language.RU, NOW) == ()


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ({"blind": "left"}, ("не видит меток", "left", False)),
        ({"monitored": True}, ("режим", "пробная работа", True)),
        ({"storage": Storage.FAILING}, ("память", "не пишет: проверьте карту памяти", False)),
        ({"self_test": SelfTest.OVERDUE}, ("проверка меткой", "пора провести", False)),
        ({"dropped": 12}, ("не сохранено", "12", False)),
        ({"list_version": None, "list_heard_at": None},
         ("список выданных", "ещё не получен", False)),
        ({"list_heard_at": NOW - timedelta(minutes=150)},
         ("список выданных", "обновлён 2 ч 30 мин назад", False)),
    ],
)  # fmt: skip
def test_what_staff_should_know_is_said(facts: dict, part: tuple[str, str, bool]) -> None:
    assert gate_parts(state(**facts), Language.RU, NOW) == (part,)


def test_an_alarm_says_what_to_do() -> None:
    assert gate_notes(line(EventKind.GATE_ALARMED), Language.RU) == [
        "не догоняйте: запишите время и спросите, когда придёт снова"
    ]


def test_in_burn_in_nobody_is_told_to_do_anything() -> None:
    assert gate_notes(line(EventKind.GATE_ALARMED, monitored=True), Language.EN) == [
        "burn-in, nothing sounded"
    ]


@pytest.mark.parametrize(
    ("detail", "note"),
    [
        ({"aisle": "left", "beam": "inner"}, ["aisle left", "beam inner"]),
        ({"passed": False}, ["the tag was not read: look at the gate and the tag"]),
        ({"dropped": 3}, ["not kept 3"]),
    ],
)
def test_other_lines_say_what_is_wrong(detail: dict, note: list[str]) -> None:
    assert gate_notes(line(EventKind.GATE_TESTED, **detail), Language.EN) == note
