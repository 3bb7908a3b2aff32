"""Materials, heights and neighbours: what they leave of a tag's coupling."""

import random
from dataclasses import replace
from itertools import cycle, islice

import pytest

from hw_sim.field import READ_COUPLING, WRITE_COUPLING, Field, Written
from hw_sim.matter import BOOK, BOOKLET, METAL_COVER, Matter, Spot, above, shadows, turned
from hw_sim.tag import Tag, TagState, blank_tag


def pile(count: int, matter: Matter = BOOKLET, spots: tuple[Spot, ...] = (Spot.MIDDLE,)) -> Field:
    """A field with a pile of these, lowest first."""
    field = Field(chance=random.Random(3))
    for number, spot in enumerate(islice(cycle(spots), count)):
        tag = blank_tag(bytes.fromhex("E00401") + number.to_bytes(5, "big"))
        tag.matter = replace(matter, spot=spot)
        field.place(tag, piled=True)
    return field


def test_six_ordinary_books_in_a_pile_are_read_and_written() -> None:
    field = pile(6, BOOK)

    assert [field.reaches(tag, Written.AFI) for tag in field.tags()] == [True] * 6


def test_booklets_with_their_tags_at_one_spot_hide_each_other_and_at_three_spots_do_not() -> None:
    at_one_spot, spread = pile(6), pile(6, spots=tuple(Spot))

    assert len(at_one_spot.tags()) < 6
    assert len(spread.tags()) == 6


def test_a_booklet_between_two_others_is_read_but_cannot_be_written() -> None:
    field = pile(3)

    (_, (middle, coupling), _) = field.lying()

    assert READ_COUPLING <= coupling < WRITE_COUPLING
    assert middle in field.tags()
    assert not field.reaches(middle, Written.AFI)


def test_a_tag_in_a_shadow_stays_there_until_the_pile_is_moved() -> None:
    field = pile(4)
    lying = field.lying()
    first = list(field.tags())

    looks = [list(field.tags()) for _ in range(50)]
    field.place(lying[0][0], piled=True)

    assert 0 < len(first) < 4
    assert looks == [first] * 50
    assert dict(field.lying()) != dict(lying), "moved: the shadows fall anew"


def test_lifting_the_neighbour_brings_a_hidden_tag_back_awake() -> None:
    field = pile(5)
    hidden = [tag for tag, coupling in field.lying() if coupling < READ_COUPLING]
    hidden[0].state = TagState.QUIET
    others = [tag for tag, _ in field.lying() if tag is not hidden[0]]

    for tag in others:
        field.lift(tag.uid)

    assert field.tags() == [hidden[0]]
    assert hidden[0].state is TagState.READY


def test_the_same_seed_casts_the_same_shadows() -> None:
    three, again, four = (shadows([BOOKLET] * 4, random.Random(seed)) for seed in (3, 3, 4))

    assert three == again
    assert three != four


def test_a_metal_cover_silences_a_tag(book: Tag) -> None:
    book.matter = METAL_COVER
    field = Field()

    field.place(book)

    assert list(field.tags()) == []


@pytest.mark.parametrize(("tilt_deg", "is_read"), [(0, True), (60, True), (80, False), (90, False)])
def test_a_book_on_its_edge_is_not_read(book: Tag, tilt_deg: float, is_read: bool) -> None:
    field = Field()

    field.place(book, tilt_deg=tilt_deg)

    assert (book in field.tags()) is is_read
    assert 0 <= turned(tilt_deg) <= 1


def test_the_field_falls_with_height() -> None:
    heights = [above(height) for height in (0, 100, 230, 333)]

    assert heights[0] == 1
    assert heights == sorted(heights, reverse=True)
    assert heights[2] == pytest.approx(0.5, abs=0.01)
    assert heights[3] == pytest.approx(0.3, abs=0.01)


def test_books_beside_each_other_do_not_disturb_each_other() -> None:
    field = Field()
    for number in range(10):
        field.place(blank_tag(bytes.fromhex("E00401") + number.to_bytes(5, "big")))

    assert [coupling for _, coupling in field.lying()] == [1.0] * 10
    assert BOOK.clear == 1.0
