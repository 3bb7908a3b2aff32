"""The pad driver on a real pty and a real socket, against a scripted pad with faults."""

import time
from itertools import pairwise

import pytest

from drivers.errors import Failed, NotAvailable, StartFailed, TimedOut
from drivers.readers.feig import device_commands
from drivers.readers.feig.device_commands import Request
from drivers.readers.feig.pad import FeigPad
from tests.drivers import scripted_pad
from tests.drivers.far_end import TcpWire, answer_frame

UID = "E00401003123AA26"
OTHER = "E0040100017C0C38"
LINE_FAULTS = [
    scripted_pad.cut,
    scripted_pad.dropped_first,
    scripted_pad.dropped_middle,
    scripted_pad.flipped_length,
    scripted_pad.flipped_data,
    scripted_pad.noise_before,
    scripted_pad.slow,
    scripted_pad.doubled,
    scripted_pad.in_single_bytes,
]


def test_identify_names_model_firmware_and_port(pad, far_end):
    identity = pad.identify()

    assert identity.model == "FEIG MR102"
    assert identity.firmware.startswith("3.03")
    assert identity.simulated is False


def test_inventory_sees_a_book_that_stays_every_time(pad, script):
    script.add(UID, OTHER)

    sweeps = [{tag.uid for tag in pad.inventory()} for _ in range(3)]

    assert sweeps == [{UID, OTHER}] * 3


def test_inventory_of_an_empty_pad_is_empty(pad):
    assert pad.inventory() == ()


def test_field_goes_off_only_after_tags_were_told(pad, script):
    pad.inventory()  # whatever was told before this program came
    pad.inventory()
    on_an_empty_pad = script.count("69")
    script.add(UID)

    came = [{tag.uid for tag in pad.inventory()} for _ in range(3)]

    assert on_an_empty_pad == 1
    assert came == [{UID}] * 3
    assert script.count("69") == 1 + 2


def test_book_whose_first_answer_was_lost_is_told_all_the_same(pad, script):
    pad.inventory()
    script.add(UID)
    script.faults[("B001", script.count("B001") + 1)] = scripted_pad.cut

    assert {tag.uid for tag in pad.inventory()} == {UID}
    assert pad.health.retries == 1


def test_inventory_of_a_stack_larger_than_one_frame(pad, script):
    uids = {f"E0040100{n:08X}" for n in range(57)}
    script.add(*uids)

    tags = pad.inventory()

    assert {tag.uid for tag in tags} == uids
    assert len(tags) == 57
    assert script.count("B001") == 3


def test_lost_answer_in_the_middle_of_a_stack_loses_no_book(pad, script):
    uids = {f"E0040100{n:08X}" for n in range(57)}
    script.add(*uids)
    script.faults[("B001", 2)] = scripted_pad.cut

    assert {tag.uid for tag in pad.inventory()} == uids
    assert pad.health.retries == 1


@pytest.mark.parametrize("fault", LINE_FAULTS)
@pytest.mark.parametrize("key", ["B001", "69"])
def test_inventory_survives_one_fault_of_the_line(pad, script, fault, key):
    script.add(UID)
    script.faults[(key, 1)] = fault

    assert [tag.uid for tag in pad.inventory()] == [UID]
    assert pad.health.retries <= 1


@pytest.mark.parametrize(
    "fault",
    [
        scripted_pad.noise_before,
        scripted_pad.slow,
        scripted_pad.doubled,
        scripted_pad.in_single_bytes,
    ],
)
def test_answer_that_came_whole_is_not_asked_for_again(pad, script, fault):
    script.add(UID)
    script.faults[("B001", 1)] = fault

    assert [tag.uid for tag in pad.inventory()] == [UID]
    assert pad.health.retries == 0


@pytest.mark.parametrize("fault", LINE_FAULTS)
def test_blocks_survive_one_fault_of_the_line_and_never_belong_to_another_tag(pad, script, fault):
    script.add(UID, OTHER)
    script.tags[UID].blocks[0] = b"mine"
    script.tags[OTHER].blocks[0] = b"thei"
    script.faults[("B023", 1)] = fault

    read = [pad.read_blocks(uid, 0, 1) for uid in (UID, OTHER, UID)]

    assert read == [b"mine", b"thei", b"mine"]


