"""The librarian's door: a number, a limit, and a truthful list of the kiosk's devices."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from circulation.ids import CardUid
from kiosk.effects import LookAround, PlaySound, ResolveCard, RestartReaders
from kiosk.events import (
    CardPresented,
    CardReaderLost,
    Key,
    KeyPressed,
    LinkSeen,
    Looked,
    Paper,
    Pressed,
    PrinterSeen,
    ReaderLost,
)
from kiosk.service import SHUT_S, Surroundings, card_digest, pin_of, trust_in
from kiosk.sounds import Sound
from kiosk.state import Stage
from kiosk.view import ScreenName, Tone
from tests.kiosk.conftest import CARD
from tests.kiosk.snapshot_maker import AT

LOOKED = Surroundings(datetime(2026, 9, 30, 12, 5, tzinfo=UTC), sound=True, unsent=0)


@pytest.fixture
def kiosk(story):
    """At rest; its librarian's number is 2704."""
    config = replace(story.state.config, pin=pin_of("2704"))
    story.state = replace(story.state, config=config)
    return story


def dial(story, digits):
    return story.happens(*(Pressed(f"digit:{digit}") for digit in digits))


@pytest.fixture
def opened(kiosk):
    """The door is open."""
    kiosk.happens(Pressed("help"), Pressed("service"))
    dial(kiosk, "2704")
    kiosk.happens(Looked(LOOKED))
    return kiosk


@pytest.mark.parametrize(
    ("now", "note", "tone"),
    [
        (AT + timedelta(minutes=5), "Хватит ещё на 24 часа.", Tone.DONE),
        (AT + timedelta(hours=18), "Хватит ещё на 6 часов.", Tone.WAIT),
        (AT + timedelta(hours=23, minutes=59), "Хватит ещё на 1 час.", Tone.WAIT),
        (AT + timedelta(hours=24), "Устарел: только возврат.", Tone.STOP),
    ],
)
def test_the_snapshots_age_is_told_and_warned_of(opened, now, note, tone):
    trusted = trust_in(AT, now, timedelta(hours=24))

    opened.happens(Looked(replace(LOOKED, trusted=trusted)))

    row = row_of(opened, "snapshot")
    assert row.note.startswith("Снимок учёта от ")
    assert row.note.endswith(note)
    assert row.tone is tone


def test_a_clock_that_nobody_has_set_asks_to_be_compared(opened):
    sure = row_of(opened, "clock")
    opened.happens(Looked(replace(LOOKED, clock_sure=False)))

    assert (sure.note, sure.tone) == ("30.09.2026 12:05", Tone.DONE)
    unsure = row_of(opened, "clock")
    assert unsure.note == "30.09.2026 12:05. Ещё не выставлены по сети: сверьте."
    assert unsure.tone is Tone.WAIT


def test_a_kiosk_that_may_not_lend_alone_says_so(opened):
    assert row_of(opened, "snapshot").note == "Только возврат: снимка учёта нет"


def row_of(story, device):
    return next(row for row in story.view().rows if row.key == f"device/{device}")


def offered(story):
    return [action.id for action in story.view().actions]


@pytest.mark.parametrize("digits", ["", "123", "123456789", "12a4", "١٢٣٤"])
def test_a_number_that_cannot_be_one_is_refused(digits):
    with pytest.raises(ValueError, match="4 to 8 digits"):
        pin_of(digits)


def test_a_librarians_card_opens_the_door_and_ends_what_was_going_on(kiosk):
    cards = frozenset({card_digest(CardUid("DEADBEEF"))})
    kiosk.state = replace(kiosk.state, config=replace(kiosk.state.config, staff_cards=cards))
    kiosk.card()
    reader = kiosk.view().screen

    effects = kiosk.happens(CardPresented(CardUid("DEADBEEF")))

    assert reader is ScreenName.PAD
    assert kiosk.view().screen is ScreenName.SERVICE
    assert kiosk.state.person is None
    assert LookAround() in effects
    assert not any(isinstance(effect, ResolveCard) for effect in effects)


def test_a_librarians_card_opens_the_door_of_a_terminal_that_is_out_of_order(kiosk):
    cards = frozenset({card_digest(CardUid("DEADBEEF"))})
    kiosk.state = replace(kiosk.state, config=replace(kiosk.state.config, staff_cards=cards))
    kiosk.happens(ReaderLost(), CardPresented(CardUid("DEADBEEF")))

    assert kiosk.view().screen is ScreenName.SERVICE
    assert kiosk.state.stage is Stage.PROBLEM


