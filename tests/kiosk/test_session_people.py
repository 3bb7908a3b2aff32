"""Cards, the account, time, keys and trouble: every state has a way out and shows no one's name."""

import pytest

from circulation.api import PatronView, Refusal
from circulation.ids import CardUid
from circulation.reasons import Reason, reason_code
from kiosk.effects import PlaySound, RequestCheckout, ResolveCard
from kiosk.events import (
    CardPresented,
    CardReaderLost,
    CardRemoved,
    CardResolved,
    Key,
    KeyPressed,
    NoAnswer,
    Pressed,
    ReaderBack,
    ReaderLost,
    ReaderRefused,
    TwoCards,
)
from kiosk.sounds import Sound
from kiosk.state import Stage
from kiosk.view import ScreenName, Tone

OTHER_CARD = CardUid("11223344")
RANDOM_CARD = CardUid("08223344")


def test_greeting_shows_the_masked_name_and_is_not_spoken(story):
    story.card()

    view = story.view()
    assert view.subtitle == "Здравствуйте, Анна П., 5 «Б»"
    assert "Анна" not in view.spoken


def test_random_uid_is_refused_without_asking_the_ledger(story):
    story.happens(CardPresented(RANDOM_CARD))

    assert not story.ordered_of(ResolveCard)
    assert reason_code(Reason.CARD_RANDOM_UID) in story.view().notice.text


@pytest.mark.parametrize("reason", [Reason.CARD_UNKNOWN, Reason.CARD_BLOCKED])
def test_refused_card_says_why_and_lends_nothing(story, reason):
    story.happens(CardPresented(OTHER_CARD))
    asked = story.take(ResolveCard)

    story.happens(CardResolved(asked.session, asked.uid, Refusal(reasons=(reason,))))
    story.place("A1")
    story.ledger_knows()

    assert reason_code(reason) in story.view().notice.text
    assert not story.ordered_of(RequestCheckout)


def test_card_is_asked_for_again_when_the_ledger_was_silent(story):
    story.happens(CardPresented(OTHER_CARD))
    asked = story.take(ResolveCard)
    story.happens(CardResolved(asked.session, asked.uid, NoAnswer(sent=False)))
    view = story.view()

    story.passes(3.5)

    assert view.notice.tone is Tone.STOP
    assert story.take(ResolveCard).uid == OTHER_CARD


def test_two_cards_lend_nothing_until_one_is_left(story):
    story.card()
    story.happens(TwoCards())
    story.place("A1")
    story.ledger_knows()
    notice, nothing = story.view().notice.text, story.ordered_of(RequestCheckout)

    story.happens(CardPresented(story.state.person.card))

    assert (notice, nothing) == ("Оставьте один билет", [])
    assert len(story.ordered_of(RequestCheckout)) == 1


def test_another_card_begins_anew_and_touches_no_book_of_the_first(story):
    story.card()
    story.borrowed("A1")

    story.happens(CardPresented(OTHER_CARD))
    asked = story.take(ResolveCard)
    patron = PatronView(
        patron_id="p-2",
        masked_name="Олег К.",
        class_name="7 «А»",
        blocked=(),
        open_loans=0,
        overdue_loans=0,
        can_still_borrow=5,
    )
    story.happens(CardResolved(asked.session, asked.uid, patron))

    assert story.view().subtitle == "Здравствуйте, Олег К., 7 «А»"
    assert story.view().rows == ()
    assert not story.ordered_of(RequestCheckout)


def test_late_answer_about_a_card_never_reaches_the_next_session(story):
    story.happens(CardPresented(OTHER_CARD))
    asked = story.take(ResolveCard)
    story.happens(Pressed("finish"), CardRemoved())
    before = story.view()
    patron = PatronView(
        patron_id="p-2",
        masked_name="Олег К.",
        class_name="7 «А»",
        blocked=(),
        open_loans=0,
        overdue_loans=0,
        can_still_borrow=5,
    )

    story.happens(CardResolved(asked.session, asked.uid, patron))

    assert story.view() == before


def test_screen_clears_soon_after_the_pad_and_the_card_reader_are_empty(story):
    story.card()
    story.borrowed("A1")
    story.lift("A1")
    story.passes(5)
    still_there = story.view().screen

    story.happens(CardRemoved())
    story.passes(2)
    counting = story.view()
    sounds = story.passes(4)

    assert still_there is ScreenName.PAD
    assert counting.seconds_total == 5
    assert story.view().screen is ScreenName.START
    assert sounds == (PlaySound(Sound.DONE),)


