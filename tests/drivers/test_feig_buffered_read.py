"""Records of a gate's buffer, annotated (layout: SDK FEDM_BRMTabItem, H20411 p. 153)."""

import pytest

from drivers.readers.feig import buffered_read
from drivers.readers.feig.answers import Answer, Refused
from drivers.readers.feig.buffered_read import Record
from drivers.readers.feig.frames import Frame
from drivers.refusal import BadAnswer

UID = "E00401003123AA26"
OTHER = "E0040100017C0C38"


@pytest.mark.parametrize(
    ("request_", "wire"),
    [
        (buffered_read.init_buffer(), "02 00 07 FF 33 DD 56"),
        (buffered_read.clear_buffer(), "02 00 07 FF 32 54 47"),
        (buffered_read.read_buffer(255), "02 00 09 FF 22 00 FF 79 69"),
    ],
)
def test_requests_on_the_wire(request_, wire):
    frame = Frame(0xFF, request_.command, request_.data, advanced=True)

    assert frame.to_bytes() == bytes.fromhex(wire)


@pytest.mark.parametrize(
    ("selector", "record", "expected"),
    [
        # 11 = IDD + ANT; 000E record, 03 ISO 15693, 00, 08 bytes, UID, 01 antenna
        ("11", f"000E 030008 {UID} 01", Record(UID, antenna=1)),
        # 91 04 = IDD + ANT + second selector, AFI; 0A bytes: 07 AFI, 00 DSFID, UID
        ("91 04", f"0010 03000A 07 00 {UID} 01", Record(UID, 0x07, 0x00, 1)),
        # 91 24: direction behind the antenna
        ("91 24", f"0011 03000A C2 3E {UID} 02 01", Record(UID, 0xC2, 0x3E, 2, direction=1)),
        # 31: TIME 4 bytes before the antenna, 0001E240 = 123456 ms
        ("31", f"0012 030008 {UID} 0001E240 02", Record(UID, antenna=2, time_ms=123456)),
        # 71: DATE 5 bytes between them
        ("71", f"0017 030008 {UID} 0001E240 0102030405 02", Record(UID, antenna=2, time_ms=123456)),
        # 13: 0002 blocks of 04 bytes before the antenna
        ("13", f"0019 030008 {UID} 0002 04 04110001 31323334 01", Record(UID, antenna=1)),
        # 91 03: inputs 2 bytes, MAC 6 bytes behind the antenna
        ("91 03", f"0016 030008 {UID} 01 0100 001122334455", Record(UID, antenna=1)),
        # 81 14: AFI, and two antennas of 6 bytes each instead of one
        (
            "81 14",
            f"001C 03000A C2 00 {UID} 02 01 42 00000000 02 30 00000000",
            Record(UID, 0xC2, 0x00, 1),
        ),
        # bytes nobody knows at the end of a record are skipped by its length
        ("11", f"0011 030008 {UID} 01 AABBCC", Record(UID, antenna=1)),
        # bit 3 of the selector is unknown, its field may stand anywhere: identity only
        ("99 04", f"0012 03000A 07 00 {UID} EEEE 01", Record(UID, 0x07, 0x00)),
    ],
)
def test_one_record(selector, record, expected):
    data = bytes.fromhex(f"{selector} 0001 {record}")

    assert buffered_read.decode_records(Answer(0x22, 0, data)) == (1, (expected,))


def test_records_follow_each_other_by_their_lengths():
    first = f"0011 030008 {UID} 01 AABBCC"
    second = f"000E 030008 {OTHER} 02"
    data = bytes.fromhex(f"11 0002 {first} {second}")

    number, records = buffered_read.decode_records(Answer(0x22, 0x94, data))

    assert number == 2
    assert records == (Record(UID, antenna=1), Record(OTHER, antenna=2))


def test_card_in_the_gate_counts_as_read_and_is_no_book():
    data = bytes.fromhex("11 0001 000D 040007 04112233445566 01")

    assert buffered_read.decode_records(Answer(0x22, 0, data)) == (1, ())


@pytest.mark.parametrize(
    ("status", "data"),
    [(0x92, ""), (0x00, "11 0000"), (0x84, ""), (0x01, ""), (0x00, "")],
)
def test_empty_buffer(status, data):
    assert buffered_read.decode_records(Answer(0x22, status, bytes.fromhex(data))) == (0, ())


@pytest.mark.parametrize(
    "data",
    [
        "91",  # second selector missing
        "11 00",  # count cut
        f"11 0002 000E 030008 {UID} 01",  # two promised, one there
        f"11 0001 000F 030008 {UID} 01",  # record longer than the answer
        f"11 0001 000D 030008 {UID}",  # record too short for its antenna
        "11 0001 0001 03",  # a record shorter than its own length
        "11 0001 0005 0300FF",  # ID longer than the record
        "13 0001 0010 030008 E00401003123AA26 FFFF FF",  # blocks longer than the record
    ],
)
def test_records_that_break_off_are_a_line_fault(data):
    with pytest.raises(BadAnswer):
        buffered_read.decode_records(Answer(0x22, 0, bytes.fromhex(data)))


def test_reader_that_is_not_in_buffered_mode_refuses():
    with pytest.raises(Refused, match="buffered read mode"):
        buffered_read.decode_records(Answer(0x22, 0x82, b""))


def test_shared_vectors(shared_vectors):
    vectors = shared_vectors("readers-feig-gate.json")["vectors"]
    with_tags = [v for v in vectors if "tags" in v["decoded"]]

    assert len(with_tags) == 6
    for vector in with_tags:
        payload = Frame.from_bytes(bytes.fromhex(vector["hex"])).payload
        _, records = buffered_read.decode_records(Answer(0x22, payload[0], payload[1:]))
        for record, tag in zip(records, vector["decoded"]["tags"], strict=True):
            assert record.uid == tag.get("uid", record.uid)
            assert record.antenna == tag.get("ant", record.antenna)
            assert record.time_ms == tag.get("time_ms")
            assert record.afi == (int(tag["afi"], 16) if "afi" in tag else None)
            assert record.direction == tag.get("direction")
