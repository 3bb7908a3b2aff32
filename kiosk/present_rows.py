"""The rows of a View: one for each copy, each odd tag, each loan of an account."""

from collections.abc import Mapping
from typing import assert_never

from circulation.api import Destination, ItemView, LoanView
from circulation.ids import Copy
from circulation.loan import ItemState
from circulation.reasons import Reason, reason_code
from kiosk.choices import loan_copy, row_choices
from kiosk.i18n import Texts, mark
from kiosk.state import (
    Line,
    Phase,
    Stage,
    State,
    being_secured,
    blocker,
    is_disarmed,
    is_secured,
    missing_parts,
    newest_first,
    odd_tags,
    parts_of,
    tags_of,
)
from kiosk.view import Action, Cover, Row, Tone, Weight
from kiosk.wording import in_words, in_words_with_code

Note = tuple[str, Tone]

_PLAIN_NOTES: Mapping[Phase, Note] = {
    Phase.ASKING: (mark("One moment…"), Tone.BUSY),
    Phase.QUEUED: (
        mark("Accepted. The library will hear of it when the connection is back"),
        Tone.DONE,
    ),
    Phase.UNANSWERED: (
        mark("No answer. Leave the book here or give it to the librarian"),
        Tone.WAIT,
    ),
}


def pad_rows(state: State, texts: Texts) -> tuple[Row, ...]:
    """The copies, newest on top, and below them one quiet line for each tag that is no copy."""
    books = tuple(_book_row(state, line, texts) for line in newest_first(state))
    odd = tuple(
        Row(tag.uid, in_words(reason, texts), "", reason_code(reason), Tone.INFO)
        for tag, reason in odd_tags(state)
    )
    return books + odd


def account_rows(state: State, texts: Texts) -> tuple[Row, ...]:
    """The open loans as the ledger orders them: overdue first, then by date."""
    loans = state.account.loans if state.account else ()
    return tuple(_loan_row(state, loan, texts) for loan in loans)


def line_note(state: State, line: Line, texts: Texts) -> Note:
    """What is said of this copy, and what it means."""
    renewal = state.renewals.get(line.copy)
    if renewal is not None:
        return renewal_note(state, line.copy, texts)
    match line.phase:
        case Phase.WAITING:
            return _waiting(state, line, texts)
        case Phase.ARMING:
            return _arming(state, line, texts)
        case Phase.ASKING | Phase.QUEUED | Phase.UNANSWERED:
            msgid, tone = _PLAIN_NOTES[line.phase]
            return texts.say(msgid), tone
        case Phase.LENT:
            return _lent(state, line, texts)
        case Phase.ALREADY_YOURS:
            return _yours(line, texts), Tone.INFO
        case Phase.RETURNED:
            return _returned(line, texts), Tone.DONE
        case Phase.REFUSED:
            return _refused(line, texts), Tone.STOP
        case _:
            assert_never(line.phase)


def renewal_note(state: State, copy: Copy, texts: Texts) -> Note:
    """How the renewal of this copy went."""
    renewal = state.renewals[copy]
    if renewal.due is not None:
        return texts.say("Renewed until {date}", date=texts.day(renewal.due)), Tone.DONE
    if renewal.reason is not None:
        return in_words_with_code(renewal.reason, texts), Tone.STOP
    return texts.say("One moment…"), Tone.BUSY


def _book_row(state: State, line: Line, texts: Texts) -> Row:
    item = state.items.get(line.copy)
    note, tone = line_note(state, line, texts)
    return Row(
        key=f"{line.copy.owner}/{line.copy.item}",
        title=item.title if item else texts.say("Book {number}", number=line.copy.item),
        author=item.author if item else "",
        note=note,
        tone=tone,
        cover=_cover(item) if item else None,
        action=_renew_action(state, line.copy, texts),
    )


def _loan_row(state: State, loan: LoanView, texts: Texts) -> Row:
    copy = loan_copy(loan.owner, loan.item_id)
    if copy in state.renewals:
        note, tone = renewal_note(state, copy, texts)
    elif loan.overdue:
        note, tone = texts.say("Overdue since {date}", date=texts.day(loan.due)), Tone.STOP
    else:
        note, tone = texts.say("Until {date}", date=texts.day(loan.due)), Tone.INFO
    return Row(
        key=f"{loan.owner}/{loan.item_id}",
        title=loan.title,
        author=loan.author,
        note=note,
        tone=tone,
        cover=Cover(loan.title, loan.author, loan.section),
        action=_renew_action(state, copy, texts),
    )


