"""The card reader on the simulated chip: SPI transfers of a poll, and a card on every poll."""

import os
import sys
import tempfile
from pathlib import Path

import hw_sim
from drivers.card import CardReader
from drivers.registry import open_card_reader
from hw_sim.devices.mfrc522 import Mfrc522
from hw_sim.server import Simulation
from hw_sim.settings import SimSettings
from tests.bench.result import Result, at_least, at_most

POLLS = 50
CARDS = ("12345678", "04112233445566", "04112233445566778899")  # one, two and three cascade levels
MOST_TRANSFERS = 80


def measure() -> list[Result]:
    """Transfers of the dearest empty poll; polls that see the card that lies there."""
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
        empty = max(_transfers(chip, reader) for _ in range(POLLS))
        seen = sum(_polls_that_see(card, simulation, reader) for card in CARDS)
    finally:
        reader.close()
    return [
        at_most("reader.mfrc522.empty_poll", empty, "SPI", limit=MOST_TRANSFERS),
        at_least("reader.mfrc522.polls_with_card", seen, "polls", limit=len(CARDS) * POLLS),
    ]


def _transfers(chip: Mfrc522, reader: CardReader) -> int:
    before = chip.transfers
    reader.poll()
    return chip.transfers - before


def _polls_that_see(card: str, simulation: Simulation, reader: CardReader) -> int:
    simulation.world.present_card("cards1", bytes.fromhex(card))
    seen = sum(reader.poll().uid == card for _ in range(POLLS))
    simulation.world.remove_card("cards1")
    return seen
