"""Write a set: everything is checked first, every problem is said at once, then it is replaced."""

from collections.abc import Collection
from dataclasses import dataclass

from circulation.textbooks import Audience
from controller.patrons.promotion import next_class
from controller.sql import Statement, Transaction
from controller.textbooks.rows import class_sizes, read_class
from controller.textbooks.wire import (
    ClassSet,
    GroupFields,
    SetLineFields,
    SetProblem,
    SetTrouble,
)

_TITLE = Statement("SELECT 1 FROM title WHERE id = :title_id")
_PERSON = Statement(
    "SELECT class_name, category, has_left FROM patron"
    " WHERE id = :patron_id AND library = :library AND family_name <> ''"
)
_FORGET_LINES = Statement(
    "DELETE FROM textbook_line WHERE library = :library AND school_year = :year"
    " AND class_name = :class_name"
)
_LINE = Statement(
    "INSERT INTO textbook_line (library, school_year, class_name, title_id, quantity, audience,"
    " group_name, patron_id) VALUES (:library, :year, :class_name, :title_id, :quantity,"
    " :audience, :group, :patron_id)"
)
_FORGET_GROUPS = Statement(
    "DELETE FROM class_group WHERE library = :library AND patron_id IN"
    " (SELECT id FROM patron WHERE library = :library AND class_name = :class_name)"
)
_MEMBER = Statement(
    "INSERT INTO class_group (library, group_name, patron_id) VALUES (:library, :group, :patron_id)"
)
_FORGET_TEACHER = Statement(
    "DELETE FROM class_teacher WHERE library = :library AND class_name = :class_name"
)
_TEACHER = Statement(
    "INSERT INTO class_teacher (library, class_name, patron_id)"
    " VALUES (:library, :class_name, :patron_id)"
)
_WITH_SET = Statement(
    "SELECT DISTINCT class_name FROM textbook_line"
    " WHERE library = :library AND school_year = :year ORDER BY class_name"
)
_COPY = Statement(
    "INSERT INTO textbook_line (library, school_year, class_name, title_id, quantity, audience,"
    " group_name, patron_id) SELECT library, :to_year, :to_class, title_id, quantity, audience,"
    " group_name, NULL FROM textbook_line WHERE library = :library AND school_year = :year"
    " AND class_name = :class_name AND audience <> 'person' ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class _Person:
    class_name: str
    category: str
    has_left: bool


def change_set(
    transaction: Transaction, library: str, old: ClassSet, new: ClassSet
) -> tuple[SetProblem, ...]:
    """The same for a change by hand: what was wrong before it (who left since) stops nothing."""
    stale = _Check(transaction, library, old).problems()
    return write_set(transaction, library, new, stale=stale)


def write_set(
    transaction: Transaction, library: str, wish: ClassSet, *, stale: Collection[SetProblem] = ()
) -> tuple[SetProblem, ...]:
    """Replace lines, groups and teacher of the class; with problems nothing is written."""
    found = _Check(transaction, library, wish).problems()
    problems = tuple(dict.fromkeys(one for one in found if one not in stale))
    if problems:
        return problems
    of_class = {"library": library, "class_name": wish.class_name}
    transaction.run(_FORGET_LINES, {**of_class, "year": wish.school_year})
    transaction.run_each(_LINE, [_line(library, wish, line) for line in wish.lines])
    transaction.run(_FORGET_GROUPS, of_class)
    transaction.run_each(
        _MEMBER,
        [
            {"library": library, "group": group.name, "patron_id": patron_id}
            for group in wish.groups
            for patron_id in dict.fromkeys(group.patron_ids)
        ],
    )
    transaction.run(_FORGET_TEACHER, of_class)
    if wish.teacher_id is not None:
        transaction.run(_TEACHER, {**of_class, "patron_id": wish.teacher_id})
    return ()


def read_set(transaction: Transaction, library: str, class_name: str, year: int) -> ClassSet:
    """The set as it could be written again; of a class without one, with no lines."""
    room = read_class(transaction, library, class_name, year)
    return ClassSet(
        class_name=class_name,
        school_year=year,
        lines=tuple(
            SetLineFields(
                title_id=line.title_id,
                quantity=line.quantity,
                audience=line.audience,
                group=line.group,
                patron_id=line.person or None,
            )
            for line in room.lines
        ),
        groups=tuple(
            GroupFields(name=name, patron_ids=tuple(sorted(members)))
            for name, members in room.groups.items()
        ),
        teacher_id=None if room.teacher is None else room.teacher.id,
    )


def copy_year(transaction: Transaction, library: str, year: int) -> tuple[str, ...]:
    """Sets of the year before for classes of this name without one: the classes that got one.

    What was for single people stays behind.
    """
    have = _classes_with_set(transaction, library, year)
    wanted = [
        name for name in _classes_with_set(transaction, library, year - 1) if name not in have
    ]
    for name in wanted:
        copy_set(transaction, library, from_class=name, from_year=year - 1, name=name, year=year)
    return tuple(wanted)


def copy_set(
    transaction: Transaction, library: str, *, from_class: str, from_year: int, name: str, year: int
) -> int:
    """The lines of another class or year in place of this class's own: how many they are."""
    transaction.run(_FORGET_LINES, {"library": library, "class_name": name, "year": year})
    parameters = {
        "library": library,
        "class_name": from_class,
        "year": from_year,
        "to_class": name,
        "to_year": year,
    }
    return transaction.run(_COPY, parameters)


def classes_of_year(transaction: Transaction, library: str, year: int, now_year: int) -> list[str]:
    """The classes of that school year: those of now, or one class higher for a later one."""
    names = set(class_sizes(transaction, library))
    for _ in range(max(0, year - now_year)):
        names = {up for name in names if (up := next_class(name)) is not None}
    return sorted(names | set(_classes_with_set(transaction, library, year)), key=by_grade)


def by_grade(class_name: str) -> tuple[int, str]:
    """Sorts '2А' before '10А'."""
    digits = class_name[: len(class_name) - len(class_name.lstrip("0123456789"))]
    return int(digits or 0), class_name


def _classes_with_set(transaction: Transaction, library: str, year: int) -> list[str]:
    found = transaction.rows(_WITH_SET, {"library": library, "year": year})
    return [row[0] for row in found]


def _line(library: str, wish: ClassSet, line: SetLineFields) -> dict[str, str | int | None]:
    return {
        "library": library,
        "year": wish.school_year,
        "class_name": wish.class_name,
        "title_id": line.title_id,
        "quantity": line.quantity,
        "audience": line.audience.value,
        "group": line.group,
        "patron_id": line.patron_id,
    }


class _Check:
    """What is wrong with a set; asks the ledger once for each person and title."""

    def __init__(self, transaction: Transaction, library: str, wish: ClassSet) -> None:
        self._transaction = transaction
        self._library = library
        self._wish = wish

    def problems(self) -> list[SetProblem]:
        """All of them, in the order of the set."""
        found = [*self._titles(), *self._groups(), *self._people(), *self._teacher()]
        return [SetProblem(trouble=trouble, about=about) for trouble, about in found]

    def _titles(self) -> list[tuple[SetTrouble, str]]:
        ids = [line.title_id for line in self._wish.lines]
        found = self._transaction.row_each(_TITLE, [{"title_id": one} for one in ids])
        pairs = zip(ids, found, strict=True)
        return [(SetTrouble.TITLE_UNKNOWN, str(one)) for one, row in pairs if row is None]

    def _groups(self) -> list[tuple[SetTrouble, str]]:
        known = {group.name for group in self._wish.groups}
        wanted = [line.group for line in self._wish.lines if line.audience is Audience.GROUP]
        return [(SetTrouble.GROUP_UNKNOWN, name) for name in wanted if name not in known]

    def _people(self) -> list[tuple[SetTrouble, str]]:
        members = [one for group in self._wish.groups for one in group.patron_ids]
        single = [line.patron_id for line in self._wish.lines if line.patron_id is not None]
        troubles = []
        for patron_id in dict.fromkeys([*members, *single]):
            person = self._find(patron_id)
            if person is None:
                troubles.append((SetTrouble.PERSON_UNKNOWN, patron_id))
            elif person.has_left:
                troubles.append((SetTrouble.PERSON_LEFT, patron_id))
            elif person.category == "pupil" and person.class_name != self._wish.class_name:
                troubles.append((SetTrouble.NOT_IN_CLASS, patron_id))
        return troubles

    def _teacher(self) -> list[tuple[SetTrouble, str]]:
        if self._wish.teacher_id is None:
            return []
        person = self._find(self._wish.teacher_id)
        if person is None:
            return [(SetTrouble.PERSON_UNKNOWN, self._wish.teacher_id)]
        if person.has_left or person.category == "pupil":
            return [(SetTrouble.NOT_A_TEACHER, self._wish.teacher_id)]
        return []

    def _find(self, patron_id: str) -> _Person | None:
        wanted = {"patron_id": patron_id, "library": self._library}
        row = self._transaction.row(_PERSON, wanted)
        return None if row is None else _Person(row[0], row[1], bool(row[2]))