def test_the_door_is_offered_to_who_asks_for_help_and_to_nobody_else(kiosk):
    before = offered(kiosk)

    kiosk.happens(Pressed("help"))

    assert "service" not in before
    assert "service" in offered(kiosk)


def test_without_a_number_there_is_no_door(story):
    story.happens(Pressed("help"))

    assert "service" not in offered(story)


def test_no_door_stands_in_the_way_of_somebody_who_borrows(kiosk):
    kiosk.card()
    kiosk.happens(Pressed("help"))

    assert "service" not in offered(kiosk)


def test_the_right_number_opens(kiosk):
    kiosk.happens(Pressed("help"), Pressed("service"))
    shown = kiosk.view()
    dial(kiosk, "27")
    half = kiosk.view()
    effects = dial(kiosk, "04")

    assert shown.screen is ScreenName.PIN
    assert half.subtitle == "••"
    assert LookAround() in effects
    assert kiosk.view().screen is ScreenName.SERVICE


def test_a_slip_of_the_finger_is_erased(kiosk):
    kiosk.happens(Pressed("help"), Pressed("service"))
    dial(kiosk, "28")

    kiosk.happens(Pressed("erase"))
    dial(kiosk, "2704")

    assert kiosk.view().screen is ScreenName.SERVICE


def test_a_wrong_number_is_said(kiosk):
    kiosk.happens(Pressed("help"), Pressed("service"))

    effects = dial(kiosk, "1111")

    assert PlaySound(Sound.STOP) in effects
    assert kiosk.view().notice.text == "Неверный код"


def test_five_wrong_numbers_shut_the_door_for_five_minutes_whoever_tries(kiosk):
    for _ in range(5):
        kiosk.happens(Pressed("help"), Pressed("service"))
        dial(kiosk, "1111")
        kiosk.happens(Pressed("service_close"))
    kiosk.happens(Pressed("help"), Pressed("service"))
    dial(kiosk, "2704")
    shut = kiosk.view()
    kiosk.happens(Pressed("service_close"))
    kiosk.passes(SHUT_S)
    kiosk.happens(Pressed("help"), Pressed("service"))
    dial(kiosk, "2704")

    assert shut.screen is ScreenName.PIN
    assert "Подождите 5 минут" in shut.notice.text
    assert kiosk.view().screen is ScreenName.SERVICE


@pytest.mark.parametrize(
    "event", [CardPresented(CARD), KeyPressed(Key.STAFF), KeyPressed(Key.BACK)]
)
def test_an_open_door_closes_for_a_reader_and_for_the_librarian(opened, event):
    opened.happens(event)

    assert opened.view().screen in (ScreenName.PAD, ScreenName.START)


def test_a_door_that_was_left_open_closes_by_itself(opened):
    opened.passes(61)

    assert opened.view().screen is ScreenName.START


def test_on_a_broken_kiosk_the_door_opens_too(kiosk):
    kiosk.happens(ReaderLost(), Pressed("help"), Pressed("service"))
    dial(kiosk, "2704")

    assert kiosk.view().rows[0].tone is Tone.STOP


@pytest.mark.parametrize(
    ("event", "device", "note"),
    [
        (CardReaderLost(), "card", "Не отвечает"),
        (LinkSeen(online=False), "link", "Нет связи"),
        (PrinterSeen(Paper.LOW), "receipt", "Бумага кончается"),
        (PrinterSeen(Paper.OUT), "receipt", "Нет бумаги"),
        (Looked(replace(LOOKED, sound=False)), "sound", "Звуковая карта не отвечает"),
        (Looked(replace(LOOKED, unsent=3)), "outbox", "3 сообщения ждут отправки"),
    ],
)
def test_each_device_says_how_it_is(opened, event, device, note):
    def row():
        return next(row for row in opened.view().rows if row.key == f"device/{device}")

    before = row()
    opened.happens(event)

    assert note not in before.note
    assert row().note.startswith(note)
    assert row().tone in (Tone.STOP, Tone.WAIT)


def test_sound_and_readers_are_tried_from_the_screen(opened):
    sounds = opened.happens(Pressed("test_sound"))
    restarts = opened.happens(Pressed("restart_readers"))

    assert PlaySound(Sound.DONE) in sounds
    assert RestartReaders() in restarts


def test_the_number_stands_nowhere_in_the_state(opened):
    assert "2704" not in repr(opened.state)
