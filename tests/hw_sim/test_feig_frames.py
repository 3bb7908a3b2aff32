"""FEIG frames byte for byte; the bytes are captures and vendor examples, not ours."""

from collections.abc import Callable
from typing import Any

import pytest

from hw_sim.devices.feig_frames import (
    FrameForm,
    Receiver,
    build_answer,
    crc16,
    parse_request,
    payload,
)

VERSION_STANDARD = bytes.fromhex("05 FF 65 E5 CB")  # LEN 05, any address, 65
VERSION_ADVANCED = bytes.fromhex("02 00 07 FF 65 6E 61")  # 02, LEN 0007, any address, 65
INVENTORY_CAPTURED = bytes.fromhex("02 00 09 FF B0 01 00 18 43")  # sent to a CPR74
READ_BUFFER = bytes.fromhex("02 00 09 FF 22 00 FF 79 69")  # sent to an LRU1002


def test_crc_has_the_published_check_value() -> None:
    assert crc16(b"123456789") == 0x6F91


@pytest.mark.parametrize(
    ("frame", "form", "command", "data"),
    [
        (VERSION_STANDARD, FrameForm.STANDARD, 0x65, ""),
        (VERSION_ADVANCED, FrameForm.ADVANCED, 0x65, ""),
        (INVENTORY_CAPTURED, FrameForm.ADVANCED, 0xB0, "01 00"),
        (READ_BUFFER, FrameForm.ADVANCED, 0x22, "00 FF"),
    ],
)
def test_real_requests_are_understood(
    frame: bytes, form: FrameForm, command: int, data: str
) -> None:
    request = parse_request(frame)

    assert request is not None
    assert (request.form, request.address, request.command) == (form, 0xFF, command)
    assert request.data == bytes.fromhex(data)
    assert payload(frame) == bytes((command,)) + request.data


@pytest.mark.parametrize("position", range(len(INVENTORY_CAPTURED)))
def test_a_frame_with_one_wrong_bit_is_no_request(position: int) -> None:
    damaged = bytearray(INVENTORY_CAPTURED)
    damaged[position] ^= 0x10

    assert parse_request(bytes(damaged)) is None


def test_answers_come_out_as_captured() -> None:
    cpr40_version = bytes.fromhex("03 03 00 44 53 0D 30")

    standard = build_answer(FrameForm.STANDARD, 0x00, 0x65, 0x00, cpr40_version)
    advanced = build_answer(FrameForm.ADVANCED, 0x00, 0x65, 0x00, cpr40_version)
    warning = build_answer(FrameForm.ADVANCED, 0xFF, 0xB0, 0x84, b"")

    assert standard.hex(" ").upper() == "0D 00 65 00 03 03 00 44 53 0D 30 33 09"
    assert advanced.hex(" ").upper() == "02 00 0F 00 65 00 03 03 00 44 53 0D 30 74 69"
    assert warning.hex(" ").upper() == "02 00 08 FF B0 84 4F DB"


def test_an_answer_too_long_for_a_standard_frame_comes_advanced() -> None:
    longest = build_answer(FrameForm.STANDARD, 0, 0xB0, 0, bytes(249))
    longer = build_answer(FrameForm.STANDARD, 0, 0xB0, 0, bytes(250))

    assert longest[0] == len(longest) == 255
    assert (longer[0], int.from_bytes(longer[1:3], "big")) == (0x02, len(longer))


def test_frames_arrive_whole_however_the_line_cuts_them() -> None:
    line = VERSION_STANDARD + INVENTORY_CAPTURED + VERSION_ADVANCED
    receiver = Receiver()

    frames = [frame for byte in line for frame in receiver.feed(bytes((byte,)))]

    assert frames == [VERSION_STANDARD, INVENTORY_CAPTURED, VERSION_ADVANCED]
    assert Receiver().feed(line) == frames


def test_garbage_and_gaps_empty_the_receiver() -> None:
    receiver = Receiver()

    assert receiver.feed(b"\x00\x01") == []
    receiver.feed(INVENTORY_CAPTURED[:5])
    assert receiver.in_frame
    receiver.character_gap()

    assert receiver.feed(INVENTORY_CAPTURED) == [INVENTORY_CAPTURED]


def test_every_collected_request_is_sound_and_the_damaged_frame_is_not(
    vectors: Callable[[str], dict[str, Any]],
) -> None:
    for vector in vectors("readers-feig.json")["vectors"]:
        frame = bytes.fromhex(vector["hex"])
        if vector["id"].endswith("DAMAGED"):
            assert parse_request(frame) is None, vector["id"]
        elif vector["dir"] == "host>reader":
            request = parse_request(frame)
            assert request is not None, vector["id"]
            assert request.form.value == vector["frame"], vector["id"]
