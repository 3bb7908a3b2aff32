"""The one sentence above a screen: what happened, then what to do. The most urgent one wins."""

from typing import assert_never

from circulation.reasons import Reason
from kiosk.class_choices import is_choosing_class, is_listing
from kiosk.class_session_view import class_notice
from kiosk.hours import House
from kiosk.i18n import Texts
from kiosk.limits import is_warning
from kiosk.present_search import search_notice
from kiosk.present_service import pin_notice
from kiosk.present_textbooks import set_notice
from kiosk.state import (
    Farewell,
    Stage,
    State,
    Trouble,
    is_collecting,
    is_done,
    lifted_too_early,
)
from kiosk.view import Notice, Tone
from kiosk.wording import in_words, in_words_with_code, sentences


def notice_of(state: State, texts: Texts) -> Notice | None:
    """The most urgent sentence; None when the screen says enough."""
    if state.door.shown:
        return pin_notice(state, texts)
    if state.help_until is not None:
        return _help(state, texts)
    if state.two_cards:
        return Notice(in_words(Reason.TWO_CARDS, texts), Tone.STOP)
    if is_warning(state):
        return Notice(texts.say("Are you still there?"), Tone.WAIT)
    if state.access_open or state.door.open:
        return None
    lists = is_listing(state) or is_choosing_class(state)
    return class_notice(state, texts) if lists else _stage_notice(state, texts)


def call_status(state: State, texts: Texts) -> str:
    """One quiet line for as long as the librarian is awaited."""
    if state.call is None or state.call.number is None:
        return ""
    if state.call.answered:
        return texts.say("The librarian is coming")
    return texts.say("The librarian has been called")


def _help(state: State, texts: Texts) -> Notice:
    """What became of the press on “help”."""
    call = state.call
    if call is None or call.unheard:
        return Notice(texts.say("Please go to the librarian: we will gladly help"), Tone.INFO)
    if call.answered:
        return Notice(texts.say("The librarian is coming"), Tone.DONE)
    if call.number is None:
        return Notice(texts.say("Calling the librarian…"), Tone.BUSY)
    return Notice(texts.say("The librarian has been called. Please wait here"), Tone.INFO)


def _stage_notice(state: State, texts: Texts) -> Notice | None:
    match state.stage:
        case Stage.IDLE:
            return _idle_notice(state, texts)
        case Stage.BORROW:
            return _borrow_notice(state, texts)
        case Stage.RETURN:
            return _return_notice(state, texts)
        case Stage.ACCOUNT:
            return _account_notice(state, texts)
        case Stage.SEARCH:
            return search_notice(state, texts)
        case Stage.PROBLEM:
            return _problem_notice(state, texts)
        case _:
            assert_never(state.stage)


def _result(farewell: Farewell, texts: Texts) -> Notice:
    """What a session came to, without a name or a title."""
    parts = []
    if farewell.returned:
        parts.append(texts.count("{n} book accepted", "{n} books accepted", farewell.returned))
    if farewell.lent:
        parts.append(texts.count("{n} book lent to you", "{n} books lent to you", farewell.lent))
    if farewell.due is not None:
        parts.append(texts.say("Please return by {date}", date=texts.day(farewell.due)))
    if farewell.unsafe:
        parts.append(texts.say("The security is still on. Please show the book to the librarian"))
    if farewell.printing:
        parts.append(texts.say("Please wait for the receipt"))
    if farewell.printed:
        parts.append(texts.say("Please take the receipt"))
    if farewell.printed is False:
        parts.append(texts.say("The receipt was not printed. Everything is recorded all the same"))
    amber = farewell.unsafe or farewell.printed is False
    return Notice(sentences(*parts), Tone.WAIT if amber else Tone.DONE)


def _idle_notice(state: State, texts: Texts) -> Notice | None:
    if state.farewell is not None:
        return _result(state.farewell, texts)
    if state.card_lies:
        return Notice(texts.say("Please take your card"), Tone.INFO)
    if state.tags:
        return Notice(texts.say("Please take the books from the pad"), Tone.INFO)
    if state.class_session is not None:
        return class_notice(state, texts)
    return None if state.house.open else _opening(state.house, texts)


def _opening(house: House, texts: Texts) -> Notice | None:
    """When somebody is here again, as far as the calendar goes."""
    at = house.opens_at
    if at is None:
        return None
    clock = f"{at.hour}:{at.minute:02d}"
    if house.days_until == 0:
        text = texts.say("It opens today at {time}", time=clock)
    elif house.days_until == 1:
        text = texts.say("It opens tomorrow at {time}", time=clock)
    else:
        text = texts.say("It opens on {date} at {time}", date=texts.day(at.date()), time=clock)
    return Notice(text, Tone.INFO)


def _borrow_notice(state: State, texts: Texts) -> Notice | None:
    if lifted_too_early(state):
        text = texts.say("The book is lent to you. Put it back for 2 seconds: security is on")
        return Notice(text, Tone.WAIT)
    card = _card_notice(state, texts)
    if card is not None:
        return card
    if not state.online and not state.alone:
        text = texts.say("No connection: borrowing must wait, returning works. Ask the librarian")
        return Notice(text, Tone.STOP)
    if any(tag.stale for tag in state.tags.values()):
        return Notice(_lift_first(texts), Tone.INFO)
    if (told := set_notice(state, texts)) is not None:
        return told
    if not state.lines:
        return Notice(_quota(state, texts), Tone.INFO)
    return _too_many(state, texts) or _all_done(state, texts)


