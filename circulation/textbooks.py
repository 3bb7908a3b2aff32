"""Textbook sets: who gets which titles, what a stack on the pad lacks, what next year needs.

Plain values in and out. A school year is called by the year in which it ends, as in `promotion`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

_BACK_IN = (4, 5, 6)
_NEXT_YEAR_FROM = 7  # in June the books come back, from July on the next September is prepared


class Audience(StrEnum):
    """Who gets a line of a set."""

    CLASS = "class"
    GROUP = "group"  # a part of the class: the second language, a profile
    PERSON = "person"


class Purpose(StrEnum):
    """September or May."""

    ISSUE = "issue"
    COLLECT = "collect"


class Condition(StrEnum):
    """How a copy came back."""

    GOOD = "good"
    WORN = "worn"  # lendable, but not for long
    DAMAGED = "damaged"  # with the librarian until it is mended or written off


class Spare(StrEnum):
    """Why a copy of the stack is not part of this act."""

    NOT_IN_SET = "not_in_set"
    ONE_TOO_MANY = "one_too_many"
    ALREADY_HIS = "already_his"  # issuing: this very copy is with the pupil already
    WITH_ANOTHER = "with_another"
    NOT_ON_LOAN = "not_on_loan"  # collecting: with nobody
    NOT_LENDABLE = "not_lendable"  # lost, damaged, written off


@dataclass(frozen=True, slots=True)
class SetLine:
    """`quantity` copies of a title for each of the audience."""

    title_id: int
    quantity: int = 1
    audience: Audience = Audience.CLASS
    group: str = ""  # with `GROUP`
    person: str = ""  # with `PERSON`: a patron's id

    def is_for(self, person: str, groups: AbstractSet[str]) -> bool:
        """Does this person, who is in these groups of the class, get the line?"""
        match self.audience:
            case Audience.CLASS:
                return True
            case Audience.GROUP:
                return self.group in groups
            case Audience.PERSON:
                return self.person == person


@dataclass(frozen=True, slots=True)
class PadCopy:
    """A copy of the stack as the ledger knows it; `key` is the caller's own name for it."""

    key: str
    title_id: int
    lendable: bool
    holder: str | None = None  # who has it on loan


