"""What is to be printed: copies by number, batch or title, and people with their card numbers."""

import secrets
from dataclasses import dataclass

from stdnum import luhn

from controller.patrons.service import masked_name
from controller.patrons.tables import NumberKind
from controller.printing.author_marks import AuthorMarks
from controller.printing.labels import ItemLabel, PatronCard, spine_of
from controller.printing.sheets import Draw
from controller.sql import Statement, Transaction

MOST_LABELS = 2_000  # a batch of textbooks; more is a second file
_DIGITS = 11

_ITEM = (
    "SELECT i.item_id, coalesce(i.inventory_no, ''), t.title, t.author, t.section, t.author_mark"
    " FROM item i JOIN title t ON t.id = i.title_id"
)
_BY_NUMBER = Statement(
    _ITEM + " WHERE i.owner = :library AND (i.item_id = :number OR i.inventory_no = :number)"
)
_BY_TITLE = Statement(
    _ITEM + " WHERE i.owner = :library AND i.title_id = :title_id"
    " AND i.state NOT IN ('lost', 'withdrawn') ORDER BY i.id LIMIT :most"
)
_BY_BATCH = Statement(
    _ITEM + " JOIN batch_item b ON b.item_id = i.id JOIN batch d ON d.id = b.batch_id"
    " WHERE d.owner = :library AND d.kind = 'arrival' AND d.number = :number"
    " ORDER BY i.id LIMIT :most"
)
_PEOPLE = (
    "SELECT p.id, p.family_name, p.given_name, p.class_name,"
    " (SELECT min(n.number) FROM card_number n WHERE n.patron_id = p.id AND n.kind = :kind"
    " AND n.blocked = false) FROM patron p WHERE p.has_left = false AND p.family_name <> ''"
    " AND p.library = :library"
)
_OF_CLASS = Statement(
    _PEOPLE + " AND p.class_name = :whose ORDER BY p.family_name, p.given_name, p.id"
)
_ONE = Statement(_PEOPLE + " AND p.id = :whose")
_TAKEN = Statement(
    "SELECT 1 FROM card_number WHERE number = :number"
    " UNION SELECT 1 FROM item WHERE item_id = :number OR inventory_no = :number"
)
_GIVE = Statement(
    "INSERT INTO card_number (number, kind, patron_id, blocked)"
    " VALUES (:number, :kind, :patron_id, false)"
)


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy for a label."""

    number: str
    inventory_no: str
    title: str
    author: str
    section: str
    author_mark: str

    def label(self, library: str) -> Draw:
        """Its label with the number."""
        return ItemLabel(library, self.title, self.number, self.inventory_no).draw

    def spine(self, marks: AuthorMarks | None) -> Draw:
        """The label of its spine."""
        return spine_of(self.section, self.author_mark, self.author, self.title, marks).draw


@dataclass(frozen=True, slots=True)
class Wanted:
    """Copies to print, and what could not be found or means two books."""

    copies: tuple[Copy, ...]
    unknown: tuple[str, ...] = ()
    ambiguous: tuple[tuple[str, tuple[Copy, ...]], ...] = ()


def copies_by_number(transaction: Transaction, library: str, numbers: list[str]) -> Wanted:
    """Each number must mean one copy; what does not is told, and nothing is guessed."""
    found, unknown, ambiguous = [], [], []
    for number in dict.fromkeys(numbers):
        rows = transaction.rows(_BY_NUMBER, {"library": library, "number": number})
        copies = tuple(Copy(*row) for row in rows)
        if len(copies) == 1:
            found.append(copies[0])
        elif copies:
            ambiguous.append((number, copies))
        else:
            unknown.append(number)
    return Wanted(tuple(found), tuple(unknown), tuple(ambiguous))


def copies_of_title(transaction: Transaction, library: str, title_id: int) -> Wanted:
    """All copies of a title that are there."""
    parameters = {"library": library, "title_id": title_id, "most": MOST_LABELS}
    rows = transaction.rows(_BY_TITLE, parameters)
    return Wanted(tuple(Copy(*row) for row in rows), () if rows else (str(title_id),))


def copies_of_batch(transaction: Transaction, library: str, number: str) -> Wanted:
    """All copies that came by one document."""
    parameters = {"library": library, "number": number, "most": MOST_LABELS}
    rows = transaction.rows(_BY_BATCH, parameters)
    return Wanted(tuple(Copy(*row) for row in rows), () if rows else (number,))


def cards_of(
    transaction: Transaction,
    library: str,
    display_name: str,
    kind: NumberKind,
    *,
    class_name: str = "",
    patron_id: str = "",
    whole_names: bool = False,
) -> list[PatronCard]:
    """A card for a person or each of a class; who has no number of this kind gets one now."""
    statement, whose = (_ONE, patron_id) if patron_id else (_OF_CLASS, class_name)
    parameters = {"library": library, "whose": whose, "kind": kind.value}
    return [
        PatronCard(
            library=display_name,
            number=number or _give_number(transaction, person, kind),
            name=f"{family} {given}" if whole_names else masked_name(family, given),
            class_name=of_class,
            is_qr=kind is NumberKind.QR,
        )
        for person, family, given, of_class, number in transaction.rows(statement, parameters)
    ]


def _give_number(transaction: Transaction, patron_id: str, kind: NumberKind) -> str:
    """Random, with a check digit, and on no other card or book."""
    while True:
        digits = f"{secrets.randbelow(9 * 10 ** (_DIGITS - 1)) + 10 ** (_DIGITS - 1)}"
        number = f"{digits}{luhn.calc_check_digit(digits)}"
        if transaction.row(_TAKEN, {"number": number}) is None:
            break
    transaction.run(_GIVE, {"number": number, "kind": kind.value, "patron_id": patron_id})
    return number
