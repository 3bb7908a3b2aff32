"""Writing a previewed roster: who is known is updated, who is new is added, cards are bound.

A pupil is found again by the card or the ticket number, else by class and full name, else as the
one who had this name in the same class letter a year below (5А becomes 6А). Where two in the ledger
could be meant the line is left out: one of them would get the other's card. Nobody is removed.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, insert, select, update
from sqlmodel import col

from circulation.policy import PatronCategory
from controller.catalogue.preview import Findings
from controller.catalogue.problems import Code, problem
from controller.catalogue.records import RosterRow
from controller.patrons.tables import CardNumber, NumberKind
from controller.tables import Card, Patron, new_patron_id

_NameKey = tuple[str, str]  # class and full name, letter case aside


@dataclass(slots=True)
class Enrolled:
    """What went into the database."""

    patrons_new: int = 0
    patrons_updated: int = 0
    cards_new: int = 0
    findings: Findings = field(default_factory=Findings)


def write_roster(engine: Engine, rows: tuple[RosterRow, ...], library: str) -> Enrolled:
    """Write all pupils of this library in one transaction: a class is never half there."""
    done = Enrolled()
    with engine.begin() as connection:
        matches = _Known(connection, library).match(rows, done.findings)
        home = {"library": library}  # who changes school is at home in the new one
        fresh = [(row, new_patron_id()) for row, patron in matches if patron is None]
        known = [(row, patron) for row, patron in matches if patron is not None]
        for row, patron in fresh:
            connection.execute(insert(Patron), _patron(row, patron) | home)
        for row, patron in known:
            connection.execute(update(Patron).where(col(Patron.id) == patron), _changes(row) | home)
        everybody = [*fresh, *known]
        done.cards_new = _bind_cards(connection, everybody)
        _bind_numbers(connection, everybody, done.findings)
        done.patrons_new, done.patrons_updated = len(fresh), len(known)
    return done


class _Known:
    """The pupils of the library by name, and everybody by card."""

    def __init__(self, connection: Connection, library: str) -> None:
        cards = connection.execute(select(col(Card.uid), col(Card.patron_id)))
        self.by_card = {row.uid: row.patron_id for row in cards}
        numbers = connection.execute(select(col(CardNumber.number), col(CardNumber.patron_id)))
        self.by_number = {row.number: row.patron_id for row in numbers}
        self.by_name: defaultdict[_NameKey, list[str]] = defaultdict(list)
        self.names: dict[str, str] = {}
        columns = (Patron.id, Patron.class_name, Patron.family_name, Patron.given_name)
        rows = connection.execute(
            select(col(Patron.library), *(col(c) for c in columns), col(Patron.patronymic))
            .where(col(Patron.category) == PatronCategory.PUPIL)
            .order_by(col(Patron.id))
        )
        for home, patron, school_class, *parts in rows:
            name = " ".join(part for part in parts if part).casefold()
            if home in (None, library):  # who has no home yet may find it here
                self.by_name[school_class, name].append(patron)
            self.names[patron] = name

    def match(
        self, rows: tuple[RosterRow, ...], findings: Findings
    ) -> list[tuple[RosterRow, str | None]]:
        """Each row with its pupil or None; cards first, so that a name cannot take their pupil."""
        found: list[tuple[RosterRow, str | None]] = []
        rest: list[RosterRow] = []
        taken: set[str] = set()
        for row in rows:
            patron = self.by_card.get(row.card) if row.card else self._numbered(row)
            if patron is None:
                rest.append(row)
            elif self.names.get(patron) != row.full_name.casefold():
                findings.add(problem(Code.SAME_CARD, row.card, line=row.line))
            elif patron in taken:  # one line has the card, another the number of one pupil
                findings.add(problem(Code.SAME_PUPIL, row.full_name, line=row.line))
            else:
                taken.add(patron)
                found.append((row, patron))
        for class_before in (_same_class, _class_below):
            rest = self._match_names(rest, class_before, taken, found, findings)
        return [*found, *((row, None) for row in rest)]

    def _numbered(self, row: RosterRow) -> str | None:
        """Who has this ticket number, if that is the name."""
        patron = self.by_number.get(row.number, "")
        return patron if self.names.get(patron) == row.full_name.casefold() else None

    def _match_names(
        self,
        rows: list[RosterRow],
        class_before: Callable[[str], str],
        taken: set[str],
        found: list[tuple[RosterRow, str | None]],
        findings: Findings,
    ) -> list[RosterRow]:
        """Matches by name into `found`; the rows that stay without a pupil."""
        rest: list[RosterRow] = []
        for row in rows:
            known = self.by_name[class_before(row.school_class), row.full_name.casefold()]
            free = [patron for patron in known if patron not in taken]
            if not free:
                rest.append(row)
            elif len(free) > 1:
                findings.add(problem(Code.SAME_PUPIL, row.full_name, line=row.line))
            else:
                taken.add(free[0])
                found.append((row, free[0]))
        return rest


def _same_class(school_class: str) -> str:
    return school_class


def _class_below(school_class: str) -> str:
    letter = school_class.lstrip("0123456789")
    return f"{int(school_class.removesuffix(letter)) - 1}{letter}"


def _patron(row: RosterRow, patron: str) -> dict[str, object]:
    return {"id": patron, "category": PatronCategory.PUPIL} | _changes(row)


def _changes(row: RosterRow) -> dict[str, object]:
    return {
        "family_name": row.surname,
        "given_name": row.name,
        "patronymic": row.patronymic,
        "class_name": row.school_class,
        "has_left": False,
    }


def _bind_cards(connection: Connection, pupils: list[tuple[RosterRow, str]]) -> int:
    """Binds every card that is not bound yet; those in the ledger were checked by `match`."""
    bound = set(connection.scalars(select(col(Card.uid))))
    cards = [
        {"uid": row.card, "patron_id": patron, "blocked": False}
        for row, patron in pupils
        if row.card and row.card not in bound
    ]
    if cards:
        connection.execute(insert(Card), cards)
    return len(cards)


def _bind_numbers(
    connection: Connection, pupils: list[tuple[RosterRow, str]], findings: Findings
) -> None:
    """A ticket number that is printed on a card; one that is somebody else's stays theirs."""
    bound = connection.execute(select(col(CardNumber.number), col(CardNumber.patron_id)))
    owners = {row.number: row.patron_id for row in bound}
    numbers: list[dict[str, object]] = []
    for row, patron in pupils:
        if not row.number or owners.get(row.number) == patron:
            continue
        if row.number in owners:
            findings.add(problem(Code.SAME_NUMBER, row.number, line=row.line))
            continue
        owners[row.number] = patron
        kind = NumberKind.BARCODE
        numbers.append({"number": row.number, "kind": kind, "patron_id": patron, "blocked": False})
    if numbers:
        connection.execute(insert(CardNumber), numbers)
