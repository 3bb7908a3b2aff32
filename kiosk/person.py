"""The card and whose it is, the account, renewals, holds given up. Features 5.4 (2) and 5.7."""

from dataclasses import replace
from typing import assert_never

from circulation.api import Account, LoanReceipt, PatronView, Refusal
from circulation.desk import HoldReceipt
from circulation.ids import CardUid, Copy, PatronId, is_random_uid
from circulation.reasons import Reason
from kiosk.choices import loan_copy, renewable
from kiosk.class_session_acts import close_list
from kiosk.effects import Effect, FetchAccount, PlaySound, RequestRenewal, ResolveCard
from kiosk.errands import CancelHold, Cancelling, HoldCancelled
from kiosk.events import AccountFetched, CardResolved, NoAnswer, RenewalAnswered
from kiosk.security import Step
from kiosk.sounds import Sound
from kiosk.stages import begin, end
from kiosk.state import Person, Renewal, Stage, State, pupil_stage


def ask_card(state: State, uid: CardUid) -> Step:
    """The card becomes the session's card; a UID made up anew each time is nobody's."""
    if is_random_uid(uid):
        person = Person(uid, refusal=Reason.CARD_RANDOM_UID)
        return replace(state, person=person), (PlaySound(Sound.STOP),)
    return replace(state, person=Person(uid)), (ResolveCard(state.session, uid),)


def card_of_somebody(state: State, uid: CardUid) -> Step:
    """The same person, the first one, or somebody else who has come."""
    person = state.person
    state = close_list(state)
    if person is not None and person.card == uid:
        return state, ()
    if person is not None and person.view is not None:
        state = replace(begin(end(state), pupil_stage(state)), card_lies=True)
    return ask_card(state, uid)


def ask_card_again(state: State) -> Step:
    """After no answer the card is asked for again while the session lasts."""
    person = state.person
    if person is None or person.card is None:
        return state, ()
    if person.retry_at is None or state.now < person.retry_at:
        return state, ()
    state = replace(state, person=replace(person, retry_at=None))
    return state, (ResolveCard(state.session, person.card),)


def card_resolved(state: State, event: CardResolved) -> Step:
    """Whose card it is; an answer about another card or for an old session changes nothing."""
    person = state.person
    if event.session != state.session or person is None or person.card != event.uid:
        return state, ()
    match event.result:
        case PatronView() as view:
            sound = Sound.STOP if view.blocked else Sound.CARD
            return replace(state, person=Person(person.card, view)), (PlaySound(sound),)
        case Refusal(reasons=reasons):
            refused = Person(person.card, refusal=reasons[0])
            return replace(state, person=refused), (PlaySound(Sound.STOP),)
        case NoAnswer():
            retry_at = state.now + state.config.ask_retry_s
            waiting = Person(person.card, refusal=Reason.NO_CONNECTION, retry_at=retry_at)
            return replace(state, person=waiting), ()
        case _:
            assert_never(event.result)


def ask_account(state: State) -> Step:
    """Fetch the account when it is to be shown, is not there and is not on its way."""
    person = state.person
    if state.stage is not Stage.ACCOUNT or person is None or person.view is None:
        return state, ()
    retry_at = state.account_retry_at
    if state.account is not None or retry_at is None or state.now < retry_at:
        return state, ()
    fetch = FetchAccount(state.session, PatronId(person.view.patron_id))
    return replace(state, account_retry_at=None), (fetch,)


def account_fetched(state: State, event: AccountFetched) -> State:
    """The open loans, for the session that asked only."""
    if event.session != state.session or state.stage is not Stage.ACCOUNT:
        return state
    if isinstance(event.result, Account):
        return replace(state, account=event.result, holds=event.holds)
    return replace(state, account_retry_at=state.now + state.config.ask_retry_s)


def renew(state: State, copies: tuple[Copy, ...]) -> Step:
    """Ask for these renewals, each once in a session."""
    if state.person is None or state.person.view is None:
        return state, ()
    patron = PatronId(state.person.view.patron_id)
    effects: list[Effect] = []
    for copy in copies:
        slot = state.next_slot
        renewals = {**state.renewals, copy: Renewal(slot)}
        state = replace(state, next_slot=slot + 1, renewals=renewals)
        effects.append(RequestRenewal(state.session, slot, patron, copy))
    return state, tuple(effects)


def renew_all(state: State) -> Step:
    """Ask for everything in sight that may be renewed."""
    return renew(state, renewable(state))


def renewal_answered(state: State, event: RenewalAnswered) -> Step:
    """The new date in the line and in the account, or why not."""
    renewal = state.renewals.get(event.copy)
    if event.session != state.session or renewal is None or renewal.slot != event.slot:
        return state, ()
    sound = Sound.STOP
    match event.result:
        case LoanReceipt(due=due):
            renewal, sound = replace(renewal, due=due), Sound.BOOK_1
            state = _with_due(state, event.copy, event.result)
        case Refusal(reasons=reasons):
            renewal = replace(renewal, reason=reasons[0])
        case NoAnswer():
            renewal = replace(renewal, reason=Reason.NO_CONNECTION)
        case _:
            assert_never(event.result)
    state = replace(state, renewals={**state.renewals, event.copy: renewal})
    return state, (PlaySound(sound),)


def give_up(state: State, hold_id: int) -> Step:
    """The first press asks "really?", the second cancels: a place in a queue is soon lost."""
    if state.person is None or state.person.view is None:
        return state, ()
    if state.giving_up != hold_id:
        return replace(state, giving_up=hold_id), ()
    order = CancelHold(state.session, PatronId(state.person.view.patron_id), hold_id)
    cancelled = {**state.cancelled, hold_id: Cancelling()}
    return replace(state, giving_up=None, cancelled=cancelled), (order,)


def hold_cancelled(state: State, event: HoldCancelled) -> Step:
    """The hold is over, or why it stands."""
    if event.session != state.session or event.hold_id not in state.cancelled:
        return state, ()
    match event.result:
        case HoldReceipt():
            settled, sound = Cancelling(done=True), Sound.BOOK_1
        case Refusal(reasons=reasons):
            settled, sound = Cancelling(reason=reasons[0]), Sound.STOP
        case None:
            settled, sound = Cancelling(reason=Reason.NO_CONNECTION), Sound.STOP
        case _:
            assert_never(event.result)
    cancelled = {**state.cancelled, event.hold_id: settled}
    return replace(state, cancelled=cancelled), (PlaySound(sound),)


def _with_due(state: State, copy: Copy, receipt: LoanReceipt) -> State:
    if copy in state.lines:
        state = state.with_line(replace(state.lines[copy], due=receipt.due))
    if state.account is None:
        return state
    loans = tuple(
        loan.model_copy(update={"due": receipt.due, "overdue": False})
        if loan_copy(loan.owner, loan.item_id) == copy
        else loan
        for loan in state.account.loans
    )
    return replace(state, account=state.account.model_copy(update={"loans": loans}))
