"""The 3M driver: golden frames, and a pty and a socket with a scripted pad behind."""

import pytest

from drivers.errors import Failed, NotSupported, StartFailed
from drivers.framing import BadFrame
from drivers.readers.m3 import commands
from drivers.readers.m3.answers import Answer, Error, describe
from drivers.readers.m3.commands import Information, InventoryOption, ReadOption
from drivers.readers.m3.frames import Frame, FrameParser
from drivers.readers.m3.pad import M3Pad
from drivers.refusal import BadAnswer, Refusal
from tests.drivers import scripted_m3, scripted_pad
from tests.drivers.far_end import FarEnd, TcpWire
from tests.drivers.scripted_m3 import ScriptedM3

UID = "E00401003123AA26"
OTHER = "E0040100017C0C38"
WITH_LOCKS = ReadOption.NEW_STYLE
NO_LOCKS = ReadOption.NEW_STYLE | ReadOption.NO_LOCKS


@pytest.fixture
def m3_script():
    return ScriptedM3()


@pytest.fixture
def m3_far_end(wire, m3_script):
    far = FarEnd(wire, m3_script, scripted_m3.length)
    yield far
    far.close()


@pytest.fixture
def m3_pad(wire, m3_far_end):
    """One model on each wire; the contract test has both on both."""
    reader = M3Pad(m3_far_end.url, model="m3-210" if isinstance(wire, TcpWire) else "m3-810")
    yield reader
    reader.close()


@pytest.mark.parametrize(
    ("request_", "wire_bytes"),
    [
        # D5: the probe alone; 04, then 00 11; BCC 8C66 (captured)
        (commands.probe(), "D5 0005 04 0011 8C66"),
        (commands.startup("810"), "D6 000C 13 04 0100 0200 0300 0400 AAF2"),  # captured
        (commands.startup("210"), "D6 0010 13 06 0100 0200 0300 0400 0B00 0A00 FDBF"),  # captured
        (commands.version(), "D6 0003 11 6420"),
        # AFI 00 = all; 05 = UID and the bit of the captures (captured)
        (commands.inventory(InventoryOption(0x05)), "D6 0005 FE 00 05 FA40"),
        (commands.inventory(InventoryOption(0x07)), "D6 0005 FE 00 07 DA02"),
        (commands.read_blocks(UID, 0, 8), f"D6 000D 02 {UID} 00 08 ADAF"),
        (commands.read_blocks(UID, 0, 8, NO_LOCKS), f"D6 000E 02 {UID} 00 08 0C DB61"),
        # first 00, 7 blocks, 00, then 28 bytes (captured)
        (
            commands.write_blocks(UID, 0, bytes.fromhex("04110001") + b"1111" + bytes(20)),
            f"D6 002A 04 {UID} 00 07 00 04110001 31313131 {'00' * 20} 1CD4",
        ),
        (commands.write_afi(UID, 0xD7), f"D6 000C 09 {UID} D7 3AF0"),  # captured
        (commands.read_afi(UID), f"D6 000B 0A {UID} F869"),
        (commands.check_eas(UID), f"D6 000B 03 {UID} 3AB5"),
        (commands.set_eas(UID, on=True), f"D6 000C 0C {UID} 01 533B"),
        (commands.set_eas(UID, on=False), f"D6 000C 0C {UID} 00 431A"),
        (commands.tag_info(UID), f"D6 000C 0D {UID} 0F DDB0"),
        (commands.quiet(UID), f"D6 000B 01 {UID} FCD2"),
    ],
)
def test_requests_on_the_wire(request_, wire_bytes):
    frame = Frame(request_.command, request_.data, request_.start)

    assert frame.to_bytes() == bytes.fromhex(wire_bytes)


def test_frame_of_31_tags_needs_both_length_bytes():
    frame = Frame(0xFE, bytes.fromhex("00 00 05 1F") + bytes.fromhex(UID) * 31)
    whole = frame.to_bytes()

    assert whole[:3] == bytes.fromhex("D6 00 FF")
    assert Frame(0xFE, frame.payload + bytes.fromhex(UID)).to_bytes()[:3] == b"\xd6\x01\x07"
    assert [f for byte in whole for f in FrameParser().feed(bytes((byte,)))] == []
    assert FrameParser().feed(whole) == [frame]