def _arming(state: State, line: Line, texts: Texts) -> Note:
    if any(tag.failed for tag in tags_of(state, line.copy)):
        return texts.say("Please do not move the book"), Tone.WAIT
    return texts.say("One moment…"), Tone.BUSY


def _waiting(state: State, line: Line, texts: Texts) -> Note:
    reason = blocker(state, line.copy)
    if reason is Reason.SET_INCOMPLETE:
        parts, missing = parts_of(state, line.copy), missing_parts(state, line.copy)
        whole = texts.count("A set of {n} part", "A set of {n} parts", parts)
        item = state.items.get(line.copy)
        names = item.part_names if item else ()
        if missing[0] <= len(names):
            name = names[missing[0] - 1]
            unseen = texts.say("I cannot see part {number}: {name}", number=missing[0], name=name)
        else:
            unseen = texts.say("I cannot see part {number}", number=missing[0])
        return f"{whole}. {unseen}", Tone.WAIT
    if reason is not None:
        return in_words_with_code(reason, texts), Tone.STOP
    if line.copy not in state.items:
        return texts.say("One moment…"), Tone.BUSY
    if state.stage is Stage.BORROW and not (state.person and state.person.view):
        return _without_card(state, line, texts)
    return "", Tone.INFO


def _without_card(state: State, line: Line, texts: Texts) -> Note:
    """Nobody is known: a copy on loan has its tag looked after, one in stock waits for a card."""
    item = state.items.get(line.copy)
    if item is None or item.state is not ItemState.ON_LOAN:
        return texts.say("Waits for your card"), Tone.INFO
    if is_disarmed(state, line.copy):
        return texts.say("On loan. The security is off"), Tone.INFO
    return texts.say("On loan. Do not move the book: the security is still on"), Tone.WAIT


def _lent(state: State, line: Line, texts: Texts) -> Note:
    if line.again:
        return _yours(line, texts), Tone.INFO
    if is_secured(state, line):
        return _until(texts.say("Lent to you"), line, texts), Tone.DONE
    if being_secured(state, line):
        return texts.say("Lent to you. Switching the security off…"), Tone.BUSY
    text = texts.say("Lent to you, the security is still on. Put the book back for 2 seconds")
    return text, Tone.WAIT


def _yours(line: Line, texts: Texts) -> str:
    return _until(texts.say("This book is already yours"), line, texts)


def _until(text: str, line: Line, texts: Texts) -> str:
    if line.due is None:
        return text
    until = texts.say("until {date}", date=texts.day(line.due))
    return f"{text} · {until}"


def _returned(line: Line, texts: Texts) -> str:
    accepted = texts.say("Accepted")
    if not line.was_on_loan:
        accepted = texts.say("It was not lent to anybody: accepted")
    parts = [accepted, _place(line.destination, texts)]
    if line.overdue_days:
        parts.append(texts.count("due {n} day ago", "due {n} days ago", line.overdue_days))
    return " · ".join(parts)


def _place(destination: Destination, texts: Texts) -> str:
    match destination:
        case Destination.SHELF:
            return texts.say("Put it on the cart")
        case Destination.HOLD_SHELF:
            return texts.say("Put it on the hold shelf")
        case Destination.STAFF:
            return texts.say("Give it to the librarian")
        case _:
            assert_never(destination)


def _refused(line: Line, texts: Texts) -> str:
    reason = line.reasons[0] if line.reasons else Reason.NOT_LENDABLE
    return in_words_with_code(reason, texts)


def _cover(item: ItemView) -> Cover:
    return Cover(item.title, item.author, item.section)


def _renew_action(state: State, copy: Copy, texts: Texts) -> Action | None:
    """Spoken by its place in the list: a loudspeaker never says what somebody reads."""
    choices = row_choices(state)
    if copy not in choices:
        return None
    spoken = texts.say("Renew, book {number}", number=list(choices).index(copy) + 1)
    return Action(choices[copy], texts.say("Renew"), spoken, Weight.SMALL, icon="renew")
