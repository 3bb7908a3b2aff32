"""What a person wants beside lending: find a book, report damage, call for help, cancel a hold.

As values: what the session remembers of it, what it orders, what is answered. `None` as a result:
the controller did not answer. An answer to an old session changes nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from circulation.search import Hit, SearchAnswer

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


Errand = SearchCatalogue
ErrandDone = CatalogueSearched