@pytest.mark.usefixtures("impatient")
def test_late_answer_is_never_taken_for_the_next_tags(pad, script):
    script.add(UID, OTHER)
    script.tags[UID].blocks[0] = b"mine"
    script.tags[OTHER].blocks[0] = b"thei"
    script.faults[("B023", 1)] = scripted_pad.late

    first = pad.read_blocks(UID, 0, 1)
    second = pad.read_blocks(OTHER, 0, 1)

    assert (first, second) == (b"mine", b"thei")
    assert pad.health.retries == 1


def test_blocks_beyond_one_command_are_read_in_portions(pad, script):
    script.add(UID)
    script.tags[UID].blocks = [bytes((n,)) * 4 for n in range(64)]

    data = pad.read_blocks(UID, 3, 40)

    assert data == b"".join(bytes((n,)) * 4 for n in range(3, 43))
    assert script.count("B023") == 2


def test_blocks_the_tag_does_not_have_are_refused_at_once(pad, script):
    script.add(UID)

    with pytest.raises(Failed, match="no such block") as told:
        pad.read_blocks(UID, 27, 2)

    assert told.value.status == 0x95
    assert script.count("B023") == 1


@pytest.mark.parametrize(("first", "count"), [(0, 0), (-1, 2), (250, 7)])
def test_block_range_that_no_tag_has_is_a_mistake_of_the_caller(pad, first, count):
    with pytest.raises(ValueError, match="blocks 0 to 255"):
        pad.read_blocks(UID, first, count)


def test_write_blocks_puts_the_bytes_in_tag_memory_order(pad, script):
    script.add(UID)

    pad.write_blocks(UID, 2, b"\x04\x11\x00\x01" + b"1234")

    assert script.tags[UID].blocks[2:4] == [b"\x04\x11\x00\x01", b"1234"]
    assert script.tags[UID].writes == 1


def test_write_blocks_writes_again_only_what_the_tag_does_not_hold(pad, script):
    script.add(UID)

    def takes_half(tag, number):
        if number == 1:
            tag.blocks[0] = b"aaaa"
        return number > 1

    script.write_hook = takes_half
    sent = []
    script.faults = {("B024", n): lambda whole, n=n: sent.append(n) or [whole] for n in (1, 2)}

    pad.write_blocks(UID, 0, b"aaaabbbb")

    assert script.tags[UID].blocks[:2] == [b"aaaa", b"bbbb"]
    assert sent == [1, 2]


@pytest.mark.parametrize("data", [b"", b"abc", b"abcde"])
def test_write_of_half_a_block_is_a_mistake_of_the_caller(pad, data):
    with pytest.raises(ValueError, match="whole blocks"):
        pad.write_blocks(UID, 0, data)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", [*LINE_FAULTS, scripted_pad.mute, scripted_pad.late])
def test_write_afi_whose_answer_is_lost_is_read_back_and_not_repeated(pad, script, fault):
    script.add(UID)
    script.faults[("B027", 1)] = fault

    pad.write_afi(UID, 0xC2)

    assert script.tags[UID].afi == 0xC2
    assert script.tags[UID].writes == 1
    assert script.count("B02B") == 1


def test_write_afi_that_the_tag_did_not_take_is_written_again(pad, script):
    script.add(UID)
    script.write_hook = lambda tag, number: number == 3

    pad.write_afi(UID, 0xC2)

    assert script.tags[UID].afi == 0xC2
    assert script.tags[UID].writes == 3


def test_write_afi_that_never_takes_is_told_with_the_readers_status(pad, script):
    script.add(UID)
    script.write_hook = lambda tag, number: False

    with pytest.raises(Failed, match="did not take") as told:
        pad.write_afi(UID, 0xC2)

    assert told.value.status == 0x03
    assert script.tags[UID].writes == 3


