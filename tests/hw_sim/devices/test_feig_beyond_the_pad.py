"""FEIG beyond the plain pad: configuration blocks, CPR limit, RF warning, people counter."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from hw_sim.airtime import RF_RESET_MS, AirModel
from hw_sim.devices.feig_gate import FeigGate, feig_gate
from hw_sim.devices.feig_pad import feig_pad
from hw_sim.devices.feig_reader import CPR40, FeigReader
from hw_sim.event_log import Report
from hw_sim.field import Field
from hw_sim.tag import Tag, blank_tag

Ask = Callable[[str], str]
UID = "E0 04 01 00 31 23 AA 26"
# CFG1: address 0, 38400 baud (08), 8E1 (01), response time 10 x 100 ms
CFG1 = "00 00 08 01 00 00 00 0A 00 00 00 00 00 00"
# CFG5: byte 11 is ONT; 05 from the factory, 04 tells every tag every time
CFG5 = "00 00 00 00 00 00 00 00 00 00 00 05 00 00"
CFG5_ALL = CFG5.replace("05", "04")


@pytest.fixture
def cpr(field: Field, report: Report) -> FeigReader:
    lock = threading.RLock()
    return feig_pad(antenna=field, lock=lock, report=report, air=AirModel(), profile=CPR40)


@pytest.fixture
def gate(field: Field, report: Report) -> FeigGate:
    return feig_gate(antenna=field, lock=threading.RLock(), report=report, air=AirModel())


def test_the_blocks_come_as_the_factory_set_them(ask: Ask) -> None:
    assert ask("80 01") == f"00 {CFG1}"
    assert ask("80 85") == f"00 {CFG5}"


def test_without_ont_every_tag_is_told_every_time_and_costs_a_reset(
    pad: FeigReader, ask: Ask, framed: Callable[[str], bytes]
) -> None:
    ask(f"81 05 {CFG5_ALL}")

    told = [ask("B0 01 00") for _ in range(3)]

    assert told == [f"00 01 03 00 {UID}"] * 3
    assert pad.exchange(framed("B0 01 00")).air_ms == RF_RESET_MS + AirModel().inventory_ms(1)


def test_ram_is_forgotten_in_a_reset_and_eeprom_is_not(ask: Ask) -> None:
    ask(f"81 05 {CFG5_ALL}")
    ask("63")
    after_ram = ask("80 05")
    ask(f"81 85 {CFG5_ALL}")
    ask("63")

    assert (after_ram, ask("80 05")) == (f"00 {CFG5}", f"00 {CFG5_ALL}")


def test_ram_is_saved_and_the_factory_setting_comes_back(ask: Ask) -> None:
    ask(f"81 05 {CFG5_ALL}")
    assert ask("82 40") == "00", "all blocks"
    ask("63")
    saved = ask("80 05")

    assert ask("83 C0") == "00", "all blocks, RAM and EEPROM"
    assert (saved, ask("80 85")) == (f"00 {CFG5_ALL}", f"00 {CFG5}")


def test_a_new_bus_address_is_lived_by(pad: FeigReader, ask: Ask) -> None:
    ask(f"81 01 12{CFG1[2:]}")

    # sound, for address 12 hex: read CFG7, which is not modelled
    answer = pad.exchange(bytes.fromhex("06 12 80 07 E5 80")).frame

    assert answer is not None
    assert answer[1:4].hex(" ") == "12 80 15"


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        ("80 07", "15"),
        (f"81 07 {CFG5}", "16"),
        ("82 07", "16"),
        ("81 05 00", "81"),
        (f"81 01 {CFG1.replace('08', '06')}", "11"),  # 9600 baud: not modelled
        (f"81 01 FF{CFG1[2:]}", "11"),  # FF is everybody's address
    ],
)
def test_a_block_that_cannot_be_done_is_refused_with_its_status(
    ask: Ask, payload: str, answer: str
) -> None:
    assert ask(payload) == answer


def test_a_block_that_is_not_modelled_is_loud(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        ask("80 02")

    assert "does not know the command 80 02" in caplog.text


def test_the_dsfid_is_written(ask: Ask, book: Tag) -> None:
    assert ask(f"B0 29 01 {UID} 3E") == "00"

    assert book.dsfid == 0x3E
    assert ask("B0 01 00") == f"00 01 03 3E {UID}"


def test_the_eas_alarm_asks_all_that_are_not_quiet_or_one_by_name(
    ask: Ask, field: Field, book: Tag
) -> None:
    other = blank_tag(bytes.fromhex("E0040100017C0C38"))
    field.place(other)
    ask(f"B1 04 A2 01 {UID}")  # set

    named = [ask(f"B1 04 A5 01 {tag.uid.hex()}") for tag in (book, other)]
    all_of_them = ask("B1 04 A5 00")
    ask(f"B0 02 01 {UID}")  # stay quiet

    assert (named, all_of_them) == (["00", "01"], "00")
    assert (ask("B1 04 A5 00"), ask(f"B1 04 A5 01 {UID}")) == ("01", "00")


def test_a_cpr_tells_four_tags_and_that_there_are_more(cpr: FeigReader, field: Field) -> None:
    field.lift(bytes.fromhex(UID))
    for number in range(6):
        field.place(blank_tag(bytes.fromhex(f"E00401003123AA2{number}")))

    # LEN 2F: 5 + 4 x 10 + 2; status 93, four data sets
    first = cpr.exchange(bytes.fromhex("07 FF B0 01 00 1C 56")).frame
    second = cpr.exchange(bytes.fromhex("07 FF B0 01 00 1C 56")).frame

    assert first is not None
    assert first[:5].hex(" ").upper() == "2F 00 B0 93 04"
    assert second is not None
    assert second[3:5].hex(" ") == "00 02", "the other two, now that four are quiet"


def test_a_cpr_says_who_it_is(cpr: FeigReader) -> None:
    answer = cpr.exchange(bytes.fromhex("05 FF 65 E5 CB")).frame

    # as captured, but for D-REV EE: simulated
    assert answer is not None
    assert answer[:-2].hex(" ").upper() == "0D 00 65 00 03 03 EE 44 53 0D 30"


def test_an_rf_warning_comes_with_the_tags_and_without(
    pad: FeigReader, field: Field, ask: Ask
) -> None:
    pad.rf_warning = True

    with_tag = pad.exchange(bytes.fromhex("07 FF B0 01 00 1C 56")).frame
    without = ask("B0 01 00")

    assert with_tag is not None
    # status 84 and the record behind it, which the SDK takes
    assert with_tag.hex(" ").upper() == f"11 00 B0 84 01 03 00 {UID} 33 53"
    assert without == "84"


def test_the_people_counter_counts_and_is_set(
    gate: FeigGate, framed: Callable[[str], bytes]
) -> None:
    gate.reader.exchange(framed("78 00 00 00 29 00 00 00 29 00 00 00 00 00 00 00 00"))

    event = gate.people.count(inward=True)
    asked = gate.reader.exchange(framed("77")).frame

    # in 1: 42, out 1: 41, second aisle empty, then the board's address
    assert event == bytes.fromhex(
        "02 00 19 00 77 00 00 00 00 2A 00 00 00 29 00 00 00 00 00 00 00 00 01 D6 48"
    )
    assert asked is not None
    assert asked[3:-2].hex() == "00" + "0000002a00000029" + "00" * 8


def test_a_collected_people_event_and_overflow_are_these(
    gate: FeigGate, cpr: FeigReader, field: Field, vectors: Callable[[str], dict[str, Any]]
) -> None:
    frames = {v["id"]: v["hex"] for v in vectors("readers-feig-gate.json")["vectors"]}
    pads = {v["id"]: v["hex"] for v in vectors("readers-feig.json")["vectors"]}
    gate.people.counts = [41, 41, 0, 0]
    field.lift(bytes.fromhex(UID))
    for number in range(5):
        field.place(blank_tag(bytes.fromhex(f"E00401003123AA2{number}")))

    overflow = cpr.exchange(bytes.fromhex(pads["inventory-req-std"])).frame

    assert gate.people.count(inward=True) == bytes.fromhex(frames["people-counter-event"])
    assert overflow == bytes.fromhex(pads["inventory-overflow-rsp"])
