"""The rows of a View: one for each copy, each odd tag, each loan of an account."""

from collections.abc import Mapping
from datetime import date
from typing import assert_never

from circulation.api import Destination, ItemView, LoanView
from circulation.desk import HoldView
from circulation.holds import HoldState
from circulation.ids import Copy
from circulation.loan import ItemState
from circulation.reasons import Reason, reason_code
from kiosk.choices import account_order, cancel_id, cancels, loan_copy, row_choices
from kiosk.errands import Cancelling
from kiosk.i18n import Texts, mark
from kiosk.present_damage import needs_staff, report_note
from kiosk.present_textbooks import set_rows
from kiosk.state import (
    Line,
    Phase,
    Stage,
    State,
    being_secured,
    blocker,
    is_collecting,
    is_disarmed,
    is_secured,
    lifted_too_early,
    missing_parts,
    newest_first,
    odd_tags,
    parts_of,
    tags_of,
)
from kiosk.view import Action, Cover, Place, Row, Tone, Weight
from kiosk.wording import in_words, in_words_with_code, sentences

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
    """What lacks of a set, the copies, newest on top, and a quiet line for each tag of no copy."""
    early = lifted_too_early(state)
    lines = (*early, *(line for line in newest_first(state) if line not in early))
    books = tuple(_book_row(state, line, len(lines) - n, texts) for n, line in enumerate(lines))
    odd = tuple(_odd_row(tag.uid, reason, texts) for tag, reason in odd_tags(state))
    return books[: len(early)] + set_rows(state, texts) + books[len(early) :] + odd


def _odd_row(uid: str, reason: Reason, texts: Texts) -> Row:
    words = in_words(reason, texts)
    return Row(uid, words, "", reason_code(reason), Tone.INFO, spoken=words)


def account_rows(state: State, texts: Texts) -> tuple[Row, ...]:
    """What is overdue, what is ready to be taken, what else is lent, what is waited for."""
    if state.account is None:
        return ()
    rows: list[Row] = []
    for entry in account_order(state.account.loans, state.holds):
        if isinstance(entry, LoanView):
            number = 1 + state.account.loans.index(entry)
            rows.append(_loan_row(state, entry, number, texts))
        else:
            rows.append(_hold_row(state, entry, texts))
    return tuple(rows)


def _hold_row(state: State, hold: HoldView, texts: Texts) -> Row:
    note, tone = _hold_note(state, hold, texts)
    title = hold.title if state.headphones else texts.say("A book you wait for")
    return Row(
        key=f"hold/{hold.hold_id}",
        title=hold.title,
        author=hold.author,
        note=note,
        tone=tone,
        cover=Cover(hold.title, hold.author, ""),
        action=_cancel_action(state, hold, texts),
        spoken=sentences(title, note),
    )


def _hold_note(state: State, hold: HoldView, texts: Texts) -> Note:
    cancelling = state.cancelled.get(hold.hold_id)
    if cancelling is not None:
        return _cancelling_note(cancelling, texts)
    if state.giving_up == hold.hold_id:
        return texts.say("Cancel this order? Press once more"), Tone.WAIT
    if hold.state is HoldState.READY:
        note, tone = texts.say("Ready for you, № {code}", code=hold.code), Tone.DONE
    else:
        place = texts.say("You wait: number {place} in the queue", place=hold.ahead + 1)
        note, tone = place, Tone.INFO
    if hold.ready_until is not None:
        note = _with_end(note, hold.ready_until, texts)
    return note, tone


def _cancelling_note(cancelling: Cancelling, texts: Texts) -> Note:
    if cancelling.reason is not None:
        return in_words_with_code(cancelling.reason, texts), Tone.STOP
    if cancelling.done:
        return texts.say("The order is cancelled"), Tone.DONE
    return texts.say("One moment…"), Tone.BUSY


def _cancel_action(state: State, hold: HoldView, texts: Texts) -> Action | None:
    """Spoken by its place among the orders, not by its title."""
    offered = list(cancels(state))
    action = cancel_id(hold.hold_id)
    if action not in offered:
        return None
    label = texts.say("Cancel")
    if state.giving_up == hold.hold_id:
        label = texts.say("Yes, cancel")
    spoken = texts.say("{act}, order {number}", act=label, number=offered.index(action) + 1)
    return Action(action, label, spoken, Weight.SMALL, icon="cancel")


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


def _book_row(state: State, line: Line, number: int, texts: Texts) -> Row:
    item = state.items.get(line.copy)
    note, tone = _said_or_done(state, line, texts)
    title = (item.title if item else "") or texts.say("Book {number}", number=line.copy.item)
    place = _place(state, line, texts)
    told = sentences(note, place.text) if place else note
    return Row(
        key=f"{line.copy.owner}/{line.copy.item}",
        title=title,
        author=item.author if item else "",
        note=note,
        tone=tone,
        cover=_cover(item) if item and item.title else None,
        action=_renew_action(state, line.copy, texts),
        spoken=_spoken(state, title, number, told, texts),
        place=place,
    )


