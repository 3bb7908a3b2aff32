"""What a person may do now: the ids of all actions, in the order of focus and of speech.

`present` gives each a label and `session` obeys only these, so a View cannot offer what is ignored.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import assert_never

from circulation.api import LoanView
from circulation.desk import HoldView
from circulation.holds import HoldState
from circulation.ids import Copy, Isil, ItemId
from kiosk.class_choices import is_choosing_class, is_listing, led_classes, picks
from kiosk.errands import KEYS, Letters
from kiosk.harms import CONDITIONS, HARMS, is_asking_harm, reportable
from kiosk.limits import is_dark, is_warning
from kiosk.state import (
    RECORDED,
    Phase,
    Stage,
    State,
    can_print,
    is_collecting,
    lifted_too_early,
    newest_first,
)


class Choice(StrEnum):
    """Action ids; `renew:` is followed by owner and item."""

    BORROW = "borrow"
    RETURN = "return"
    ACCOUNT = "account"
    FINISH = "finish"
    RECEIPT = "receipt"  # finish, with paper
    SEARCH = "search"
    FIND = "find"
    SPACE = "space"
    UNTYPE = "untype"  # the last letter
    LETTERS = "letters"  # other keys: Cyrillic, Latin, digits
    OTHER_WORDS = "other_words"
    DAMAGE = "damage"  # opens the panel with three pictures
    DAMAGE_BOOK = "damage_book"  # another of the returned books
    DAMAGE_CLOSE = "damage_close"
    CLASS_LIST = "class_list"  # who has no card is picked from the class list
    CLASS_CLOSE = "class_close"  # closes the list
    CLASS_TURN = "class_turn"  # from giving out to taking back, and the other way round
    CLASS_END = "class_end"
    CLASS_SKIP = "class_skip"  # a teacher of several classes is here for books of her own
    CONTINUE = "continue"
    WAKE = "wake"  # the dark panel, wherever it is touched
    HOME = "home"  # from the page that says thank you
    RENEW_ALL = "renew_all"
    LANGUAGE = "language"
    TEXT_SIZE = "text_size"
    CONTRAST = "contrast"
    ACCESS = "access"  # opens and closes the panel with the wishes below
    HELP = "help"
    ACCESS_DONE = "access_done"
    LOW_REACH = "low_reach"
    EXTRA_TIME = "extra_time"
    PICTOGRAMS = "pictograms"
    SPEECH = "speech"
    SERVICE = "service"  # shows the number pad
    ERASE = "erase"
    SERVICE_CLOSE = "service_close"
    TEST_SOUND = "test_sound"
    RESTART_READERS = "restart_readers"


SERVICE_CHOICES = (
    Choice.SERVICE,
    Choice.ERASE,
    Choice.SERVICE_CLOSE,
    Choice.TEST_SOUND,
    Choice.RESTART_READERS,
)
SEARCH_CHOICES = (
    Choice.SEARCH,
    Choice.FIND,
    Choice.SPACE,
    Choice.UNTYPE,
    Choice.LETTERS,
    Choice.OTHER_WORDS,
)
_RENEW = "renew:"
_TYPE = "type:"
_CANCEL = "cancel:"
CLASS_CHOICES = (
    Choice.CLASS_LIST,
    Choice.CLASS_CLOSE,
    Choice.CLASS_TURN,
    Choice.CLASS_END,
    Choice.CLASS_SKIP,
)
_DIGIT = "digit:"
DIGITS: Mapping[str, str] = {f"{_DIGIT}{digit}": digit for digit in "1234567890"}
"""The keys of the number pad, by action id."""


def renew_id(copy: Copy) -> str:
    """The action id that renews this copy."""
    return f"{_RENEW}{copy.owner}/{copy.item}"


def type_id(character: str) -> str:
    """The action id that types this character."""
    return f"{_TYPE}{character}"


def character_of(action: str) -> str:
    """The character that the action types; empty for any other action."""
    return action.removeprefix(_TYPE) if action.startswith(_TYPE) else ""


def main_choices(state: State) -> tuple[str, ...]:
    """The actions below a screen; the first is the primary one."""
    if is_dark(state):
        return (Choice.WAKE,)
    if is_warning(state):
        return (Choice.CONTINUE, Choice.FINISH)
    if state.door.open:
        return (Choice.SERVICE_CLOSE, Choice.TEST_SOUND, Choice.RESTART_READERS)
    if state.door.shown:
        shut = state.door.is_shut(state.now)
        return (Choice.SERVICE_CLOSE, *(() if shut else (*DIGITS, Choice.ERASE)))
    if state.access_open:
        return (Choice.ACCESS_DONE, *wishes(state))
    if is_asking_harm(state):
        several = (Choice.DAMAGE_BOOK,) if len(reportable(state)) > 1 else ()
        pictures = CONDITIONS if is_collecting(state) else HARMS
        return (Choice.DAMAGE_CLOSE, *pictures, *several, Choice.FINISH)
    if is_choosing_class(state):
        return (Choice.CLASS_SKIP, Choice.FINISH)
    if is_listing(state):
        leave = () if state.stage is Stage.IDLE else (Choice.FINISH,)
        return (Choice.CLASS_CLOSE, *leave, Choice.CLASS_END)
    return (*_own_choices(state), *_service(state))


def _service(state: State) -> tuple[Choice, ...]:
    """The librarian's door, where nobody is served and somebody has asked for help."""
    if state.config.pin is None or state.help_until is None:
        return ()
    return (Choice.SERVICE,) if state.stage in (Stage.IDLE, Stage.PROBLEM) else ()


