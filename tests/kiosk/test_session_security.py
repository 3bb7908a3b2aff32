"""A tag follows its loan: disarmed after it, amber while it is not, mended when seen again."""

from circulation.ids import Copy, Isil, ItemId
from circulation.loan import ItemState, SecurityState
from kiosk.effects import (
    DisarmTag,
    PlaySound,
    RecordSighting,
    RequestCheckout,
)
from kiosk.events import (
    BookTag,
    ItemPlaced,
    SecuritySeen,
)
from kiosk.sounds import Sound
from kiosk.view import Tone

UID = "E004010012345678"


def test_tag_is_not_touched_before_the_loan_stands(story):
    story.card()
    story.place("A1")
    story.ledger_knows()

    assert not story.ordered_of(DisarmTag)
    assert DisarmTag in [type(effect) for effect in story.ledger_lends()]


def test_green_only_after_the_sighting_is_on_disk(story):
    story.card()
    story.place("A1")
    story.ledger_knows()
    story.ledger_lends()
    story.tag_disarmed()
    before = story.row("A1").tone

    sounds = story.disk_keeps()

    assert before is Tone.BUSY
    assert story.row("A1").tone is Tone.DONE
    assert sounds == (PlaySound(Sound.BOOK_1),)


def test_write_failed_stays_amber_and_is_tried_again_while_it_lies_there(story):
    story.card()
    story.place("A1")
    story.ledger_knows()
    story.ledger_lends()

    story.tag_disarmed(ok=False)
    amber = story.row("A1")
    story.passes(2.5)
    story.tag_disarmed()
    story.disk_keeps()

    assert amber.tone is Tone.WAIT
    assert "Не двигайте книгу" in amber.note
    assert story.row("A1").tone is Tone.DONE


def test_lifted_during_the_write_is_amber_and_heals_when_put_back(story):
    story.card()
    story.place("A1")
    story.ledger_knows()
    story.ledger_lends()
    sounds = story.lift("A1")
    story.tag_disarmed(ok=False)
    view = story.view()

    story.place("A1")
    story.tag_disarmed()
    story.disk_keeps()

    assert sounds == (PlaySound(Sound.PUT_BACK),)
    assert view.rows[0].tone is Tone.WAIT
    assert view.notice.tone is Tone.WAIT
    assert "Готово (защита не снята: 1 книга)" in [action.label for action in view.actions]
    assert story.row("A1").tone is Tone.DONE
    assert not story.ordered_of(RequestCheckout)


def test_lifted_before_the_answer_came_is_amber(story):
    story.card()
    story.place("A1")
    story.ledger_knows()
    story.lift("A1")

    sounds = story.ledger_lends()

    assert story.row("A1").tone is Tone.WAIT
    assert PlaySound(Sound.PUT_BACK) in sounds


def test_loan_with_armed_tag_of_another_day_heals_with_nobody_logged_in(story):
    story.place("A1", armed=True)
    story.ledger_knows(ItemState.ON_LOAN, SecurityState.DISARM_DUE)
    amber = story.row("A1").tone

    story.tag_disarmed()
    story.disk_keeps()

    assert amber is Tone.WAIT
    assert story.row("A1").note == "Книга выдана. Защита снята"
    assert not story.ordered_of(RequestCheckout)


def test_security_is_not_called_off_before_the_tag_itself_was_read(story):
    story.happens(ItemPlaced(UID, BookTag(Copy(Isil("RU-10010033"), ItemId("A1")))))

    story.ledger_knows(ItemState.ON_LOAN, SecurityState.DISARMED)
    unread = story.row("A1").tone
    story.happens(SecuritySeen(UID, armed=True))

    assert unread is Tone.WAIT
    assert [effect.armed for effect in story.ordered_of(RecordSighting)] == [True]


def test_book_just_lent_is_disarmed_before_its_tag_was_looked_at(story):
    story.card()
    story.happens(ItemPlaced(UID, BookTag(Copy(Isil("RU-10010033"), ItemId("A1")))))
    story.ledger_knows()

    story.ledger_lends()
    story.tag_disarmed()
    story.disk_keeps()

    assert story.row("A1").tone is Tone.DONE


def test_copy_in_stock_that_is_not_armed_is_armed_in_silence(story):
    story.place("A1", armed=False)
    story.ledger_knows(ItemState.IN_STOCK, SecurityState.ARM_DUE)

    story.tag_armed()

    assert story.take(RecordSighting).armed is True


def test_sighting_that_the_ledger_missed_is_recorded_without_a_write(story):
    story.place("A1", armed=False)

    story.ledger_knows(ItemState.ON_LOAN, SecurityState.DISARM_DUE)

    assert not story.ordered_of(DisarmTag)
    assert story.take(RecordSighting).armed is False
