"""The pad answers as FEIG's manual says, byte for byte."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from hw_sim.devices.feig_reader import FeigReader
from hw_sim.event_log import EventLog
from hw_sim.field import Field, Written
from hw_sim.tag import Tag, TagState, blank_tag

Ask = Callable[[str], str]
UID = "E0 04 01 00 31 23 AA 26"

# Whole exchanges in standard frames: what, request, answer. Fields from H20800, checksums computed.
EXCHANGES = [
    # LEN ADR B0 01 MODE -> 00, one data set: TR-TYPE 03, DSFID 00, UID
    ("inventory", "07 FF B0 01 00 1C 56", f"11 00 B0 00 01 03 00 {UID} 85 F8"),
    # addressed, first block 0, four blocks -> 4 blocks of 4, each: security, bytes MSB first
    (
        "read",
        f"11 FF B0 23 01 {UID} 00 04 0D 62",
        "1C 00 B0 00 04 04 00 01 00 11 04 00 34 33 32 31 00 38 37 36 35 00 00 00 00 00 5E D7",
    ),
    (
        "write",
        f"1A FF B0 24 01 {UID} 00 02 04 01 00 11 04 34 33 32 31 B9 B9",
        "06 00 B0 00 D5 72",
    ),
    ("write AFI", f"10 FF B0 27 01 {UID} C2 D4 C6", "06 00 B0 00 D5 72"),
    # DSFID 00, UID, AFI 07, blocks of 4 bytes, 28 of them, IC 01
    (
        "system information",
        f"0F FF B0 2B 01 {UID} 4C 6E",
        f"13 00 B0 00 00 {UID} 07 04 1C 01 DE 33",
    ),
    ("stay quiet", f"0F FF B0 02 01 {UID} F7 87", "06 00 B0 00 D5 72"),
    ("select", f"0F FF B0 25 01 {UID} B7 EF", "06 00 B0 00 D5 72"),
    ("EAS alarm, none armed", "08 FF B1 04 A5 00 73 13", "06 00 B1 01 84 7A"),
    ("RF reset", "05 FF 69 89 01", "06 00 69 00 F6 FA"),
    ("RF on", "06 FF 6A 01 E4 07", "06 00 6A 00 9E D0"),
    ("CPU reset", "05 FF 63 D3 AE", "06 00 63 00 86 07"),
    ("baud detection", "06 FF 52 00 0F 6E", "06 00 52 00 FC A8"),
]


@pytest.mark.parametrize(("what", "request_hex", "answer_hex"), EXCHANGES)
def test_the_pad_answers_the_manual(
    pad: FeigReader, what: str, request_hex: str, answer_hex: str
) -> None:
    reply = pad.exchange(bytes.fromhex(request_hex))

    assert reply.frame is not None
    assert reply.frame.hex(" ").upper() == answer_hex, what


def test_an_advanced_request_is_answered_advanced(pad: FeigReader) -> None:
    captured = bytes.fromhex("02 00 09 FF B0 01 00 18 43")

    answer = pad.exchange(captured).frame

    assert answer is not None
    # 02, LEN 0013, address 0, B0, status 00, one set, then the set
    assert answer[:-2].hex(" ").upper() == f"02 00 13 00 B0 00 01 03 00 {UID}"


def test_the_version_says_that_the_reader_is_simulated(ask: Ask) -> None:
    # SW-REV(2), D-REV EE, HW-TYPE, SW-TYPE 4D = 77 = MR102, TR-TYPE(2) with ISO 15693
    assert ask("65") == "00 01 00 EE 00 4D 00 08"
    assert ask("66 00") == "00 01 00 EE 00 4D 00 08 00 FF 00 FF"


@pytest.mark.parametrize(
    "request_hex",
    [
        "05 12 65 00 00",  # wrong checksum
        "07 FF B0 01 00 1C 57",  # wrong checksum
        "06 12 80 07 E5 80",  # sound, for address 12
        "02 00 08 12 80 07 A0 2D",  # sound, advanced, for address 12
    ],
)
def test_wrong_checksum_and_foreign_address_meet_silence(pad: FeigReader, request_hex: str) -> None:
    assert pad.exchange(bytes.fromhex(request_hex)).frame is None


def test_an_unknown_command_is_loud_and_answers_80(
    pad: FeigReader, framed: Callable[[str], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = pad.exchange(framed("7F")).frame

    assert answer == bytes.fromhex("06 00 7F 80 BF BF")
    assert "does not know the command 7F" in caplog.text


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        ("B0", "81"),  # no sub-command
        (f"B0 23 01 {UID} 00", "81"),  # no count
        (f"B0 23 01 {UID} 00 21", "11"),  # 33 blocks are over 128 bytes
        (f"B0 23 01 {UID} 1C 01", "95 10"),  # block 28 of 28
        ("B0 23 01 E0 04 01 00 00 00 00 00 00 01", "01"),  # nobody has this UID
        (f"B0 24 01 {UID} 00 01 08 00 00 00 00", "11"),  # blocks of 8 bytes
        ("B0 23 02 00 01", "01"),  # none selected
        ("66 80", "11"),
        ("B0 99 00", "80"),
        (f"B1 04 A6 01 {UID}", "80"),
    ],
)
def test_a_request_that_cannot_be_done_is_refused_with_its_status(
    ask: Ask, payload: str, answer: str
) -> None:
    assert ask(payload) == answer


def test_a_tag_is_told_once_until_the_field_is_reset(ask: Ask) -> None:
    first, second = ask("B0 01 00"), ask("B0 01 00")
    ask("69")
    third = ask("B0 01 00")

    assert first == third == f"00 01 03 00 {UID}"
    assert second == "01"


def test_forty_tags_come_in_two_answers(pad: FeigReader, field: Field, ask: Ask) -> None:
    field.lift(bytes.fromhex(UID))
    tags = [blank_tag(bytes.fromhex(f"E00401003123AB{n:02X}")) for n in range(40)]
    for tag in tags:
        field.place(tag)

    first, rest, none = ask("B0 01 00"), ask("B0 01 80"), ask("B0 01 80")

    assert first.startswith("94 18 "), "24 sets, and more to come"
    assert rest.startswith("00 10 "), "the other 16"
    told = bytes.fromhex(first)[2:] + bytes.fromhex(rest)[2:]
    assert {told[at + 2 : at + 10] for at in range(0, 400, 10)} == {tag.uid for tag in tags}
    assert none == "01"


def test_blocks_are_stored_in_tag_order_though_they_travel_reversed(ask: Ask, book: Tag) -> None:
    ask(f"B0 24 01 {UID} 05 01 04 0D 0C 0B 0A")

    assert book.read(5, 1) == bytes.fromhex("0A 0B 0C 0D")
    assert ask(f"B0 23 01 {UID} 05 01") == "00 01 04 00 0D 0C 0B 0A"


def test_a_locked_block_stops_a_write_and_is_named(ask: Ask, book: Tag) -> None:
    book.lock(1)

    answer = ask(f"B0 24 01 {UID} 00 03 04 FF FF FF FF FF FF FF FF FF FF FF FF")

    assert answer == "95 12 01"
    assert book.read(0, 3).hex() == "ffffffff3132333435363738", "written up to the locked block"
    assert ask(f"B0 2C 01 {UID} 00 04") == "00 04 00 01 00 00"
    assert ask(f"B0 23 09 {UID} 01 01") == "00 01 04 01 34 33 32 31", "MODE bit 3 shows the lock"


def test_a_book_at_the_edge_is_seen_and_cannot_be_written(
    ask: Ask, field: Field, book: Tag
) -> None:
    field.place(book, coupling=0.4)

    assert ask("B0 01 00").startswith("00 01")
    assert ask(f"B0 27 01 {UID} C2") == "03"
    assert ask(f"B0 24 01 {UID} 02 01 04 00 00 00 00") == "03 02"
    assert (book.afi, book.writes) == (0x07, 0)


def test_a_book_lifted_during_the_afi_write_keeps_its_old_afi(
    ask: Ask, field: Field, book: Tag
) -> None:
    field.lift_during_write(book.uid, Written.AFI)

    assert ask(f"B0 27 01 {UID} C2") == "03"
    assert ask(f"B0 2B 01 {UID}") == "01", "it is gone"
    assert book.afi == 0x07


def test_a_locked_afi_cannot_be_written(ask: Ask, book: Tag) -> None:
    assert ask(f"B0 28 01 {UID}") == "00"

    assert ask(f"B0 27 01 {UID} C2") == "95 12"
    assert book.afi == 0x07


def test_the_eas_of_an_armed_tag_answers_the_alarm_poll(ask: Ask, book: Tag) -> None:
    assert ask(f"B1 04 A2 01 {UID}") == "00"
    armed = ask("B1 04 A5 00")
    ask(f"B1 04 A3 01 {UID}")

    assert (armed, ask("B1 04 A5 00")) == ("00", "01")
    assert not book.eas


def test_two_tags_answer_an_unaddressed_read_at_once_and_garble_it(ask: Ask, field: Field) -> None:
    assert ask("B0 23 00 00 01").startswith("00")
    field.place(blank_tag(bytes.fromhex("E0040100017C0C38")))

    assert ask("B0 23 00 00 01") == "02"


def test_a_selected_tag_is_read_without_its_uid(ask: Ask, book: Tag) -> None:
    ask(f"B0 25 01 {UID}")

    assert book.state is TagState.SELECTED
    assert ask("B0 23 02 01 01") == "00 01 04 00 34 33 32 31"


def test_without_field_nothing_answers_and_quiet_is_forgotten(ask: Ask) -> None:
    ask("B0 01 00")
    ask("6A 00")
    off = ask("B0 01 00")
    ask("6A 01")

    assert off == "01"
    assert ask("B0 01 00").startswith("00 01")


def test_lamp_orders_are_kept_with_their_times(pad: FeigReader, events: EventLog) -> None:
    flash = bytes.fromhex("02 00 0D FF 72 01 01 81 0B 00 14 BC C3")  # relay 1 flashing for 2 s

    answer = pad.exchange(flash).frame

    assert answer is not None
    assert answer[5] == 0x00
    relay = pad.outputs[4, 1]
    assert (relay.mode, relay.seconds) == ("flash", 2.0)
    (event,) = events.of("device")
    assert event.details == {"kind": "relay", "number": 1, "mode": "flash", "seconds": 2.0}


def test_old_lamp_orders_name_their_emitter_by_bits(pad: FeigReader) -> None:
    pad.exchange(bytes.fromhex("0D FF 71 00 0C 00 00 00 14 00 00 AE 93"))  # red LED, 5 Hz, 2 s

    assert {(o.number, o.mode, o.seconds) for o in pad.outputs.values()} == {(1, "flash", 2.0)}


# Which collected answer belongs to which collected request, on the pad with the book.
PAIRS = {
    "inventory-req-std": "inventory-1-rsp",
    "read-4-blocks-req": "read-4-blocks-rsp",
    "write-2-blocks-req": "write-rsp",
    "write-afi-c2-req": "write-afi-rsp",
    "system-info-req": "system-info-rsp",
    "select-req": "select-rsp",
    "nxp-eas-alarm-req": "nxp-eas-alarm-no-rsp",
    "rf-reset-req": "rf-reset-rsp",
    "rf-on-req": "rf-on-rsp",
    "cpu-reset-req": "cpu-reset-rsp",
    "baud-detect-req": "baud-detect-rsp",
}


@pytest.mark.parametrize(("request_id", "answer_id"), PAIRS.items())
def test_collected_exchanges_hold(
    pad: FeigReader,
    vectors: Callable[[str], dict[str, Any]],
    request_id: str,
    answer_id: str,
) -> None:
    frames = {v["id"]: bytes.fromhex(v["hex"]) for v in vectors("readers-feig.json")["vectors"]}

    assert pad.exchange(frames[request_id]).frame == frames[answer_id]