def test_card_tapped_and_taken_does_not_clear_before_a_book_came(story):
    story.card()
    story.happens(CardRemoved())

    story.passes(20)

    assert story.view().screen is ScreenName.PAD


def test_idle_warns_for_twenty_seconds_and_then_forgets(story):
    story.card()
    story.passes(41)
    warning = story.view()

    story.passes(20)

    assert (warning.actions[0].id, warning.seconds_total) == ("continue", 20)
    assert 18 <= warning.seconds_left <= 20
    assert story.view().screen is ScreenName.START


def test_continue_gives_the_whole_time_again(story):
    story.card()
    story.passes(55)

    story.happens(Pressed("continue"))
    story.passes(39)

    assert story.view().seconds_left is None


def test_armed_loan_in_hand_doubles_the_time(story):
    story.card()
    story.place("A1")
    story.ledger_knows()
    story.lift("A1")
    story.ledger_lends()

    story.passes(70)

    assert story.view().seconds_left is None
    assert story.view().screen is ScreenName.PUT_BACK


def test_nobody_is_hurried_while_a_book_is_worked_on_but_not_for_ever(story):
    story.card()
    story.place("A1")
    story.ledger_knows()

    story.passes(45)
    working = story.view().seconds_left
    story.passes(60)

    assert working is None
    assert story.view().screen is ScreenName.START


def test_forgotten_card_is_asked_to_be_taken_and_logs_nobody_in(story):
    story.card()
    story.happens(Pressed("finish"))

    story.passes(10)

    assert story.view().notice.text == "Заберите билет"
    assert not story.ordered_of(ResolveCard)


def test_language_changes_live_and_falls_back_at_the_end(story):
    story.card()
    story.happens(Pressed("language"))
    english = story.view(story.state.language)

    story.happens(Pressed("finish"))

    assert english.title == "Borrow books"
    assert english.bar[0].label == "Русский"
    assert story.state.language == "ru"


def test_reader_lost_is_a_problem_screen_that_goes_by_itself(story):
    story.card()
    story.borrowed("A1")

    story.happens(ReaderLost())
    lost = story.view()
    story.happens(ReaderBack(simulated=False))

    assert lost.screen is ScreenName.PROBLEM
    assert reason_code(Reason.READER_LOST) in lost.notice.text
    assert lost.rows == ()
    assert story.view().screen is ScreenName.START


def test_simulated_reader_is_refused_in_words(story):
    story.happens(ReaderRefused())

    assert story.view().screen is ScreenName.PROBLEM
    assert "учебная" in story.view().notice.text


def test_lost_card_reader_is_said_and_does_not_stop_returns(story):
    story.happens(CardReaderLost(), Pressed("return"))

    assert story.view().status == "Считыватель билетов не отвечает"
    assert story.state.stage is Stage.RETURN


def test_keys_walk_through_the_actions_and_press_them(story):
    story.happens(KeyPressed(Key.NEXT), KeyPressed(Key.NEXT))
    focus = story.view().focus

    story.happens(KeyPressed(Key.PRESS))

    assert focus == 1
    assert story.state.stage is Stage.RETURN


def test_press_of_an_action_that_is_not_on_the_screen_changes_nothing(story):
    before = story.state

    story.happens(Pressed("renew:RU-10010033/A1"), Pressed("finish"), Pressed("nonsense"))

    assert story.state == before


def test_staff_key_ends_any_session(story):
    story.card()

    story.happens(KeyPressed(Key.STAFF))

    assert story.view().screen is ScreenName.START


def test_a_forgotten_card_is_called_after_three_times_and_no_more(story):
    story.card()
    story.happens(Pressed("finish"))

    calls = [story.passes(0.25) for _ in range(4 * 60)]
    taken = story.happens(CardRemoved())

    times = [n / 4 for n, effects in enumerate(calls) if PlaySound(Sound.PUT_BACK) in effects]
    assert times == [pytest.approx(at, abs=0.5) for at in (5, 15, 25)]
    assert taken == ()


def test_a_card_taken_in_time_is_not_called_after(story):
    story.card()
    story.happens(Pressed("finish"))
    story.passes(4)

    story.happens(CardRemoved())

    assert PlaySound(Sound.PUT_BACK) not in story.passes(60)
