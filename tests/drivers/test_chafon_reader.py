"""The Chafon driver: golden frames, and a pty and a socket with a scripted reader behind."""

import pytest

from circulation.tags.iso28560_4 import decode_uhf
from drivers.errors import Failed, NotSupported, StartFailed
from drivers.framing import BadFrame
from drivers.readers.chafon import commands
from drivers.readers.chafon.answers import Answer, describe
from drivers.readers.chafon.commands import Bank, FoundTag
from drivers.readers.chafon.frames import Frame, FrameParser
from drivers.readers.chafon.reader import ChafonReader
from drivers.refusal import BadAnswer
from tests.drivers import scripted_chafon, scripted_pad
from tests.drivers.far_end import FarEnd
from tests.drivers.scripted_chafon import ScriptedChafon, UhfTag, uhf_tag

EPC = "000000000000000000000313"
OTHER = "49440000000000000A000334"
# ISO/TS 28560-4:2014, page 49: 8 words, user memory, AFI C2; CH-000134-1, item 12345678, 31
NAMED = bytes.fromhex("45C2 141C C04F C70B ADB5 C6E2 DA1D ED4D D319")
MASK = bytes(2)


@pytest.fixture
def uhf_script():
    return ScriptedChafon()


@pytest.fixture
def uhf_far_end(wire, uhf_script):
    far = FarEnd(wire, uhf_script, scripted_chafon.length)
    yield far
    far.close()


@pytest.fixture
def uhf(uhf_far_end):
    reader = ChafonReader(uhf_far_end.url)
    yield reader
    reader.close()


@pytest.fixture
def uhf288(uhf_far_end, uhf_script):
    uhf_script.type, uhf_script.tells_antenna = 0x0C, True
    reader = ChafonReader(uhf_far_end.url, model="chafon-288")
    yield reader
    reader.close()


@pytest.mark.parametrize(
    ("request_", "wire_bytes"),
    [
        # 04: the bytes behind the length, not counting itself
        (commands.information(), "04 FF 21 1995"),
        (commands.inventory(), "04 FF 01 1BB4"),
        (commands.power(20), "05 FF 2F 14 DB5D"),
        (commands.scan_time(3), "05 FF 25 03 95C4"),
        # 6 words of EPC, bank 02 TID, from word 0, 6 words, password, empty mask
        (
            commands.read_words(EPC, Bank.TID, 0, 6, mask=MASK),
            f"1A FF 02 06 {EPC} 02 00 06 00000000 0000 45CE",
        ),
    ],
)
def test_requests_on_the_wire(request_, wire_bytes):
    frame = Frame(0xFF, request_.command, request_.data)

    assert frame.to_bytes() == bytes.fromhex(wire_bytes)


def test_write_names_the_words_the_tag_and_the_place():
    request = commands.write_words(EPC, Bank.USER, 2, b"abcd", mask=MASK)

    assert request.data == bytes.fromhex(f"02 06 {EPC} 03 02 61626364 00000000 0000")


def test_beep_is_counted_in_steps_of_50_ms():
    assert commands.beep(0.1).data == bytes((2, 0, 1))
    with pytest.raises(ValueError, match=r"0\.05 to 12\.75"):
        commands.beep(20)


@pytest.mark.parametrize("dbm", [19, 31])
def test_power_the_reader_cannot_have_is_a_mistake_of_the_caller(dbm):
    with pytest.raises(ValueError, match="20 to 30"):
        commands.power(dbm)


@pytest.mark.parametrize(
    ("data", "with_antenna", "expected"),
    [
        # one tag: length 0C, EPC
        (f"01 0C{EPC}", False, [FoundTag(EPC)]),
        (f"02 0C{EPC} 0C{OTHER}", False, [FoundTag(EPC), FoundTag(OTHER)]),
        # antenna mask 01, one tag, RSSI 6B behind the EPC
        (f"01 01 0C{EPC} 6B", True, [FoundTag(EPC, 1, 0x6B)]),
        (f"04 01 0C{OTHER} 64", True, [FoundTag(OTHER, 3, 0x64)]),  # bit 2: the third
        ("01 01 04 00323038 6D", True, [FoundTag("00323038", 1, 0x6D)]),
        ("01 00", True, []),
    ],
)
def test_inventory_answers(data, with_antenna, expected):
    answer = Answer(0x01, 0x01, bytes.fromhex(data))

    found = commands.decode_inventory(answer, with_antenna=with_antenna)

    assert list(found.tags) == expected
    assert found.complete


