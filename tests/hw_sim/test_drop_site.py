"""A simulated drop: what people put in lies in the slot until the gate of a bin opens."""

from pathlib import Path

import pytest

from hw_sim.settings import BinSettings, DropSettings, SimSettings
from hw_sim.tag import blank_tag
from hw_sim.world import UnknownNameError, World

FLAP, SLOT, RELEASE, GATE_A, FULL_A, GATE_B, FULL_B = 17, 27, 22, 23, 24, 25, 16
BOOKS = [f"E00401{n:010X}" for n in range(1, 4)]


@pytest.fixture
def world(tmp_path: Path):
    bins = (
        BinSettings(name="a", gate=GATE_A, full=FULL_A, room=2),
        BinSettings(name="b", gate=GATE_B, full=FULL_B),
    )
    settings = SimSettings(
        state_dir=tmp_path / "sim",
        pads=(),
        gates=(),
        card_readers=(),
        drops=(DropSettings(name="drop", bins=bins),),
    )
    settings.state_dir.mkdir()
    made = World(settings)
    made.start()
    made.make_tags([blank_tag(bytes.fromhex(uid)) for uid in BOOKS])
    made.drops["drop"].site.switched(RELEASE, on=True, at=0.0)
    yield made
    made.stop()


def test_a_book_lies_in_the_slot_until_a_gate_opens(world: World) -> None:
    site, told = world.drops["drop"].site, []
    site.on_level(lambda pin, high: told.append((pin, high)))

    world.put_in("drop", BOOKS[:1])
    lying = [tag.name for tag, _ in world.pads["drop"].field.lying()]
    site.switched(GATE_A, on=True, at=0.0)

    assert lying == BOOKS[:1]
    assert told == [(FLAP, True), (SLOT, True), (FLAP, False), (SLOT, False)]
    assert site.bins == {"a": BOOKS[:1], "b": []}


def test_a_bin_is_full_when_its_room_is_used_and_can_be_emptied(world: World) -> None:
    site = world.drops["drop"].site
    world.put_in("drop", BOOKS[:2])
    site.switched(GATE_A, on=True, at=0.0)
    full = site.levels()[FULL_A]

    books = site.empty("a")

    assert (full, site.levels()[FULL_A]) == (True, False)
    assert (books, site.bins["a"]) == (BOOKS[:2], [])


def test_a_locked_flap_does_not_open(world: World) -> None:
    site = world.drops["drop"].site
    site.switched(RELEASE, on=False, at=0.0)

    with pytest.raises(ValueError, match="locked"):
        world.put_in("drop", BOOKS[:1])

    assert world.pads["drop"].field.lying() == []


def test_what_is_stuck_does_not_fall(world: World) -> None:
    site = world.drops["drop"].site
    site.stuck = True
    world.put_in("drop", BOOKS[:1])

    site.switched(GATE_A, on=True, at=0.0)

    assert site.bins["a"] == []
    assert site.levels()[SLOT]


def test_a_thing_without_a_tag_occupies_the_slot_and_falls(world: World) -> None:
    site = world.drops["drop"].site

    world.put_in("drop")
    occupied = site.levels()[SLOT]
    site.switched(GATE_B, on=True, at=0.0)

    assert occupied
    assert site.bins["b"] == [""]


def test_a_book_that_lies_elsewhere_is_taken_from_there(world: World) -> None:
    world.put_in("drop", BOOKS[:1])

    world.put_in("drop", BOOKS[:1])

    assert len(world.pads["drop"].field.lying()) == 1


def test_a_drop_that_is_not_there_is_named(world: World) -> None:
    with pytest.raises(UnknownNameError, match="drop"):
        world.put_in("hole", BOOKS)
