"""Hands over a world: books are in one place only, and tricks wear off."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from circulation.tags.codec import decode
from hw_sim.api import create_api
from hw_sim.desk.books import Shelf, books_of, shelf_of
from hw_sim.desk.desk import BAG, METAL_COUPLING, SHELF, Desk, RefusedError
from hw_sim.desk.now import PadKind, Security, Watch
from hw_sim.desk.people import people
from hw_sim.field import Written
from hw_sim.messages import NewTag
from hw_sim.settings import PadSettings, SimSettings
from hw_sim.stock_tags import sample_tags
from hw_sim.world import UnknownNameError, World

PADS = ("pad1", "station1", "drop1")


@pytest.fixture(scope="module")
def five_tags() -> Sequence[NewTag]:
    """To find and to write them takes longer than any test here."""
    return sample_tags(5)


@pytest.fixture
def world(tmp_path: Path, five_tags: Sequence[NewTag]) -> Iterator[World]:
    """Three pads, a gate, a card reader; five tagged books on no pad. Nothing runs."""
    pads = tuple(PadSettings(name=name) for name in PADS)
    world = World(SimSettings(state_dir=tmp_path, pads=pads))
    world.make_tags([new.made() for new in five_tags])
    for station in world.stations.values():
        station.start()
    yield world
    world.stop()


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.fixture
def uids(world: World) -> list[str]:
    return [tag.name for tag in world.tags()]


def test_book_moves_from_pad_to_pad_to_bag_to_shelf(desk: Desk, uids: list[str]) -> None:
    places: list[list[list[str]]] = []

    for place in ("pad1", "station1", BAG, SHELF):
        desk.move(uids[:1], place)
        places.append([_lying(desk, "pad1"), _lying(desk, "station1"), desk.in_bag()])

    book = uids[:1]
    assert places == [[book, [], []], [[], book, []], [[], [], book], [[], [], []]]


def test_moving_one_book_to_the_shelf_leaves_its_neighbour_on_the_pad(
    desk: Desk, uids: list[str]
) -> None:
    desk.move(uids[:2], "pad1")
    desk.move(uids[2:3], SHELF)
    desk.move(uids[:1], SHELF)

    assert _lying(desk, "pad1") == uids[1:2]


def test_book_that_somebody_else_put_on_a_pad_is_not_in_the_bag(
    desk: Desk, uids: list[str]
) -> None:
    desk.move(uids[:2], BAG)

    desk.world.place("pad1", uids[:1])

    assert desk.in_bag() == uids[1:2]


def test_bag_on_its_way_is_not_to_be_reached(desk: Desk, uids: list[str]) -> None:
    desk.move(uids[:1], BAG)
    desk.walk("gate1", speed_m_s=0.1)

    for order in (
        lambda: desk.move(uids[:1], "pad1"),
        lambda: desk.move(uids[1:2], BAG),
        lambda: desk.walk("gate1", speed_m_s=1),
    ):
        with pytest.raises(RefusedError, match="bag_is_walking"):
            order()
    assert desk.in_bag() == uids[:1]


def test_snatched_book_leaves_with_the_write_and_the_trick_is_over(
    desk: Desk, uids: list[str]
) -> None:
    desk.snatch("pad1", on=True)
    desk.move(uids[:2], "pad1")
    field = desk.world.pads["pad1"].field

    reached = [field.reaches(desk.world.tag(uid), Written.AFI) for uid in uids[:2]]

    assert reached == [False, False]
    assert _lying(desk, "pad1") == []
    assert desk.snatches == set()


def test_snatching_what_lies_there_does_not_wait_for_a_next_book(
    desk: Desk, uids: list[str]
) -> None:
    desk.move(uids[:1], "pad1")

    desk.snatch("pad1", on=True)
    desk.move(uids[1:2], "pad1")
    field = desk.world.pads["pad1"].field

    assert [field.reaches(desk.world.tag(uid), Written.AFI) for uid in uids[:2]] == [False, True]


def test_iron_is_felt_by_books_there_and_books_to_come(desk: Desk, uids: list[str]) -> None:
    desk.move(uids[:1], "pad1")
    desk.metal("pad1", on=True)
    desk.move(uids[1:2], "pad1")
    under = [coupling for _, coupling in desk.world.pads["pad1"].field.lying()]
    desk.metal("pad1", on=False)

    assert under == [METAL_COUPLING, METAL_COUPLING]
    assert [coupling for _, coupling in desk.world.pads["pad1"].field.lying()] == [1.0, 1.0]


def test_unknown_places_are_named(desk: Desk, uids: list[str]) -> None:
    with pytest.raises(UnknownNameError, match="no pad 'attic'; there are: pad1, station1, drop1"):
        desk.metal("attic", on=True)
    with pytest.raises(UnknownNameError, match="attic"):
        desk.move(uids[:1], "attic")


def test_look_tells_pads_by_their_kind_and_tags_by_their_security(
    desk: Desk, uids: list[str]
) -> None:
    desk.world.tag(uids[1]).afi = 0xC2
    desk.world.tag(uids[2]).memory[:] = bytes(112)
    desk.move(uids[:3], "pad1")

    now = Watch(desk).look()

    assert [pad.kind for pad in now.pads] == [PadKind.KIOSK, PadKind.STATION, PadKind.DROP]
    assert [book.security for book in now.pads[0].books] == [
        Security.ARMED,
        Security.DISARMED,
        Security.BLANK,
    ]


def test_books_have_titles_of_the_sample_library_and_written_tags(world: World) -> None:
    books = books_of(world)
    said = {tag.name: decode(bytes(tag.memory), dsfid=tag.dsfid) for tag in world.tags()}

    assert sorted(book.title for book in books) == sorted(tag.title or "" for tag in said.values())
    assert all(said[book.uid].item_id == book.item for book in books)
    assert all(not tag.problems for tag in said.values())
    assert {tag.afi for tag in world.tags()} == {0x07}


@pytest.mark.parametrize(
    ("section", "age", "shelf"),
    [
        ("84(2Рос=Рус)6", 6, Shelf.CHILDREN),
        ("84(2Рос=Рус)6", 12, Shelf.RUSSIAN),
        ("84(4Вел)", None, Shelf.WORLD),
        ("82.3(2Рос=Рус)", 6, Shelf.RUSSIAN),
        ("81.2Рус", None, Shelf.LANGUAGE),
        ("85.3", 0, Shelf.PEOPLE),
        ("22.1", None, Shelf.NATURE),
        ("", None, Shelf.OTHER),
    ],
)
def test_shelf_follows_the_section(section: str, age: int | None, shelf: Shelf) -> None:
    assert shelf_of(section, age) is shelf


def test_people_are_a_dozen_from_old_to_young_with_cards_of_both_sizes() -> None:
    grades = [int(person.school_class[:-1]) for person in people()]

    assert len(grades) == 12
    assert grades == sorted(grades, reverse=True)
    assert {len(person.card) for person in people()} == {8, 14}


def test_empty_shelves_are_filled_once(tmp_path: Path) -> None:
    world = World(SimSettings(state_dir=tmp_path))
    api = TestClient(create_api(world))

    answers = [api.post("/desk/shelves", json={"count": 3}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 409]
    assert answers[1].json() == {"detail": "shelves_are_full"}
    assert len(api.get("/desk/books").json()) == 3


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/desk/move", {"uids": [], "to": "pad1"}, 422),
        ("/desk/move", {"uids": ["E004010000000000"], "to": "pad1"}, 404),
        ("/desk/pads/attic/metal", {"on": True}, 404),
        ("/desk/gates/attic/walk", {}, 404),
        ("/desk/card-readers/attic/phone", None, 404),
        ("/desk/shelves", {"count": 0}, 422),
    ],
)
def test_bad_orders_are_refused_by_kind(
    world: World, path: str, body: dict[str, object] | None, status: int
) -> None:
    api = TestClient(create_api(world))

    assert api.post(path, json=body).status_code == status


def test_front_leads_to_a_page_that_may_ask_nobody_else(world: World) -> None:
    page = TestClient(create_api(world)).get("/")

    assert page.url.path == "/desk"
    assert page.headers["content-security-policy"].startswith("default-src 'self'")


def _lying(desk: Desk, pad: str) -> list[str]:
    return [tag.name for tag, _ in desk.world.pads[pad].field.lying()]
