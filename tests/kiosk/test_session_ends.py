"""The last steps of a visit: put it back, one too many, thank you, where the book goes."""

import pytest

from circulation.api import Destination, ReturnReceipt
from circulation.loan import ItemState, SecurityState
from circulation.reasons import Reason
from kiosk.effects import RequestReturn
from kiosk.events import CardPresented, CardRemoved, Key, KeyPressed, Pressed, ReturnAnswered
from kiosk.state import Stage
from kiosk.view import ScreenName, Tone
from tests.kiosk.conftest import CARD, DUE, OP


@pytest.fixture
def lifted(story):
    """Anna's second book was lifted before its tag was silenced."""
    story.card()
    story.borrowed("A1")
    story.place("A2")
    story.ledger_knows()
    story.ledger_lends()
    story.lift("A2")
    return story


def test_a_book_lifted_too_early_takes_the_whole_screen(lifted):
    view = lifted.view()

    assert view.screen is ScreenName.PUT_BACK
    assert view.notice.tone is Tone.WAIT
    assert [action.id for action in view.actions] == ["finish"]
    assert "1 книга" in view.actions[0].label


def test_the_book_in_question_stands_on_top(lifted):
    assert [row.title for row in lifted.view().rows] == ["Книга A2", "Книга A1"]


def test_laid_down_again_it_heals_and_the_list_is_back(lifted):
    lifted.place("A2")
    back = lifted.view()
    lifted.tag_disarmed()
    lifted.disk_keeps()

    assert back.screen is ScreenName.PAD
    assert {row.tone for row in lifted.view().rows} == {Tone.DONE}


def test_the_warning_comes_before_the_put_back(lifted):
    lifted.passes(81)

    assert lifted.view().screen is ScreenName.PAD
    assert lifted.view().notice.text == "Вы ещё здесь?"


def test_thanks_tell_how_many_and_until_when_and_nothing_else(story):
    story.card()
    story.borrowed("A1")

    story.happens(Pressed("finish"))
    view = story.view()

    assert view.screen is ScreenName.DONE
    assert view.title == "Спасибо!"
    assert (
        view.notice.text == "Выдана 1 книга. Приятного чтения! Верните, пожалуйста, до 14 октября."
    )
    assert "Анна" not in repr(view)
    assert "Книга A1" not in repr(view)


def test_thanks_go_by_themselves(story):
    story.card()
    story.borrowed("A1")
    story.happens(Pressed("finish"))

    story.passes(3.75)
    still = story.view().screen
    story.passes(0.25)

    assert (still, story.view().screen) == (ScreenName.DONE, ScreenName.START)


@pytest.mark.parametrize("event", [Pressed("home"), KeyPressed(Key.BACK)])
def test_thanks_go_at_a_touch(story, event):
    story.card()
    story.borrowed("A1")
    story.happens(Pressed("finish"))

    story.happens(event)

    assert story.view().screen is ScreenName.START


def test_the_next_card_does_not_wait_for_the_thanks(story):
    story.card()
    story.borrowed("A1")
    story.happens(CardRemoved(), Pressed("finish"))

    story.happens(CardPresented(CARD))

    assert story.view().screen is ScreenName.PAD
    assert story.state.farewell is None


def test_leaving_with_an_armed_tag_is_said_twice_as_long_and_in_amber(lifted):
    lifted.happens(Pressed("finish"))
    view = lifted.view()
    lifted.passes(7.5)

    assert view.notice.tone is Tone.WAIT
    assert "Защита ещё не снята" in view.notice.text
    assert lifted.view().screen is ScreenName.DONE


def test_somebody_who_did_nothing_is_not_thanked(story):
    story.card()

    story.happens(Pressed("finish"))

    assert story.view().screen is ScreenName.START


@pytest.mark.parametrize(
    ("can", "text"),
    [
        (1, "Положите книги на полку. Можно взять ещё 1 книгу"),
        (3, "Положите книги на полку. Можно взять ещё 3 книги"),
        (5, "Положите книги на полку. Можно взять ещё 5 книг"),
    ],
)
def test_the_quota_is_told_before_the_first_book(story, can, text):
    story.card(can_still_borrow=can)

    assert story.view().notice.text == text


def test_nobody_is_invited_to_take_what_he_may_not(story):
    story.card(can_still_borrow=0)

    assert "Сначала верните одну книгу" in story.view().notice.text


def test_too_many_are_counted(story):
    story.card()
    for item in ("A1", "A2"):
        story.place(item)
        story.ledger_knows()
        story.ledger_refuses(Reason.LIMIT_REACHED)

    notice = story.view().notice

    assert notice.tone is Tone.STOP
    assert notice.text.startswith("2 книги сверх предела")


@pytest.mark.parametrize(
    ("destination", "text", "icon", "tone"),
    [
        (Destination.SHELF, "На тележку", "cart", Tone.DONE),
        (Destination.HOLD_SHELF, "На полку заказов", "hold_shelf", Tone.INFO),
        (Destination.STAFF, "Отдайте библиотекарю", "staff", Tone.WAIT),
    ],
)
def test_a_returned_book_says_where_it_goes_in_words_picture_and_colour(
    story, destination, text, icon, tone
):
    story.happens(Pressed("return"))
    story.place("A1", armed=False)
    story.ledger_knows(state=ItemState.ON_LOAN, security=SecurityState.DISARMED)
    story.tag_armed()
    asked = story.take(RequestReturn)
    receipt = ReturnReceipt(
        op_id=OP,
        item_id="A1",
        title="Книга",
        was_on_loan=True,
        overdue_days=0,
        destination=destination,
        security=SecurityState.ARMED,
    )

    story.happens(ReturnAnswered(asked.session, asked.slot, asked.copy, receipt))
    row = story.row("A1")

    assert (row.place.text, row.place.icon, row.place.tone) == (text, icon, tone)
    assert text in row.spoken


def test_the_earliest_of_several_dates_is_told(story):
    story.card()
    story.borrowed("A1")
    story.borrowed("A2")

    story.happens(Pressed("finish"))

    assert story.state.farewell.due == DUE
    assert story.state.farewell.lent == 2
    assert story.state.stage is Stage.IDLE
