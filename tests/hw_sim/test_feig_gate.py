"""The gate reader's buffer: what it stores, tells, repeats and clears, byte for byte."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from hw_sim.airtime import AirModel
from hw_sim.devices.feig_gate import TABLE_SIZE, FeigGate, GateMode, feig_gate
from hw_sim.event_log import Report
from hw_sim.field import Field
from hw_sim.tag import Tag, blank_tag

READ_ALL = bytes.fromhex("02 00 09 FF 22 00 FF 79 69")  # 22, up to 255 sets
CLEAR = bytes.fromhex("02 00 07 FF 32 54 47")
INIT = bytes.fromhex("02 00 07 FF 33 DD 56")
INFO = bytes.fromhex("02 00 07 FF 31 CF 75")
EMPTY = bytes.fromhex("02 00 08 00 22 92 E6 42")  # status 92, no valid data
# TR-DATA 91 04, one set of 0010 bytes: TYPE 03, IDDT 00, LEN 0A, AFI 07, DSFID 00, UID, antenna 1
ONE_SET = bytes.fromhex(
    "02 00 1C 00 22 00 91 04 00 01 00 10 03 00 0A 07 00 E0 04 01 00 31 23 AA 26 01 8A 73"
)


@pytest.fixture
def gate(field: Field, report: Report) -> FeigGate:
    return feig_gate(antenna=field, lock=threading.RLock(), report=report, air=AirModel())


def test_a_tag_is_told_with_afi_and_antenna_until_it_is_cleared(gate: FeigGate, book: Tag) -> None:
    exchange = gate.reader.exchange
    assert exchange(READ_ALL).frame == EMPTY
    gate.scan([book], antenna=1, now=100.0)

    first, again = exchange(READ_ALL).frame, exchange(READ_ALL).frame
    cleared = exchange(CLEAR).frame

    assert first == again == ONE_SET
    assert cleared == bytes.fromhex("02 00 08 00 32 00 EC 60")
    assert exchange(READ_ALL).frame == EMPTY


def test_a_tag_is_stored_once_in_its_valid_time(gate: FeigGate, book: Tag) -> None:
    stored = [gate.scan([book], antenna, now) for antenna, now in ((1, 0.0), (2, 5.4), (1, 5.5))]

    assert [len(tags) for tags in stored] == [1, 0, 1]


def test_clear_drops_only_what_was_told(gate: FeigGate, book: Tag) -> None:
    exchange = gate.reader.exchange
    gate.scan([book], 1, 0.0)
    exchange(READ_ALL)
    gate.scan([blank_tag(bytes.fromhex("E0040100017C0C38"))], 2, 0.1)

    exchange(CLEAR)
    left = exchange(READ_ALL).frame

    assert left is not None
    assert left[10:-2].hex(" ").upper() == "00 10 03 00 0A 00 00 E0 04 01 00 01 7C 0C 38 02"


def test_init_forgets_which_tags_it_knew(gate: FeigGate, book: Tag) -> None:
    gate.scan([book], 1, 0.0)
    gate.reader.exchange(INIT)

    assert gate.reader.exchange(READ_ALL).frame == EMPTY
    assert gate.scan([book], 1, 0.1) == [book]


def test_info_counts_what_waits(gate: FeigGate, book: Tag) -> None:
    others = [blank_tag(bytes.fromhex(f"E00401003123AB{n:02X}")) for n in range(2)]
    gate.scan([book, *others], 1, 0.0)

    # table of 256, starts at 0, three sets
    answer = bytes.fromhex("02 00 0E 00 31 00 01 00 00 00 00 03 E6 46")
    assert gate.reader.exchange(INFO).frame == answer


def test_a_full_table_says_so_and_takes_nothing_more(gate: FeigGate) -> None:
    tags = [blank_tag(bytes.fromhex(f"E0040100312{n:05X}")) for n in range(TABLE_SIZE + 1)]

    stored = gate.scan(tags, 1, 0.0)
    answer = gate.reader.exchange(READ_ALL).frame

    assert len(stored) == TABLE_SIZE
    assert answer is not None
    assert answer[5] == 0x93


def test_in_buffered_mode_host_commands_are_not_available(gate: FeigGate) -> None:
    inventory = bytes.fromhex("07 FF B0 01 00 1C 56")

    assert gate.reader.exchange(inventory).frame == bytes.fromhex("06 00 B0 82 CF D5")


def test_in_host_mode_the_antenna_is_inventoried(field: Field, report: Report) -> None:
    host = feig_gate(
        antenna=field,
        lock=threading.RLock(),
        report=report,
        air=AirModel(),
        mode=GateMode.HOST,
    )

    inventory = host.reader.exchange(bytes.fromhex("07 FF B0 01 00 1C 56")).frame
    buffer = host.reader.exchange(READ_ALL).frame

    assert inventory is not None
    assert inventory[3:5] == b"\x00\x01"
    assert buffer is not None
    assert buffer[5] == 0x82


def test_a_new_tag_costs_its_afi_once(gate: FeigGate, book: Tag) -> None:
    first = gate.scan_ms([book], 0.0)
    gate.scan([book], 1, 0.0)

    assert (first, gate.scan_ms([book], 0.1)) == (14 + 9.5, 14)


@pytest.mark.parametrize(
    ("answer_id", "expected"),
    [("uid-afi-ant", ONE_SET), ("no-valid-data", EMPTY)],
)
def test_collected_answers_are_these(
    vectors: Callable[[str], dict[str, Any]], answer_id: str, expected: bytes
) -> None:
    frames = {v["id"]: v["hex"] for v in vectors("readers-feig-gate.json")["vectors"]}

    assert bytes.fromhex(frames[answer_id]) == expected