@dataclass(frozen=True, slots=True)
class Tick:
    """One title of the set: wanted, at home already, and in the stack for this act."""

    title_id: int
    wanted: int
    held: int
    on_pad: int

    @property
    def missing(self) -> int:
        """Copies that are still to be found."""
        return max(0, self.wanted - self.held - self.on_pad)


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack against a set: the ticks, what this act takes, what stays out of it and why."""

    ticks: tuple[Tick, ...]
    take: tuple[str, ...]
    spare: tuple[tuple[str, Spare], ...]

    @property
    def complete(self) -> bool:
        """Nothing is missing once the act is done."""
        return not any(tick.missing for tick in self.ticks)


def wanted_titles(
    lines: Iterable[SetLine], person: str, groups: AbstractSet[str]
) -> dict[int, int]:
    """How many copies of which title this person gets, in the order of the lines."""
    wanted: Counter[int] = Counter()
    for line in lines:
        if line.is_for(person, groups):
            wanted[line.title_id] += line.quantity
    return dict(wanted)


def issue_stack(
    wanted: Mapping[int, int], held: Mapping[int, int], pad: Sequence[PadCopy], person: str
) -> Stack:
    """September: the stack against the set, `held` being what the person has of each title."""
    open_places = {title: count - held.get(title, 0) for title, count in wanted.items()}
    taken: Counter[int] = Counter()
    take, spare = [], []
    for copy in pad:
        why = _not_issued(copy, person, open_places, taken)
        if why is None:
            taken[copy.title_id] += 1
            take.append(copy.key)
        else:
            spare.append((copy.key, why))
    ticks = tuple(
        Tick(title, count, min(count, held.get(title, 0)), taken[title])
        for title, count in wanted.items()
    )
    return Stack(ticks, tuple(take), tuple(spare))


def collect_stack(held: Mapping[int, int], pad: Sequence[PadCopy], person: str) -> Stack:
    """May: the stack against what the person has. `wanted` of a tick is what has to come back.

    A copy that is with somebody else is named and not taken: its own reader brings it, or the
    librarian takes it back at the pad as any other book.
    """
    take, spare = [], []
    back: Counter[int] = Counter()
    for copy in pad:
        if copy.holder == person:
            back[copy.title_id] += 1
            take.append(copy.key)
        else:
            why = Spare.NOT_ON_LOAN if copy.holder is None else Spare.WITH_ANOTHER
            spare.append((copy.key, why))
    ticks = tuple(Tick(title, count, 0, back[title]) for title, count in held.items())
    return Stack(ticks, tuple(take), tuple(spare))


@dataclass(frozen=True, slots=True)
class TitleStock:
    """Copies of a title that can be lent next year, and its last year by the federal list."""

    title_id: int
    copies: int  # neither lost nor written off
    last_year: int | None = None  # the school year it may be used in for the last time


@dataclass(frozen=True, slots=True)
class Provision:
    """What one title needs next year. `expired`: the federal list (ФПУ) no longer allows it."""

    title_id: int
    needed: int
    copies: int
    expired: bool

    @property
    def short(self) -> int:
        """Copies to buy: all of them for a title that may not be used any more."""
        return self.needed if self.expired else max(0, self.needed - self.copies)


@dataclass(frozen=True, slots=True)
class ClassNeeds:
    """A class of next year: how many pupils, how many in each group, and its set."""

    pupils: int
    lines: tuple[SetLine, ...]
    groups: Mapping[str, int] = field(default_factory=dict)

    def needs(self) -> Counter[int]:
        """Copies of each title."""
        needed: Counter[int] = Counter()
        for line in self.lines:
            needed[line.title_id] += line.quantity * self._heads(line)
        return needed

    def _heads(self, line: SetLine) -> int:
        match line.audience:
            case Audience.CLASS:
                return self.pupils
            case Audience.GROUP:
                return self.groups.get(line.group, 0)
            case Audience.PERSON:
                return 1


def provision(
    classes: Iterable[ClassNeeds], stock: Iterable[TitleStock], year: int
) -> tuple[Provision, ...]:
    """Copies against pupils of that school year: what is short first, the largest gap on top."""
    needed: Counter[int] = Counter()
    for one in classes:
        needed += one.needs()
    known = {title.title_id: title for title in stock}
    lines = []
    for title_id, count in needed.items():
        title = known.get(title_id, TitleStock(title_id, 0))
        expired = title.last_year is not None and title.last_year < year
        lines.append(Provision(title_id, count, title.copies, expired))
    return tuple(sorted(lines, key=lambda line: (-line.short, line.title_id)))


def school_year(day: date) -> int:
    """The school year of that day, by the year in which it ends; July is of the next one."""
    return day.year + 1 if day.month >= _NEXT_YEAR_FROM else day.year


def usual_purpose(day: date) -> Purpose:
    """What a class comes for at that time of the year: from April to June books come back."""
    return Purpose.COLLECT if day.month in _BACK_IN else Purpose.ISSUE


def year_words(year: int) -> str:
    """'2026/27', as a school writes it."""
    return f"{year - 1}/{year % 100:02d}"


def short_names(people: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """«Анна П.» for (family name, given name); longer where two of a class would be alike.

    Two people of the very same name keep it: their place in the list tells them apart.
    """
    lengths = [1] * len(people)
    for length in range(2, max((len(family) for family, _ in people), default=0) + 1):
        parts = [
            (given, family[:size]) for (family, given), size in zip(people, lengths, strict=True)
        ]
        alike = Counter(parts)
        lengths = [
            length if alike[part] > 1 else size for part, size in zip(parts, lengths, strict=True)
        ]
    return tuple(_short(*person, size) for person, size in zip(people, lengths, strict=True))


def _short(family_name: str, given_name: str, length: int) -> str:
    end = "" if length >= len(family_name) else "."
    return f"{given_name} {family_name[:length]}{end}".strip()


def _not_issued(
    copy: PadCopy, person: str, open_places: Mapping[int, int], taken: Mapping[int, int]
) -> Spare | None:
    if copy.holder is not None:
        return Spare.ALREADY_HIS if copy.holder == person else Spare.WITH_ANOTHER
    if copy.title_id not in open_places:
        return Spare.NOT_IN_SET
    if not copy.lendable:
        return Spare.NOT_LENDABLE
    full = taken.get(copy.title_id, 0) >= open_places[copy.title_id]
    return Spare.ONE_TOO_MANY if full else None