def _quota(state: State, texts: Texts) -> str:
    """How many books are still possible, before the first one is put down."""
    view = state.person.view if state.person else None
    if view is None:
        return texts.say("Put the books on the pad")
    if not view.can_still_borrow:
        return in_words(Reason.LIMIT_REACHED, texts)
    return texts.count(
        "Put the books on the pad. You may take {n} more book",
        "Put the books on the pad. You may take {n} more books",
        view.can_still_borrow,
    )


def _too_many(state: State, texts: Texts) -> Notice | None:
    over = sum(Reason.LIMIT_REACHED in line.reasons for line in state.lines.values())
    if not over:
        return None
    text = texts.count(
        "{n} book too many. Put it back or return another one first",
        "{n} books too many. Put them back or return others first",
        over,
    )
    return Notice(text, Tone.STOP)


def _card_notice(state: State, texts: Texts) -> Notice | None:
    """What there is to say about the card, or that it is wanted."""
    person = state.person
    if person is None:
        if not state.card_reader_ok:
            text = texts.say("Cards cannot be read now. Please go to the librarian")
            return Notice(text, Tone.STOP)
        return Notice(texts.say("Hold your card to the reader"), Tone.INFO)
    if person.refusal is not None:
        return Notice(in_words_with_code(person.refusal, texts), Tone.STOP)
    if person.view is None:
        return Notice(texts.say("One moment…"), Tone.BUSY)
    if person.view.blocked:
        return Notice(in_words_with_code(person.view.blocked[0], texts), Tone.STOP)
    return None


def _return_notice(state: State, texts: Texts) -> Notice | None:
    if state.waiting_card is not None:
        text = texts.say("No card is needed to return. To borrow, press “Borrow books”")
        return Notice(text, Tone.INFO)
    if any(tag.stale for tag in state.tags.values()):
        return Notice(_lift_first(texts), Tone.INFO)
    if is_collecting(state):
        return _card_notice(state, texts) or set_notice(state, texts) or _all_done(state, texts)
    if not state.lines:
        return Notice(texts.say("Put the books on the pad. No card is needed"), Tone.INFO)
    return _all_done(state, texts)


def _account_notice(state: State, texts: Texts) -> Notice | None:
    card = _card_notice(state, texts)
    if card is not None:
        return card
    if state.account is None:
        answers = state.online or state.alone
        waiting = texts.say("One moment…") if answers else in_words(Reason.NO_CONNECTION, texts)
        return Notice(waiting, Tone.BUSY if answers else Tone.STOP)
    later = texts.say("What you wait for is shown when the connection is back")
    if not state.account.loans and not state.holds:
        none = texts.say("You have no books on loan")
        return Notice(sentences(none, later) if state.alone else none, Tone.INFO)
    told = _renewed(state, texts) or _overdue(state, texts)
    return told or (Notice(later, Tone.INFO) if state.alone else None)


def _renewed(state: State, texts: Texts) -> Notice | None:
    """What became of all renewals, once the last one is answered."""
    asked = state.renewals.values()
    if not asked or any(renewal.going_on for renewal in asked):
        return None
    kept = sum(renewal.reason is not None for renewal in asked)
    renewed = texts.count("{n} book renewed", "{n} books renewed", len(asked) - kept)
    if not kept:
        return Notice(renewed, Tone.DONE)
    refused = texts.count("{n} book cannot be renewed", "{n} books cannot be renewed", kept)
    return Notice(sentences(renewed if kept < len(asked) else "", refused), Tone.WAIT)


def _overdue(state: State, texts: Texts) -> Notice | None:
    """One neutral line, no shame (features 5.5, step 5)."""
    late = sum(loan.overdue for loan in state.account.loans) if state.account else 0
    if not late:
        return None
    text = texts.count("{n} book is overdue", "{n} books are overdue", late)
    return Notice(sentences(text, texts.say("Please return it soon")), Tone.INFO)


def _problem_notice(state: State, texts: Texts) -> Notice | None:
    match state.trouble:
        case Trouble.STARTING | None:
            return None
        case Trouble.READER_LOST:
            return Notice(in_words_with_code(Reason.READER_LOST, texts), Tone.STOP)
        case Trouble.SIMULATED_READER:
            text = texts.say("The pad is only a simulated one and must not lend real books")
            return Notice(text, Tone.STOP)
        case _:
            assert_never(state.trouble)


def _lift_first(texts: Texts) -> str:
    return texts.say("Books from before lie on the pad. Lift them and put yours down")


def _all_done(state: State, texts: Texts) -> Notice | None:
    done = sum(is_done(state, line) for line in state.lines.values())
    if not done or done < len(state.lines):
        return None
    if state.stage is Stage.RETURN:
        return Notice(texts.count("{n} book accepted", "{n} books accepted", done), Tone.DONE)
    return Notice(texts.count("{n} book lent to you", "{n} books lent to you", done), Tone.DONE)
