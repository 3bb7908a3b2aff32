"""Returning: arm, read back, record; undo only our own change."""

import pytest

from circulation.api import Refusal
from circulation.ids import Copy, Isil, ItemId
from circulation.loan import ItemState, SecurityState
from circulation.reasons import Reason, reason_code
from kiosk.effects import (
    ArmTag,
    DisarmTag,
    RequestCheckout,
    RequestReturn,
    ResolveCard,
    ResolveItems,
)
from kiosk.events import (
    CardPresented,
    ItemsResolved,
    NoAnswer,
    Pressed,
    ReturnAnswered,
    UnsentReturns,
)
from kiosk.state import Stage
from kiosk.view import Tone


@pytest.fixture
def returning(story):
    """Somebody has pressed «Вернуть книги»; a book on loan lies on the pad, its tag disarmed."""
    story.happens(Pressed("return"))
    story.place("A1", armed=False)
    story.ledger_knows(ItemState.ON_LOAN, SecurityState.DISARMED)
    return story


def test_tag_is_armed_before_the_return_is_recorded(returning):
    before = returning.ordered_of(RequestReturn)

    returning.tag_armed()

    assert before == []
    assert len(returning.ordered_of(RequestReturn)) == 1


def test_return_needs_no_card_and_says_where_the_book_goes(returning):
    returning.tag_armed()

    returning.ledger_takes_back()

    row = returning.row("A1")
    assert (row.tone, row.note, row.place.text) == (Tone.DONE, "Принято", "На тележку")
    assert returning.view().notice.text == "Принята 1 книга. Спасибо!"


def test_copy_that_was_not_on_loan_is_accepted_all_the_same(story):
    story.happens(Pressed("return"))
    story.place("A1", armed=True)
    story.ledger_knows(ItemState.IN_STOCK, SecurityState.ARMED)

    story.ledger_takes_back(was_on_loan=False)

    assert not story.ordered_of(ArmTag)
    assert story.row("A1").note.startswith("Этой книги ни за кем не было — принято")


def test_refused_return_takes_back_our_own_arming(returning):
    returning.tag_armed(changed=True)
    asked = returning.take(RequestReturn)
    refusal = Refusal(reasons=(Reason.NOT_LENDABLE,))

    effects = returning.happens(ReturnAnswered(asked.session, asked.slot, asked.copy, refusal))

    assert DisarmTag in [type(effect) for effect in effects]
    assert returning.row("A1").tone is Tone.STOP


def test_refused_return_leaves_an_arming_that_was_not_ours(returning):
    returning.tag_armed(changed=False)
    asked = returning.take(RequestReturn)
    refusal = Refusal(reasons=(Reason.NOT_LENDABLE,))

    effects = returning.happens(ReturnAnswered(asked.session, asked.slot, asked.copy, refusal))

    assert DisarmTag not in [type(effect) for effect in effects]


def test_refused_return_of_a_copy_not_on_loan_stays_armed(story):
    story.happens(Pressed("return"))
    story.place("A1", armed=False)
    story.ledger_knows(ItemState.WITHDRAWN, SecurityState.ARM_DUE)
    story.tag_armed(changed=True)
    asked = story.take(RequestReturn)

    refusal = Refusal(reasons=(Reason.NOT_LENDABLE,))
    story.happens(ReturnAnswered(asked.session, asked.slot, asked.copy, refusal))

    assert not story.ordered_of(DisarmTag)


def test_arming_that_fails_three_times_sends_to_the_librarian_and_records_nothing(returning):
    returning.tag_armed(ok=False)
    amber = returning.row("A1")
    for _ in range(2):
        returning.passes(2.5)
        returning.tag_armed(ok=False)

    assert amber.note == "Не двигайте книгу, пожалуйста"
    assert amber.tone is Tone.WAIT
    assert reason_code(Reason.SECURITY_WRITE_FAILED) in returning.row("A1").note
    assert not returning.ordered_of(RequestReturn)


def test_without_an_answer_the_return_is_kept_and_said_so(returning):
    returning.tag_armed()
    asked = returning.take(RequestReturn)

    returning.happens(ReturnAnswered(asked.session, asked.slot, asked.copy, NoAnswer(sent=False)))

    assert returning.row("A1").tone is Tone.DONE
    assert returning.row("A1").note.startswith("Принято. Библиотека узнает")
    assert not returning.ordered_of(DisarmTag)


def test_return_works_when_the_ledger_cannot_even_be_asked(story):
    story.happens(Pressed("return"))
    story.place("A1", armed=False)
    asked = story.take(ResolveItems)
    copies = tuple(copy for copy, _ in asked.copies)

    story.happens(ItemsResolved(asked.session, copies, NoAnswer(sent=False)))
    story.tag_armed()

    assert len(story.ordered_of(RequestReturn)) == 1


def test_kept_return_is_not_undone_in_the_next_session(story):
    story.happens(UnsentReturns((Copy(Isil("RU-10010033"), ItemId("A1")),)))

    story.place("A1", armed=True)
    story.ledger_knows(ItemState.ON_LOAN, SecurityState.DISARMED)
    story.card()

    assert not story.ordered_of(DisarmTag) + story.ordered_of(RequestCheckout)


def test_book_armed_and_lifted_before_the_return_is_silenced_at_its_next_sighting(returning):
    returning.happens(Pressed("finish"))
    returning.tag_armed()

    assert len(returning.ordered_of(DisarmTag)) == 1


def test_set_is_returned_only_when_complete(story):
    story.happens(Pressed("return"))
    story.place("A1", part=2, parts=2, armed=False)
    story.ledger_knows(ItemState.ON_LOAN, SecurityState.DISARMED, parts=2)
    nothing = story.ordered_of(ArmTag)

    story.place("A1", part=1, parts=2, armed=False)

    assert nothing == []
    assert len(story.ordered_of(ArmTag)) == 2


def test_returned_book_lifted_and_laid_down_again_makes_no_second_return(returning):
    returning.tag_armed()
    returning.ledger_takes_back()
    returning.lift("A1")

    returning.place("A1")
    returning.passes(59)

    assert not returning.ordered_of(RequestReturn)
    assert returning.row("A1").tone is Tone.DONE


def test_card_during_a_return_lends_nothing_until_borrowing_is_chosen(returning):
    returning.tag_armed()
    returning.ledger_takes_back()

    returning.happens(CardPresented("04A1B2C3D4E5F6"))
    before = returning.ordered_of(ResolveCard)
    notice = returning.view().notice.text
    returning.happens(Pressed("borrow"))

    assert before == []
    assert notice.startswith("Чтобы вернуть книги, билет не нужен")
    assert len(returning.ordered_of(ResolveCard)) == 1


def test_book_just_returned_is_not_lent_when_borrowing_follows(returning):
    returning.tag_armed()
    returning.ledger_takes_back()

    returning.happens(Pressed("borrow"))
    returning.card()
    returning.passes(5)

    assert not returning.ordered_of(RequestCheckout)
    assert returning.view().notice.text.startswith("На полке уже лежат книги")


def test_book_laid_down_before_pressing_return_is_returned(story):
    story.place("A1", armed=False)
    story.ledger_knows(ItemState.ON_LOAN, SecurityState.DISARMED)

    story.happens(Pressed("return"))
    story.tag_armed()

    assert story.state.stage is Stage.RETURN
    assert len(story.ordered_of(RequestReturn)) == 1
