"""Borrowing: record, disarm, read back; whatever the order and whatever goes wrong."""

from datetime import date

import pytest

from circulation.api import ItemsAnswer
from circulation.loan import ItemState, SecurityState
from circulation.reasons import Reason, reason_code
from kiosk.effects import (
    ArmTag,
    DisarmTag,
    PlaySound,
    RecordSighting,
    RequestCheckout,
    RequestCheckouts,
    ResolveItems,
)
from kiosk.events import (
    ItemPlaced,
    ItemsResolved,
    OddTag,
    Pressed,
)
from kiosk.sounds import Sound
from kiosk.state import Phase, Stage
from kiosk.view import ScreenName, Tone

UID = "E004010012345678"


def test_card_first_then_book_is_lent_disarmed_and_green(story):
    story.card()

    story.borrowed("A1")

    row = story.row("A1")
    assert (row.tone, row.note) == (Tone.DONE, "Записано · до 14 октября")
    assert story.view().notice.text == "Выдана 1 книга. Приятного чтения!"


def test_book_first_then_card_is_lent_too(story):
    story.place("A1")
    story.ledger_knows()
    assert not story.ordered_of(RequestCheckout)

    story.card()
    story.ledger_lends()
    story.tag_disarmed()
    story.disk_keeps()

    assert story.row("A1").tone is Tone.DONE


def test_row_appears_at_once_and_its_title_later(story):
    story.place("A1")
    before = story.row("A1")

    story.ledger_knows()

    assert (before.title, before.cover) == ("Книга A1", None)
    assert story.row("A1").cover.title == "Книга A1"


def test_each_further_book_is_one_step_up_the_chord(story):
    story.card()

    for item in ("A1", "A2", "A3", "A4", "A5"):
        story.borrowed(item)

    heard = [effect.sound for effect in story.ordered_of(PlaySound)][1:]
    assert heard == [Sound.BOOK_1, Sound.BOOK_2, Sound.BOOK_3, Sound.BOOK_4, Sound.BOOK_4]
    assert story.view().count == "5 книг"


@pytest.mark.parametrize("item_state", [ItemState.LOST, ItemState.WITHDRAWN])
def test_lost_or_withdrawn_copy_is_left_to_the_staff(story, item_state):
    story.place("A1", armed=False)

    story.ledger_knows(item_state, SecurityState.ARM_DUE)

    assert not story.ordered_of(ArmTag) + story.ordered_of(RecordSighting)


def test_already_mine_is_a_quiet_line_with_the_date_and_can_be_renewed(story):
    story.card()
    story.place("A1", armed=False)
    story.ledger_knows(ItemState.ON_LOAN, SecurityState.DISARMED)

    story.ledger_refuses(Reason.ALREADY_YOURS, due=date(2026, 10, 14))

    row = story.row("A1")
    assert (row.tone, row.note) == (Tone.INFO, "Эта книга уже у вас · до 14 октября")
    assert row.action.label == "Продлить"


def test_on_loan_to_another_names_nobody(story):
    story.card()
    story.place("A1", armed=False)
    story.ledger_knows(ItemState.ON_LOAN, SecurityState.DISARMED)

    story.ledger_refuses(Reason.ON_LOAN_TO_OTHER)

    row = story.row("A1")
    assert row.tone is Tone.STOP
    assert row.note.startswith("Эта книга числится за другим читателем")
    assert row.note.endswith(reason_code(Reason.ON_LOAN_TO_OTHER))


def test_copy_lent_elsewhere_since_we_looked_is_looked_up_again(story):
    story.card()
    story.place("A1", armed=False)
    story.ledger_knows(ItemState.IN_STOCK, SecurityState.ARM_DUE)

    effects = story.ledger_refuses(Reason.ON_LOAN_TO_OTHER)

    assert [type(effect) for effect in effects if not isinstance(effect, PlaySound)] == [
        ResolveItems
    ]


@pytest.mark.parametrize(
    "reason",
    [Reason.LIMIT_REACHED, Reason.OVERDUE_ITEMS, Reason.READING_ROOM_ONLY, Reason.AGE_MARK],
)
def test_refusal_stands_in_its_row_with_its_code(story, reason):
    story.card()
    story.place("A1")
    story.ledger_knows()

    sounds = story.ledger_refuses(reason)

    assert story.row("A1").tone is Tone.STOP
    assert reason_code(reason) in story.row("A1").note
    assert sounds == (PlaySound(Sound.STOP),)
    assert not story.ordered_of(DisarmTag)


def test_copy_unknown_to_the_ledger_is_not_asked_for(story):
    story.card()
    story.place("A1")
    asked = story.take(ResolveItems)
    copies = tuple(copy for copy, _ in asked.copies)

    story.happens(ItemsResolved(asked.session, copies, ItemsAnswer(items=(), unknown=("A1",))))

    assert reason_code(Reason.ITEM_UNKNOWN) in story.row("A1").note
    assert not story.ordered_of(RequestCheckout)


