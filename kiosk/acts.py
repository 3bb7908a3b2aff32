"""What a press or a key does. Only what the screen offers is obeyed."""

from dataclasses import replace
from typing import assert_never

from kiosk.access import louder, next_text_scale
from kiosk.choices import (
    CLASS_CHOICES,
    DIGITS,
    SEARCH_CHOICES,
    SERVICE_CHOICES,
    Choice,
    all_choices,
    back_choice,
    cancels,
    character_of,
    focused,
    row_choices,
)
from kiosk.class_choices import led_classes, picks
from kiosk.class_session_acts import (
    choose_class,
    close_list,
    end_class,
    leave_class,
    pick,
    show_list,
    skip_class,
    turn,
)
from kiosk.damage import DAMAGE_CHOICES, damage
from kiosk.effects import LookAround, PlaySound, PrintReceipt, RestartReaders
from kiosk.events import Key
from kiosk.harms import CONDITIONS, HARMS
from kiosk.helping import ask_for_help
from kiosk.limits import is_dark, is_warning
from kiosk.person import ask_card, give_up, renew, renew_all
from kiosk.searching import ask, erased, other_letters, type_again, typed
from kiosk.security import Step
from kiosk.service import close, enter
from kiosk.sounds import Sound
from kiosk.stages import begin, end, finish, printing, receipt_of, rest, switch, touched
from kiosk.state import Stage, State, is_done


def choose(state: State, action: str) -> Step:
    """Carry out an action id of the View that shows this state; any other is an old press."""
    if action not in all_choices(state):
        return state, ()
    if action in cancels(state):
        return give_up(touched(state), cancels(state)[action])
    state = replace(state, giving_up=None)
    if action in DIGITS:
        return _digit(touched(state), DIGITS[action])
    renewals = {act: copy for copy, act in row_choices(state).items()}
    if action in renewals:
        return renew(touched(state), (renewals[action],))
    if action in CLASS_CHOICES or action in picks(state) or action in led_classes(state):
        return _class(touched(state), action)
    if action in HARMS or action in CONDITIONS or action in DAMAGE_CHOICES:
        return damage(touched(state), action)
    if character := character_of(action):
        return typed(touched(state), character)
    if action in SEARCH_CHOICES:
        return _search(touched(state), Choice(action))
    if action in SERVICE_CHOICES:
        return _serve(touched(state), Choice(action))
    return _carry_out(state, Choice(action))


def press_key(state: State, key: Key) -> Step:
    """Keys step through what the screen offers and press it (kiosk reference 7.4)."""
    match key:
        case Key.STAFF:
            broken = state.stage is Stage.PROBLEM
            shut = replace(state, access_open=False, door=close(state.door))
            return leave_class(shut if broken else end(shut))
        case Key.NEXT:
            return _move_focus(state, 1), ()
        case Key.PREVIOUS:
            return _move_focus(state, -1), ()
        case Key.PRESS:
            place = focused(state)
            if place is None:
                return touched(state), ()
            return choose(state, all_choices(state)[place])
        case Key.BACK:
            return choose(state, back_choice(state))
        case Key.HELP:
            return choose(state, Choice.HELP)
        case Key.LOUDER | Key.QUIETER:
            steps = 1 if key is Key.LOUDER else -1
            return replace(touched(state), access=louder(state.access, steps)), ()
        case Key.SPEECH:
            speaks = state.config.can_speak
            return (_wish(touched(state), Choice.SPEECH) if speaks else touched(state)), ()
        case _:
            assert_never(key)


def _carry_out(state: State, choice: Choice) -> Step:
    state = touched(state)
    match choice:
        case Choice.CONTINUE | Choice.WAKE:
            return state, ()
        case Choice.BORROW:
            return _borrow(state)
        case Choice.RETURN:
            going_on = state.stage is not Stage.IDLE
            return (switch if going_on else begin)(state, Stage.RETURN), ()
        case Choice.ACCOUNT:
            return begin(state, Stage.ACCOUNT), ()
        case Choice.FINISH | Choice.HOME | Choice.RECEIPT:
            return _leave(state, receipt=choice is Choice.RECEIPT)
        case Choice.RENEW_ALL:
            return renew_all(state)
        case Choice.LANGUAGE:
            return _next_language(state), ()
        case Choice.HELP:
            return ask_for_help(state)
        case Choice.ACCESS | Choice.ACCESS_DONE:
            focus = None if state.focus is None else 0
            opens = choice is Choice.ACCESS and not state.access_open
            return replace(state, access_open=opens, focus=focus), ()
        case _:
            return _wish(state, choice), ()


