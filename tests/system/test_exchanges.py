"""A kiosk's cycle takes no exchange and no byte more than its limit, on each reader and stack.

Speed rots by exchanges. They are counted at the simulated reader, so that nothing here depends on
the speed of the machine; `tests.bench` measures the rest.
"""

from collections.abc import Callable, Iterator
from typing import Final

import pytest

from drivers.reader import Reader, UhfReader
from drivers.registry import open_reader, open_uhf_reader
from hw_sim.limits import Limit, inventory_limit, kiosk_cycle_limit
from hw_sim.server import Simulation
from hw_sim.settings import PadModel, PadSettings, SimSettings, Timing, UhfModel, UhfPadSettings
from hw_sim.stations import ReaderStation
from hw_sim.tag import blank_tag
from hw_sim.uhf_tag import uhf_tag

BLOCKS = 8
USER_WORDS = 2 * BLOCKS
AFI = 0xC2
# (inventory, cycle) by the number of tags: counted in the documents, not in our own code
FEIG = {1: (2, 5), 5: (2, 17), 10: (2, 32), 15: (2, 47), 30: (3, 93)}  # RF reset; 24 UIDs a frame
M3 = {1: (1, 4), 5: (1, 16), 10: (1, 31), 15: (1, 46), 30: (1, 91)}
CHAFON = {1: (1, 2), 5: (1, 6), 10: (1, 11), 15: (1, 16), 30: (1, 31)}  # more frames come unasked
EXCHANGES: Final[dict[PadModel | UhfModel, dict[int, tuple[int, int]]]] = {
    PadModel.FEIG_MR102: FEIG,
    PadModel.FEIG_CPR40: {1: (2, 5), 4: (2, 14)},
    PadModel.M3_210: M3,
    PadModel.M3_810: M3,
    UhfModel.CF_RU5102: CHAFON,
    UhfModel.UHF_READER_288: CHAFON,
}
STACKS = [(model, count) for model, counts in EXCHANGES.items() for count in counts]


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    """One reader of each model, named after it, with a stack in reach."""
    fast = Timing.NONE
    settings = SimSettings(
        state_dir=tmp_path_factory.mktemp("sim"),
        pads=tuple(PadSettings(name=model, model=model, timing=fast) for model in PadModel),
        uhf_pads=tuple(UhfPadSettings(name=model, model=model, timing=fast) for model in UhfModel),
        gates=(),
        card_readers=(),
    )
    with Simulation(settings) as simulation:
        yield simulation


@pytest.mark.parametrize(("model", "count"), STACKS)
def test_no_reader_is_asked_more_often_than_its_limit_says(
    simulation: Simulation, model: PadModel | UhfModel, count: int
) -> None:
    limits = inventory_limit(model, count), kiosk_cycle_limit(model, count, BLOCKS)
    reader, station = _laid(simulation, model, count)

    try:
        inventory = _counted(station, lambda: _inventory(reader, count))
        cycle = _counted(station, lambda: _cycle(reader, count))
    finally:
        reader.close()

    assert (inventory[0], cycle[0]) == EXCHANGES[model][count]
    assert [inventory, cycle] == [_told(limit) for limit in limits]


def _told(limit: Limit) -> tuple[int, int]:
    return limit.exchanges, limit.line_bytes


def _counted(station: ReaderStation, act: Callable[[], object]) -> tuple[int, int]:
    """Exchanges and bytes, there and back, that `act` takes."""
    before = station.requests, station.line_bytes
    act()
    return station.requests - before[0], station.line_bytes - before[1]


def _laid(
    simulation: Simulation, model: PadModel | UhfModel, count: int
) -> tuple[Reader, ReaderStation]:
    """An opened reader with new tags on it and nothing else."""
    world, wiring = simulation.world, simulation.wiring()
    number = list(EXCHANGES).index(model)
    uids = [bytes.fromhex(f"E00401{number:02X}{count:04X}{n:04X}") for n in range(count)]
    if isinstance(model, PadModel):
        tags = [blank_tag(uid) for uid in uids]
        world.make_tags(tags)
        world.lift(model)
        world.place(model, [tag.name for tag in tags])
        return open_reader(model, wiring["pads"][model]["pty"]), world.pads[model]
    labels = [uhf_tag(b"\xe2\x00\x34\x12" + uid, uid + uid[:4]) for uid in uids]
    world.make_uhf_tags(labels)
    world.lift_uhf(model)
    world.place_uhf(model, [label.name for label in labels])
    return open_uhf_reader(model, wiring["uhf_pads"][model]["pty"]), world.uhf_pads[model]


def _inventory(reader: Reader, count: int) -> list[str]:
    uids = [tag.uid for tag in reader.inventory()]
    assert len(uids) == count
    return uids


def _cycle(reader: Reader, count: int) -> None:
    for uid in _inventory(reader, count):
        if isinstance(reader, UhfReader):
            reader.read_user_bank(uid, USER_WORDS)
        else:
            reader.read_blocks(uid, 0, BLOCKS)
            reader.write_afi(uid, AFI)
