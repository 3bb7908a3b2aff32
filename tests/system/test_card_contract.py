"""The MFRC522 driver on the simulated chip: no fault of air or board makes up a card.

The unmodified `mfrc522` package, our poll, and the stand-in for spidev that kiosk processes use.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import hw_sim
from drivers.card import CardPollKind, CardReader
from drivers.errors import NotAvailable
from drivers.registry import open_card_reader
from hw_sim.server import Simulation
from hw_sim.settings import SimSettings

STUBS = Path(hw_sim.__file__).parent / "stubs"
STAND_INS = ("spidev", "RPi", "mfrc522")
UIDS = ("DEADBEEF", "04112233445566", "04112233445566778899")
MOST = 12  # answers of cards in one poll of the longest UID, and some of the next


@pytest.fixture
def simulation(tmp_path: Path) -> Iterator[Simulation]:
    with Simulation(SimSettings(state_dir=tmp_path, pads=(), gates=())) as started:
        yield started


@pytest.fixture
def reader(simulation: Simulation, monkeypatch: pytest.MonkeyPatch) -> Iterator[CardReader]:
    """The driver, as in a kiosk process: the stand-ins are found by path alone."""
    for name in [name for name in sys.modules if name.partition(".")[0] in STAND_INS]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(STUBS))
    monkeypatch.setenv("POLKA_SIM_SPI", simulation.wiring()["spi"]["cards1"])
    opened = open_card_reader("mfrc522", "spi://0.0")
    yield opened
    opened.close()
    for name in [name for name in sys.modules if name.partition(".")[0] in STAND_INS]:
        del sys.modules[name]


@pytest.mark.parametrize("garbled", [False, True], ids=["lost", "garbled"])
@pytest.mark.parametrize("uid", UIDS)
def test_answers_lost_or_garbled_in_the_air_never_make_another_card(
    simulation: Simulation, reader: CardReader, uid: str, garbled: bool
) -> None:
    chip = simulation.world.card_readers["cards1"].chip
    simulation.world.present_card("cards1", bytes.fromhex(uid))

    seen, after = set(), []
    for count in range(1, MOST + 1):
        (chip.garble_answers if garbled else chip.lose_answers)(count)
        seen |= {reader.poll().uid for _ in range(3)}
        chip.lost_answers = chip.garbled_answers = 0
        after.append(reader.poll().uid)

    assert seen <= {uid, ""}
    assert after == [uid] * MOST, "the first poll after the fault is right"


@pytest.mark.parametrize("skipped", range(6))
@pytest.mark.parametrize("uid", UIDS)
def test_one_garbled_answer_anywhere_in_a_poll_is_noticed(
    simulation: Simulation, reader: CardReader, uid: str, skipped: int
) -> None:
    chip = simulation.world.card_readers["cards1"].chip
    simulation.world.present_card("cards1", bytes.fromhex(uid))

    chip.garble_answers(1, after=skipped)
    polls = [reader.poll().uid for _ in range(3)]

    assert set(polls) <= {uid, ""}
    assert polls[-1] == uid


def test_a_board_pulled_off_is_told_and_comes_back(
    simulation: Simulation, reader: CardReader
) -> None:
    simulation.world.present_card("cards1", bytes.fromhex(UIDS[1]))
    before = reader.poll()

    simulation.world.unplug("cards1")
    with pytest.raises(NotAvailable):
        reader.poll()
    simulation.world.replug("cards1")
    after = [reader.poll().uid for _ in range(2)]

    assert before.uid == UIDS[1]
    assert after[-1] == UIDS[1], "the chip was reset by its supply, and is set up again"


def test_two_cards_are_never_read_as_one(simulation: Simulation, reader: CardReader) -> None:
    for uid in UIDS[:2]:
        simulation.world.present_card("cards1", bytes.fromhex(uid))

    polls = [reader.poll() for _ in range(10)]

    assert {poll.uid for poll in polls} == {""}
    assert CardPollKind.ONE not in {poll.kind for poll in polls}
