"""Numbers that mean two things: a scanner cannot tell a copy's barcode from a person's number."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import Engine, select
from sqlmodel import col

from circulation.ids import Isil
from controller.catalogue.problems import Code, Problem, problem
from controller.catalogue.records import CopyRecord, RosterRow, TitleRecord
from controller.patrons.tables import CardNumber
from controller.tables import Card, Item

_STEP = 500  # numbers of one question


def patron_numbers(engine: Engine) -> frozenset[str]:
    """Every ticket number and card of the ledger."""
    with engine.connect() as connection:
        numbers = connection.scalars(select(col(CardNumber.number)))
        cards = connection.scalars(select(col(Card.uid)))
        return frozenset((*numbers, *cards))


def without_patron_numbers(
    titles: Iterable[TitleRecord], taken: frozenset[str]
) -> Iterator[TitleRecord | Problem]:
    """The titles without copies whose number is a person's; a problem for each of those."""
    for title in titles:
        if taken and any(copy.item_id in taken for copy in title.copies):
            yield from (
                problem(Code.NUMBER_OF_PATRON, copy.item_id)
                for copy in title.copies
                if is_taken(copy, taken)
            )
            kept = tuple(copy for copy in title.copies if not is_taken(copy, taken))
            title = replace(title, copies=kept)
        yield title


def is_taken(copy: CopyRecord, taken: frozenset[str]) -> bool:
    """True when the copy's number is somebody's."""
    return copy.item_id is not None and copy.item_id in taken


def without_item_numbers(
    engine: Engine, rows: Iterable[RosterRow], owner: Isil
) -> tuple[tuple[RosterRow, ...], tuple[Problem, ...]]:
    """The pupils whose number is no copy's, and a problem for each of the others."""
    listed = tuple(rows)
    numbers = [row.number for row in listed if row.number]
    taken: set[str] = set()
    with engine.connect() as connection:
        for at in range(0, len(numbers), _STEP):
            part = numbers[at : at + _STEP]
            asked = select(col(Item.item_id)).where(
                col(Item.owner) == owner, col(Item.item_id).in_(part)
            )
            taken |= set(connection.scalars(asked))
    problems = tuple(
        problem(Code.NUMBER_OF_ITEM, row.number, line=row.line)
        for row in listed
        if row.number in taken
    )
    return tuple(row for row in listed if row.number not in taken), problems
