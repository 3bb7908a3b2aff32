"""A class at the kiosk: what is remembered while the teacher's session stands. Values, no rules.

The session belongs to the kiosk, not to who stands there: pupils come and go inside it. Names are
here only while the class list is shown.
"""

from dataclasses import dataclass, replace

from circulation.class_sets import ClassPupil
from circulation.ids import CardUid, PatronId
from circulation.textbooks import Purpose


@dataclass(frozen=True, slots=True)
class ClassSession:
    """One class, for a limited time, opened by its teacher's card."""

    name: str
    purpose: Purpose
    card: CardUid  # the teacher's; it ends the session, too
    patron_id: PatronId
    until: float  # monotonic seconds
    listing: bool = False  # the class list is shown, or on its way
    pupils: tuple[ClassPupil, ...] | None = None  # None: not there
    silent: bool = False  # nobody answered when the list was asked for

    @property
    def collects(self) -> bool:
        """In May: books come back."""
        return self.purpose is Purpose.COLLECT


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """A teacher of several classes is asked which of them comes."""

    session: int  # of the teacher; another's is forgotten
    card: CardUid
    patron_id: PatronId
    classes: tuple[str, ...]
    asked: bool = False  # one was chosen, and the controller is being asked
    silent: bool = False  # it did not answer


def is_served(session: ClassSession, pupil: ClassPupil) -> bool:
    """Nothing remains to be given to this pupil, or to be taken back."""
    return not pupil.held if session.collects else pupil.held >= pupil.wanted


def without_names(session: ClassSession | None) -> ClassSession | None:
    """The same session with its list closed and forgotten."""
    if session is None:
        return None
    return replace(session, listing=False, pupils=None, silent=False)
