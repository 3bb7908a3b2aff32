"""What an import carries: titles with their copies, and pupils, whatever file they came from."""

from dataclasses import dataclass

from circulation.ids import CardUid, ItemId, TagUid
from circulation.loan import ItemState
from circulation.policy import ItemKind


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """One copy, or one line that counts `quantity` copies without numbers of their own.

    `item_id` is the barcode, or the inventory number where there is no barcode; None where the
    file gives neither ("б/н").
    """

    item_id: ItemId | None
    inventory_no: str = ""
    tag_uid: TagUid | None = None
    place: str = ""
    price: int | None = None  # kopecks
    state: ItemState = ItemState.IN_STOCK
    reading_room_only: bool = False
    quantity: int = 1
    condition: str = ""
    arrival: str = ""  # number of the batch it came with
    write_off: str = ""  # number of the act it left by

    @property
    def is_item(self) -> bool:
        """True for a copy that can be lent by its number; a counted group cannot."""
        return self.item_id is not None and self.quantity == 1


@dataclass(frozen=True, slots=True)
class TitleRecord:
    """One description with its copies. Empty text means that the source does not say."""

    source_key: str  # the key the other system knows it by; what a repeated import finds it with
    title: str
    subtitle: str = ""
    author: str = ""
    publisher: str = ""
    place: str = ""
    year: int | None = None
    isbn: str = ""  # ISBN-13, digits only, check digit right
    kind: ItemKind = ItemKind.BOOK
    section: str = ""  # ББК index as written
    udc: str = ""
    author_mark: str = ""
    age_mark: int = 0  # 436-ФЗ: 0, 6, 12, 16 or 18
    grade: int | None = None  # school class of a textbook, the lowest where it serves several
    subjects: str = ""  # headings and keywords, joined by "; "
    origin: str = ""  # the `source` in a ledger of ours that exported it
    copies: tuple[CopyRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One pupil of a roster; `line` is where the librarian finds it in the file."""

    line: int
    school_class: str  # "5А": number and Russian capital letter
    surname: str
    name: str
    patronymic: str = ""
    number: str = ""  # library card number
    card: CardUid | None = None

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.surname, self.name, self.patronymic) if part)
