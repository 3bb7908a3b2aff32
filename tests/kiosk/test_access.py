"""One person's wishes: how they are made, what they change, and that they go with the person."""

import pytest

from kiosk.access import LOUDNESS_STEPS, Access, louder, next_text_scale
from kiosk.events import (
    CardPresented,
    HeadphonesSeen,
    Key,
    KeyPressed,
    Pressed,
    ReaderLost,
    VoiceHeard,
)
from kiosk.state import Stage
from kiosk.view import ScreenName
from tests.kiosk.conftest import CARD


def act(story, *actions):
    story.happens(*(Pressed(action) for action in actions))


def test_letters_grow_twice_and_then_are_as_before():
    sizes = [Access()]
    for _ in range(3):
        sizes.append(next_text_scale(sizes[-1]))

    assert [each.text_scale for each in sizes] == [1, 1.25, 1.5, 1]


def test_the_voice_has_a_range_of_18_db_and_no_more():
    softest, loudest = louder(Access(), -9), louder(Access(), 9)

    assert loudest.loudness - softest.loudness == LOUDNESS_STEPS - 1
    assert loudest.gain == 1
    assert softest.gain == pytest.approx(0.126, abs=0.001)


@pytest.mark.parametrize(
    ("action", "field", "value"),
    [
        ("text_size", "text_scale", 1.25),
        ("contrast", "contrast", True),
        ("low_reach", "low_reach", True),
        ("pictograms", "pictograms", True),
        ("speech", "speech", True),
    ],
)
def test_each_wish_reaches_the_view_and_ends_with_the_session(story, action, field, value):
    act(story, "access") if action not in ("text_size", "contrast") else None
    before = getattr(story.view(), field)

    act(story, action)
    wished = getattr(story.view(), field)
    story.happens(KeyPressed(Key.STAFF))

    assert wished == value
    assert getattr(story.view(), field) == before != value


def test_the_panel_opens_over_any_screen_and_closes_to_it(story):
    story.card()

    act(story, "access")
    opened = story.view()
    act(story, "access_done")

    assert opened.screen is ScreenName.ACCESS
    assert opened.subtitle == ""
    assert opened.actions[0].id == "access_done"
    assert story.view().screen is ScreenName.PAD


def test_a_book_that_is_laid_down_closes_the_panel(story):
    act(story, "access")

    story.place("A1")

    assert story.view().screen is ScreenName.PAD


def test_the_back_key_closes_the_panel_before_it_ends_anything(story):
    story.card()
    act(story, "access")

    story.happens(KeyPressed(Key.BACK))
    closed = story.state.stage
    story.happens(KeyPressed(Key.BACK))

    assert (closed, story.state.stage) == (Stage.BORROW, Stage.IDLE)


def test_the_next_reader_s_card_finds_the_kiosk_as_it_is(story):
    story.card()
    act(story, "contrast", "text_size")

    story.happens(CardPresented("04FFFFFFFFFFFF"))

    assert story.state.access == Access()
    assert story.state.person.card != CARD


@pytest.mark.parametrize(("extra", "idle", "whole"), [(False, 40, 60), (True, 80, 120)])
def test_more_time_doubles_warning_and_end(story, extra, idle, whole):
    story.happens(CardPresented(CARD))
    if extra:
        act(story, "access", "extra_time", "access_done")

    story.passes(idle - 0.5)
    before = story.view().seconds_left
    story.passes(0.5)
    warned = story.view()
    story.passes(whole - idle)

    assert before is None
    assert warned.seconds_left == warned.seconds_total == whole - idle
    assert story.state.stage is Stage.IDLE


def test_wishes_on_the_start_screen_are_forgotten_when_nobody_follows_them_up(story):
    act(story, "contrast", "language")

    story.passes(59)
    still = story.view()
    story.passes(2)

    assert (still.contrast, still.language) == (True, "en")
    assert (story.view().contrast, story.view().language) == (False, "ru")


def test_wishes_are_forgotten_on_a_broken_kiosk_too(story):
    story.happens(ReaderLost())
    act(story, "contrast")

    story.passes(61)

    assert story.view().screen is ScreenName.PROBLEM
    assert story.view().contrast is False


def test_every_clock_stands_still_while_the_voice_speaks_but_not_for_ever(story):
    story.happens(CardPresented(CARD))
    story.passes(50)
    left = story.view().seconds_left

    story.happens(VoiceHeard(speaking=True))
    story.passes(8)
    spoken = story.view().seconds_left
    story.happens(VoiceHeard(speaking=False))
    story.passes(4)
    after = story.view().seconds_left
    story.happens(VoiceHeard(speaking=True))
    story.passes(80)

    assert left == spoken == 10
    assert after == 6
    assert story.state.stage is Stage.IDLE


def test_headphones_start_speech_and_pulling_them_ends_it(story):
    story.happens(HeadphonesSeen(plugged=True))
    heard = story.view()
    story.happens(HeadphonesSeen(plugged=False))

    assert (heard.speech, heard.private) == (True, True)
    assert (story.view().speech, story.view().private) == (False, False)


def test_titles_and_the_greeting_are_spoken_into_headphones_only(story):
    story.card()
    story.place("A1")
    story.ledger_knows()
    aloud = story.view()

    story.happens(HeadphonesSeen(plugged=True))
    close = story.view()

    assert aloud.rows[0].spoken.startswith("Книга 1.")
    assert "Анна" not in aloud.spoken
    assert close.rows[0].spoken.startswith("Книга A1.")
    assert "Анна П." in close.spoken


def test_the_marked_key_starts_and_ends_speech_on_any_screen(story):
    story.happens(ReaderLost(), KeyPressed(Key.SPEECH))
    started = story.view().speech
    story.happens(KeyPressed(Key.SPEECH))

    assert (started, story.view().speech) == (True, False)


def test_louder_and_quieter_move_the_voice_and_the_next_reader_has_the_usual_one(story):
    usual = story.view().gain

    story.happens(KeyPressed(Key.LOUDER))
    loud = story.view().gain
    story.happens(KeyPressed(Key.QUIETER), KeyPressed(Key.QUIETER))
    soft = story.view().gain
    story.happens(KeyPressed(Key.STAFF))

    assert soft < usual < loud
    assert story.view().gain == usual


def test_the_countdown_is_spoken_at_a_few_moments_only(story):
    story.happens(CardPresented(CARD))
    story.passes(39)

    said = []
    for _ in range(80):
        story.passes(0.25)
        if story.view().spoken_left not in ("", *said):
            said.append(story.view().spoken_left)

    assert said == ["Осталось 20 секунд", "Осталось 10 секунд", "Осталось 5 секунд"]


def test_a_switch_says_whether_it_is_on(story):
    act(story, "access", "extra_time")

    spoken = {action.id: action.spoken for action in story.view().actions}

    assert spoken["extra_time"] == "Больше времени: включено"
    assert spoken["low_reach"] == "Кнопки ниже: выключено"
