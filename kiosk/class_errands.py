"""What a class session asks of the controller, and what is answered: values.

`None` as a result: the controller did not answer.
"""

from dataclasses import dataclass

from circulation.api import Refusal
from circulation.class_sets import ClassList
from circulation.ids import CardUid, Copy, PatronId
from circulation.textbooks import Condition, Purpose


@dataclass(frozen=True, slots=True)
class OpenClass:
    """Begin a session for this teacher's class. `purpose` None: what the time of year suggests."""

    session: int
    card: CardUid
    patron_id: PatronId
    purpose: Purpose | None = None
    class_name: str | None = None  # None: the class that this teacher leads


@dataclass(frozen=True, slots=True)
class ClassOpening:
    """A session that stands now."""

    class_name: str
    purpose: Purpose
    lasts_s: float


@dataclass(frozen=True, slots=True)
class ClassesLed:
    """Nothing stands yet: this teacher leads several classes, and says which of them comes."""

    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassOpened:
    """The answer to `OpenClass`."""

    session: int
    card: CardUid
    patron_id: PatronId
    result: ClassOpening | ClassesLed | Refusal | None


@dataclass(frozen=True, slots=True)
class EndClass:
    """Nothing more by the class list here. Nobody waits for the answer: it also ends by itself."""


@dataclass(frozen=True, slots=True)
class ListClass:
    """Ask for the pupils of the class whose session stands."""

    session: int


@dataclass(frozen=True, slots=True)
class ClassListed:
    """The answer to `ListClass`."""

    session: int
    result: ClassList | Refusal | None


@dataclass(frozen=True, slots=True)
class MarkCondition:
    """Say how this copy came back; `DamageReported` follows."""

    session: int
    copy: Copy
    condition: Condition


ClassErrand = OpenClass | EndClass | ListClass | MarkCondition
ClassErrandDone = ClassOpened | ClassListed
