"""Views of a class session as the presenter makes them."""

from dataclasses import replace

from circulation.api import PatronView
from circulation.class_sets import ClassPupil
from circulation.ids import CardUid, PatronId
from circulation.textbooks import Purpose
from kiosk.class_session import ClassChoice, ClassSession
from kiosk.i18n import load_texts
from kiosk.present import present
from kiosk.state import Config, Person, Stage, State
from kiosk.view import View

_NAMES = ("Анна П.", "Борис К.", "Вера Л.", "Глеб Константинопольский", "Дина Р.", "Егор С.")
_SESSION = ClassSession("5А", Purpose.ISSUE, CardUid("04EE0001"), PatronId("t-1"), 840.0)
TEACHER = PatronView(
    patron_id="t-1",
    masked_name="Мария И.",
    class_name="",
    blocked=(),
    open_loans=0,
    overdue_loans=0,
    can_still_borrow=5,
)
PUPILS = tuple(
    ClassPupil(
        patron_id=f"p-{number}",
        number=number,
        name=_NAMES[number % len(_NAMES)],
        wanted=12,
        held=12 if number in (2, 3) else 0,
        has_card=number != 1,
    )
    for number in range(1, 29)
)


def between(language: str) -> View:
    """The class stands at the kiosk, and the next pupil is awaited."""
    return _view(_SESSION, language)


def class_list(language: str) -> View:
    """The teacher looks for a pupil without a card."""
    return _view(replace(_SESSION, listing=True, pupils=PUPILS), language)


def class_choice(language: str) -> View:
    """A teacher of three classes says which of them has come."""
    choice = ClassChoice(1, CardUid("04EE0001"), PatronId("t-1"), ("5А", "7Б", "11В"))
    person = Person(CardUid("04EE0001"), TEACHER)
    config = Config(textbook_week=True)
    state = State(config=config, stage=Stage.BORROW, trouble=None, language=language)
    return present(replace(state, class_choice=choice, person=person), load_texts(language), 0.0)


def _view(session: ClassSession, language: str) -> View:
    config = Config(textbook_week=True)
    state = State(config=config, stage=Stage.IDLE, trouble=None, language=language)
    return present(replace(state, class_session=session), load_texts(language), 0.0)
