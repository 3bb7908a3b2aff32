"""HTTP bodies of the catalogue search: hits with their shelves, facets, a title with copies."""

from datetime import date

from circulation.api import API, Message
from circulation.loan import ItemState
from circulation.policy import ItemKind

SEARCH = f"{API}/search"
TITLES = f"{API}/titles"  # + /{title_id}


class Shelf(Message):
    """Where copies stand: the room or fund; the call number is on the hit."""

    place: str
    copies: int
    available: int  # in stock now


class Hit(Message):
    """One title found. `exact`: its ISBN, or a number of one of its copies, is what was asked."""

    title_id: int
    title: str
    subtitle: str
    author: str
    year: int | None
    isbn: str
    kind: ItemKind
    section: str  # ББК; with the author mark it is the position on the shelf
    author_mark: str
    age_mark: int
    exact: bool
    copies: int
    available: int
    shelves: tuple[Shelf, ...]


class FacetValue(Message):
    """How many of the found titles have this value."""

    value: str
    titles: int


class Facets(Message):
    """Ways to narrow the list, the commonest first."""

    kinds: tuple[FacetValue, ...] = ()
    sections: tuple[FacetValue, ...] = ()
    places: tuple[FacetValue, ...] = ()
    available: int = 0


class SearchAnswer(Message):
    """A page of hits. `more`: there are more hits than were ranked; another word narrows them."""

    hits: tuple[Hit, ...]
    found: int
    more: bool
    facets: Facets


class CopyView(Message):
    """One copy for a reader: where it is and whether he may take it; never who has it."""

    owner: str
    item_id: str
    inventory_no: str
    place: str
    state: ItemState
    condition: str
    reading_room_only: bool
    due: date | None  # of the open loan


class TitleView(Message):
    """A title as the catalogue describes it, and the library's copies of it."""

    title_id: int
    title: str
    subtitle: str
    author: str
    publisher: str
    publication_place: str
    year: int | None
    isbn: str
    kind: ItemKind
    section: str
    udc: str
    author_mark: str
    subjects: tuple[str, ...]
    age_mark: int
    grade: int | None
    copies: tuple[CopyView, ...]
