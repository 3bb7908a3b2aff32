"""FEIG commands and answers against annotated bytes: what goes out, and what is understood."""

import pytest

from drivers.readers.feig import device_commands, iso_host
from drivers.readers.feig.answers import Answer, Refused, describe, done, is_final
from drivers.readers.feig.device_commands import OUTPUT, RELAY, ReaderInfo, Version
from drivers.readers.feig.frames import Frame
from drivers.readers.feig.iso_host import Found, FoundTag, SystemInformation
from drivers.refusal import BadAnswer

UID = "E00401003123AA26"
# tag memory order, as ISO 28560 counts: 04110001 then "1234"
BLOCKS = [bytes.fromhex("04110001"), b"1234"]


@pytest.mark.parametrize(
    ("request_", "advanced", "wire"),
    [
        (device_commands.version(), False, "05 FF 65 E5 CB"),
        (device_commands.reader_info(), False, "06 FF 66 00 CD BF"),
        (device_commands.rf_reset(), False, "05 FF 69 89 01"),
        # 01 new form, 1 output, 81 relay 1, 01 on, 0019 x 100 ms (in use in a plant)
        (
            device_commands.set_output(1, RELAY, on=True, seconds=2.5),
            True,
            "02 00 0D FF 72 01 01 81 01 00 19 23 6B",
        ),
        (iso_host.inventory(more=False), False, "07 FF B0 01 00 1C 56"),
        (iso_host.inventory(more=True), False, "07 FF B0 01 80 14 D2"),
        (
            iso_host.system_information(UID),
            False,
            "0F FF B0 2B 01 E0 04 01 00 31 23 AA 26 4C 6E",
        ),
        # from block 00, 04 blocks
        (
            iso_host.read_blocks(UID, 0, 4),
            False,
            "11 FF B0 23 01 E0 04 01 00 31 23 AA 26 00 04 0D 62",
        ),
        # from block 00, 02 blocks of 04 bytes, each turned round: 01 00 11 04, 34 33 32 31
        (
            iso_host.write_blocks(UID, 0, BLOCKS, reverse=True),
            False,
            "1A FF B0 24 01 E0 04 01 00 31 23 AA 26 00 02 04 01 00 11 04 34 33 32 31 B9 B9",
        ),
        (
            iso_host.write_afi(UID, 0xC2),
            False,
            "10 FF B0 27 01 E0 04 01 00 31 23 AA 26 C2 D4 C6",
        ),
    ],
)
def test_requests_on_the_wire(request_, advanced, wire):
    frame = Frame(0xFF, request_.command, request_.data, advanced)

    assert frame.to_bytes() == bytes.fromhex(wire)


def test_air_commands_may_take_longer_than_the_readers_own_second():
    assert iso_host.inventory(more=False).timeout_s > 1.0
    assert device_commands.version().timeout_s < 1.0


@pytest.mark.parametrize(("seconds", "ticks"), [(0.1, 1), (0.11, 2), (2.5, 25), (6553.4, 0xFFFE)])
def test_output_time_is_rounded_up_to_tenths(seconds, ticks):
    request = device_commands.set_output(3, OUTPUT, on=False, seconds=seconds)

    assert request.data == bytes((0x01, 0x01, 0x03, 0x02)) + ticks.to_bytes(2, "big")


@pytest.mark.parametrize(("number", "seconds"), [(1, 0), (1, -1), (1, 6553.5), (16, 1), (-1, 1)])
def test_output_that_no_reader_has_is_refused(number, seconds):
    with pytest.raises(ValueError, match=r"0\.1 to 6553\.4|0 to 15"):
        device_commands.set_output(number, RELAY, on=True, seconds=seconds)


def test_version_of_a_cpr40():
    version = device_commands.decode_version(answer("0D 00 65 00 03 03 00 44 53 0D 30 33 09"))

    assert version == Version((3, 3), 0x00, 0x44, 0x53, 0x0D30)
    assert version.model == "FEIG CPR40"
    assert not version.simulated


def test_version_says_when_the_device_is_simulated():
    version = device_commands.decode_version(Answer(0x65, 0, bytes.fromhex("0303EE444D0D30")))

    assert version.simulated
    assert version.model == "FEIG MR102"


def test_reader_info_adds_the_buffers_to_the_version():
    data = bytes.fromhex("030300444D0D30 0100 0200")

    info = device_commands.decode_reader_info(Answer(0x66, 0, data))

    assert info == ReaderInfo(Version((3, 3), 0, 0x44, 0x4D, 0x0D30), 0x100, 0x200)


@pytest.mark.parametrize(
    ("wire", "uids", "more"),
    [
        ("06 00 B0 01 5C 63", [], False),
        # 84 RF warning, no data: no tag seen (noted from a plant)
        ("02 00 08 FF B0 84 4F DB", [], False),
        ("11 00 B0 00 01 03 00 E0 04 01 00 31 23 AA 26 85 F8", [UID], False),
        # 84 RF warning with a record: the SDK takes it
        ("11 00 B0 84 01 03 00 E0 04 01 00 31 23 AA 26 33 53", [UID], False),
        # a library tag and an ISO 14443A card of 4 bytes (04 TR_INFO OPT 000000DEADBEEF)
        (
            "1B 00 B0 00 02 03 00 E0 04 01 00 31 23 AA 26 04 00 00 00 00 00 DE AD BE EF 8D B0",
            [UID],
            False,
        ),
        # an ISO 14443B card alone
        ("02 00 13 00 B0 00 01 05 71 00 00 00 00 53 51 10 71 D7 F0", [], False),
    ],
)
def test_inventory_answers(wire, uids, more):
    found = iso_host.decode_inventory(answer(wire))

    assert [tag.uid for tag in found.tags] == uids
    assert found.more is more


