"""FEIG frames against bytes from the manual and from real devices, whole and damaged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.crc16 import crc_mcrf4xx
from drivers.framing import BadFrame
from drivers.readers.feig.frames import MAX_FRAME, Frame, FrameParser

# hex, frame: captured or in use at real devices, except where the manual's fields were filled in
GOLDEN = [
    # 05 length, FF any address, 65 version
    ("05 FF 65 E5 CB", Frame(0xFF, 0x65)),
    # 0D length, 00 address, 65, 00 status, 03 03 revision 00, 44 hw, 53 CPR40, 0D 30 transponders
    ("0D 00 65 00 03 03 00 44 53 0D 30 33 09", Frame(0, 0x65, bytes.fromhex("00030300 44530D30"))),
    # 02 advanced, 00 09 length, FF, B0 ISO host, 01 inventory, 00 mode (captured, CPR74)
    ("02 00 09 FF B0 01 00 18 43", Frame(0xFF, 0xB0, b"\x01\x00", advanced=True)),
    # 84 RF warning without a tag (noted from a plant program)
    ("02 00 08 FF B0 84 4F DB", Frame(0xFF, 0xB0, b"\x84", advanced=True)),
    # one ISO 14443B card (captured, CPR74)
    (
        "02 00 13 00 B0 00 01 05 71 00 00 00 00 53 51 10 71 D7 F0",
        Frame(0, 0xB0, bytes.fromhex("00 01 05 71 00000000 53511071"), advanced=True),
    ),
    # 01 no transponder
    ("06 00 B0 01 5C 63", Frame(0, 0xB0, b"\x01")),
    # write AFI 07 to tag E00401003123AA26
    (
        "10 FF B0 27 01 E0 04 01 00 31 23 AA 26 07 75 57",
        Frame(0xFF, 0xB0, bytes.fromhex("27 01 E00401003123AA26 07")),
    ),
]
ONE_TAG = bytes.fromhex("11 00 B0 00 01 03 00 E0 04 01 00 31 23 AA 26 85 F8")
ONE_TAG_FRAME = Frame(0, 0xB0, bytes.fromhex("00 01 03 00 E00401003123AA26"))


def test_checksum_of_the_usual_check_string():
    assert crc_mcrf4xx(b"123456789") == 0x6F91


@pytest.mark.parametrize(("wire", "frame"), GOLDEN)
def test_golden_frames_both_ways(wire, frame):
    data = bytes.fromhex(wire)

    assert frame.to_bytes() == data
    assert Frame.from_bytes(data) == frame


def test_every_shared_vector_parses_and_builds_back(shared_vectors):
    vectors = shared_vectors("readers-feig.json")["vectors"]
    vectors += shared_vectors("readers-feig-gate.json")["vectors"]
    whole = [bytes.fromhex(v["hex"]) for v in vectors if "DAMAGED" not in v["id"]]

    assert len(whole) > 80
    for data in whole:
        assert Frame.from_bytes(data).to_bytes() == data


def test_the_damaged_capture_is_refused(shared_vectors):
    vectors = shared_vectors("readers-feig.json")["vectors"]
    damaged = [bytes.fromhex(v["hex"]) for v in vectors if "DAMAGED" in v["id"]]

    assert len(damaged) == 1
    with pytest.raises(BadFrame):
        Frame.from_bytes(damaged[0])


@pytest.mark.parametrize(("wire", "frame"), GOLDEN)
def test_parser_byte_by_byte_gives_the_frame_with_the_last_byte_only(wire, frame):
    data = bytes.fromhex(wire)
    parser = FrameParser()

    given = [parser.feed(bytes((byte,))) for byte in data]

    assert given[:-1] == [[]] * (len(data) - 1)
    assert given[-1] == [frame]
    assert parser.pending == 0


@pytest.mark.parametrize(("wire", "frame"), GOLDEN)
def test_missing_leads_to_the_frame_without_reading_past_it(wire, frame):
    data = bytes.fromhex(wire) + b"\xaa\xaa\xaa"
    parser = FrameParser()
    at = 0
    found: list[Frame] = []

    while not found:
        step = parser.missing
        found = parser.feed(data[at : at + step])
        at += step

    assert found == [frame]
    assert data[at:] == b"\xaa\xaa\xaa"


def test_doubled_answer_gives_the_frame_twice():
    assert FrameParser().feed(ONE_TAG * 2) == [ONE_TAG_FRAME] * 2


@pytest.mark.parametrize("position", range(len(ONE_TAG)))
@pytest.mark.parametrize("bit", [0x01, 0x80])
def test_flipped_bit_never_gives_a_frame(position, bit):
    broken = bytearray(ONE_TAG)
    broken[position] ^= bit
    parser = FrameParser()

    assert parser.feed(bytes(broken)) + parser.flush() == []
    assert parser.pending == 0


@pytest.mark.parametrize("length", range(1, len(ONE_TAG)))
def test_cut_answer_is_held_back_and_dropped_at_silence(length):
    parser = FrameParser()

    assert parser.feed(ONE_TAG[:length]) == []
    assert parser.flush() == []
    assert parser.feed(ONE_TAG) == [ONE_TAG_FRAME]


@pytest.mark.parametrize(
    "noise", ["00", "01 03 04", "7F", "02", "02 FF", "02 FF FF", "02 00 03", "FF FF"]
)
def test_frame_behind_garbage_is_found_at_the_latest_when_the_line_falls_silent(noise):
    parser = FrameParser()

    found = parser.feed(bytes.fromhex(noise) + ONE_TAG) + parser.flush()

    assert found == [ONE_TAG_FRAME]


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_parser_stays_small_on_any_input(chunks):
    parser = FrameParser()

    for chunk in chunks:
        parser.feed(chunk)
        assert parser.pending <= MAX_FRAME
        assert 1 <= parser.missing <= MAX_FRAME


@given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=250), st.booleans())
def test_round_trip(address, command, payload, advanced):
    frame = Frame(address, command, payload, advanced)

    assert Frame.from_bytes(frame.to_bytes()) == frame


@pytest.mark.parametrize(
    "frame", [Frame(0, 1, bytes(251)), Frame(0, 1, bytes(4090), advanced=True)]
)
def test_frame_too_long_for_its_form_is_refused(frame):
    with pytest.raises(BadFrame):
        frame.to_bytes()
