"""The card reader on the simulated chip: SPI transfers of a poll, and a card on every poll."""

import os
import sys
import tempfile
from pathlib import Path

import hw_sim
from drivers.registry import open_card_reader
from hw_sim.server import Simulation
from hw_sim.settings import SimSettings
from tests.bench.result import Result, at_least, at_most

POLLS = 50
CARD = "04112233445566"
MOST_TRANSFERS = 80


def measure() -> list[Result]:
    """Transfers of an empty poll; share of polls that see a card that lies still."""
    sys.path.insert(0, str(Path(hw_sim.__file__).parent / "stubs"))
    with tempfile.TemporaryDirectory(prefix="polka-") as folder:
        settings = SimSettings(state_dir=Path(folder), pads=(), gates=())
        with Simulation(settings) as simulation:
            os.environ["POLKA_SIM_SPI"] = simulation.wiring()["spi"]["cards1"]
            return _measure(simulation)


def _measure(simulation: Simulation) -> list[Result]:
    chip = simulation.world.card_readers["cards1"].chip
    reader = open_card_reader("mfrc522", "spi://0.0")
    try:
        before = chip.transfers
        for _ in range(POLLS):
            reader.poll()
        empty = (chip.transfers - before) / POLLS
        simulation.world.present_card("cards1", bytes.fromhex(CARD))
        seen = sum(reader.poll().uid == CARD for _ in range(POLLS))
    finally:
        reader.close()
    return [
        at_most("reader.mfrc522.empty_poll", empty, "SPI", limit=MOST_TRANSFERS),
        at_least("reader.mfrc522.polls_with_card", seen, "polls", limit=POLLS),
    ]
