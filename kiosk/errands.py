"""What a person wants beside lending: find a book, report damage, call for help, cancel a hold.

As values: what the session remembers of it, what it orders, what is answered. `None` as a result:
the controller did not answer. An answer to an old session changes nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from circulation.api import Refusal
from circulation.desk import HoldReceipt
from circulation.ids import Copy, PatronId
from circulation.reasons import Reason
from circulation.search import Hit, SearchAnswer
from circulation.selfservice import Harm
from circulation.textbooks import Condition
from kiosk.class_errands import ClassErrand, ClassErrandDone

MAX_WORDS = 60  # characters of a question: more than anybody types standing


class Letters(StrEnum):
    """What the keys of the screen write."""

    CYRILLIC = "cyrillic"
    LATIN = "latin"
    DIGITS = "digits"


KEYS: dict[Letters, str] = {
    Letters.CYRILLIC: "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    Letters.LATIN: "abcdefghijklmnopqrstuvwxyz",
    Letters.DIGITS: "1234567890-.",
}
"""In the order of the alphabet: who reads knows it, and nobody has to know a keyboard."""

NEXT_LETTERS = {
    Letters.CYRILLIC: Letters.LATIN,
    Letters.LATIN: Letters.DIGITS,
    Letters.DIGITS: Letters.CYRILLIC,
}
"""What the key that changes the keys leads to."""


@dataclass(frozen=True, slots=True)
class Search:
    """A question to the catalogue: being typed, asked, answered."""

    words: str = ""
    letters: Letters = Letters.CYRILLIC
    number: int = 0  # of the question; an answer to an earlier one comes too late
    asked: bool = False  # the answer, or its absence, is shown instead of the keys
    waiting: bool = False
    hits: tuple[Hit, ...] = ()
    found: int = 0
    silent: bool = False  # nobody answered


@dataclass(frozen=True, slots=True)
class SearchCatalogue:
    """Ask the catalogue; the last word may be unfinished."""

    session: int
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class CatalogueSearched:
    """The answer to `SearchCatalogue` with this number."""

    session: int
    number: int
    result: SearchAnswer | None


@dataclass(frozen=True, slots=True)
class Report:
    """What was said of a returned book; `told` None: still on its way."""

    harm: Harm | Condition  # a condition in a class session, where books are taken back by set
    told: bool | None = None


@dataclass(frozen=True, slots=True)
class ReportDamage:
    """Keep for the controller that this copy came back damaged."""

    session: int
    copy: Copy
    harm: Harm


@dataclass(frozen=True, slots=True)
class DamageReported:
    """It is on the disk, or with the controller; or it is lost and somebody should be told."""

    session: int
    copy: Copy
    ok: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A call for the librarian, since `since`. `number` None: the controller has not said yes."""

    since: float
    number: int | None = None
    answered: bool = False
    unheard: bool = False  # nobody took the call: no connection
    ask_at: float | None = None


@dataclass(frozen=True, slots=True)
class CallLibrarian:
    """Let the librarian's page say that somebody here wants help."""


@dataclass(frozen=True, slots=True)
class LookAtCall:
    """Ask whether the librarian is coming."""

    number: int


@dataclass(frozen=True, slots=True)
class CallSeen:
    """How the call stands. `number` None: nobody heard it."""

    number: int | None
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Cancelling:
    """A hold that its patron gives up; neither `done` nor `reason` while it is under way."""

    done: bool = False
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class CancelHold:
    """This patron waits no longer."""

    session: int
    patron_id: PatronId
    hold_id: int


@dataclass(frozen=True, slots=True)
class HoldCancelled:
    """The answer to `CancelHold`."""

    session: int
    hold_id: int
    result: HoldReceipt | Refusal | None


Errand = SearchCatalogue | ReportDamage | CallLibrarian | LookAtCall | CancelHold | ClassErrand
ErrandDone = CatalogueSearched | DamageReported | CallSeen | HoldCancelled | ClassErrandDone