def _said_or_done(state: State, line: Line, texts: Texts) -> Note:
    """What was said of a damaged book stands in its row, unless the return was refused since."""
    said = None if line.phase is Phase.REFUSED else report_note(state, line.copy, texts)
    return said or line_note(state, line, texts)


def _loan_row(state: State, loan: LoanView, place: int, texts: Texts) -> Row:
    copy = loan_copy(loan.owner, loan.item_id)
    if copy in state.renewals:
        note, tone = renewal_note(state, copy, texts)
    elif loan.overdue:
        note, tone = texts.say("Overdue since {date}", date=texts.day(loan.due)), Tone.STOP
    else:
        note, tone = texts.say("Until {date}", date=texts.day(loan.due)), Tone.INFO
    title = loan.title or texts.say("Book {number}", number=loan.item_id)
    return Row(
        key=f"{loan.owner}/{loan.item_id}",
        title=title,
        author=loan.author,
        note=note,
        tone=tone,
        cover=Cover(loan.title, loan.author, loan.section) if loan.title else None,
        action=_renew_action(state, copy, texts),
        spoken=_spoken(state, title, place, note, texts),
    )


def _spoken(state: State, title: str, place: int, note: str, texts: Texts) -> str:
    """The title for headphones only: a loudspeaker never says what somebody reads."""
    name = title if state.headphones else texts.say("Book {number}", number=place)
    return sentences(name, note)


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
    somebody = state.person is not None and state.person.view is not None
    if state.stage is Stage.BORROW and not somebody:
        return _without_card(state, line, texts)
    if is_collecting(state) and not somebody:
        return texts.say("Waits for your card"), Tone.INFO
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
        lent = texts.say("Lent without a network") if line.alone else texts.say("Lent to you")
        return _until(lent, line, texts), Tone.DONE
    if being_secured(state, line):
        return texts.say("Lent to you. Switching the security off…"), Tone.BUSY
    if not tags_of(state, line.copy):
        return texts.say("Lent to you, the security is still on"), Tone.WAIT
    return texts.say("Lent to you. Do not move the book: the security is still on"), Tone.WAIT


def _yours(line: Line, texts: Texts) -> str:
    return _until(texts.say("This book is already yours"), line, texts)


def _until(text: str, line: Line, texts: Texts) -> str:
    if line.due is None:
        return text
    until = texts.say("until {date}", date=texts.day(line.due))
    return f"{text} · {until}"


def _returned(line: Line, texts: Texts) -> str:
    accepted = texts.say("Accepted without a network") if line.alone else texts.say("Accepted")
    if not line.was_on_loan:
        accepted = texts.say("It was not lent to anybody: accepted")
    if not line.overdue_days:
        return accepted
    late = texts.count("due {n} day ago", "due {n} days ago", line.overdue_days)
    return f"{accepted} · {late}"


def _place(state: State, line: Line, texts: Texts) -> Place | None:
    """Where a book that came back is to be put."""
    if line.phase is not Phase.RETURNED:
        return None
    if needs_staff(state, line.copy):
        return Place("staff", texts.say("To the librarian"), Tone.WAIT)
    match line.destination:
        case Destination.SHELF:
            return Place("cart", texts.say("Onto the cart"), Tone.DONE)
        case Destination.HOLD_SHELF:
            shelf = texts.say("Onto the hold shelf")
            place = f"{shelf}, № {line.hold_code}" if line.hold_code else shelf
            return Place("hold_shelf", place, Tone.INFO)
        case Destination.STAFF:
            return Place("staff", texts.say("To the librarian"), Tone.WAIT)
        case _:
            assert_never(line.destination)


def _refused(line: Line, texts: Texts) -> str:
    reason = line.reasons[0] if line.reasons else Reason.NOT_LENDABLE
    words = in_words_with_code(reason, texts)
    return words if line.until is None else _with_end(words, line.until, texts)


def _with_end(words: str, last: date, texts: Texts) -> str:
    until = texts.say("until {date}", date=texts.day(last))
    return f"{words} · {until}"


def _cover(item: ItemView) -> Cover:
    return Cover(item.title, item.author, item.section)


def _renew_action(state: State, copy: Copy, texts: Texts) -> Action | None:
    """Spoken by its place among what can be renewed, not by its title."""
    choices = row_choices(state)
    if copy not in choices:
        return None
    spoken = texts.say("Renew, book {number}", number=list(choices).index(copy) + 1)
    return Action(choices[copy], texts.say("Renew"), spoken, Weight.SMALL, icon="renew")