def test_set_waits_for_all_its_parts_and_disarms_each(story):
    story.card()
    story.place("A1", part=1, parts=2)
    story.ledger_knows(parts=2)
    waiting = story.row("A1")
    nothing = story.ordered_of(RequestCheckout)

    story.place("A1", part=2, parts=2)
    story.ledger_lends()
    story.tag_disarmed()
    half = story.row("A1").tone
    story.tag_disarmed()
    story.disk_keeps()

    assert waiting.note == "Комплект из 2 частей. Не вижу часть 2"
    assert (waiting.tone, nothing, half) == (Tone.WAIT, [], Tone.BUSY)
    assert story.row("A1").tone is Tone.DONE


def test_the_missing_part_is_called_by_its_name(story):
    story.card()
    story.place("A1", part=1, parts=2)
    story.ledger_knows(parts=2, part_names=("книга", "диск"))

    assert story.row("A1").note == "Комплект из 2 частей. Не вижу часть 2: диск"


def test_two_tags_with_the_same_number_are_warned_of_and_not_lent(story):
    story.card()
    story.place("A1")
    second = story.state.tags[next(iter(story.state.tags))].what
    story.happens(ItemPlaced(UID, second))

    story.ledger_knows()

    assert reason_code(Reason.TAG_DUPLICATE) in story.row("A1").note
    assert not story.ordered_of(RequestCheckout)


@pytest.mark.parametrize(
    "reason",
    [Reason.TAG_BLANK, Reason.TAG_FOREIGN, Reason.TAG_UNREADABLE, Reason.TAG_NOT_AN_ITEM],
)
def test_odd_tag_is_one_quiet_line_and_fails_nothing(story, reason):
    story.card()

    story.happens(ItemPlaced(UID, OddTag(reason)))
    story.borrowed("A1")

    odd = story.view().rows[-1]
    assert (odd.key, odd.tone, odd.note) == (UID, Tone.INFO, reason_code(reason))
    assert story.view().count == "1 книга"
    assert story.row("A1").tone is Tone.DONE


def test_tag_that_lies_on_for_a_minute_makes_no_second_transaction(story):
    story.card()
    story.borrowed("A1")

    story.passes(59)

    assert not story.ordered_of(RequestCheckout) + story.ordered_of(DisarmTag)


def test_same_book_laid_down_again_is_already_yours(story):
    story.card()
    story.borrowed("A1")
    story.lift("A1")

    story.place("A1", armed=False)

    assert story.row("A1").note == "Эта книга уже у вас · до 14 октября"
    assert not story.ordered_of(RequestCheckout)


def test_blocked_patron_touches_no_book(story):
    story.card(blocked=(Reason.PATRON_BLOCKED,))

    story.place("A1")
    story.ledger_knows()

    assert not story.ordered_of(RequestCheckout)
    assert reason_code(Reason.PATRON_BLOCKED) in story.view().notice.text


def test_without_connection_nothing_is_done_silently(story):
    story.card()
    story.place("A1")
    story.ledger_knows()

    story.ledger_is_silent(sent=False)

    view = story.view()
    assert view.status == "Нет связи"
    assert view.notice.text.startswith("Нет связи: взять книги пока нельзя")
    assert view.rows[0].tone is Tone.WAIT


def test_unanswered_checkout_is_asked_again_as_the_same_operation(story):
    story.card()
    story.place("A1")
    story.ledger_knows()
    slot = story.ordered_of(RequestCheckout)[0].slot
    story.ledger_is_silent(sent=True)

    story.passes(3.5)

    assert [effect.slot for effect in story.ordered_of(RequestCheckout)] == [slot]
    story.ledger_lends()
    assert [line.phase for line in story.state.lines.values()] == [Phase.LENT]


def test_checkout_that_never_left_goes_with_the_book(story):
    story.card()
    story.place("A1")
    story.ledger_knows()
    story.lift("A1")

    story.ledger_is_silent(sent=False)

    assert story.view().rows == ()


def test_late_loan_of_an_ended_session_disarms_and_shows_nothing(story):
    story.card()
    story.place("A1")
    story.ledger_knows()
    story.happens(Pressed("finish"))
    before = story.view()

    effects = story.ledger_lends()

    assert [type(effect) for effect in effects] == [DisarmTag]
    assert story.view() == before
    assert before.screen is ScreenName.START


def test_book_left_behind_is_not_lent_to_the_next_reader(story):
    story.place("A1")
    story.ledger_knows()
    story.happens(Pressed("finish"))

    story.card()

    assert story.state.stage is Stage.BORROW
    assert not story.ordered_of(RequestCheckout)
    assert story.view().rows == ()


def test_refused_book_takes_its_row_along_when_it_is_lifted(story):
    story.card()
    story.place("A1")
    story.ledger_knows()
    story.ledger_refuses(Reason.READING_ROOM_ONLY)

    story.lift("A1")

    assert story.view().rows == ()


def test_lent_book_keeps_its_row_when_it_is_lifted(story):
    story.card()
    story.borrowed("A1")

    story.lift("A1")

    assert story.row("A1").tone is Tone.DONE


def test_stack_that_lies_there_before_the_card_is_asked_for_in_one_act(story):
    for item in ("A1", "A2", "A3"):
        story.place(item)
        story.ledger_knows()

    acts = story.card()

    [stack] = [effect for effect in acts if isinstance(effect, RequestCheckouts)]
    assert [wish.copy.item for wish in stack.wishes] == ["A1", "A2", "A3"]
    assert len({wish.slot for wish in stack.wishes}) == 3
