"""Help: one touch calls the librarian, and the screen says when somebody is coming. Pure.

Without a connection the old way stands: go to the librarian. The call ends with the session.
"""

from dataclasses import replace

from kiosk.effects import Effect, PlaySound
from kiosk.errands import Call, CallLibrarian, CallSeen, LookAtCall
from kiosk.security import Step
from kiosk.sounds import Sound
from kiosk.stages import touched
from kiosk.state import State

LOOK_S = 3.0  # between looks at an open call
WAIT_S = 180.0  # then nobody is coming, and the line at the foot goes


def ask_for_help(state: State) -> Step:
    """Show what to do and call; a second press hides it, and calls nobody twice."""
    if state.help_until is not None:
        return replace(state, help_until=None), ()
    state = replace(state, help_until=state.now + state.config.help_s)
    if state.call is not None and not state.call.unheard:
        return state, ()
    return replace(state, call=Call(state.now)), (CallLibrarian(),)


def call_seen(state: State, event: CallSeen) -> Step:
    """The call was taken, or answered, or nobody heard it."""
    call = state.call
    if call is None or call.answered or call.number not in (None, event.number):
        return state, ()
    if event.number is None:
        return replace(state, call=replace(call, unheard=True)), ()
    if not event.answered:
        waiting = replace(call, number=event.number, ask_at=state.now + LOOK_S)
        return replace(state, call=waiting), ()
    coming = replace(call, number=event.number, answered=True, ask_at=None)
    told = replace(state, call=coming, help_until=state.now + state.config.help_s)
    return touched(told), (PlaySound(Sound.CARD),)


def look_at_call(state: State) -> Step:
    """Ask now and then whether somebody is coming; nobody waits for ever."""
    call = state.call
    if call is None:
        return state, ()
    if state.now - call.since > WAIT_S:
        return replace(state, call=None), ()
    if call.number is None or call.ask_at is None or state.now < call.ask_at:
        return state, ()
    effects: tuple[Effect, ...] = (LookAtCall(call.number),)
    return replace(state, call=replace(call, ask_at=None)), effects
