"""What the voice says when the screen changes: all of it, only what is new, or nothing."""

from dataclasses import replace

import pytest

from kiosk.events import HeadphonesSeen, Key, KeyPressed, Pressed, ReaderLost
from kiosk.narrator import narrate
from kiosk.view import Action, Notice, Row, ScreenName, Tone, View

START = View(
    screen=ScreenName.START,
    language="ru",
    title="Положите книги",
    spoken="Положите книги",
    actions=(
        Action("borrow", "Взять книги", "Взять книги"),
        Action("return", "Вернуть", "Вернуть"),
    ),
    bar=(Action("help", "Помощь", "Помощь"),),
    speech=True,
    guide="Выбирайте стрелками",
)


def row(key, spoken, tone=Tone.DONE, action=None):
    return Row(key, "Муму", "", "", tone, None, action, spoken)


def said(before, after):
    saying = narrate(before, after)
    return None if saying is None else saying.text


def test_nothing_is_said_to_somebody_who_did_not_ask():
    assert narrate(None, replace(START, speech=False)) is None


def test_when_speech_starts_it_tells_how_to_go_on_and_where_one_is():
    saying = narrate(replace(START, speech=False), START)

    assert saying.text == "Выбирайте стрелками. Положите книги."
    assert saying.interrupts


def test_when_speech_ends_the_sentence_ends():
    saying = narrate(START, replace(START, speech=False))

    assert (saying.text, saying.interrupts) == ("", True)


def test_the_same_screen_is_not_said_again():
    assert narrate(START, replace(START, seconds_left=3)) is None


def test_a_step_of_the_keypad_says_the_action_and_cuts_short_what_was_said():
    saying = narrate(START, replace(START, focus=1))

    assert (saying.text, saying.interrupts) == ("Вернуть.", True)


def test_the_action_of_a_book_is_said_with_its_book():
    renew = Action("renew:1", "Продлить", "Продлить")
    view = replace(START, rows=(row("1", "Книга 1, до 14 октября", action=renew),), focus=2)

    assert said(START, view).endswith("Книга 1, до 14 октября. Продлить.")


def test_a_switch_says_its_new_position():
    wish = Action("extra_time", "Больше времени", "Больше времени: выключено", on=False)
    before = replace(START, actions=(wish,), focus=0)
    after = replace(before, actions=(replace(wish, spoken="Больше времени: включено", on=True),))

    assert said(before, after) == "Больше времени: включено."


def test_results_wait_for_each_other_and_a_moment_is_not_worth_a_word():
    busy = replace(START, rows=(row("1", "Книга 1. Минутку", Tone.BUSY),))
    done = replace(START, rows=(row("1", "Книга 1. Записано"),))

    assert said(START, busy) is None
    saying = narrate(busy, done)
    assert (saying.text, saying.interrupts) == ("Книга 1. Записано.", False)


def test_of_a_stack_the_newest_book_is_told_last():
    stack = replace(START, rows=(row("2", "Вторая"), row("1", "Первая")))

    assert said(START, stack) == "Первая. Вторая."


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"notice": Notice("Вы ещё здесь?", Tone.WAIT)}, "Вы ещё здесь?"),
        ({"status": "Нет связи"}, "Нет связи."),
        ({"spoken_left": "Осталось 10 секунд"}, "Осталось 10 секунд."),
    ],
)
def test_news_are_told(change, text):
    assert said(START, replace(START, **change)) == text


@pytest.mark.parametrize(
    "change",
    [{"language": "en"}, {"screen": ScreenName.PAD}, {"private": True}, {"title": "Взять"}],
)
def test_another_screen_is_told_whole(change):
    view = replace(START, **change)

    assert said(START, view) == "Положите книги."


def test_a_blind_pupil_borrows_with_keys_and_ears_alone(story):
    """Only the keys and what is said are used here; no position on any screen."""
    heard = []
    last = [story.view()]

    def listen():
        view = story.view()
        saying = narrate(last[0], view)
        last[0] = view
        if saying is not None:
            heard.append(saying.text)

    def step_to(words):
        for _ in range(12):
            story.happens(KeyPressed(Key.NEXT))
            listen()
            if words in heard[-1]:
                return
        raise AssertionError(f"{words!r} was never said, only {heard}")

    story.happens(HeadphonesSeen(plugged=True))
    listen()
    step_to("Взять книги")
    story.happens(KeyPressed(Key.PRESS))
    listen()
    asked_for_card = heard[-1]
    story.card()
    listen()
    greeted = heard[-1]
    story.borrowed("A1")
    listen()
    lent = heard[-1]
    step_to("Готово")
    story.happens(KeyPressed(Key.PRESS))
    listen()

    assert "Приложите читательский билет" in asked_for_card
    assert "Положите книги на полку" in greeted
    assert "Книга A1" in lent
    assert "до 14 октября" in lent
    assert "Спасибо! 1 книга. Выдана 1 книга" in heard[-1]
    assert story.view().screen is ScreenName.DONE


def test_a_loudspeaker_never_says_who_or_what(story):
    story.happens(KeyPressed(Key.SPEECH))
    story.card()
    story.place("A1")
    story.ledger_knows()

    saying = narrate(None, story.view())

    assert not saying.private
    assert "Анна" not in saying.text
    assert "Книга A1" not in saying.text


def test_trouble_is_told_too(story):
    story.happens(Pressed("access"), Pressed("speech"))
    before = story.view()

    story.happens(ReaderLost(), KeyPressed(Key.SPEECH))

    assert "временно не работает" in said(before, story.view())
