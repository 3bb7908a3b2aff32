"""The Chafon readers answer as manual and collected frames say, byte for byte."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from hw_sim.devices.chafon_frames import Receiver
from hw_sim.devices.chafon_reader import UHF_READER_288, ChafonReader
from hw_sim.uhf_field import UhfField
from hw_sim.uhf_tag import UhfTag, uhf_tag

Ask = Callable[[str], list[str]]
EPC = "00 00 00 00 00 00 00 00 00 00 03 13"
NAMED = f"06 {EPC}"  # length in words, EPC
SHORT_SCAN = "25 03"


def test_an_inventory_tells_number_length_and_epc(uhf: ChafonReader) -> None:
    # LEN 13 (without itself), ADR, 01, status 01 done, one tag of 12 bytes
    answer = uhf.exchange(bytes.fromhex("04 FF 01 1B B4")).frame

    assert answer is not None
    assert answer[:-2].hex(" ").upper() == f"13 00 01 01 01 0C {EPC}"


def test_an_inventory_of_nothing_says_no_tag(uhf: ChafonReader, uhf_field: UhfField) -> None:
    uhf_field.lift(uhf_field.lying()[0][0])

    assert uhf.exchange(bytes.fromhex("04 FF 01 1B B4")).frame == bytes.fromhex("05 00 01 FB F2 3D")


def test_an_inventory_takes_the_whole_scan_time(uhf: ChafonReader, ask_uhf: Ask) -> None:
    inventory = bytes.fromhex("04 FF 01 1B B4")

    factory = uhf.exchange(inventory).air_ms
    ask_uhf(SHORT_SCAN)

    assert (factory, uhf.exchange(inventory).air_ms) == (1000.0, 300.0)


def test_many_tags_come_in_frames_that_announce_more(ask_uhf: Ask, uhf_field: UhfField) -> None:
    for number in range(1, 30):
        uhf_field.place(
            uhf_tag(bytes.fromhex(f"E2003412{number:016X}"), bytes(11) + bytes((number,)))
        )

    first, last = ask_uhf("01")

    assert first.startswith("03 13 "), "more frames follow; 19 tags in this one"
    assert last.startswith("01 0B "), "done; the other 11"


def test_tags_that_do_not_fit_the_scan_time_are_left_out(ask_uhf: Ask, uhf_field: UhfField) -> None:
    for number in range(1, 60):
        uhf_field.place(
            uhf_tag(bytes.fromhex(f"E2003412{number:016X}"), bytes(11) + bytes((number,)))
        )
    ask_uhf(SHORT_SCAN)

    statuses = [told[:2] for told in ask_uhf("01")]

    assert statuses == ["03", "03", "02"], "time over: 50 tags of 60 in 300 ms"


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        # version 00 EE (simulated), type 09, both protocols, EU band, 30 dBm, scan time 10
        ("21", "00 00 EE 09 03 4E 00 1E 0A"),
        (f"02 {NAMED} 02 00 06 00 00 00 00 00 00", "00 E2 00 34 12 01 02 03 04 05 06 07 08"),
        (f"02 {NAMED} 01 01 07 00 00 00 00", f"00 30 00 {EPC}"),  # control word: 6 words
        (f"02 {NAMED} 03 00 02 00 00 00 00 00 00", "00 04 11 00 01"),
        (f"02 {NAMED} 03 1F 02 00 00 00 00", "FC 03"),  # user bank has 32 words
        (f"02 {NAMED} 04 00 01 00 00 00 00", "FF"),  # no such bank
        (f"02 {NAMED} 03 00 00 00 00 00 00", "FF"),  # no words
        (f"02 {NAMED} 03 00 01 00 00 00", "FD"),  # password cut off
        (f"02 {NAMED} 03 00 01 00 00 00 01", "05"),  # wrong password
        ("02 01 AB CD 03 00 01 00 00 00 00", "FB"),  # nobody of this name
        (f"03 01 {NAMED} 02 00 AA BB 00 00 00 00", "FC 04"),  # TID is fixed
        ("0D", "FB"),  # nothing armed
        ("0F", f"01 01 0C {EPC}"),
        ("2F 14", "00"),
        ("2F 1F", "FF"),  # 31 dBm
        ("25 02", "FF"),  # scan time under 300 ms
        ("33 02 02 01", "00"),
        ("06", "FE"),  # locking is not modelled
    ],
)
def test_the_reader_answers_the_manual(ask_uhf: Ask, payload: str, answer: str) -> None:
    assert ask_uhf(payload) == [answer]


def test_an_unknown_command_is_loud(ask_uhf: Ask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        ask_uhf("7E 01")

    assert "CF-RU5102 does not know the command 7E 01" in caplog.text


def test_a_wrong_checksum_is_answered_and_a_foreign_address_is_not(uhf: ChafonReader) -> None:
    damaged = uhf.exchange(bytes.fromhex("04 FF 01 1B B5")).frame
    foreign = uhf.exchange(bytes.fromhex("04 07 01 D3 06")).frame

    assert damaged == bytes.fromhex("05 00 00 FE 87 73")
    assert foreign is None


def test_words_are_written_to_the_tag(ask_uhf: Ask, label: UhfTag) -> None:
    answer = ask_uhf(f"03 02 {NAMED} 03 01 AA BB CC DD 00 00 00 00 00 00")

    assert answer == ["00"]
    assert label.user_bank[:8] == bytes.fromhex("04 11 AA BB CC DD 00 00")


def test_a_tag_lifted_in_the_second_word_keeps_the_first(
    ask_uhf: Ask, uhf_field: UhfField, label: UhfTag
) -> None:
    uhf_field.lift_during_write(label, occurrence=2)

    answer = ask_uhf(f"03 02 {NAMED} 03 01 AA BB CC DD 00 00 00 00")

    assert answer == ["FA"]
    assert label.user_bank[2:6] == bytes.fromhex("AA BB 00 00")
    assert ask_uhf("01") == ["FB"]


def test_a_new_epc_brings_its_own_length(ask_uhf: Ask, label: UhfTag) -> None:
    assert ask_uhf("04 02 00 00 00 00 12 34 56 78") == ["00"]

    assert label.epc == bytes.fromhex("12 34 56 78")
    assert ask_uhf("01") == ["01 01 04 12 34 56 78"]


def test_two_tags_of_one_name_are_told_once_and_garble_each_other(
    ask_uhf: Ask, uhf_field: UhfField
) -> None:
    uhf_field.place(uhf_tag(bytes.fromhex("E20034120000000000000009"), bytes.fromhex(EPC)))

    assert ask_uhf("01") == [f"01 01 0C {EPC}"]
    assert ask_uhf(f"02 {NAMED} 03 00 01 00 00 00 00") == ["FA"]


def test_less_power_loses_tags_that_couple_badly(
    ask_uhf: Ask, uhf_field: UhfField, label: UhfTag
) -> None:
    uhf_field.place(label, coupling=0.4)
    loud = ask_uhf("01")

    ask_uhf("2F 14")

    assert loud == [f"01 01 0C {EPC}"]
    assert ask_uhf("01") == ["FB"]


def test_eas_needs_a_chip_that_has_it_and_a_password(ask_uhf: Ask, label: UhfTag) -> None:
    without = ask_uhf(f"0C {NAMED} 00 00 00 00 01")
    label.has_eas = True
    label.reserved_bank[4:] = b"\x00\x00\x00\x07"

    armed = ask_uhf(f"0C {NAMED} 00 00 00 07 01")

    assert (without, armed, ask_uhf("0D")) == (["F9"], ["00"], ["00"])
    assert label.eas


@pytest.mark.parametrize("uhf", [UHF_READER_288], indirect=True)
def test_the_288_tells_antenna_and_rssi_and_closes_with_an_empty_frame(ask_uhf: Ask) -> None:
    # antenna mask 01, one tag, EPC, RSSI; then: antenna, no tag, done
    assert ask_uhf("01") == [f"03 01 01 0C {EPC} 60", "01 01 00"]
    assert ask_uhf("21")[0].startswith("00 00 EE 0C ")


@pytest.mark.parametrize("uhf", [UHF_READER_288], indirect=True)
def test_the_288_is_asked_by_antenna_with_a_scan_time_of_its_own(
    uhf: ChafonReader, ask_uhf: Ask
) -> None:
    # Q 4, session 0, mask EPC at 0 of no bits, target A, antenna 1 (80), 300 ms
    first = ask_uhf("01 04 00 01 00 00 00 00 80 03")
    second = ask_uhf("01 04 00 01 00 00 00 00 81 03")

    assert first[-1] == "01 01 00"
    assert second == ["F8"], "nothing is screwed on there"


def test_the_receiver_joins_pieces_and_drops_a_length_that_cannot_be() -> None:
    receiver = Receiver()
    frame = bytes.fromhex("04 FF 01 1B B4")

    pieces = receiver.feed(frame[:3]) + receiver.feed(frame[3:] + frame)
    broken = receiver.feed(b"\x03" + frame)

    assert pieces == [frame, frame]
    assert broken == []
    assert receiver.feed(frame) == [frame]


def test_a_collected_inventory_answer_differs_only_in_the_word_that_more_follows(
    uhf: ChafonReader, vectors: Callable[[str], dict[str, Any]]
) -> None:
    frames = {
        v["id"]: bytes.fromhex(v["hex"]) for v in vectors("readers-chafon-uhf.json")["vectors"]
    }

    answer = uhf.exchange(frames["inventory-req"]).frame

    assert answer is not None
    assert frames["uhf18-1"][3] == 0x03
    assert answer[:3] + b"\x03" + answer[4:-2] == frames["uhf18-1"][:-2]


@pytest.mark.parametrize("request_id", ["get-info-req", "read-tid-req", "set-power-20-req"])
def test_collected_requests_are_understood(
    uhf: ChafonReader, vectors: Callable[[str], dict[str, Any]], request_id: str
) -> None:
    frames = {
        v["id"]: bytes.fromhex(v["hex"]) for v in vectors("readers-chafon-uhf.json")["vectors"]
    }

    answer = uhf.exchange(frames[request_id]).frame

    assert answer is not None
    assert answer[3] == 0x00