def _digit(state: State, digit: str) -> Step:
    pin = state.config.pin
    if pin is None:
        return state, ()
    door = enter(state.door, digit, pin, state.now)
    wrong = door.wrong > state.door.wrong or door.shut_until > state.door.shut_until
    state = replace(state, door=door, surroundings=None)
    if door.open:
        return replace(state, help_until=None, focus=None), (LookAround(),)
    return state, (PlaySound(Sound.STOP),) if wrong else ()


def _serve(state: State, choice: Choice) -> Step:
    """What a librarian does at the kiosk itself."""
    match choice:
        case Choice.SERVICE:
            return replace(state, door=replace(state.door, shown=True), focus=None), ()
        case Choice.ERASE:
            return replace(state, door=replace(state.door, entered="")), ()
        case Choice.TEST_SOUND:
            return state, (PlaySound(Sound.DONE), LookAround())
        case Choice.RESTART_READERS:
            return state, (RestartReaders(), LookAround())
        case _:
            return replace(state, door=close(state.door), help_until=None, focus=None), ()


def _class(state: State, action: str) -> Step:
    """What a teacher does, beside holding the card to the reader."""
    match action:
        case Choice.CLASS_LIST:
            return show_list(state)
        case Choice.CLASS_CLOSE:
            return close_list(state), ()
        case Choice.CLASS_TURN:
            return turn(state)
        case Choice.CLASS_END:
            return end_class(state)
        case Choice.CLASS_SKIP:
            return skip_class(state), ()
        case _ if action in led_classes(state):
            return choose_class(state, action)
        case _:
            return pick(state, action)


def _search(state: State, choice: Choice) -> Step:
    """Words for the catalogue, and what it is asked."""
    match choice:
        case Choice.SEARCH:
            return begin(state, Stage.SEARCH), ()
        case Choice.FIND:
            return ask(state)
        case Choice.SPACE:
            return typed(state, " ")
        case Choice.UNTYPE:
            return erased(state)
        case Choice.LETTERS:
            return other_letters(state), ()
        case _:
            return type_again(state), ()


def _leave(state: State, *, receipt: bool) -> Step:
    if state.farewell is not None:
        return rest(state), ()
    success = any(is_done(state, line) for line in state.lines.values())
    sounds = (PlaySound(Sound.DONE),) if success else ()
    if state.class_session is not None:
        return end(state), sounds  # the next pupil waits already
    if receipt:
        return printing(finish(state)), (PrintReceipt(receipt_of(state)), *sounds)
    return finish(state), sounds


def _wish(state: State, choice: Choice) -> State:
    """One wish the other way round, or the next size of the text."""
    access = state.access
    match choice:
        case Choice.TEXT_SIZE:
            return replace(state, access=next_text_scale(access))
        case Choice.CONTRAST:
            return replace(state, access=replace(access, contrast=not access.contrast))
        case Choice.LOW_REACH:
            return replace(state, access=replace(access, low_reach=not access.low_reach))
        case Choice.EXTRA_TIME:
            return replace(state, access=replace(access, extra_time=not access.extra_time))
        case Choice.PICTOGRAMS:
            return replace(state, access=replace(access, pictograms=not access.pictograms))
        case Choice.SPEECH:
            return replace(state, access=replace(access, speech=not access.speech))
        case _:
            raise ValueError(f"{choice} is no wish about the kiosk")


def _borrow(state: State) -> Step:
    if state.stage is not Stage.RETURN:
        return begin(state, Stage.BORROW), ()
    state = switch(state, Stage.BORROW)
    if state.waiting_card is None:
        return state, ()
    return ask_card(replace(state, waiting_card=None), state.waiting_card)


def _next_language(state: State) -> State:
    languages = state.config.languages
    place = languages.index(state.language) if state.language in languages else -1
    return replace(state, language=languages[(place + 1) % len(languages)])


def _move_focus(state: State, by: int) -> State:
    """The first key during the last seconds only says that somebody is still here."""
    if is_warning(state) or is_dark(state):
        return replace(touched(state), focus=None)
    count = len(all_choices(state))
    place = focused(state)
    start = place if place is not None else (-1 if by > 0 else 0)
    return replace(touched(state), focus=(start + by) % count)
