"""Every class with what it gets and has: the first page of the textbook week."""

from dataclasses import dataclass

from controller.sql import Transaction
from controller.textbooks.rows import ClassRoom, read_class, title_words
from controller.textbooks.sets import by_grade, classes_of_year


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class; `issued` counts of the set only."""

    name: str
    pupils: int
    titles: int
    wanted: int
    issued: int

    @property
    def missing(self) -> int:
        """Copies that are not issued yet."""
        return self.wanted - self.issued


@dataclass(frozen=True, slots=True)
class PupilLine:
    """One pupil of a class, and which titles he does not have yet."""

    patron_id: str
    number: int
    name: str
    has_card: bool
    wanted: int
    issued: int
    missing: tuple[str, ...]


def class_lines(
    transaction: Transaction, library: str, year: int, now_year: int
) -> list[ClassLine]:
    """All classes of that year, the youngest first."""
    names = sorted(classes_of_year(transaction, library, year, now_year), key=by_grade)
    return [_class_line(read_class(transaction, library, name, year)) for name in names]


def pupil_lines(transaction: Transaction, room: ClassRoom) -> list[PupilLine]:
    """The class list with what is not issued yet."""
    gaps = {pupil.id: room.missing(pupil.id) for pupil in room.pupils}
    words = title_words(transaction, {title for missing in gaps.values() for title in missing})
    return [
        PupilLine(
            patron_id=pupil.id,
            number=number,
            name=pupil.full_name,
            has_card=bool(pupil.has_card),
            wanted=sum(room.wanted(pupil.id).values()),
            issued=issued_to(room, pupil.id),
            missing=tuple(words[title].title for title in gaps[pupil.id]),
        )
        for number, pupil in enumerate(room.pupils, start=1)
    ]


def issued_to(room: ClassRoom, patron_id: str) -> int:
    """How many copies of his set a pupil has."""
    held = room.held.get(patron_id, {})
    return sum(min(count, held.get(title, 0)) for title, count in room.wanted(patron_id).items())


def _class_line(room: ClassRoom) -> ClassLine:
    people = [pupil.id for pupil in room.pupils]
    return ClassLine(
        name=room.name,
        pupils=len(people),
        titles=len({line.title_id for line in room.lines}),
        wanted=sum(sum(room.wanted(person).values()) for person in people),
        issued=sum(issued_to(room, person) for person in people),
    )