@pytest.mark.parametrize("data", [f"02 0C{EPC}", f"01 0C{EPC[:-2]}", f"01 0C{EPC} 6B", "01 00"])
def test_inventory_that_contradicts_itself_is_a_line_fault(data):
    with pytest.raises(BadAnswer):
        commands.decode_inventory(Answer(0x01, 0x01, bytes.fromhex(data)), with_antenna=False)


@pytest.mark.parametrize("status", [0x02, 0x04])
def test_inventory_cut_short_by_time_or_memory_is_not_complete(status):
    answer = Answer(0x01, status, bytes.fromhex(f"01 0C{EPC}"))

    assert not commands.decode_inventory(answer, with_antenna=False).complete


def test_shared_frames_are_whole_and_made_again(shared_vectors):
    vectors = shared_vectors("readers-chafon-uhf.json")["vectors"]
    good = [bytes.fromhex(v["hex"]) for v in vectors if v["kind"] != "negative"]
    bad = [bytes.fromhex(v["hex"]) for v in vectors if v["kind"] == "negative"]

    assert len(good) > 18
    for whole in good:
        parser = FrameParser()
        found = [frame for byte in whole for frame in parser.feed(bytes((byte,)))]
        assert [frame.to_bytes() for frame in found] == [whole]
    for damaged in bad:
        with pytest.raises(BadFrame):
            Frame.from_bytes(damaged)


@pytest.mark.parametrize("status", [0x05, 0xF8, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF, 0x77])
def test_every_refusal_has_a_sentence(status):
    assert len(describe(Answer(0x02, status, b""))) > 15


def test_start_shortens_the_scan_time_and_does_it_once(uhf_far_end, uhf_script):
    for _ in range(2):
        ChafonReader(uhf_far_end.url).close()

    assert uhf_script.scan_time == 3
    assert uhf_script.count("25") == 1


def test_series_of_frames_is_one_inventory(uhf, uhf_script):
    uhf_script.tags = [uhf_tag(f"3008{n:020X}") for n in range(7)]

    seen = uhf.inventory()

    assert len(seen) == 7
    assert uhf_script.count("01") == 1
    assert uhf.inventory_is_complete


def test_damaged_frame_in_a_series_loses_no_tag(uhf, uhf_script):
    uhf_script.tags = [uhf_tag(f"3008{n:020X}") for n in range(7)]
    uhf_script.faults[("01", 1)] = lambda whole: [whole[:50] + b"\xff" + whole[51:]]

    assert len(uhf.inventory()) == 7
    assert uhf.health.retries == 1


def test_inventory_out_of_time_says_that_there_may_be_more(uhf, uhf_script):
    uhf_script.tags = [uhf_tag(EPC)]
    uhf_script.last_status = 0x02

    assert [tag.uid for tag in uhf.inventory()] == [EPC]
    assert not uhf.inventory_is_complete


def test_288_tells_antenna_and_rssi(uhf288, uhf_script):
    uhf_script.tags = [uhf_tag(EPC)]

    [tag] = uhf288.inventory()

    assert (tag.uid, tag.antenna, tag.rssi) == (EPC, 2, 0x6B)
    assert uhf288.identify().model == "Chafon UHFReader288"


def test_288_that_wants_parameters_is_asked_antenna_by_antenna(uhf288, uhf_script):
    uhf_script.tags, uhf_script.wants_parameters = [uhf_tag(EPC)], True

    sweeps = [[tag.uid for tag in uhf288.inventory()] for _ in range(2)]

    assert sweeps == [[EPC]] * 2
    assert uhf_script.count("01") == 1 + 4 + 4


