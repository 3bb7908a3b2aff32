"""Who plays: books and readers of the sample library, each given to one scenario only."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final, assert_never

from circulation.ids import ItemId
from circulation.tags.afi import AFI_PROFILES
from circulation.tags.codec import DSFID_28560_3, encode
from circulation.tags.item_tag import TagContent, Usage
from circulation.tags.title_fit import TitleFit
from hw_sim.evidence import Book, Ledger, Reader
from hw_sim.matter import BOOK, BOOKLET, DISC, METAL_COVER, Matter
from hw_sim.messages import NewTag
from hw_sim.scenarios.script import Scenario
from hw_sim.scenarios.words import (
    Kind,
)

AFI = AFI_PROFILES["iso"]
FOREIGN_OWNER: Final = "RU-99990001"  # an invented neighbour
_MATTER: Final = {Kind.BOOKLET: BOOKLET, Kind.DISC: DISC, Kind.METAL: METAL_COVER}
_LENDABLE: Final = "NOT i.reading_room_only AND t.kind = 'book' AND t.age_mark < 12"
_POOLS: Final[Mapping[Kind, str]] = {
    Kind.BOOK: _LENDABLE,
    Kind.TEXTBOOK: "NOT i.reading_room_only AND t.kind = 'textbook'",
}

ODD_CARDS: Final = ("04A1B2C3", "04A1B2C4", "04A1B2C5D6E7F8")
"""UIDs of three pupils with odd values; `ODD_PUPILS` are their lines of the roster."""
ODD_PUPILS: Final = (
    "11;О;И;;;04A1B2C3",  # one letter each; no patronymic, no number, a class without a letter
    "11В;Д’Артаньян-оглы;Жан (Ёж);;А-90/«2»;04A1B2C4",
    f"11В;{'Оченьдлинный' * 6};Имя Ещёимя;{'Отчествович' * 5};{'9' * 40};04A1B2C5D6E7F8",
)


@dataclass(frozen=True, slots=True)
class Prop:
    """One thing that lies on pads. `book` is None for what the ledger does not know."""

    kind: Kind
    tag: NewTag
    book: Book | None = None

    @property
    def uid(self) -> str:
        return self.tag.uid

    @property
    def row_key(self) -> str:
        """How the kiosk names its row."""
        return f"{self.book.owner}/{self.book.item_id}" if self.book else self.uid


@dataclass(frozen=True, slots=True)
class Cast:
    """The names of one scenario and what stands behind them."""

    props: Mapping[str, Prop]
    readers: Mapping[str, Reader]

    def uids(self, names: Sequence[str]) -> list[str]:
        return [self.props[name].uid for name in names]

    def book(self, name: str) -> Book:
        """The copy in the ledger; `LookupError` for a thing that is none."""
        book = self.props[name].book
        if book is None:
            raise LookupError(f"{name} is a {self.props[name].kind}: the ledger does not know it")
        return book


class CastingOffice:
    """Hands out copies and readers; nobody gets one that another scenario had."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._pools = {kind: deque(_copies(ledger, where)) for kind, where in _POOLS.items()}
        usual = (one for one in ledger.readers(1000) if one.card not in ODD_CARDS)
        self._readers = deque(usual)
        self._strangers = count(1)

    def cast(self, scenario: Scenario) -> Cast:
        """Fresh books and readers for one scenario."""
        readers = {name: self._readers.popleft() for name in scenario.readers}
        odd = zip(scenario.odd_readers, ODD_CARDS, strict=False)
        readers |= {name: self._ledger.reader(card) for name, card in odd}
        cards = [reader.card for reader in readers.values()]
        props = {name: self._prop(kind, cards) for name, kind in scenario.books.items()}
        return Cast(props, readers)

    def _prop(self, kind: Kind, cards: Sequence[str]) -> Prop:
        match kind:
            case Kind.BOOK | Kind.TEXTBOOK:
                return _of_stock(kind, self._pools[kind].popleft())
            case Kind.BOOKLET | Kind.DISC | Kind.METAL | Kind.UNARMED:
                return _of_stock(kind, self._pools[Kind.BOOK].popleft())
            case Kind.BLANK:
                return Prop(kind, NewTag(uid=self._uid()))
            case Kind.DAMAGED:
                content = TagContent(item_id=ItemId("2100010999999"))
                broken = bytearray(encode(content))
                broken[10] ^= 0x5A
                return Prop(kind, self._written(broken, AFI.in_stock))
            case Kind.CARD:
                content = TagContent(item_id=ItemId("100001"), usage=Usage.PATRON_CARD)
                return Prop(kind, self._written(encode(content), 0))
            case Kind.NUMBER_OF_A_CARD:
                content = TagContent(item_id=ItemId(cards[0]))
                return Prop(kind, self._written(encode(content), AFI.in_stock))
            case Kind.FOREIGN | Kind.FOREIGN_ARMED:
                content = TagContent(item_id=ItemId("77001"), owner=FOREIGN_OWNER)
                afi = AFI.in_stock if kind is Kind.FOREIGN_ARMED else AFI.on_loan
                return Prop(kind, self._written(encode(content), afi))
            case Kind.LENT | Kind.LISTED:
                raise LookupError(f"a {kind} plays in the aisle only: lend a book instead")
            case _:
                assert_never(kind)

    def _written(self, memory: bytes | bytearray, afi: int) -> NewTag:
        return NewTag(uid=self._uid(), blocks_hex=memory.hex(), afi=afi, dsfid=DSFID_28560_3)

    def _uid(self) -> str:
        return f"E004015A{next(self._strangers):08X}"


def with_spot(tag: NewTag, matter: Matter) -> NewTag:
    """The same tag, stuck on something else."""
    return tag.model_copy(update={"matter": matter})


def _of_stock(kind: Kind, book: Book) -> Prop:
    content = TagContent(item_id=ItemId(book.item_id), owner=book.owner, title=book.title)
    tag = NewTag(
        uid=book.uid,
        blocks_hex=encode(content, title_fit=TitleFit.CUT).hex(),
        afi=AFI.on_loan if kind is Kind.UNARMED else AFI.in_stock,
        dsfid=DSFID_28560_3,
        matter=_MATTER.get(kind, BOOK),
    )
    return Prop(kind, tag, book)


def _copies(ledger: Ledger, where: str) -> list[Book]:
    """One tagged copy of each title, in the order of the catalogue."""
    rows = ledger.all(
        "SELECT min(i.id) AS row, i.owner, i.item_id, i.tag_uid AS uid, t.title, t.author "  # noqa: S608
        "FROM item i JOIN title t ON t.id = i.title_id WHERE i.tag_uid IS NOT NULL "
        f"AND i.state = 'in_stock' AND {where} GROUP BY t.id ORDER BY t.id"
    )
    return [Book(**row) for row in rows]
