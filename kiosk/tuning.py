"""What staff set from afar, in the session: clocks at once, all the rest for the next person.

Pure.
"""

from dataclasses import replace

from circulation.configuration import SETTABLE_LANGUAGES
from kiosk.effects import SetVolume
from kiosk.events import Configured
from kiosk.security import Step
from kiosk.state import Stage, State
from kiosk.textbooks import is_textbook_week, set_desk


def offered(wished: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    """The languages in their order: what staff cannot name from afar they do not take away."""
    return *wished, *(one for one in own if one not in SETTABLE_LANGUAGES)


def tuned(state: State, event: Configured) -> Step:
    """The session with these numbers; a pupil amid his books ends by the rules he began with."""
    lends = state.stage is Stage.BORROW
    config = replace(
        state.config,
        languages=event.languages,
        idle_s=event.idle_s,
        textbook_week=event.textbook_week,
    )
    textbooks = replace(set_desk(state), week=is_textbook_week(state)) if lends else state.textbooks
    nobody_chose = state.language == state.config.languages[0]
    if state.stage in (Stage.IDLE, Stage.PROBLEM) and nobody_chose and state.farewell is None:
        state = replace(state, language=event.languages[0])
    return replace(state, config=config, textbooks=textbooks), (SetVolume(event.volume),)
