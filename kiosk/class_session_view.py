"""A class session on the glass: the banner, the screen between two pupils, the class list."""

import math

from circulation.class_sets import ClassPupil
from circulation.reasons import Reason
from kiosk.class_choices import is_choosing_class, is_listing, led_classes, picks
from kiosk.class_session import ClassSession, is_served
from kiosk.i18n import Texts
from kiosk.state import Stage, State
from kiosk.view import Action, Notice, Row, Tone, Weight
from kiosk.wording import in_words, sentences


def class_banner(state: State, texts: Texts, now: float) -> str:
    """«5А · Выдача учебников · ещё 14 минут», on every screen while the session stands."""
    session = state.class_session
    if session is None:
        return ""
    minutes = max(1, math.ceil((session.until - now) / 60))
    left = texts.count("{n} minute left", "{n} minutes left", minutes)
    return " · ".join((session.name, _act(session, texts), left))


def class_title(state: State, texts: Texts) -> str:
    """What the next pupil does, or whom the teacher picks; empty where a pupil stands."""
    session = state.class_session
    if is_choosing_class(state):
        return texts.say("Choose the class")
    if session is None:
        return ""
    if is_listing(state):
        return texts.say("Choose the pupil")
    if state.stage is not Stage.IDLE:
        return ""
    return texts.say("{name}: hold your card to the reader", name=session.name)


def class_rows(state: State, texts: Texts) -> tuple[Row, ...]:
    """The pupils, who is served last. Aloud a pupil is a number, in headphones a name.

    Or the classes of a teacher who leads several.
    """
    if is_choosing_class(state):
        return tuple(_led_row(action, name, texts) for action, name in led_classes(state).items())
    session = state.class_session
    if session is None:
        return ()
    offered = picks(state).items()
    return tuple(_row(state, session, pupil, action, texts) for action, pupil in offered)


def class_notice(state: State, texts: Texts) -> Notice | None:
    """Why there is no list to see, or how to go on without a card."""
    if is_choosing_class(state):
        return _choice_notice(state, texts)
    session = state.class_session
    if session is None:
        return None
    if not is_listing(state):
        text = texts.say("Without a card: the teacher picks the pupil from the class list")
        return Notice(text, Tone.INFO) if state.stage is Stage.IDLE else None
    if session.silent:
        return Notice(in_words(Reason.NO_CONNECTION, texts), Tone.STOP)
    if session.pupils is None:
        return Notice(texts.say("One moment…"), Tone.BUSY)
    if not session.pupils:
        return Notice(texts.say("Nobody is on the list. Ask the librarian"), Tone.WAIT)
    return None


def _choice_notice(state: State, texts: Texts) -> Notice | None:
    choice = state.class_choice
    if choice is not None and choice.silent:
        return Notice(in_words(Reason.NO_CONNECTION, texts), Tone.STOP)
    if choice is not None and choice.asked:
        return Notice(texts.say("One moment…"), Tone.BUSY)
    return None


def _led_row(action: str, name: str, texts: Texts) -> Row:
    choose = texts.say("Choose")
    return Row(
        key=action,
        title=name,
        author="",
        note="",
        tone=Tone.INFO,
        action=Action(action, choose, f"{choose}: {name}", Weight.SMALL, icon="continue"),
        spoken=name,
        icon="account",
    )


def _act(session: ClassSession, texts: Texts) -> str:
    if session.collects:
        return texts.say("Taking textbooks back")
    return texts.say("Giving out textbooks")


def _row(state: State, session: ClassSession, pupil: ClassPupil, action: str, texts: Texts) -> Row:
    note = _how_far(session, pupil, texts)
    called = texts.say("Pupil number {number}", number=pupil.number)
    spoken = pupil.name if state.headphones else called
    choose = texts.say("Choose")
    return Row(
        key=action,
        title=f"{pupil.number}. {pupil.name}",
        author="",
        note=note,
        tone=Tone.DONE if is_served(session, pupil) else Tone.INFO,
        action=Action(action, choose, f"{choose}: {spoken}", Weight.SMALL, icon="continue"),
        spoken=sentences(spoken, note),
        icon="account",
    )


def _how_far(session: ClassSession, pupil: ClassPupil, texts: Texts) -> str:
    """What of the set is with the pupil."""
    if session.collects and not pupil.held:
        return texts.say("Everything is back")
    if session.collects:
        return texts.say("Still to return: {n}", n=pupil.held)
    if not pupil.wanted:
        return texts.say("No set")
    return texts.say("{held} of {wanted} given out", held=pupil.held, wanted=pupil.wanted)
