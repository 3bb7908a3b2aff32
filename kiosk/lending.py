"""Take each copy of a session one step further: open its line, ask, and take in the answers.

Borrow: record, then disarm (`kiosk.security` does that as soon as the ledger says "on loan").
Return: arm, read back, then record. Design rule 3; features 5.4 and 5.5.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from circulation.api import ItemsAnswer, LoanReceipt, Refusal, ReturnReceipt
from circulation.ids import Copy, PatronId
from circulation.loan import ItemState
from circulation.reasons import Reason
from kiosk.choices import loan_copy
from kiosk.effects import (
    Effect,
    PlaySound,
    RequestCheckout,
    RequestCheckouts,
    RequestReturn,
    ResolveItems,
)
from kiosk.events import CheckoutAnswered, ItemsResolved, NoAnswer, ReturnAnswered
from kiosk.security import Step, order
from kiosk.sounds import Sound
from kiosk.state import Line, Phase, Stage, State, blocker, is_done, parts_of, parts_seen, tags_of
from kiosk.textbooks import may_lend, may_take_back

_TRIES_TO_ARM = 3  # then the book goes to the librarian (features 5.5, step 3)


def ask_items(state: State) -> Step:
    """Ask the ledger for the copies on the pad that it has not told of yet."""
    due = {
        tag.copy: tag.uid
        for tag in state.tags.values()
        if tag.copy and tag.copy not in state.items and state.asked.get(tag.copy, 0) <= state.now
    }
    if not due:
        return state, ()
    never = dict.fromkeys(due, float("inf"))
    state = replace(state, asked={**state.asked, **never})
    return state, (ResolveItems(state.session, tuple(due.items())),)


def items_resolved(state: State, event: ItemsResolved) -> State:
    """What the ledger knows; copies that were lifted meanwhile are forgotten at once."""
    asked = {copy: at for copy, at in state.asked.items() if copy not in event.copies}
    wanted = [copy for copy in event.copies if tags_of(state, copy) or copy in state.lines]
    if not isinstance(event.result, ItemsAnswer):
        retry_at = state.now + state.config.ask_retry_s
        return replace(state, asked={**asked, **dict.fromkeys(wanted, retry_at)})
    found = {loan_copy(item.owner, item.item_id): item for item in event.result.items}
    news = {copy: found.get(copy) for copy in wanted if copy not in state.items}
    return replace(state, asked=asked, items={**state.items, **news})


def open_lines(state: State) -> Step:
    """One line for each copy that was laid down in this session."""
    if state.stage not in (Stage.BORROW, Stage.RETURN):
        return state, ()
    for tag in state.tags.values():
        if tag.copy and not tag.stale and tag.copy not in state.lines:
            state = state.with_line(Line(tag.copy))
    return state, ()


def start_loans(state: State) -> Step:
    """Ask for every copy that is complete and known, as soon as somebody may borrow.

    What is ready in the same moment (a pupil's set, a stack before the card came) is one act.
    """
    person = state.person
    if state.stage is not Stage.BORROW or person is None or person.view is None:
        return state, ()
    if not person.may_borrow or state.two_cards:
        return state, ()
    wishes: list[RequestCheckout] = []
    for line in state.lines.values():
        if not _is_ready(state, line):
            continue
        state, asking = _asking(state, line)
        patron, uid = PatronId(person.view.patron_id), tags_of(state, line.copy)[0].uid
        parts = parts_seen(state, line.copy) if parts_of(state, line.copy) > 1 else None
        wish = RequestCheckout(state.session, asking.slot, patron, line.copy, uid, parts)
        wishes.append(wish)
    if len(wishes) > 1:
        return state, (RequestCheckouts(tuple(wishes)),)
    return state, tuple(wishes)


def start_returns(state: State) -> Step:
    """Arm every complete copy, and when all its tags were read as armed, record the return."""
    if state.stage is not Stage.RETURN:
        return state, ()
    effects: list[Effect] = []
    for line in state.lines.values():
        if line.phase is not Phase.WAITING or not may_take_back(state, line.copy):
            continue
        if _is_ready_to_return(state, line.copy):
            state = state.with_line(replace(line, phase=Phase.ARMING))
    for line in state.lines.values():
        if line.phase is Phase.ARMING:
            state, orders = _arm_or_record(state, line)
            effects += orders
    return state, tuple(effects)


def _is_ready(state: State, line: Line) -> bool:
    if line.phase not in (Phase.WAITING, Phase.UNANSWERED) or state.now < line.retry_at:
        return False
    here = bool(tags_of(state, line.copy)) and line.copy in state.items
    if not here or line.copy in state.returning or not may_lend(state, line.copy):
        return False
    return blocker(state, line.copy) is None


def _is_ready_to_return(state: State, copy: Copy) -> bool:
    """Without an answer of the ledger the tag alone decides: a return never waits for a network."""
    known = copy in state.items or state.asked.get(copy, float("inf")) != float("inf")
    return known and copy not in state.returning and blocker(state, copy) is None


def _asking(state: State, line: Line) -> tuple[State, Line]:
    """The line as it waits for its answer. A question asked again keeps its slot."""
    slot = line.slot or state.next_slot
    asking = replace(line, phase=Phase.ASKING, slot=slot, tries=line.tries + 1)
    next_slot = max(state.next_slot, slot + 1)
    return replace(state, next_slot=next_slot).with_line(asking), asking


def _arm_or_record(state: State, line: Line) -> Step:
    tags = tags_of(state, line.copy)
    if blocker(state, line.copy) is not None:
        return state.with_line(replace(line, phase=Phase.WAITING)), ()
    if any(tag.failed >= _TRIES_TO_ARM for tag in tags):
        failed = replace(line, phase=Phase.REFUSED, reasons=(Reason.SECURITY_WRITE_FAILED,))
        return state.with_line(failed), (PlaySound(Sound.STOP),)
    effects: tuple[Effect, ...] = ()
    for tag in tags:
        if not (tag.read and tag.armed):
            state, orders = order(state, tag, armed=True)
            effects += orders
    if all(tag.read and tag.armed and not tag.writing for tag in tags):
        state, asking = _asking(state, line)
        state = replace(state, returning=state.returning | {line.copy})
        request = RequestReturn(state.session, asking.slot, line.copy, tags[0].uid)
        return state, (*effects, request)
    return state, effects


def checkout_answered(state: State, event: CheckoutAnswered) -> Step:
    """A loan stands, or it does not, or nobody knows."""
    if isinstance(event.result, LoanReceipt):
        state = _ledger_says(state, event.copy, ItemState.ON_LOAN, event.result)
    line = _line_of(state, event.session, event.slot, event.copy)
    if line is None:
        return state, ()
    match event.result:
        case LoanReceipt(due=due):
            lent = replace(line, phase=Phase.LENT, due=due, reasons=(), alone=state.alone)
            gone = not tags_of(state, line.copy)
            return state.with_line(lent), (PlaySound(Sound.PUT_BACK),) if gone else ()
        case Refusal(reasons=(Reason.ALREADY_YOURS, *_), due=due):
            state = _ask_again_if_outdated(state, line.copy)
            return state.with_line(replace(line, phase=Phase.ALREADY_YOURS, due=due)), ()
        case Refusal(reasons=reasons) as refusal:
            if Reason.ON_LOAN_TO_OTHER in reasons:
                state = _ask_again_if_outdated(state, line.copy)
            return _refused(state, line, refusal)
        case NoAnswer(sent=sent):
            return _unanswered(state, line, sent=sent), ()
        case _:
            assert_never(event.result)


def return_answered(state: State, event: ReturnAnswered) -> Step:
    """The ledger took the copy back, refused, or will hear of it later."""
    if not isinstance(event.result, NoAnswer):
        state = replace(state, returning=state.returning - {event.copy})
    if isinstance(event.result, ReturnReceipt):
        state = _ledger_says(state, event.copy, ItemState.IN_STOCK, event.result)
    line = _line_of(state, event.session, event.slot, event.copy)
    if line is None:
        return state, ()
    match event.result:
        case ReturnReceipt() as receipt:
            first = line.phase is Phase.ASKING
            returned = replace(
                line,
                phase=Phase.RETURNED,
                was_on_loan=receipt.was_on_loan,
                overdue_days=receipt.overdue_days,
                destination=receipt.destination,
                hold_code=receipt.hold_code,
                alone=state.alone,
            )
            state = state.with_line(returned)
            return state, (rising_note(state),) if first else ()
        case Refusal() as refusal:
            return _refused(state, line, refusal)
        case NoAnswer():
            state = state.with_line(replace(line, phase=Phase.QUEUED))
            return state, (rising_note(state),)
        case _:
            assert_never(event.result)


def rising_note(state: State) -> PlaySound:
    """The sound of one more book done: each is a step up the chord (look.md)."""
    chord = (Sound.BOOK_1, Sound.BOOK_2, Sound.BOOK_3, Sound.BOOK_4)
    done = sum(is_done(state, line) for line in state.lines.values())
    return PlaySound(chord[max(0, min(done, len(chord)) - 1)])


def _line_of(state: State, session: int, slot: int, copy: Copy) -> Line | None:
    """The line that waits for this answer; None for an old session or an old question."""
    line = state.lines.get(copy)
    if session != state.session or line is None or line.slot != slot:
        return None
    return line


def _refused(state: State, line: Line, refusal: Refusal) -> Step:
    if not tags_of(state, line.copy) and line.phase is not Phase.QUEUED:
        return state.without_line(line.copy), ()
    refused = replace(
        line,
        phase=Phase.REFUSED,
        reasons=refusal.reasons,
        until=refusal.blocked_until,
    )
    return state.with_line(refused), (PlaySound(Sound.STOP),)


def _unanswered(state: State, line: Line, *, sent: bool) -> State:
    """What certainly never arrived and is no longer here is no longer wanted."""
    if not sent and line.tries <= 1 and not tags_of(state, line.copy):
        return state.without_line(line.copy)
    retry_at = state.now + state.config.ask_retry_s
    return state.with_line(replace(line, phase=Phase.UNANSWERED, retry_at=retry_at))


def _ask_again_if_outdated(state: State, copy: Copy) -> State:
    """On loan since we looked: what was known must not decide about the tag any more."""
    item = state.items.get(copy)
    if item is None or item.state is ItemState.ON_LOAN:
        return state
    return replace(state, items={key: it for key, it in state.items.items() if key != copy})


def _ledger_says(
    state: State, copy: Copy, item_state: ItemState, receipt: LoanReceipt | ReturnReceipt
) -> State:
    item = state.items.get(copy)
    if item is None:
        return state
    news: Mapping[str, object] = {"state": item_state, "security": receipt.security}
    return state.with_item(copy, item.model_copy(update=news))