@pytest.mark.parametrize(
    "damaged",
    [
        "D6 0003 11 6421",  # BCC
        "D6 0004 11 6420",  # length
        "D7 0003 11 6420",  # start
        "D6 0002 11 64",  # shorter than a frame can be
        "D6",
    ],
)
def test_damaged_frame_is_refused(damaged):
    with pytest.raises(BadFrame):
        Frame.from_bytes(bytes.fromhex(damaged))


def test_shared_frames_are_whole_and_made_again(shared_vectors):
    vectors = shared_vectors("readers-3m.json")["vectors"]
    frames = [bytes.fromhex(vector["hex"]) for vector in vectors]

    assert len(frames) > 40
    for whole in frames:
        parser = FrameParser()
        found = [frame for byte in whole for frame in parser.feed(bytes((byte,)))]
        assert [frame.to_bytes() for frame in found] == [whole]


def test_inventory_keeps_each_tag_once_with_its_dsfid():
    sets = "3E" + UID + "00" + OTHER + "3E" + UID
    answer = Answer(0xFE, 0, bytes.fromhex("00 07 03" + sets))

    found = commands.decode_inventory(answer)

    assert [(tag.uid, tag.dsfid) for tag in found] == [(UID, 0x3E), (OTHER, 0)]


@pytest.mark.parametrize("data", ["00 05 02" + UID, "00 05 00" + UID, "00 00 01", "00 05"])
def test_inventory_that_contradicts_itself_is_a_line_fault(data):
    with pytest.raises(BadAnswer):
        commands.decode_inventory(Answer(0xFE, 0, bytes.fromhex(data)))


def test_old_style_blocks_carry_their_numbers():
    data = bytes.fromhex("03 0000 04110001 0100 31323334 0200 35363738")  # captured

    assert commands.decode_old_style(0, 3)(Answer(0x02, 0, data))[4:8] == b"1234"
    with pytest.raises(BadAnswer):
        commands.decode_old_style(1, 3)(Answer(0x02, 0, data))


def test_locks_stand_before_each_block_in_the_new_style():
    data = bytes.fromhex("02 02 00 31323334 01 35363738")

    assert commands.decode_locks(2, 2)(Answer(0x02, 0, data)) == (False, True)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("0F 3E 07 031B 0100", Information(0x3E, 0x07, 4, 28, 1)),
        ("06 07 031B", Information(None, 0x07, 4, 28, None)),
        ("00", Information(None, None, None, None, None)),
    ],
)
def test_tag_info_takes_what_its_mask_says(data, expected):
    assert commands.decode_tag_info(Answer(0x0D, 0, bytes.fromhex(data))) == expected


def test_tag_info_that_breaks_off_is_a_line_fault():
    with pytest.raises(BadAnswer):
        commands.decode_tag_info(Answer(0x0D, 0, bytes.fromhex("0F 3E 07 03")))


@pytest.mark.parametrize("error", [*Error, 0x77])
def test_every_error_has_a_sentence(error):
    assert len(describe(error)) > 15 or error == Error.OK


def test_foreign_vendor_is_no_3m_reader():
    with pytest.raises(BadAnswer, match="not 3M"):
        commands.decode_version(Answer(0x11, 0, bytes.fromhex("0B 03 02 06")))


def test_start_sends_the_probe_then_13_then_the_version(m3_pad, m3_far_end):
    heads = [(request[0], request[3]) for request in m3_far_end.requests]

    assert heads == [(0xD5, 0x04), (0xD6, 0x13), (0xD6, 0x11)]
    assert m3_pad.identify().model == "3M 210"


def test_an_inventory_asks_for_tags_that_others_outshout(m3_pad, m3_far_end):
    m3_pad.inventory()

    # OPT: UID, DSFID, what every capture has; not bit 5, which skips the second poll
    assert m3_far_end.requests[-1] == bytes.fromhex("D6 0005 FE 00 07 DA02")


def test_reader_that_knows_no_probe_is_a_good_one(m3_script, m3_far_end):
    m3_script.knows_probe = False

    reader = M3Pad(m3_far_end.url)

    assert reader.identify().firmware == "3.2.6"
    assert reader.identify().model == "3M 210 or 810"
    reader.close()


def test_something_else_behind_the_port_is_not_started(wire):
    far = FarEnd(wire, lambda request: [b"OK\r\n"], scripted_m3.length)

    with pytest.raises(StartFailed, match="no 3M reader"):
        M3Pad(far.url)

    far.close()


