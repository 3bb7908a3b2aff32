"""The 3M pad answers as the captures and the specification say, byte for byte."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from hw_sim.devices.m3_frames import Receiver, bcc
from hw_sim.devices.m3_reader import M3Reader
from hw_sim.field import Field, Written
from hw_sim.tag import Tag, TagState, blank_tag

Ask = Callable[[str], str]
UID = "E0 04 01 00 31 23 AA 26"

# Captured from an 810 with this very book on it: request, answer.
CAPTURED = [
    # start D5: 04 00 11 -> 00 11, vendor 0A, hardware 5.0.2
    ("probe", "D5 00 05 04 00 11 8C 66", "D5 00 09 04 00 11 0A 05 00 02 72 50"),
    (
        "13, not in the specification",
        "D6 00 0C 13 04 01 00 02 00 03 00 04 00 AA F2",
        "D6 00 0C 13 00 02 01 01 03 02 02 03 00 E7 78",
    ),
    # AFI 00, OPT 05 -> error 00, both again, one tag, UID
    (
        "inventory",
        "D6 00 05 FE 00 05 FA 40",
        f"D6 00 0F FE 00 00 05 01 {UID} 94 1A",
    ),
    (
        "write 7 blocks",
        f"D6 00 2A 04 {UID} 00 07 00 04 11 00 01 30 30 30 30 30 30 30 30 30 30"
        " 00 00 00 00 00 00 00 00 00 00 00 00 00 00 88 43",
        f"D6 00 0D 04 00 {UID} 07 CF F1",  # the block behind the last
    ),
    (
        "write AFI D7",
        f"D6 00 0C 09 {UID} D7 3A F0",
        f"D6 00 0C 09 00 {UID} 6A 44",
    ),
]


@pytest.mark.parametrize(("what", "request_hex", "answer_hex"), CAPTURED)
def test_the_pad_answers_the_captures(
    m3: M3Reader, what: str, request_hex: str, answer_hex: str
) -> None:
    answer = m3.exchange(bytes.fromhex(request_hex)).frame

    assert answer is not None
    assert answer.hex(" ").upper() == answer_hex, what


def test_three_blocks_come_in_the_old_style_of_the_capture(ask_m3: Ask) -> None:
    # UID, 3 blocks: number, lock, data in memory order
    blocks = "00 00 04 11 00 01 01 00 31 32 33 34 02 00 35 36 37 38"

    assert ask_m3(f"02 {UID} 00 03") == f"00 {UID} 03 {blocks}"


def test_the_checksum_is_that_of_the_specification() -> None:
    assert bcc(b"123456789") == 0xD64E
    assert bcc(bytes.fromhex("00 09 03 00 02 00 00 00 03")) == 0x12E6


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        ("11", "00 0A 03 02 EE"),  # vendor 3M, 3.2, build EE: simulated
        ("FE 00 07", f"00 00 07 01 00 {UID}"),  # with DSFID before the UID
        ("FE 07 05", f"00 07 05 01 {UID}"),  # only AFI 07
        ("FE C2 05", "00 C2 05 00"),
        ("FE 00 00", "00 00 00 01"),  # the count alone
        (f"02 {UID} 01 02 0C", f"00 {UID} 01 02 31 32 33 34 35 36 37 38"),
        (f"02 {UID} 01 01 04", f"00 {UID} 01 01 00 31 32 33 34"),
        (f"0A {UID}", f"00 {UID} 07"),
        (f"0F {UID}", f"00 {UID} 00"),
        # all fields: DSFID 00, AFI 07, blocks of 4, 28 of them, IC reference
        (f"0D {UID} 0F", f"00 {UID} 0F 00 07 03 1B 01 00"),
        (f"0D {UID} 02", f"00 {UID} 02 07"),
        # raw ISO: 23 20 UID backwards, block 1
        (
            "14 00 0B 00 06 00 00 23 20 26 AA 23 31 00 01 04 E0 01",
            "00 83 00 05 00 31 32 33 34",
        ),
    ],
)
def test_the_pad_answers_the_specification(ask_m3: Ask, payload: str, answer: str) -> None:
    assert ask_m3(payload) == answer


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        ("02 E0 04 01 00 00 00 00 01 00 01", "06 E0 04 01 00 00 00 00 01"),  # not there
        (f"02 {UID} 1C 01", f"11 {UID}"),  # block 28 of 28
        (f"02 {UID} 00 01 01", "31"),  # an option that is not modelled
        (f"04 {UID} 00 02 00 01 02 03 04", "32"),  # one block short
        (f"0D {UID} 10", "31"),
        ("FE 00", "32"),
        ("CC", "02"),
    ],
)
def test_a_request_that_cannot_be_done_is_refused_with_its_error(
    ask_m3: Ask, payload: str, answer: str
) -> None:
    assert ask_m3(payload) == answer


def test_a_wrong_checksum_meets_silence(m3: M3Reader) -> None:
    assert m3.exchange(bytes.fromhex("D6 00 05 FE 00 05 FA 41")).frame is None


def test_an_unknown_command_is_loud(ask_m3: Ask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        ask_m3("13 06 01 00 02 00 03 00 04 00 0B 00 0A 00")  # a 210's start, answer not captured

    assert "does not know the command 13 06" in caplog.text


def test_an_armed_tag_says_eas_1_and_error_06_says_eas_0(ask_m3: Ask, book: Tag) -> None:
    disarmed = ask_m3(f"03 {UID}")
    assert ask_m3(f"0C {UID} 01") == f"00 {UID}"

    assert (disarmed, ask_m3(f"03 {UID}")) == (f"06 {UID} 00", f"00 {UID} 01")
    assert book.eas


def test_a_locked_block_stops_a_write_and_is_named(ask_m3: Ask, book: Tag) -> None:
    book.lock(1)

    answer = ask_m3(f"04 {UID} 00 02 00 FF FF FF FF FF FF FF FF")

    assert answer == f"12 {UID} 01"
    assert book.read(0, 2).hex() == "ffffffff31323334"


def test_a_book_lifted_during_the_afi_write_keeps_its_old_afi(
    ask_m3: Ask, field: Field, book: Tag
) -> None:
    field.lift_during_write(book.uid, Written.AFI)

    assert ask_m3(f"09 {UID} C2") == f"16 {UID}"
    assert ask_m3(f"0A {UID}") == f"06 {UID}"
    assert book.afi == 0x07


def test_dsfid_is_written_until_it_is_locked(ask_m3: Ask, book: Tag) -> None:
    ask_m3(f"0B {UID} 3E")
    ask_m3(f"0E {UID}")

    assert ask_m3(f"0B {UID} 06") == f"12 {UID}"
    assert book.dsfid == 0x3E


def test_a_tag_told_to_be_quiet_is_not_inventoried_but_answers_its_name(
    ask_m3: Ask, book: Tag
) -> None:
    ask_m3(f"01 {UID}")

    assert ask_m3("FE 00 05") == "00 00 05 00"
    assert ask_m3(f"0A {UID}") == f"00 {UID} 07"
    assert book.state is TagState.QUIET


def test_every_inventory_tells_what_lies_there_now(ask_m3: Ask) -> None:
    assert ask_m3("FE 00 05") == ask_m3("FE 00 05") == f"00 00 05 01 {UID}"


def test_a_tag_that_missed_its_silencing_is_told_twice(
    ask_m3: Ask, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    polls = iter(([True], [False], [True]))  # heard, its Stay Quiet lost, heard again
    monkeypatch.setattr(
        field,
        "heard",
        lambda tags: [t for t, there in zip(tags, next(polls), strict=True) if there],
    )

    assert ask_m3("FE 00 05") == f"00 00 05 02 {UID} {UID}"


def test_the_second_poll_costs_a_stay_quiet_for_each_tag_and_sixteen_empty_slots(
    m3: M3Reader,
) -> None:
    both, one = (
        m3.exchange(bytes.fromhex(frame)).air_ms
        for frame in ("D6 00 05 FE 00 05 FA 40", "D6 00 05 FE 00 25 DE 22")  # OPT bit 5
    )

    assert both - one == pytest.approx(4.06 + 10, abs=0.01)


def test_thirty_one_tags_need_both_length_bytes(m3: M3Reader, field: Field) -> None:
    field.lift(bytes.fromhex(UID))
    for number in range(31):
        field.place(blank_tag(bytes.fromhex(f"E00401003123AB{number:02X}")))

    answer = m3.exchange(bytes.fromhex("D6 00 05 FE 00 05 FA 40")).frame

    assert answer is not None
    assert answer[:8].hex(" ").upper() == "D6 00 FF FE 00 00 05 1F"
    field.place(blank_tag(bytes.fromhex("E00401003123AB1F")))
    longer = m3.exchange(bytes.fromhex("D6 00 05 FE 00 05 FA 40")).frame
    assert longer is not None
    assert longer[:3].hex(" ").upper() == "D6 01 07"


def test_the_receiver_finds_frames_among_noise_and_byte_by_byte() -> None:
    receiver = Receiver()
    frame = bytes.fromhex("D6 00 05 FE 00 05 FA 40")
    line = b"\x00\xff\xd6\xff\xff" + frame + b"\x13" + frame

    found = [whole for byte in line for whole in receiver.feed(bytes((byte,)))]

    assert found == [frame, frame]
    assert not receiver.in_frame


# Which collected answer belongs to which collected request, on the pad with the book.
PAIRS = {
    "hw-version-req": "hw-version-rsp-810",
    "cmd13-req": "cmd13-rsp",
    "inventory-req": "inventory-1",
    "read-8-blocks-nolock-req": "read-8-blocks-nolock-rsp",
    "write-7-blocks-req": "write-7-blocks-rsp",
    "write-6-blank-req": "write-6-blank-rsp",
    "write-afi-da-req": "write-afi-rsp",
    "quiet-req": "quiet-rsp",
    "get-afi-req": "get-afi-rsp-07",
    "check-eas-req": "check-eas-0-rsp",
    "eas-on-req": "eas-rsp",
}


@pytest.mark.parametrize(("request_id", "answer_id"), PAIRS.items())
def test_collected_exchanges_hold(
    m3: M3Reader,
    vectors: Callable[[str], dict[str, Any]],
    request_id: str,
    answer_id: str,
) -> None:
    frames = {v["id"]: bytes.fromhex(v["hex"]) for v in vectors("readers-3m.json")["vectors"]}

    assert m3.exchange(frames[request_id]).frame == frames[answer_id]