def test_inventory_keeps_the_dsfid():
    found = iso_host.decode_inventory(Answer(0xB0, 0, b"\x01\x03\x3e" + bytes.fromhex(UID)))

    assert found == Found((FoundTag(UID, 0x3E),), more=False)


@pytest.mark.parametrize("status", [0x93, 0x94, 0x83])
def test_inventory_takes_the_data_of_statuses_that_only_warn(status):
    found = iso_host.decode_inventory(Answer(0xB0, status, b"\x01\x03\x00" + bytes.fromhex(UID)))

    assert found == Found((FoundTag(UID, 0),), more=status == 0x94, overflow=status == 0x93)


def test_long_card_uid_does_not_shift_the_tags_behind_it():
    card = b"\x04\x04\x00" + bytes(10)  # TR_INFO bit 2: UID of 10 bytes
    data = b"\x02" + card + b"\x03\x00" + bytes.fromhex(UID)

    found = iso_host.decode_inventory(Answer(0xB0, 0, data))

    assert [tag.uid for tag in found.tags] == [UID]


@pytest.mark.parametrize(
    "data",
    [
        b"\x02\x03\x00" + bytes.fromhex(UID),  # two promised, one there
        b"\x01\x03\x00" + bytes.fromhex(UID)[:-1],  # cut in the UID
        b"\x01\x03\x00" + bytes.fromhex(UID) + b"\x00",  # one byte too many
        b"\x01",
    ],
)
def test_inventory_that_contradicts_itself_is_a_line_fault(data):
    with pytest.raises(BadAnswer):
        iso_host.decode_inventory(Answer(0xB0, 0, data))


def test_transponder_of_unknown_kind_is_named_and_hides_no_book():
    data = b"\x02\x77" + bytes(9) + b"\x03\x00" + bytes.fromhex(UID)

    with pytest.raises(Refused, match="unknown kind 77"):
        iso_host.decode_inventory(Answer(0xB0, 0, data))


def test_blocks_come_in_tag_memory_order():
    # 04 blocks of 04: 00 security, then the block's last byte first
    wire = "1C 00 B0 00 04 04 00 01 00 11 04 00 34 33 32 31 00 38 37 36 35 00 00 00 00 00 5E D7"

    data = iso_host.decode_blocks(4, reverse=True)(answer(wire))

    assert data == bytes.fromhex("04110001") + b"1234" + b"5678" + bytes(4)


def test_blocks_of_a_reader_that_sends_memory_order_are_left_alone():
    data = iso_host.decode_blocks(1, reverse=False)(Answer(0xB0, 0, b"\x01\x04\x001234"))

    assert data == b"1234"


@pytest.mark.parametrize(
    "data",
    [b"\x01\x04\x00123", b"\x02\x04\x001234", b"\x01\x00\x00", b"\x01\x04\x0012345", b"\x01"],
)
def test_blocks_that_are_not_the_ones_asked_for_are_a_line_fault(data):
    with pytest.raises(BadAnswer):
        iso_host.decode_blocks(1, reverse=True)(Answer(0xB0, 0, data))


def test_system_information():
    # 00 DSFID, UID, 07 AFI, 04 1C blocks of 4 x 28, 01 IC
    wire = "13 00 B0 00 00 E0 04 01 00 31 23 AA 26 07 04 1C 01 DE 33"

    info = iso_host.decode_system_information(UID)(answer(wire))

    assert info == SystemInformation(UID, 0, 0x07, 4, 28, 1)


def test_system_information_of_another_tag_is_a_line_fault():
    wire = "13 00 B0 00 00 E0 04 01 00 31 23 AA 26 07 04 1C 01 DE 33"

    with pytest.raises(BadAnswer, match="answered"):
        iso_host.decode_system_information("E00401003123AA27")(answer(wire))


def test_system_information_with_only_the_low_half_of_the_uid_is_taken():
    data = bytes.fromhex("00 00000000 3123AA26 C2 04 1C 01")

    info = iso_host.decode_system_information(UID)(Answer(0xB0, 0, data))

    assert info.uid == UID


@pytest.mark.parametrize(
    ("wire", "words", "final"),
    [
        ("06 00 B0 01 5C 63", "put it back", False),
        ("07 00 B0 03 01 F7 B1", "did not take the write", False),  # block 1
        ("07 00 B0 95 10 72 FD", "no such block", True),
        ("08 00 B0 95 12 01 D8 4F", "locked", True),  # block 1
        ("06 00 B0 82 CF D5", "wrong mode", True),
        ("06 00 7F 80 BF BF", "does not know the command", True),
        ("06 00 65 10 D7 43", "eeprom failure", True),
    ],
)
def test_refusals_are_told_in_words_and_sorted_by_whether_to_try_again(wire, words, final):
    told = answer(wire)

    assert words in describe(told)
    assert is_final(told.status, told.data) is final
    with pytest.raises(Refused, match=words):
        done(told)


def test_status_nobody_knows_is_still_an_answer():
    assert "unknown" in describe(Answer(0xB0, 0x7E, b""))


def answer(wire: str) -> Answer:
    frame = Frame.from_bytes(bytes.fromhex(wire))
    return Answer(frame.command, frame.payload[0], frame.payload[1:])
