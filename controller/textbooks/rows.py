"""What the ledger says of a class: its pupils, groups, set, teacher, and who has which title."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from circulation.textbooks import Audience, SetLine, wanted_titles
from controller.sql import Statement, Transaction

_PUPILS = Statement(
    "SELECT p.id, p.family_name, p.given_name, p.patronymic,"
    " EXISTS (SELECT 1 FROM card c WHERE c.patron_id = p.id AND c.blocked = false)"
    " OR EXISTS (SELECT 1 FROM card_number n WHERE n.patron_id = p.id AND n.blocked = false)"
    " FROM patron p WHERE p.library = :library AND p.class_name = :class_name"
    " AND p.category = 'pupil' AND p.has_left = false AND p.family_name <> ''"
    " ORDER BY p.family_name, p.given_name, p.id"
)
_CLASSES = Statement(
    "SELECT class_name, count(*) FROM patron WHERE library = :library AND category = 'pupil'"
    " AND has_left = false AND family_name <> '' AND class_name <> '' GROUP BY class_name"
)
_LINES = Statement(
    "SELECT title_id, quantity, audience, group_name, patron_id FROM textbook_line"
    " WHERE library = :library AND school_year = :year AND class_name = :class_name ORDER BY id"
)
_GROUPS = Statement(
    "SELECT g.group_name, g.patron_id FROM class_group g JOIN patron p ON p.id = g.patron_id"
    " WHERE g.library = :library AND p.library = :library AND p.class_name = :class_name"
    " AND p.has_left = false ORDER BY g.group_name, g.patron_id"
)
_HELD = Statement(
    "SELECT l.patron_id, i.title_id, count(*) FROM patron p"
    " JOIN loan l ON l.patron_id = p.id AND l.returned_at IS NULL"
    " JOIN item i ON i.id = l.item_id JOIN title t ON t.id = i.title_id"
    " WHERE p.library = :library AND p.class_name = :class_name"
    " AND (t.kind = 'textbook' OR EXISTS (SELECT 1 FROM textbook_line s"
    " WHERE s.title_id = i.title_id AND s.library = :library AND s.school_year = :year"
    " AND s.class_name = :class_name)) GROUP BY l.patron_id, i.title_id ORDER BY i.title_id"
)
_HELD_BY = Statement(
    "SELECT i.title_id, count(*) FROM loan l JOIN item i ON i.id = l.item_id"
    " JOIN title t ON t.id = i.title_id WHERE l.patron_id = :patron_id"
    " AND l.returned_at IS NULL AND (t.kind = 'textbook' OR EXISTS (SELECT 1 FROM textbook_line s"
    " WHERE s.title_id = i.title_id AND s.library = :library AND s.school_year = :year"
    " AND s.class_name = :class_name)) GROUP BY i.title_id ORDER BY i.title_id"
)
_GROUPS_OF = Statement(
    "SELECT group_name FROM class_group WHERE library = :library AND patron_id = :patron_id"
)
_TEACHER = Statement(
    "SELECT p.id, p.family_name, p.given_name, p.patronymic FROM class_teacher t"
    " JOIN patron p ON p.id = t.patron_id"
    " WHERE t.library = :library AND t.class_name = :class_name AND p.has_left = false"
)
_TITLE = Statement("SELECT title, author, section FROM title WHERE id = :title_id")


class Person(NamedTuple):
    """A pupil or teacher by name."""

    id: str
    family_name: str
    given_name: str
    patronymic: str
    has_card: bool = True

    @property
    def full_name(self) -> str:
        """As on a paper for signatures."""
        return " ".join(
            part for part in (self.family_name, self.given_name, self.patronymic) if part
        )


class TitleWords(NamedTuple):
    """A title as lists show it."""

    title: str
    author: str
    section: str


@dataclass(frozen=True, slots=True)
class ClassRoom:
    """A class in a school year. Pupils who left are not in it."""

    library: str
    name: str
    year: int
    pupils: tuple[Person, ...]
    lines: tuple[SetLine, ...]
    groups: Mapping[str, frozenset[str]]  # of patron ids, by name
    held: Mapping[str, Mapping[int, int]]  # of each pupil, how many of which textbook
    teacher: Person | None

    def wanted(self, patron_id: str) -> dict[int, int]:
        """What this pupil gets."""
        groups = {name for name, members in self.groups.items() if patron_id in members}
        return wanted_titles(self.lines, patron_id, groups)

    def missing(self, patron_id: str) -> dict[int, int]:
        """What this pupil gets and does not have yet."""
        held = self.held.get(patron_id, {})
        gaps = ((title, n - held.get(title, 0)) for title, n in self.wanted(patron_id).items())
        return {title: gap for title, gap in gaps if gap > 0}


def read_class(transaction: Transaction, library: str, name: str, year: int) -> ClassRoom:
    """The class; without pupils when nobody is in it."""
    wanted = {"library": library, "class_name": name}
    groups: dict[str, set[str]] = defaultdict(set)
    for group, patron_id in transaction.rows(_GROUPS, wanted):
        groups[group].add(patron_id)
    held: dict[str, dict[int, int]] = defaultdict(dict)
    for patron_id, title_id, count in transaction.rows(_HELD, {**wanted, "year": year}):
        held[patron_id][title_id] = count
    teacher = transaction.row(_TEACHER, wanted)
    return ClassRoom(
        library=library,
        name=name,
        year=year,
        pupils=tuple(Person(*row) for row in transaction.rows(_PUPILS, wanted)),
        lines=read_lines(transaction, library, name, year),
        groups={group: frozenset(members) for group, members in groups.items()},
        held=held,
        teacher=None if teacher is None else Person(*teacher),
    )


def read_lines(
    transaction: Transaction, library: str, class_name: str, year: int
) -> tuple[SetLine, ...]:
    """The set of a class, in the order it was written."""
    wanted = {"library": library, "class_name": class_name, "year": year}
    return tuple(
        SetLine(title_id, quantity, Audience(audience), group, person or "")
        for title_id, quantity, audience, group, person in transaction.rows(_LINES, wanted)
    )


def class_sizes(transaction: Transaction, library: str) -> dict[str, int]:
    """How many pupils each class of the library has."""
    return dict(transaction.rows(_CLASSES, {"library": library}))


def wanted_by(
    transaction: Transaction, library: str, patron_id: str, class_name: str, year: int
) -> dict[int, int]:
    """What one person of this class gets."""
    found = transaction.rows(_GROUPS_OF, {"library": library, "patron_id": patron_id})
    groups = {row[0] for row in found}
    return wanted_titles(read_lines(transaction, library, class_name, year), patron_id, groups)


def held_by(
    transaction: Transaction, library: str, patron_id: str, class_name: str, year: int
) -> dict[int, int]:
    """How many of which textbook one person has."""
    parameters = {
        "library": library,
        "patron_id": patron_id,
        "class_name": class_name,
        "year": year,
    }
    return dict(transaction.rows(_HELD_BY, parameters))


def title_words(transaction: Transaction, titles: set[int]) -> dict[int, TitleWords]:
    """Titles by id; unknown ones are left out."""
    ids = sorted(titles)
    found = transaction.row_each(_TITLE, [{"title_id": title_id} for title_id in ids])
    return {title_id: TitleWords(*row) for title_id, row in zip(ids, found, strict=True) if row}
