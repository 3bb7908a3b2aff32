"""EAS, DSFID, locks, the limit of small readers and the order of block bytes on a FEIG pad."""

import pytest

from drivers.errors import Failed, NotSupported
from drivers.readers.feig import eas, iso_host
from drivers.readers.feig.answers import Answer, Refused
from drivers.readers.feig.block_order import BlockOrder, block_order
from drivers.readers.feig.frames import Frame
from drivers.readers.feig.pad import FeigPad
from drivers.refusal import BadAnswer
from tests.drivers import scripted_pad
from tests.drivers.far_end import answer_frame

UID = "E00401003123AA26"
OTHER = "E0040100017C0C38"
TEXAS = "E007000000600001"  # manufacturer 07: no EAS


@pytest.mark.parametrize(
    ("request_", "wire"),
    [
        # B1, 04 NXP, A2 set, 01 addressed, UID
        (eas.write_eas(UID, on=True), f"10 FF B1 04 A2 01 {UID} A176"),
        (eas.write_eas(UID, on=False), f"10 FF B1 04 A3 01 {UID} 865A"),
        (eas.alarm(), "08 FF B1 04 A5 00 7313"),  # 00: any tag
        (iso_host.write_dsfid(UID, 0x3E), f"10 FF B0 29 01 {UID} 3E EAB2"),
        (iso_host.block_security(UID, 0, 4), f"11 FF B0 2C 01 {UID} 00 04 79EA"),
    ],
)
def test_requests_on_the_wire(request_, wire):
    frame = Frame(0xFF, request_.command, request_.data)

    assert frame.to_bytes() == bytes.fromhex(wire)


@pytest.mark.parametrize(("status", "expected"), [(0x00, True), (0x84, True), (0x01, False)])
def test_alarm_is_told_by_the_status(status, expected):
    assert eas.decode_alarm(Answer(0xB1, status, b"")) is expected


def test_alarm_that_the_reader_does_not_know_is_no_all_clear():
    with pytest.raises(Refused):
        eas.decode_alarm(Answer(0xB1, 0x80, b""))


def test_locks_are_bit_0_of_each_security_byte():
    decode = iso_host.decode_security(4)

    assert decode(Answer(0xB0, 0, bytes.fromhex("04 00 00 02 01"))) == (False, False, False, True)
    with pytest.raises(BadAnswer):
        decode(Answer(0xB0, 0, bytes.fromhex("03 00 00 01")))


def test_eas_is_set_on_this_tag_alone(pad, script):
    script.add(UID, OTHER)

    pad.write_eas(UID, on=True)

    assert (pad.read_eas(UID), pad.read_eas(OTHER)) == (True, False)
    assert script.tags[OTHER].writes == 0


def test_alarm_of_another_tag_is_never_taken_for_this_ones(pad, script):
    script.add(UID, OTHER)
    script.eas_of_any = True
    script.tags[OTHER].eas = True

    with pytest.raises(Failed, match="leave one book"):
        pad.read_eas(UID)
    del script.tags[OTHER]

    assert pad.read_eas(UID) is False


def test_alarm_of_a_tag_alone_is_its_own_even_if_the_reader_ignores_the_address(pad, script):
    script.add(UID)
    script.eas_of_any = True

    pad.write_eas(UID, on=True)

    assert pad.read_eas(UID) is True


def test_eas_poll_hears_a_tag_that_an_inventory_made_quiet(pad, script):
    script.add(UID, OTHER)
    before = pad.poll_eas()
    script.tags[UID].eas = True
    pad.inventory()

    assert (before, pad.poll_eas()) == (False, True)


def test_silence_of_a_tag_that_is_gone_is_not_eas_off(pad):
    with pytest.raises(Failed, match="put it back"):
        pad.read_eas(UID)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", [scripted_pad.mute, scripted_pad.cut])
def test_eas_whose_confirmation_is_lost_is_asked_for_and_not_repeated(pad, script, fault):
    script.add(UID)
    script.faults[("B1", 1)] = fault

    pad.write_eas(UID, on=True)

    assert (script.tags[UID].eas, script.tags[UID].writes) == (True, 1)


def test_eas_that_the_tag_did_not_take_is_told(pad, script):
    script.add(UID)
    script.write_hook = lambda tag, number: False

    with pytest.raises(Failed, match="did not set its EAS bit"):
        pad.write_eas(UID, on=True)


def test_chip_without_eas_is_refused_in_a_sentence(pad, script):
    script.add(TEXAS)

    with pytest.raises(NotSupported, match="only chips of NXP"):
        pad.write_eas(TEXAS, on=True)

    assert script.tags[TEXAS].writes == 0


def test_dsfid_is_written_and_read_back(pad, script):
    script.add(UID)

    pad.write_dsfid(UID, 0x06)

    assert script.tags[UID].dsfid == 0x06


def test_locks_of_a_large_tag_are_read_in_portions(pad, script):
    script.add(UID)
    script.tags[UID].blocks = [bytes(4)] * 64
    script.tags[UID].locked = True

    assert pad.read_locks(UID, 0, 64) == (True,) * 64
    assert script.count("B02C") == 2


@pytest.fixture
def cpr(far_end, script):
    reader = FeigPad(far_end(script).url, model="feig-cpr40")
    yield reader
    reader.close()


@pytest.mark.parametrize(("number", "complete"), [(3, True), (4, False)])
def test_small_reader_says_when_its_limit_is_reached(cpr, script, number, complete):
    script.add(*(f"E0040100{n:08X}" for n in range(number)))

    assert len(cpr.inventory()) == number
    assert cpr.inventory_is_complete is complete
    assert not cpr.capabilities.stacks


def test_more_than_the_reader_can_hold_is_refused_and_not_told_in_part(cpr, script):
    script.add(UID)
    script.faults[("B001", 1)] = lambda whole: [
        answer_frame(bytes.fromhex("05FFB0") + bytes(2), 0x93, whole[4:-2])
    ]

    with pytest.raises(Failed, match="fewer books") as told:
        cpr.inventory()

    assert told.value.status == 0x93
    assert not cpr.inventory_is_complete


def test_rf_warning_with_tags_counts_the_tags_and_the_warning(pad, script):
    script.add(UID)
    script.faults[("B001", 1)] = lambda whole: [
        answer_frame(bytes.fromhex("05FFB0") + bytes(2), 0x84, whole[4:-2])
    ]

    assert [tag.uid for tag in pad.inventory()] == [UID]
    assert pad.health.rf_warnings == 1
    assert pad.health.rf_warning_share > 0


@pytest.mark.parametrize(
    ("read", "known", "expected"),
    [
        (b"\x04\x11\x00\x011234", b"\x04\x11\x00\x011234", BlockOrder.RIGHT),
        (b"\x01\x00\x11\x044321", b"\x04\x11\x00\x011234", BlockOrder.TURNED),
        (b"\x04\x11\x00\x015678", b"\x04\x11\x00\x011234", BlockOrder.UNKNOWN),
        (bytes(8), bytes(8), BlockOrder.UNKNOWN),
        (b"abba", b"abba", BlockOrder.UNKNOWN),
    ],
)
def test_block_order_is_told_by_a_known_tag(read, known, expected):
    assert block_order(read, known) is expected


def test_reader_whose_block_order_differs_is_noticed(pad, script):
    script.add(UID)
    script.tags[UID].blocks[0] = b"1234"

    assert pad.check_block_order(UID, b"1234") is BlockOrder.RIGHT
    assert pad.check_block_order(UID, b"4321") is BlockOrder.TURNED
