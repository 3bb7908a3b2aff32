"""What the kiosk does: `step(state, event) -> (state, effects)`. Pure; time comes in `Tick`.

An event changes what is known; then the rules of `_SETTLE` order whatever follows from it. So the
order in which card, books and answers arrive does not matter.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from kiosk.acts import choose, press_key
from kiosk.class_errands import ClassListed, ClassOpened
from kiosk.class_session_acts import (
    class_listed,
    class_opened,
    end_class,
    is_teachers_card,
    open_class,
    watch_class,
)
from kiosk.damage import damage_reported
from kiosk.effects import LookAround, PlaySound
from kiosk.errands import CallSeen, CatalogueSearched, DamageReported, ErrandDone, HoldCancelled
from kiosk.events import (
    AccountFetched,
    CardPresented,
    CardReaderBack,
    CardReaderLost,
    CardRemoved,
    CardResolved,
    CheckoutAnswered,
    Configured,
    Event,
    HeadphonesSeen,
    HoursSeen,
    ItemLifted,
    ItemPlaced,
    ItemsResolved,
    KeyPressed,
    LinkSeen,
    LinkTurned,
    Looked,
    Pressed,
    PrinterSeen,
    ReaderBack,
    ReaderLost,
    ReaderRefused,
    ReceiptPrinted,
    RenewalAnswered,
    ReturnAnswered,
    SecuritySeen,
    SecurityWritten,
    SightingKept,
    StackAnswered,
    TagsUnread,
    Tick,
    TwoCards,
    UnsentReturns,
    VoiceHeard,
)
from kiosk.helping import call_seen, look_at_call
from kiosk.lending import (
    ask_items,
    checkout_answered,
    items_resolved,
    open_lines,
    return_answered,
    rising_note,
    start_loans,
    start_returns,
)
from kiosk.on_the_pad import is_shut, pad
from kiosk.person import (
    account_fetched,
    ask_account,
    ask_card,
    ask_card_again,
    card_of_somebody,
    card_resolved,
    hold_cancelled,
    renewal_answered,
)
from kiosk.reachability import controller_seen, with_link
from kiosk.searching import answered
from kiosk.security import Step, follow_ledger
from kiosk.service import Door, card_digest
from kiosk.sounds import Sound
from kiosk.stages import (
    begin,
    end,
    pass_time,
    receipt_printed,
    touched,
    trouble,
    undisturbed,
)
from kiosk.state import (
    Stage,
    State,
    Trouble,
    is_collecting,
    is_secured,
    pupil_stage,
)
from kiosk.textbooks import ask_stack, stack_answered

_SETTLE: tuple[Callable[[State], Step], ...] = (
    ask_card_again,
    ask_account,
    open_class,
    ask_items,
    open_lines,
    ask_stack,
    start_loans,
    start_returns,
    follow_ledger,
    look_at_call,
    watch_class,
)


def step(state: State, event: Event) -> Step:
    """The state after `event`, and what is to be done about it."""
    state, effects = _take_in(with_link(state, event), event)
    for rule in _SETTLE:
        state, more = rule(state)
        effects = (*effects, *more)
    return state, effects


def _take_in(state: State, event: Event) -> Step:
    match event:
        case Tick(now=now):
            return pass_time(state, now)
        case Pressed(action=action):
            return choose(state, action)
        case KeyPressed(key=key):
            return press_key(state, key)
        case ItemPlaced() | ItemLifted() | TagsUnread() | SecuritySeen() | SecurityWritten():
            return pad(state, event)
        case ReaderLost() | ReaderBack() | ReaderRefused():
            return _reader(state, event)
        case CardPresented() | CardRemoved() | TwoCards() | CardReaderLost() | CardReaderBack():
            return _card(state, event)
        case CardResolved():
            return card_resolved(state, event)
        case (
            CatalogueSearched()
            | DamageReported()
            | CallSeen()
            | HoldCancelled()
            | ClassOpened()
            | ClassListed()
        ):
            return _errand(state, event)
        case (
            HeadphonesSeen()
            | VoiceHeard()
            | PrinterSeen()
            | ReceiptPrinted()
            | Looked()
            | HoursSeen()
        ):
            return _output(state, event), ()
        case _:
            return _answer(state, event)


def _errand(state: State, event: ErrandDone) -> Step:
    match event:
        case CatalogueSearched():
            return answered(state, event), ()
        case DamageReported():
            return damage_reported(state, event), ()
        case CallSeen():
            return call_seen(state, event)
        case HoldCancelled():
            return hold_cancelled(state, event)
        case ClassOpened():
            return class_opened(state, event)
        case ClassListed():
            return class_listed(state, event)
        case _:
            assert_never(event)


def _answer(
    state: State,
    event: ItemsResolved
    | AccountFetched
    | StackAnswered
    | CheckoutAnswered
    | RenewalAnswered
    | ReturnAnswered
    | SightingKept
    | UnsentReturns
    | LinkSeen
    | Configured
    | LinkTurned,
) -> Step:
    match event:
        case LinkSeen() | LinkTurned() | Configured():
            return controller_seen(state, event)
        case AccountFetched():
            return account_fetched(state, event), ()
        case ItemsResolved():
            return items_resolved(state, event), ()
        case StackAnswered():
            return stack_answered(state, event)
        case CheckoutAnswered():
            return checkout_answered(state, event)
        case RenewalAnswered():
            return renewal_answered(state, event)
        case ReturnAnswered():
            return return_answered(state, event)
        case SightingKept():
            return _sighting_kept(state, event)
        case UnsentReturns(copies=copies):
            return replace(state, returning=state.returning | set(copies)), ()
        case _:
            assert_never(event)


def _output(
    state: State,
    event: HeadphonesSeen | VoiceHeard | PrinterSeen | ReceiptPrinted | Looked | HoursSeen,
) -> State:
    """Headphones start speech, and nothing private is said when they are gone (EN 301 549, 5.2)."""
    match event:
        case HeadphonesSeen(plugged=plugged):
            access = replace(state.access, speech=plugged and state.config.can_speak)
            return replace(touched(state), headphones=plugged, access=access)
        case VoiceHeard(speaking=speaking):
            return replace(state, speaking_since=state.now if speaking else None)
        case PrinterSeen(paper=paper):
            return replace(state, paper=paper)
        case ReceiptPrinted(ok=ok):
            return receipt_printed(state, ok=ok)
        case HoursSeen(house=house):
            return replace(state, house=house)
        case Looked(surroundings=surroundings):
            return replace(state, surroundings=surroundings if state.door.open else None)
        case _:
            assert_never(event)


def _sighting_kept(state: State, event: SightingKept) -> Step:
    state = replace(state, recording=state.recording - {event.copy})
    line = state.lines.get(event.copy)
    if event.session != state.session or line is None or not is_secured(state, line):
        return state, ()
    return state, (rising_note(state),)


def _reader(state: State, event: ReaderLost | ReaderBack | ReaderRefused) -> Step:
    match event:
        case ReaderLost():
            return trouble(state, Trouble.READER_LOST), ()
        case ReaderRefused():
            return trouble(state, Trouble.SIMULATED_READER), ()
        case ReaderBack(simulated=simulated):
            back = replace(end(trouble(state, Trouble.READER_LOST)), simulated=simulated)
            return back, ()
        case _:
            assert_never(event)


def _card(
    state: State,
    event: CardPresented | CardRemoved | TwoCards | CardReaderLost | CardReaderBack,
) -> Step:
    match event:
        case CardPresented():
            return _card_presented(state, event)
        case CardRemoved():
            return touched(_no_card(state)), ()
        case TwoCards():
            state = touched(replace(state, card_lies=True, two_cards=True))
            return state, (PlaySound(Sound.STOP),)
        case CardReaderLost():
            return replace(_no_card(state), card_reader_ok=False), ()
        case CardReaderBack():
            return replace(state, card_reader_ok=True), ()
        case _:
            assert_never(event)


def _staff_card(state: State) -> Step:
    """The librarian's card opens the service screen, and ends whatever was going on."""
    ended = state if state.stage is Stage.PROBLEM else replace(end(state), card_lies=True)
    opened = replace(ended, door=Door(open=True), surroundings=None, help_until=None, focus=None)
    return opened, (PlaySound(Sound.CARD), LookAround())


def _card_presented(state: State, event: CardPresented) -> Step:
    state = touched(replace(undisturbed(state), card_lies=True, two_cards=False))
    if card_digest(event.uid) in state.config.staff_cards:
        return _staff_card(state)
    if is_shut(state):
        return state, ()
    if is_teachers_card(state, event.uid) and state.stage is not Stage.PROBLEM:
        return end_class(state)
    match state.stage:
        case Stage.PROBLEM:
            return state, ()
        case Stage.RETURN if not is_collecting(state):
            # a return needs no card, and must not turn into a loan by itself
            return replace(state, waiting_card=event.uid), ()
        case Stage.IDLE | Stage.SEARCH:
            return ask_card(begin(state, pupil_stage(state)), event.uid)
        case Stage.BORROW | Stage.ACCOUNT | Stage.RETURN:
            return card_of_somebody(state, event.uid)
        case _:
            assert_never(state.stage)


def _no_card(state: State) -> State:
    return replace(state, card_lies=False, two_cards=False, waiting_card=None)