def test_write_afi_confirmed_and_not_held_is_a_failure(pad, script):
    script.add(UID)
    script.faults = {("B02B", n): lambda whole: [stale_afi(whole)] for n in (1, 2, 3)}

    with pytest.raises(Failed, match="kept its old content"):
        pad.write_afi(UID, 0xC2)


def test_locked_afi_is_refused_without_a_second_write(pad, script):
    script.add(UID)
    script.tags[UID].locked = True

    with pytest.raises(Failed, match="locked") as told:
        pad.write_afi(UID, 0xC2)

    assert told.value.status == 0x95
    assert script.tags[UID].writes == 1


def test_book_lifted_during_the_write_is_told_and_not_looked_for_again(pad, script):
    script.add(UID)
    script.write_hook = lambda tag, number: script.tags.clear()

    with pytest.raises(Failed, match="put it back") as told:
        pad.write_afi(UID, 0xC2)

    assert told.value.status == 0x01
    assert script.count("B02B") <= 3


def test_air_fault_is_asked_again(pad, script):
    script.add(UID)
    script.faults[("B02B", 1)] = lambda whole: [status_only(0x02)]  # data false

    assert pad.system_information(UID).block_count == 28
    assert pad.health.retries == 1


def test_output_is_sent_as_digital_output(pad, far_end, script):
    pad.set_output(2, on=True, seconds=1)

    assert script.count("72") == 1


def test_reset_field_wakes_quiet_tags(pad, script):
    script.add(UID)
    script.tags[UID].quiet = True

    pad.reset_field()

    assert script.tags[UID].quiet is False


def test_rf_warnings_are_counted(pad, script):
    script.faults[("B001", 1)] = lambda whole: [status_only(0x84)]

    assert pad.inventory() == ()
    assert pad.health.rf_warnings == 1


def test_silent_reader_times_out_and_is_found_again_afterwards(pad, script, wire, monkeypatch):
    monkeypatch.setattr(device_commands, "version", lambda: Request(0x65, timeout_s=0.1))
    script.add(UID)
    script.faults = {("65", n): scripted_pad.mute for n in range(2, 9)}

    with pytest.raises(TimedOut):
        pad.identify()
    script.faults.clear()
    if not isinstance(wire, TcpWire):
        wire.reset()

    assert [tag.uid for tag in pad.inventory()] == [UID]
    assert pad.health.reopened == 1
    assert pad.health.retries == 2


def test_babbling_line_is_a_failure_within_a_bound(pad, script):
    script.faults = {("65", n): lambda whole: [b"\xaa" * 40, 0.005] * 80 for n in range(2, 9)}
    began = time.monotonic()

    with pytest.raises((Failed, TimedOut)):
        pad.identify()

    assert time.monotonic() - began < 30


def test_closed_reader_says_so(pad):
    pad.close()
    pad.close()

    with pytest.raises(NotAvailable, match="closed"):
        pad.inventory()


def test_something_else_behind_the_port_is_not_started(far_end):
    far = far_end(lambda request: [b"OK\r\n"])

    with pytest.raises(StartFailed, match="no FEIG reader"):
        FeigPad(far.url)


def test_requests_are_spaced_by_the_silence_the_reader_needs(far_end, script):
    arrivals: list[float] = []

    def device(request):
        arrivals.append(time.monotonic())
        return script(request)

    reader = FeigPad(far_end(device).url)

    for _ in range(5):
        reader.identify()
    reader.close()

    gaps = [later - earlier for earlier, later in pairwise(arrivals)]
    assert min(gaps) >= 0.005  # PSST, manual H20800


def stale_afi(whole: bytes) -> bytes:
    """The same answer with the AFI of before."""
    request = bytes.fromhex("05FFB0") + bytes(2)
    return answer_frame(request, whole[3], whole[4:13] + b"\x07" + whole[14:-2])


def status_only(status: int) -> bytes:
    return answer_frame(bytes.fromhex("05FFB0") + bytes(2), status)
