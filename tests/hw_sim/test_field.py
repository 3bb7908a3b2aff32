"""A field reads from farther than it writes, and a book can leave in the middle of a write."""

import random

import pytest

from hw_sim.field import AirQuality, Field, Written
from hw_sim.tag import Tag, TagState


@pytest.mark.parametrize(
    ("coupling", "is_read", "is_written"),
    [(1.0, True, True), (0.4, True, False), (0.2, False, False)],
)
def test_a_write_needs_more_energy_than_a_read(
    book: Tag, coupling: float, is_read: bool, is_written: bool
) -> None:
    field = Field()

    field.place(book, coupling)

    assert (book in field.tags()) is is_read
    assert field.reaches(book, Written.AFI) is is_written


def test_lift_during_the_second_block_write_takes_the_tag_at_that_write(
    field: Field, book: Tag
) -> None:
    field.lift_during_write(book.uid, Written.BLOCK, occurrence=2)

    outcomes = [field.reaches(book, what) for what in (Written.BLOCK, Written.AFI, Written.BLOCK)]

    assert outcomes == [True, True, False]
    assert list(field.tags()) == []


def test_a_lifted_tag_comes_back_ready_and_stays(field: Field, book: Tag) -> None:
    field.lift_during_write(book.uid, Written.AFI)
    book.state = TagState.QUIET
    field.lift(book.uid)

    field.place(book)

    assert book.state is TagState.READY
    assert field.reaches(book, Written.AFI), "the arrangement went with the tag"


def test_misses_follow_the_seed(book: Tag) -> None:
    runs = []
    for _ in range(2):
        field = Field(quality=AirQuality(miss=0.5), chance=random.Random(7))
        runs.append([len(field.heard([book])) for _ in range(50)])

    assert runs[0] == runs[1]
    assert 10 < sum(runs[0]) < 40
