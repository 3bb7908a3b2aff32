"""The chip at register level, and the unmodified mfrc522 package on it in a process of its own."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import hw_sim
from hw_sim.card import Card
from hw_sim.devices.crc_a import crc_a
from hw_sim.devices.mfrc522 import Mfrc522
from hw_sim.spi_server import SpiServer

STUBS = Path(hw_sim.__file__).parent / "stubs"
CLASSIC = bytes.fromhex("DEADBEEF")
ULTRALIGHT = bytes.fromhex("04112233445566")
ALIKE = bytes.fromhex("0411229988AABB")  # another card, the same number in the stock library
TRIPLE = bytes.fromhex("04112233445566778899")


@pytest.fixture
def chip() -> Mfrc522:
    return Mfrc522(lock=threading.RLock())


@pytest.fixture
def bus(chip: Mfrc522, tmp_path: Path) -> Iterator[SpiServer]:
    server = SpiServer(tmp_path / "cards1.spi", chip)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def kiosk(bus: SpiServer) -> Callable[[str], list[str]]:
    """Runs a script as a kiosk's process would be started; returns the lines it printed."""

    def run(script: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script],
            env={**os.environ, "PYTHONPATH": str(STUBS), "POLKA_SIM_SPI": str(bus.path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return run


@pytest.mark.parametrize(
    ("data", "crc"), [("5000", "57CD"), ("3008", "4A24"), ("9370DEADBEEF22", "B99C")]
)
def test_crc_a_has_published_values(data: str, crc: str) -> None:
    assert crc_a(bytes.fromhex(data)) == bytes.fromhex(crc)


def test_the_version_register_tells_a_chip_from_a_loose_wire(chip: Mfrc522) -> None:
    read_version = bytes((0x37 << 1 | 0x80, 0))

    present = chip.transfer(read_version)
    chip.connect(on=False)
    absent = chip.transfer(read_version)

    assert (present[1], absent[1]) == (0x92, 0x00)


@pytest.mark.parametrize("uid", [CLASSIC, ULTRALIGHT, TRIPLE])
def test_anticollision_goes_through_every_cascade_level(uid: bytes) -> None:
    card = Card(uid)
    card.short_frame(0x52)
    found = b""

    for level in (0x93, 0x95, 0x97)[: len(card.levels)]:
        answer = card.frame(bytes((level, 0x20)))
        assert answer is not None
        part = answer[0]
        assert part[0] ^ part[1] ^ part[2] ^ part[3] == part[4]
        select = bytes((level, 0x70)) + part
        card.frame(select + crc_a(select))
        found += part[1:4] if part[0] == 0x88 else part[:4]

    assert found == uid


def test_a_halted_card_wakes_for_wupa_only() -> None:
    card = Card(CLASSIC)
    card.short_frame(0x26)
    select = bytes.fromhex("93 70 DE AD BE EF 22 B9 9C")

    answer = card.frame(select)
    card.frame(bytes.fromhex("50 00 57 CD"))

    assert answer == (bytes.fromhex("08 B6 DD"), 24), "SAK 08 and its CRC_A"
    assert card.short_frame(0x26) is None
    assert card.short_frame(0x52) == bytes.fromhex("04 00")


def test_the_stock_library_sees_a_resting_card_every_second_time(
    chip: Mfrc522, kiosk: Callable[[str], list[str]]
) -> None:
    chip.present(Card(CLASSIC))

    numbers = kiosk(
        "import mfrc522\n"
        "reader = mfrc522.SimpleMFRC522()\n"
        "for _ in range(6): print(reader.read_id_no_block())"
    )

    assert numbers == ["956397711138", "None"] * 3


@pytest.mark.parametrize("uid", [ULTRALIGHT, ALIKE])
def test_the_stock_library_gives_two_long_cards_one_number(
    chip: Mfrc522, kiosk: Callable[[str], list[str]], uid: bytes
) -> None:
    chip.present(Card(uid))

    numbers = kiosk("import mfrc522; print(mfrc522.SimpleMFRC522().read_id_no_block())")

    assert numbers == ["584183784127"]


def test_the_stock_library_needs_2013_transfers_to_see_no_card(
    chip: Mfrc522, kiosk: Callable[[str], list[str]]
) -> None:
    kiosk("import mfrc522; mfrc522.SimpleMFRC522()")
    to_start = chip.transfers

    answer = kiosk("import mfrc522; print(mfrc522.SimpleMFRC522().read_id_no_block())")

    assert answer == ["None"]
    assert chip.transfers - 2 * to_start == 2013


def test_the_stock_library_sees_nothing_when_two_cards_collide(
    chip: Mfrc522, kiosk: Callable[[str], list[str]]
) -> None:
    chip.present(Card(CLASSIC))
    chip.present(Card(bytes.fromhex("01020304")))

    answer = kiosk("import mfrc522; print(mfrc522.SimpleMFRC522().read_id_no_block())")

    assert answer == ["None"]


def test_the_stock_library_writes_and_reads_back(
    chip: Mfrc522, kiosk: Callable[[str], list[str]]
) -> None:
    card = Card(CLASSIC)
    chip.present(card)

    said = kiosk(
        "import mfrc522\n"
        "reader = mfrc522.SimpleMFRC522()\n"
        "reader.write('reader-42')\n"
        "print(reader.read()[1].strip())"
    )

    assert said == ["reader-42"]
    assert bytes(card.blocks[8]) == b"reader-42       "


def test_lost_answers_wear_off(chip: Mfrc522, kiosk: Callable[[str], list[str]]) -> None:
    chip.present(Card(CLASSIC))
    chip.lose_answers(1)

    numbers = kiosk(
        "import mfrc522\n"
        "reader = mfrc522.SimpleMFRC522()\n"
        "for _ in range(3): print(reader.read_id_no_block())"
    )

    assert chip.lost_answers == 0
    assert numbers.count("956397711138") >= 1
    assert numbers[0] == "None"


def test_the_stub_says_what_is_missing_where_no_simulator_runs() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "POLKA_SIM_SPI"}
    environment["PYTHONPATH"] = str(STUBS)

    done = subprocess.run(
        [sys.executable, "-c", "import spidev; spidev.SpiDev().open(0, 0)"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode != 0
    assert "set POLKA_SIM_SPI" in done.stderr


@pytest.mark.parametrize(
    ("exchange", "uid"), [("read_id_no_block_uid4", CLASSIC), ("read_id_no_block_uid7", ULTRALIGHT)]
)
def test_recorded_transfers_are_answered_alike(
    chip: Mfrc522,
    vectors: Callable[[str], dict[str, Any]],
    exchange: str,
    uid: bytes,
) -> None:
    recorded = vectors("readers-mfrc522.json")["exchanges"]
    for step in recorded["init"]:
        chip.transfer(bytes.fromhex(step["mosi"]))
    chip.present(Card(uid))

    answers = [chip.transfer(bytes.fromhex(step["mosi"])) for step in recorded[exchange]]

    # the recordings follow each other on one chip, so the interrupt bits left over may differ
    told = [a for a, s in zip(answers, recorded[exchange], strict=True) if s["mosi"][:2] == "92"]
    expected = [bytes.fromhex(s["miso"]) for s in recorded[exchange] if s["mosi"][:2] == "92"]
    assert told == expected
    assert len(expected) == 7
