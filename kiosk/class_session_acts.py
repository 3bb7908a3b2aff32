"""The teacher's session: opened by the card, pupils picked from the list, three ends. Pure.

Pupil after pupil nobody touches anything: the next card or the next picked pupil ends the one
before, and so does a stack that is lifted.
"""

from collections.abc import Mapping
from dataclasses import replace

from circulation.api import PatronView, Refusal
from circulation.class_sets import ClassPupil
from circulation.ids import CardUid, PatronId
from circulation.textbooks import Purpose
from kiosk.class_choices import led_classes, picks
from kiosk.class_errands import (
    ClassesLed,
    ClassListed,
    ClassOpened,
    EndClass,
    ListClass,
    OpenClass,
)
from kiosk.class_session import ClassChoice, ClassSession, without_names
from kiosk.effects import Effect, PlaySound
from kiosk.limits import idle_limit_s
from kiosk.security import Step
from kiosk.sounds import Sound
from kiosk.stages import begin, end, touched
from kiosk.state import Person, Stage, State, is_working, pupil_stage, unsecured

_OTHER: Mapping[Purpose, Purpose] = {
    Purpose.ISSUE: Purpose.COLLECT,
    Purpose.COLLECT: Purpose.ISSUE,
}


def is_teachers_card(state: State, uid: CardUid) -> bool:
    """True for the card that opened the session that stands."""
    return state.class_session is not None and state.class_session.card == uid


def open_class(state: State) -> Step:
    """Who is of no class may be a class teacher: ask once, before any book lies there."""
    person = state.person
    if not state.config.textbook_week or state.class_asked == state.session:
        return state, ()
    if person is None or person.view is None or person.card is None or person.view.class_name:
        return state, ()
    if state.stage not in (Stage.BORROW, Stage.RETURN) or state.lines or state.alone:
        return state, ()
    state = replace(state, class_asked=state.session)
    patron = PatronId(person.view.patron_id)
    return state, (OpenClass(state.session, person.card, patron),)


def class_opened(state: State, event: ClassOpened) -> Step:
    """The session stands, or whoever it is borrows as everybody."""
    opening = event.result
    if opening is None or isinstance(opening, Refusal):
        return _not_opened(state, event), ()
    if isinstance(opening, ClassesLed):
        return _ask_which(state, event, opening.classes)
    if event.session != state.session:
        return leave_class(state, told=True)  # who opened it is gone, and nobody may use it
    until = state.now + opening.lasts_s
    before = state.class_session
    if before is not None and before.card == event.card:
        until = min(until, before.until)  # only a card begins the time anew
    session = ClassSession(opening.class_name, opening.purpose, event.card, event.patron_id, until)
    return touched(replace(end(state), class_session=session)), (PlaySound(Sound.CARD),)


def _ask_which(state: State, event: ClassOpened, classes: tuple[str, ...]) -> Step:
    """Nothing stands; a teacher who laid books down meanwhile is here for herself."""
    if event.session != state.session or state.lines:
        return state, ()
    choice = ClassChoice(state.session, event.card, event.patron_id, classes)
    focus = None if state.focus is None else 0
    return touched(replace(state, class_choice=choice, focus=focus)), (PlaySound(Sound.CARD),)


def _not_opened(state: State, event: ClassOpened) -> State:
    """A class that was chosen may be chosen again; with a refusal there is nothing to choose."""
    choice = state.class_choice
    if choice is None or choice.session != event.session or event.session != state.session:
        return state
    if isinstance(event.result, Refusal):
        return replace(state, class_choice=None)
    return replace(state, class_choice=replace(choice, asked=False, silent=True))


def choose_class(state: State, action: str) -> Step:
    """This class is here."""
    choice, name = state.class_choice, led_classes(state)[action]
    if choice is None:
        return state, ()
    asked = replace(state, class_choice=replace(choice, asked=True, silent=False), focus=None)
    order = OpenClass(state.session, choice.card, choice.patron_id, class_name=name)
    return asked, (order,)


def skip_class(state: State) -> State:
    """The teacher borrows as everybody."""
    return replace(state, class_choice=None, focus=None if state.focus is None else 0)


def turn(state: State) -> Step:
    """From giving out to taking back, or the other way round."""
    session = state.class_session
    if session is None:
        return state, ()
    other = _OTHER[session.purpose]
    order = OpenClass(state.session, session.card, session.patron_id, other, session.name)
    return state, (order,)


def show_list(state: State) -> Step:
    """Ask for the names; they come each time anew and go with the list."""
    if state.class_session is None:
        return state, ()
    opened = replace(without_names(state.class_session) or state.class_session, listing=True)
    focus = None if state.focus is None else 0
    return replace(state, class_session=opened, focus=focus), (ListClass(state.session),)


def close_list(state: State) -> State:
    """Back to what was there, without names."""
    focus = None if state.focus is None else 0
    return replace(state, class_session=without_names(state.class_session), focus=focus)


def class_listed(state: State, event: ClassListed) -> Step:
    """The names, for a list that is still waited for."""
    session = state.class_session
    if event.session != state.session or session is None or not session.listing:
        return state, ()
    if event.result is None:
        return replace(state, class_session=replace(session, silent=True)), ()
    if isinstance(event.result, Refusal):  # the controller knows of no session any more
        return leave_class(end(state))
    if event.result.class_name != session.name:
        return state, ()
    pupils = event.result.pupils
    return replace(state, class_session=replace(session, pupils=pupils, silent=False)), ()


def pick(state: State, action: str) -> Step:
    """This pupil stands here now; a stack that waits on the pad is his."""
    pupil = picks(state)[action]
    session = state.class_session
    if session is None:
        return state, ()
    if state.person is not None and state.person.view is not None:
        state = end(state)
    state = begin(state, pupil_stage(state))
    person = Person(None, _view(pupil, session.name))
    return replace(state, person=person, focus=None), (PlaySound(Sound.CARD),)


def leave_class(state: State, *, told: bool = False) -> Step:
    """The session is over. `told`: the controller is to hear of it even if none stood here."""
    if state.class_session is None and not told:
        return state, ()
    return replace(state, class_session=None), (EndClass(),)


def end_class(state: State) -> Step:
    """The session and whoever stands there: the kiosk is everybody's again."""
    state, effects = leave_class(end(state))
    return touched(state), (*effects, PlaySound(Sound.DONE))


def watch_class(state: State) -> Step:
    """Time ends the session, after the books at work; a list that nobody looks at is closed."""
    session = state.class_session
    if session is None:
        return state, ()
    busy = is_working(state) or bool(unsecured(state))
    grace = state.config.work_cap_s if busy else 0.0
    if state.now >= session.until + grace:
        return _out_of_time(state)
    forgotten = state.now - state.touched_at >= idle_limit_s(state)
    if session.listing and state.stage is Stage.IDLE and forgotten:
        return close_list(state), ()
    return state, ()


def _out_of_time(state: State) -> Step:
    """Who came with a card finishes alone; a picked pupil, and taking back, go with the teacher."""
    person = state.person
    has_card = person is not None and person.card is not None
    effects: tuple[Effect, ...]
    if has_card and state.stage in (Stage.BORROW, Stage.ACCOUNT):
        return leave_class(close_list(state))
    state, effects = leave_class(end(state))
    return state, effects


def _view(pupil: ClassPupil, class_name: str) -> PatronView:
    """As far as the list tells; the comparison of the set brings the rest."""
    return PatronView(
        patron_id=pupil.patron_id,
        masked_name=pupil.name,
        class_name=class_name,
        blocked=(),
        open_loans=pupil.held,
        overdue_loans=0,
        can_still_borrow=0,
    )
