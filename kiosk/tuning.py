"""What staff set from afar, in the session: clocks at once, words for the next person. Pure."""

from dataclasses import replace

from kiosk.effects import SetVolume
from kiosk.events import Configured
from kiosk.security import Step
from kiosk.state import Stage, State


def tuned(state: State, event: Configured) -> Step:
    """The session with these numbers."""
    config = replace(state.config, languages=event.languages, idle_s=event.idle_s)
    nobody_chose = state.language == state.config.languages[0]
    if state.stage in (Stage.IDLE, Stage.PROBLEM) and nobody_chose and state.farewell is None:
        state = replace(state, language=event.languages[0])
    return replace(state, config=config), (SetVolume(event.volume),)