@pytest.mark.parametrize(
    "fault",
    [
        scripted_pad.cut,
        scripted_pad.dropped_first,
        scripted_pad.flipped_data,
        scripted_pad.noise_before,
        scripted_pad.slow,
        scripted_pad.doubled,
        scripted_pad.in_single_bytes,
        lambda whole: [scripted_chafon.frame(0x00, 0xFE)],  # "your request came damaged"
    ],
)
@pytest.mark.parametrize("key", ["01", "02"])
def test_questions_survive_one_fault_of_the_line(uhf, uhf_script, fault, key):
    uhf_script.tags = [UhfTag(NAMED)]
    uhf_script.faults[(key, 1)] = fault
    name = NAMED[2:].hex().upper()

    assert [tag.uid for tag in uhf.inventory()] == [name]
    assert uhf.read_epc_bank(name) == NAMED
    assert uhf.health.retries <= 1


def test_item_is_known_by_its_epc(uhf, uhf_script):
    uhf_script.tags = [UhfTag(NAMED, bytes(8))]
    [tag] = uhf.inventory()

    says = decode_uhf(uhf.read_epc_bank(tag.uid), uhf.read_user_bank(tag.uid))

    assert (says.owner, says.item_id) == ("CH-000134-1", "12345678")


def test_user_bank_ends_where_the_tag_says(uhf, uhf_script):
    uhf_script.tags = [uhf_tag(EPC, bytes(range(2 * 21))), uhf_tag(OTHER)]

    assert uhf.read_user_bank(EPC) == bytes(range(2 * 21))
    assert uhf.read_user_bank(OTHER) == b""


def test_only_so_many_words_are_read_when_that_is_all_that_is_wanted(uhf, uhf_script):
    uhf_script.tags = [uhf_tag(EPC, bytes(range(2 * 21)))]

    assert uhf.read_user_bank(EPC, 5) == bytes(range(10))
    assert uhf.read_user_bank(EPC, 20) == bytes(range(40))


@pytest.mark.parametrize("refused", [0, 2])
def test_new_name_is_written_and_read_under_the_new_name(uhf, uhf_script, refused):
    uhf_script.tags, uhf_script.refuse_writes = [uhf_tag(EPC)], refused

    name = uhf.write_epc_bank(EPC, NAMED)

    assert name == NAMED[2:].hex().upper()
    assert uhf_script.tags[0].epc_bank == NAMED
    assert uhf_script.tags[0].writes == 1 + refused


@pytest.mark.usefixtures("impatient")
def test_name_whose_confirmation_is_lost_is_found_by_looking(uhf, uhf_script):
    uhf_script.tags = [uhf_tag(EPC)]
    uhf_script.faults[("03", 1)] = scripted_pad.mute

    uhf.write_epc_bank(EPC, NAMED)

    assert uhf_script.tags[0].writes == 1


def test_name_is_not_written_while_several_lie_there(uhf, uhf_script):
    uhf_script.tags = [uhf_tag(EPC), uhf_tag(OTHER)]

    with pytest.raises(Failed, match="alone"):
        uhf.write_epc_bank(EPC, NAMED)

    assert [tag.writes for tag in uhf_script.tags] == [0, 0]


def test_name_without_its_control_word_is_a_mistake_of_the_caller(uhf):
    with pytest.raises(ValueError, match="control word"):
        uhf.write_epc_bank(EPC, NAMED[:-2])


def test_user_bank_that_is_too_small_is_told(uhf, uhf_script):
    uhf_script.tags = [uhf_tag(EPC, bytes(8))]

    with pytest.raises(Failed, match="no such memory"):
        uhf.write_user_bank(EPC, bytes(16))

    assert uhf_script.tags[0].user == bytes(8)


def test_beeper_is_output_0(uhf, uhf_script):
    uhf.set_output(0, on=True, seconds=0.5)

    assert uhf_script.beeps == [bytes((10, 0, 1))]
    with pytest.raises(NotSupported):
        uhf.set_output(1, on=True, seconds=0.5)


def test_power_is_set(uhf, uhf_script):
    uhf.set_power(26)

    assert uhf_script.power == 26


def test_something_else_behind_the_port_is_not_started(wire):
    far = FarEnd(wire, lambda request: [b"OK\r\n"], scripted_chafon.length)

    with pytest.raises(StartFailed, match="no Chafon reader"):
        ChafonReader(far.url)

    far.close()