def _own_choices(state: State) -> tuple[str, ...]:
    """Of the page that says thanks, of a book in danger, of a class, of the stage."""
    if state.farewell is not None:
        return (Choice.HOME,)
    if lifted_too_early(state):
        return (Choice.FINISH,)  # one thing to do, and a way out of it
    if state.class_session is not None and state.stage is not Stage.PROBLEM:
        return _class_choices(state)
    return _stage_choices(state)


def _stage_choices(state: State) -> tuple[str, ...]:
    known = state.person is not None and state.person.view is not None
    match state.stage:
        case Stage.IDLE:
            if not state.house.open:
                return ()
            return (Choice.BORROW, Choice.RETURN, Choice.ACCOUNT, Choice.SEARCH)
        case Stage.BORROW:
            account = (Choice.ACCOUNT,) if known else ()
            return (Choice.FINISH, *_receipt(state), Choice.RETURN, *account)
        case Stage.RETURN:
            damage = (Choice.DAMAGE,) if reportable(state) else ()
            return (Choice.FINISH, *_receipt(state), Choice.BORROW, *damage)
        case Stage.ACCOUNT:
            renew_all = (Choice.RENEW_ALL,) if renewable(state) else ()
            return (Choice.FINISH, *renew_all, Choice.BORROW)
        case Stage.SEARCH:
            return _search_choices(state)
        case Stage.PROBLEM:
            return ()
        case _:
            assert_never(state.stage)


def _class_choices(state: State) -> tuple[Choice, ...]:
    """In a class session nothing but the next pupil is a touch away."""
    if state.stage is Stage.IDLE:
        return (Choice.CLASS_LIST, Choice.CLASS_TURN, Choice.CLASS_END)
    damage = (Choice.DAMAGE,) if reportable(state) else ()
    return (Choice.FINISH, Choice.CLASS_LIST, *damage)


def _search_choices(state: State) -> tuple[str, ...]:
    """The keys of the screen, or what comes after an answer."""
    if not is_typing(state):
        return (Choice.OTHER_WORDS, Choice.FINISH)
    letters = state.search.letters if state.search else Letters.CYRILLIC
    keys = tuple(type_id(character) for character in KEYS[letters])
    return (Choice.FIND, Choice.FINISH, *keys, Choice.SPACE, Choice.UNTYPE, Choice.LETTERS)


def is_typing(state: State) -> bool:
    """True while the keys of the catalogue search fill the screen."""
    search = state.search
    if state.stage is not Stage.SEARCH or search is None:
        return False
    return not search.asked and not is_warning(state)


def _receipt(state: State) -> tuple[Choice, ...]:
    """Offered when there is something to prove and paper to prove it on."""
    done = any(line.phase in RECORDED for line in state.lines.values())
    return (Choice.RECEIPT,) if done and can_print(state) else ()


def back_choice(state: State) -> Choice:
    """What the key "back" means here; the session ignores it where it is not offered."""
    if state.door.shown or state.door.open:
        return Choice.SERVICE_CLOSE
    if state.access_open:
        return Choice.ACCESS_DONE
    if is_asking_harm(state):
        return Choice.DAMAGE_CLOSE
    if is_choosing_class(state):
        return Choice.CLASS_SKIP
    if is_listing(state):
        return Choice.CLASS_CLOSE
    return Choice.FINISH if state.farewell is None else Choice.HOME


