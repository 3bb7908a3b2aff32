"""What staff read of a gate: how it is, and what to do about an alarm."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from circulation.api import LiveEvent
from circulation.messages import SelfTest, Storage
from controller.live.words import Language
from controller.tables import EventKind

_LIST_IS_OLD: Final = timedelta(minutes=10)  # it is vouched for every minute
Part = tuple[str, str, bool]  # what, how, and whether that is well
Facts = Mapping[str, str | int | bool | None]

_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.RU: {
        "do_not_chase": "не догоняйте: запишите время и спросите, когда придёт снова",
        "monitored": "пробная работа, сигнала не было",
        "beam": "датчик",
        "aisle": "проход",
        "test_passed": "метка прочитана",
        "test_failed": "метка не прочитана: проверьте ворота и метку",
        "dropped": "не сохранено",
        "blind": "не видит меток",
        "burn_in": "режим",
        "burn_in_now": "пробная работа",
        "storage": "память",
        "storage_fails": "не пишет: проверьте карту памяти",
        "list": "список выданных",
        "list_missing": "ещё не получен",
        "list_old": "обновлён {hours} ч {minutes} мин назад",
        "self_test": "проверка меткой",
        SelfTest.FAILED: "не прошла",
        SelfTest.OVERDUE: "пора провести",
        "refused": "непонятных сообщений",
    },
    Language.EN: {
        "do_not_chase": "do not chase: note the time and ask next time",
        "monitored": "burn-in, nothing sounded",
        "beam": "beam",
        "aisle": "aisle",
        "test_passed": "the tag was read",
        "test_failed": "the tag was not read: look at the gate and the tag",
        "dropped": "not kept",
        "blind": "reads no tags",
        "burn_in": "mode",
        "burn_in_now": "burn-in",
        "storage": "memory",
        "storage_fails": "does not write: look at the memory card",
        "list": "list of loans",
        "list_missing": "not there yet",
        "list_old": "{hours} h {minutes} min old",
        "self_test": "self-test",
        SelfTest.FAILED: "failed",
        SelfTest.OVERDUE: "is due",
        "refused": "messages without sense",
    },
}


def gate_notes(event: LiveEvent, language: Language) -> list[str]:
    """What a gate's line says beyond its kind, and what staff should do."""
    words, detail = _WORDS[language], event.detail
    notes = [
        f"{words[name]} {detail[name]}" for name in ("aisle", "beam", "dropped") if name in detail
    ]
    if "passed" in detail:
        notes.append(words["test_passed"] if detail["passed"] else words["test_failed"])
    if detail.get("monitored"):
        notes.append(words["monitored"])
    elif event.kind == EventKind.GATE_ALARMED:
        notes.append(words["do_not_chase"])
    return notes


def gate_parts(state: Facts, language: Language, now: datetime) -> tuple[Part, ...]:
    """What staff should know of a gate that answers; all that is well is left out."""
    words = _WORDS[language]
    parts: list[Part] = []
    if blind := state.get("blind"):
        parts.append((words["blind"], str(blind), False))
    if state.get("monitored"):
        parts.append((words["burn_in"], words["burn_in_now"], True))
    if state.get("storage") == Storage.FAILING:
        parts.append((words["storage"], words["storage_fails"], False))
    if (tested := state.get("self_test")) in (SelfTest.FAILED, SelfTest.OVERDUE):
        parts.append((words["self_test"], words[str(tested)], False))
    for count in ("dropped", "refused"):
        if number := state.get(count):
            parts.append((words[count], str(number), False))
    return (*parts, *_list_age(state, words, now))


def _list_age(state: Facts, words: Mapping[str, str], now: datetime) -> tuple[Part, ...]:
    if "list_version" not in state:  # it has said nothing yet
        return ()
    heard = state.get("list_heard_at")
    if not isinstance(heard, str):
        return ((words["list"], words["list_missing"], False),)
    vouched = datetime.fromisoformat(heard)
    if now - vouched < _LIST_IS_OLD:
        return ()
    hours, minutes = divmod(int((now - vouched).total_seconds() // 60), 60)
    return ((words["list"], words["list_old"].format(hours=hours, minutes=minutes), False),)
