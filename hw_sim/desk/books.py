"""The books the desk offers: every tag of the world, with the title it is stuck into.

A tag of the sample library is known by its UID; of any other the desk tells what is written on it.
Titles and authors are joined as the catalogue's import joins them, so that a book has one face.
"""

from enum import StrEnum
from functools import cache

from pydantic import BaseModel

from circulation.tags.codec import decode
from hw_sim.library.stock import StockItem, copies
from hw_sim.tag import Tag
from hw_sim.world import World
from kiosk.covers import face
from kiosk.theme import Colour
from kiosk.view import Cover

CHILDREN_UP_TO_AGE = 6


class Shelf(StrEnum):
    """The shelves in the order they stand in."""

    CHILDREN = "children"
    RUSSIAN = "russian"
    WORLD = "world"
    NATURE = "nature"
    LANGUAGE = "language"
    PEOPLE = "people"
    OTHER = "other"


# Sections of the ББК (tables for school libraries); the longest beginning that fits decides.
_SECTIONS: dict[str, Shelf] = {
    "84(2": Shelf.RUSSIAN,
    "82.3(2": Shelf.RUSSIAN,
    "84": Shelf.WORLD,
    "82": Shelf.WORLD,
    "85": Shelf.PEOPLE,
    "8": Shelf.LANGUAGE,
    "2": Shelf.NATURE,
    "3": Shelf.NATURE,
    "4": Shelf.NATURE,
    "5": Shelf.NATURE,
    "6": Shelf.PEOPLE,
    "7": Shelf.PEOPLE,
    "9": Shelf.PEOPLE,
}


class DeskBook(BaseModel):
    """A book with its face; colours are ``#RRGGBB``. `item` is empty on a tag nobody wrote."""

    uid: str
    item: str
    title: str
    author: str
    shelf: Shelf
    initial: str
    ground: str
    spine: str
    rule_high: bool


def books_of(world: World) -> list[DeskBook]:
    """Every tagged book of the world, in the order of the shelves."""
    with world.lock:
        told = [(tag, bytes(tag.memory), tag.dsfid) for tag in world.tags()]
    books = [_book(tag, memory, dsfid) for tag, memory, dsfid in told]
    order = list(Shelf)
    return sorted(books, key=lambda book: order.index(book.shelf))


def shelf_of(section: str, age: int | None) -> Shelf:
    """The shelf of a section of the ББК; books for the youngest stand together."""
    if section.startswith("84") and age is not None and age <= CHILDREN_UP_TO_AGE:
        return Shelf.CHILDREN
    for length in range(len(section), 0, -1):
        if section[:length] in _SECTIONS:
            return _SECTIONS[section[:length]]
    return Shelf.OTHER


def _book(tag: Tag, memory: bytes, dsfid: int) -> DeskBook:
    known = _sample().get(tag.name)
    if known is None:
        told = decode(memory, dsfid=dsfid)
        cover = Cover(told.title or tag.name, "", "")
        return _faced(tag.name, told.item_id or "", cover, Shelf.OTHER)
    title = known.title
    name = f"{title.name}. {title.part}" if title.part else title.name
    authors = ", ".join(f"{it.surname} {it.initials}".strip() for it in title.authors)
    shelf = shelf_of(title.bbk, title.age)
    return _faced(tag.name, known.item, Cover(name, authors, title.bbk), shelf)


def _faced(uid: str, item: str, cover: Cover, shelf: Shelf) -> DeskBook:
    painted = face(cover)
    return DeskBook(
        uid=uid,
        item=item,
        title=cover.title,
        author=cover.author,
        shelf=shelf,
        initial=painted.initial,
        ground=_code(painted.ground),
        spine=_code(painted.spine),
        rule_high=painted.rule_high,
    )


def _code(colour: Colour) -> str:
    return "#" + "".join(f"{round(part * 255):02X}" for part in colour[:3])


@cache
def _sample() -> dict[str, StockItem]:
    return {copy.uid: copy for copy in copies()}