def wishes(state: State) -> tuple[Choice, ...]:
    """What the panel offers; sizes and contrast are on every screen."""
    speech = (Choice.SPEECH,) if state.config.can_speak else ()
    return (Choice.LOW_REACH, Choice.EXTRA_TIME, Choice.PICTOGRAMS, *speech)


def row_choices(state: State) -> dict[Copy, str]:
    """The action inside a row, by copy, in the order of the rows."""
    return {copy: renew_id(copy) for copy in renewable(state)}


def cancel_id(hold_id: int) -> str:
    """The action id that gives up this hold."""
    return f"{_CANCEL}{hold_id}"


def cancels(state: State) -> dict[str, int]:
    """The holds that may be given up now, by action id, in the order in which they come."""
    if state.stage is not Stage.ACCOUNT or state.account is None:
        return {}
    if is_warning(state) or state.access_open:
        return {}
    holds = (hold.hold_id for hold in state.holds if hold.hold_id not in state.cancelled)
    return {cancel_id(hold_id): hold_id for hold_id in holds}


def row_actions(state: State) -> tuple[str, ...]:
    """The actions inside rows, in the order of the rows."""
    if is_choosing_class(state):
        return tuple(led_classes(state))
    if is_listing(state):
        return tuple(picks(state))
    renewals = row_choices(state)
    if state.stage is not Stage.ACCOUNT or state.account is None:
        return tuple(renewals.values())
    offered = cancels(state)
    rows: list[str] = []
    for entry in account_order(state.account.loans, state.holds):
        if isinstance(entry, LoanView):
            rows.append(renewals.get(loan_copy(entry.owner, entry.item_id), ""))
        else:
            rows.append(cancel_id(entry.hold_id))
    return tuple(action for action in rows if action in offered or action in renewals.values())


def account_order(
    loans: Sequence[LoanView], holds: Sequence[HoldView]
) -> tuple[LoanView | HoldView, ...]:
    """What is overdue, what is ready to be taken, what else is lent, what is waited for."""
    ready = [hold for hold in holds if hold.state is HoldState.READY]
    waiting = [hold for hold in holds if hold.state is HoldState.WAITING]
    late = sum(loan.overdue for loan in loans)  # the ledger's order: overdue first, then by date
    return (*loans[:late], *ready, *loans[late:], *waiting)


def bar_choices(state: State) -> tuple[str, ...]:
    """The actions of every screen."""
    if state.door.shown or is_typing(state):
        return ()  # the keys need the room
    if is_dark(state):
        return ()
    language = (Choice.LANGUAGE,) if len(state.config.languages) > 1 else ()
    return (*language, Choice.TEXT_SIZE, Choice.CONTRAST, Choice.ACCESS, Choice.HELP)


def all_choices(state: State) -> tuple[str, ...]:
    """Everything on the screen, in focus order."""
    return (*main_choices(state), *row_actions(state), *bar_choices(state))


def focused(state: State) -> int | None:
    """The place of the keypad in `all_choices`; never behind the last when choices went away."""
    return None if state.focus is None else min(state.focus, len(all_choices(state)) - 1)


def renewable(state: State) -> tuple[Copy, ...]:
    """The copies in sight that may be renewed and were not asked for yet."""
    if state.person is None or state.person.view is None:
        return ()
    if is_warning(state) or state.access_open or is_listing(state) or is_choosing_class(state):
        return ()
    match state.stage:
        case Stage.BORROW:
            mine = tuple(
                line.copy for line in newest_first(state) if line.phase is Phase.ALREADY_YOURS
            )
        case Stage.ACCOUNT:
            loans = state.account.loans if state.account else ()
            mine = tuple(
                loan_copy(loan.owner, loan.item_id) for loan in loans if loan.renewals_left
            )
        case Stage.IDLE | Stage.RETURN | Stage.SEARCH | Stage.PROBLEM:
            mine = ()
        case _:
            assert_never(state.stage)
    return tuple(copy for copy in mine if copy not in state.renewals)


def loan_copy(owner: str, item_id: str) -> Copy:
    """The copy that a message of the controller speaks of; the wire model has checked its form."""
    return Copy(Isil(owner), ItemId(item_id))