def test_stray_inventory_answer_before_a_read_is_dropped(m3_pad, m3_script):
    m3_script.add(UID)
    m3_script.tags[UID].blocks[0] = b"mine"
    stray = scripted_m3.frame(0xFE, bytes.fromhex("00 00 05 01" + OTHER))
    m3_script.faults[("02", 1)] = lambda whole: [stray + whole]

    assert m3_pad.read_blocks(UID, 0, 1) == b"mine"
    assert m3_pad.health.retries == 0


def test_answer_of_another_tag_is_dropped(m3_pad, m3_script):
    m3_script.add(UID)
    other = scripted_m3.frame(0x0D, bytes.fromhex("00" + OTHER + "0F 00 C2 031B 0100"))
    m3_script.faults[("0D", 1)] = lambda whole: [other + whole]

    assert m3_pad.system_information(UID).afi == 0x07


def test_tags_told_twice_are_seen_once(m3_pad, m3_script):
    m3_script.add(*(f"E0040100{n:08X}" for n in range(40)))
    m3_script.told_twice = True

    assert len(m3_pad.inventory()) == 40


@pytest.mark.parametrize("key", ["FE", "02", "0D"])
@pytest.mark.parametrize(
    "fault",
    [
        scripted_pad.cut,
        scripted_pad.dropped_first,
        scripted_pad.dropped_middle,
        scripted_pad.flipped_data,
        scripted_pad.noise_before,
        scripted_pad.slow,
        scripted_pad.doubled,
        scripted_pad.in_single_bytes,
    ],
)
def test_questions_survive_one_fault_of_the_line(m3_pad, m3_script, fault, key):
    m3_script.add(UID)
    m3_script.tags[UID].blocks[0] = b"mine"
    m3_script.faults[(key, 1)] = fault

    assert [tag.uid for tag in m3_pad.inventory()] == [UID]
    assert m3_pad.read_blocks(UID, 0, 1) == b"mine"
    assert m3_pad.system_information(UID).block_count == 28
    assert m3_pad.health.retries <= 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", [scripted_pad.mute, scripted_pad.cut, scripted_pad.flipped_data])
def test_write_whose_answer_is_lost_is_read_back_and_not_repeated(m3_pad, m3_script, fault):
    m3_script.add(UID)
    m3_script.faults = {("09", 1): fault, ("04", 1): fault}

    m3_pad.write_afi(UID, 0xC2)
    m3_pad.write_blocks(UID, 0, b"12345678")

    assert (m3_script.tags[UID].afi, m3_script.tags[UID].writes) == (0xC2, 2)


def test_write_is_repeated_after_the_tag_was_seen_without_it(m3_pad, m3_script):
    m3_script.add(UID)
    m3_script.write_hook = lambda tag, number: number == 3

    m3_pad.write_afi(UID, 0xC2)

    assert (m3_script.tags[UID].afi, m3_script.tags[UID].writes) == (0xC2, 3)


def test_locked_tag_is_told_without_a_second_write(m3_pad, m3_script):
    m3_script.add(UID)
    m3_script.tags[UID].locked = True

    with pytest.raises(Failed, match="locked") as told:
        m3_pad.write_afi(UID, 0xC2)

    assert (told.value.status, m3_script.tags[UID].writes) == (0x12, 1)
    assert m3_pad.read_locks(UID, 0, 3) == (True,) * 3


def test_eas_06_of_a_tag_that_is_there_means_off(m3_pad, m3_script):
    m3_script.add(UID)

    assert m3_pad.read_eas(UID) is False


def test_eas_06_of_a_tag_that_is_gone_is_no_answer(m3_pad):
    with pytest.raises(Failed, match="put it back") as told:
        m3_pad.read_eas(UID)

    assert told.value.status == 0x06


def test_quiet_tag_is_passed_over(m3_pad, m3_script):
    m3_script.add(UID, OTHER)

    m3_pad.quiet(UID)

    assert [tag.uid for tag in m3_pad.inventory()] == [OTHER]


def test_tag_without_system_information_is_told_as_such(m3_pad, m3_script):
    m3_script.add(UID)
    short = scripted_m3.frame(0x0D, bytes.fromhex("00" + UID + "02 07"))
    m3_script.faults[("0D", 1)] = lambda whole: [short]

    with pytest.raises(NotSupported, match="system information"):
        m3_pad.system_information(UID)


def test_refusal_carries_the_readers_error():
    with pytest.raises(Refusal, match="does not know the command") as told:
        commands.decode_byte(Answer(0x0A, 0x02, b""))

    assert told.value.status == 0x02
