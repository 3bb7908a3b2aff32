"""Staff read on the live page how each device is, in both languages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from circulation.api import DeviceState, ReaderState, SlotState
from controller.live.feed import DeviceNow
from controller.live.present import card_of
from controller.live.words import LABELS, Language
from controller.tables import DeviceKind

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Moscow")


def drop(slot: SlotState | None, pad: ReaderState = ReaderState.OK) -> DeviceNow:
    state = DeviceState(
        at=NOW,
        version="1",
        pad=pad,
        card_reader=ReaderState.UNKNOWN,
        simulated=False,
        slot=slot,
    )
    told = state.model_dump(mode="json")
    return DeviceNow("drop-1", DeviceKind.DROP, online=True, last_seen=NOW, state=told)


@pytest.mark.parametrize(
    ("slot", "part"),
    [
        (SlotState.OPEN, ("приём", "открыт", True)),
        (SlotState.FULL, ("приём", "нет места: освободите ящик", False)),
        (SlotState.JAMMED, ("приём", "застряла книга", False)),
    ],
)
def test_staff_see_whether_a_drop_takes_books_and_what_to_do(
    slot: SlotState, part: tuple[str, str, bool]
) -> None:
    card = card_of(drop(slot), Language.RU, ZONE, NOW)

    assert card.parts == (("площадка", "работает", True), part)


def test_a_drop_that_does_not_tell_of_its_slot_is_shown_all_the_same() -> None:
    card = card_of(drop(None), Language.EN, ZONE, NOW)

    assert card.parts == (("pad", "works", True),)


@pytest.mark.parametrize("language", list(Language))
def test_every_state_of_a_slot_has_a_word(language: Language) -> None:
    assert {one.value for one in SlotState} <= set(LABELS[language])
