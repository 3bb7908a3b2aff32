"""The gate driver on a real pty and a real socket, against a scripted buffer."""

import pytest

from drivers.errors import Failed, StartFailed
from drivers.readers.feig.gate import FeigGate
from tests.drivers import scripted_pad
from tests.drivers.far_end import answer_frame, command_of, data_of

UID = "E00401003123AA26"
OTHER = "E0040100017C0C38"


class ScriptedGate:
    """A FIFO that repeats what was read until it is cleared."""

    def __init__(self) -> None:
        self.fifo: list[bytes] = []
        self.read = 0
        self.mode_status = 0
        self.bend = {}
        self.log: list[int] = []
        self.sets_asked: list[int] = []

    def notice(self, uid: str, afi: int, antenna: int) -> None:
        self.fifo.append(
            b"\x00\x10\x03\x00\x0a" + bytes((afi, 0x3E)) + bytes.fromhex(uid) + bytes((antenna,))
        )

    def __call__(self, request):
        command = command_of(request)
        self.log.append(command)
        status, data = self._answer(command, data_of(request))
        fault = self.bend.pop(command, None)
        whole = answer_frame(request, status, data)
        return fault(whole) if fault else [whole]

    def _answer(self, command, data):
        match command:
            case 0x65:
                return 0, bytes.fromhex("0101EE002C0D30")
            case 0x33:
                self.fifo.clear()
                return self.mode_status, b""
            case 0x32:
                self.fifo = self.fifo[self.read :]
                self.read = 0
                return 0, b""
            case 0x72:
                return 0, b""
        self.sets_asked.append(int.from_bytes(data, "big"))
        sets = self.fifo[: self.sets_asked[-1]]
        self.read = len(sets)
        if not sets:
            return 0x92, b""
        return 0, b"\x91\x04" + len(sets).to_bytes(2, "big") + b"".join(sets)


@pytest.fixture
def buffer():
    return ScriptedGate()


@pytest.fixture
def gate(far_end, buffer):
    reader = FeigGate(far_end(buffer).url)
    yield reader
    reader.close()


def test_start_empties_the_buffer_once(gate, buffer):
    assert buffer.log == [0x65, 0x33]


def test_poll_tells_afi_dsfid_and_antenna(gate, buffer):
    buffer.notice(UID, 0x07, 1)
    buffer.notice(OTHER, 0xC2, 2)

    seen = gate.poll()

    assert [(tag.uid, tag.afi, tag.dsfid, tag.antenna) for tag in seen] == [
        (UID, 0x07, 0x3E, 1),
        (OTHER, 0xC2, 0x3E, 2),
    ]


def test_poll_of_an_empty_aisle_is_empty_and_clears_nothing(gate, buffer):
    assert gate.poll() == ()
    assert gate.poll() == ()
    assert 0x32 not in buffer.log


def test_tags_are_acknowledged_with_the_next_poll_and_not_before(gate, buffer):
    buffer.notice(UID, 0x07, 1)

    first = gate.poll()
    held = len(buffer.fifo)
    second = gate.poll()

    assert [tag.uid for tag in first] == [UID]
    assert held == 1
    assert second == ()
    assert buffer.fifo == []


def test_tag_noticed_between_read_and_acknowledgement_is_not_lost(gate, buffer):
    buffer.notice(UID, 0x07, 1)
    gate.poll()
    buffer.notice(OTHER, 0x07, 2)

    assert [tag.uid for tag in gate.poll()] == [OTHER]


def test_crowd_larger_than_one_read_comes_in_portions_without_loss(gate, buffer):
    uids = [f"E0040100{n:08X}" for n in range(70)]
    for uid in uids:
        buffer.notice(uid, 0x07, 1)

    seen = [tag.uid for _ in range(4) for tag in gate.poll()]

    assert seen == uids


@pytest.mark.parametrize("command", [0x22, 0x32])
@pytest.mark.parametrize(
    "fault",
    [scripted_pad.cut, scripted_pad.mute, scripted_pad.doubled, scripted_pad.flipped_data],
)
def test_fault_of_the_line_loses_no_tag(gate, buffer, command, fault):
    buffer.notice(UID, 0x07, 1)
    if command == 0x22:
        buffer.bend = {command: fault}
    seen = [tag.uid for tag in gate.poll()]
    buffer.notice(OTHER, 0x07, 1)
    if command == 0x32:
        buffer.bend = {command: fault}

    seen += [tag.uid for tag in gate.poll()]

    assert seen == [UID, OTHER]
    assert gate.poll() == ()


def test_tags_whose_answer_never_arrived_are_not_acknowledged(gate, buffer):
    buffer.notice(UID, 0x07, 1)
    gate.poll()
    buffer.notice(OTHER, 0x07, 2)
    buffer.bend = {0x22: lambda whole: [answer_frame(whole, 0x10)]}  # EEPROM failure

    with pytest.raises(Failed, match="eeprom"):
        gate.poll()

    assert [tag.uid for tag in gate.poll()] == [OTHER]


def test_output_is_a_relay(far_end, buffer):
    far = far_end(buffer)
    gate = FeigGate(far.url)

    gate.set_output(1, on=True, seconds=2.5)
    gate.close()

    # relay 1 on for 2.5 s (in use in a plant)
    assert far.requests[-1] == bytes.fromhex("02 00 0D FF 72 01 01 81 01 00 19 23 6B")


def test_identity_tells_that_the_device_is_simulated(gate):
    identity = gate.identify()

    assert identity.model == "FEIG LR2500-A"
    assert identity.simulated is True


@pytest.mark.parametrize("status", [0x80, 0x82])
def test_reader_outside_buffered_mode_is_not_started(far_end, buffer, status):
    buffer.mode_status = status

    with pytest.raises(StartFailed, match="ISOStart"):
        FeigGate(far_end(buffer).url)


def test_two_antennas_and_afi_are_promised(gate):
    assert gate.capabilities.has_afi
    assert gate.capabilities.antennas == 2
