"""The 32,178 copies of the sample library, each with its number, barcode, tag and place."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from circulation.ids import Isil, ItemId, TagUid, parse_isil, parse_item_id, parse_tag_uid
from hw_sim.library.titles import Kind, Title, load_titles

OWNER: Isil = parse_isil("RU-00320001")
"""An invented owner: right by the syntax of ISO 15511, given to nobody that we know of."""

SEED = 2026
READING_ROOM_FROM = 20  # of a title with so many copies one never leaves the reading room
_STOCK_DIGIT = {Kind.BOOK: 1, Kind.TEXTBOOK: 2, Kind.PERIODICAL: 3}
_INVENTORY_PREFIX = {Kind.BOOK: "", Kind.TEXTBOOK: "У-", Kind.PERIODICAL: "П-"}
_LIBRARY_NUMBER = "0001"
_NXP_ICODE = "E00401"  # ISO/IEC 15693-3, 4.1: E0, then the maker (04 is NXP); 01 is ICODE
_UID_SERIAL_BITS = 40


class Place(StrEnum):
    """Where a copy stands, in the words of a Russian school."""

    LENDING = "абонемент"
    READING_ROOM = "читальный зал"
    TEXTBOOKS = "учебный фонд"


@dataclass(frozen=True, slots=True)
class StockItem:
    """One copy: `item` is the barcode and the primary item identifier on the tag, 13 digits."""

    title: Title
    item: ItemId
    inventory: str
    uid: TagUid
    place: Place


def copies(seed: int = SEED) -> tuple[StockItem, ...]:
    """Every copy in the order of `load_titles`; the seed changes the UIDs and nothing else."""
    uids = _tag_uids(Random(seed))
    running = dict.fromkeys(Kind, 0)
    stock: list[StockItem] = []
    for title in load_titles():
        for index in range(title.copies):
            running[title.kind] += 1
            stock.append(_copy(title, index, running[title.kind], next(uids)))
    return tuple(stock)


def copies_by_title(stock: tuple[StockItem, ...]) -> dict[str, tuple[StockItem, ...]]:
    """The same copies under the keys of their titles."""
    grouped: dict[str, list[StockItem]] = {}
    for item in stock:
        grouped.setdefault(item.title.key, []).append(item)
    return {key: tuple(items) for key, items in grouped.items()}


def barcode(kind: Kind, running: int) -> ItemId:
    """EAN-13 with a prefix of 200 to 299, which GS1 leaves to numbers used inside one house."""
    digits = f"2{_STOCK_DIGIT[kind]}{_LIBRARY_NUMBER}{running:06d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return parse_item_id(f"{digits}{-weighted % 10}")


def _copy(title: Title, index: int, running: int, uid: TagUid) -> StockItem:
    inventory = f"{_INVENTORY_PREFIX[title.kind]}{running:05d}"
    return StockItem(title, barcode(title.kind, running), inventory, uid, _place(title, index))


def _place(title: Title, index: int) -> Place:
    match title.kind:
        case Kind.TEXTBOOK:
            return Place.TEXTBOOKS
        case Kind.PERIODICAL:
            return Place.READING_ROOM
        case Kind.BOOK:
            return _book_place(title, index)


def _book_place(title: Title, index: int) -> Place:
    """A reference work of which there are few is not lent; neither is the first of many copies."""
    is_many = title.copies >= READING_ROOM_FROM
    stays = index == 0 if is_many else title.is_reference
    return Place.READING_ROOM if stays else Place.LENDING


def _tag_uids(random: Random) -> Iterator[TagUid]:
    seen: set[int] = set()
    while True:
        serial = random.getrandbits(_UID_SERIAL_BITS)
        if serial not in seen:
            seen.add(serial)
            yield parse_tag_uid(f"{_NXP_ICODE}{serial:010X}")
