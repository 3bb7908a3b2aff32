"""What a teacher may choose from: the pupils of the class, and the classes she leads. Pure."""

from circulation.class_sets import ClassPupil
from kiosk.class_session import is_served
from kiosk.harms import is_asking_harm
from kiosk.limits import is_warning
from kiosk.state import Stage, State, lifted_too_early

_PICK = "pick:"
_LEAD = "lead:"


def is_listing(state: State) -> bool:
    """True while the class list is shown, or the moment before its names have come."""
    session = state.class_session
    if session is None or not session.listing or is_warning(state) or lifted_too_early(state):
        return False
    return not _is_covered(state) and state.stage in (Stage.IDLE, Stage.BORROW, Stage.RETURN)


def is_choosing_class(state: State) -> bool:
    """True while a teacher is asked which class is here; a book on the pad says: none."""
    choice = state.class_choice
    if choice is None or choice.session != state.session or is_warning(state):
        return False
    return not (_is_covered(state) or state.lines) and state.stage in (Stage.BORROW, Stage.RETURN)


def led_classes(state: State) -> dict[str, str]:
    """The classes to choose from, by action id; none while a choice is on its way."""
    choice = state.class_choice
    if choice is None or choice.asked or not is_choosing_class(state):
        return {}
    return {f"{_LEAD}{number}": name for number, name in enumerate(choice.classes, start=1)}


def _is_covered(state: State) -> bool:
    return state.access_open or state.door.shown or state.door.open or is_asking_harm(state)


def picks(state: State) -> dict[str, ClassPupil]:
    """The pupils that may be picked, by action id: as in the list, but who is served comes last."""
    session = state.class_session
    if session is None or session.pupils is None or not is_listing(state):
        return {}
    waiting_first = sorted(session.pupils, key=lambda pupil: is_served(session, pupil))
    return {f"{_PICK}{pupil.number}": pupil for pupil in waiting_first}
