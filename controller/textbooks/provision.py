"""Provision («книгообеспеченность»): copies against the pupils of a school year."""

from collections.abc import Sequence

from circulation.textbooks import (
    Audience,
    ClassNeeds,
    Provision,
    SetLine,
    TitleStock,
    provision,
)
from controller.patrons.promotion import next_class
from controller.sql import Statement, Transaction
from controller.textbooks.rows import ClassRoom, class_sizes, read_class, read_lines, title_words
from controller.textbooks.sets import by_grade
from controller.textbooks.wire import ProvisionLine, ProvisionView

_STOCK = Statement(
    "SELECT t.id, (SELECT count(*) FROM item i WHERE i.title_id = t.id AND i.owner = :library"
    " AND i.state NOT IN ('lost', 'withdrawn') AND NOT i.reading_room_only),"
    " (SELECT f.last_year FROM federal_list_year f WHERE f.title_id = t.id)"
    " FROM title t WHERE t.id = :title_id"
)
_NOTE_YEAR = Statement(
    "INSERT INTO federal_list_year (title_id, last_year) VALUES (:title_id, :last_year)"
    " ON CONFLICT (title_id) DO UPDATE SET last_year = excluded.last_year"
)
_FORGET_YEAR = Statement("DELETE FROM federal_list_year WHERE title_id = :title_id")


def read_provision(
    transaction: Transaction, library: str, year: int, now_year: int
) -> ProvisionView:
    """What that year needs: the classes of now, moved up for the next one, with its sets.

    A first class that nobody has enrolled yet is taken to be as large as the one of now. Where the
    next year has no set of its own, this year's set of the class of that name stands in for it.
    """
    needs, without = [], []
    for name, room in _classes(transaction, library, now_year, moved=year > now_year):
        lines = read_lines(transaction, library, name, year)
        if not lines and year > now_year:
            lines = read_lines(transaction, library, name, now_year)
        if lines:
            needs.append(_needs(room, lines))
        else:
            without.append(name)
    titles = {line.title_id for one in needs for line in one.lines}
    stock = _stock(transaction, library, titles)
    return ProvisionView(
        school_year=year,
        lines=_views(transaction, provision(needs, stock.values(), year), stock),
        classes_without_set=tuple(sorted(without, key=by_grade)),
    )


def note_federal_year(transaction: Transaction, title_id: int, last_year: int | None) -> bool:
    """The last school year of a title by the federal list, or none; False: no such title."""
    if not title_words(transaction, {title_id}):
        return False
    if last_year is None:
        transaction.run(_FORGET_YEAR, {"title_id": title_id})
    else:
        transaction.run(_NOTE_YEAR, {"title_id": title_id, "last_year": last_year})
    return True


def _classes(
    transaction: Transaction, library: str, now_year: int, *, moved: bool
) -> list[tuple[str, ClassRoom]]:
    names = sorted(class_sizes(transaction, library), key=by_grade)
    rooms = [(name, read_class(transaction, library, name, now_year)) for name in names]
    if not moved:
        return rooms
    higher = [(up, room) for name, room in rooms if (up := next_class(name)) is not None]
    first = [(name, room) for name, room in rooms if by_grade(name)[0] == 1]
    return first + [(name, room) for name, room in higher if name not in dict(first)]


def _needs(room: ClassRoom, lines: Sequence[SetLine]) -> ClassNeeds:
    """A line for one pupil counts while that pupil is there."""
    groups = {name: len(members) for name, members in room.groups.items()}
    here = {pupil.id for pupil in room.pupils}
    counted = (
        line for line in lines if line.audience is not Audience.PERSON or line.person in here
    )
    return ClassNeeds(len(room.pupils), tuple(counted), groups)


def _stock(transaction: Transaction, library: str, titles: set[int]) -> dict[int, TitleStock]:
    wanted = [{"library": library, "title_id": title_id} for title_id in sorted(titles)]
    found = transaction.row_each(_STOCK, wanted)
    return {row[0]: TitleStock(row[0], row[1], row[2]) for row in found if row}


def _views(
    transaction: Transaction, lines: Sequence[Provision], stock: dict[int, TitleStock]
) -> tuple[ProvisionLine, ...]:
    words = title_words(transaction, {line.title_id for line in lines})
    return tuple(
        ProvisionLine(
            title_id=line.title_id,
            title=words[line.title_id].title,
            author=words[line.title_id].author,
            needed=line.needed,
            copies=line.copies,
            last_year=stock[line.title_id].last_year,
            expired=line.expired,
            short=line.short,
        )
        for line in lines
    )
