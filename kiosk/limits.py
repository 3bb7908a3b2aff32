"""How long a kiosk waits before it warns, ends a session, clears the screen or goes dark. Pure."""

from kiosk.state import Stage, State, unsecured


def idle_limit_s(state: State) -> float:
    """How long nothing may happen before the warning: twice as long with an armed loan in hand."""
    return state.config.idle_s * (2 if unsecured(state) else 1) * state.access.time_factor


def warn_limit_s(state: State) -> float:
    """How long the warning lasts."""
    return state.config.warn_s * state.access.time_factor


def clear_limit_s(state: State) -> float:
    """How long the result stands after everything was done and taken."""
    lends_to_class = state.class_session is not None and not state.class_session.collects
    seconds = state.config.next_pupil_s if lends_to_class else state.config.clear_s
    return seconds * state.access.time_factor


def is_warning(state: State) -> bool:
    """True while the screen counts down to the end of a forgotten session."""
    if state.stage in (Stage.IDLE, Stage.PROBLEM):
        return False
    return state.now - state.touched_at >= idle_limit_s(state)


def is_dark(state: State) -> bool:
    """True while the panel is dark: at its hours, with nobody there for a while."""
    if state.house.screen_on or state.stage is not Stage.IDLE or state.farewell is not None:
        return False
    if state.class_session is not None:
        return False
    if state.door.shown or state.door.open or state.access_open:
        return False
    return state.now - state.touched_at >= state.config.dark_s
