"""Notification mode: a scripted reader that calls us, over two real sockets."""

import socket
import time

import pytest

from drivers.errors import Failed, NotAvailable
from drivers.readers.feig import buffered_read
from drivers.readers.feig.answers import Answer
from drivers.readers.feig.buffered_read import PeopleCount
from drivers.readers.feig.notified_gate import FeigNotifiedGate
from drivers.refusal import BadAnswer
from tests.drivers.far_end import FarEnd, TcpWire, checksum
from tests.drivers.scripted_pad import ScriptedPad

UID = "E00401003123AA26"
# advanced frame, 22, status 00, 91 24 = identity, antenna, AFI and direction; one record:
# 0011 bytes, 03 ISO 15693, 00, 0A bytes: AFI 07, DSFID 00, UID; antenna 1, direction 1
PASSED = bytes.fromhex(f"02 001D 00 22 00 9124 0001 0011 03 00 0A 07 00 {UID} 01 01 A883")
# 77: in 42, out 41, nobody at the second counter, and a byte nobody knows
PEOPLE = bytes.fromhex("02 0019 00 77 00 0000002A 00000029 00000000 00000000 01 D648")
ACKNOWLEDGED = bytes.fromhex("02 0007 FF 32 5447")


@pytest.fixture
def far():
    far = FarEnd(TcpWire(), ScriptedPad())
    yield far
    far.close()


@pytest.fixture
def listen():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[:2]


@pytest.fixture
def gate(far, listen):
    opened = FeigNotifiedGate(f"{far.url}?notify={listen[0]}:{listen[1]}")
    yield opened
    opened.close()


@pytest.fixture
def caller(gate, listen):
    with socket.create_connection(listen, timeout=2) as connection:
        yield connection


def polled(gate):
    """The first poll that has something; notifications take a moment to arrive."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if seen := gate.poll():
            return seen
        time.sleep(0.005)
    return ()


def test_passage_comes_with_afi_antenna_and_direction(gate, caller):
    caller.sendall(PASSED)

    [tag] = polled(gate)

    assert (tag.uid, tag.afi, tag.antenna, tag.direction) == (UID, 0x07, 1, 1)


def test_records_are_acknowledged_by_the_poll_after_they_were_handed_over(gate, caller):
    caller.sendall(PASSED)
    polled(gate)
    caller.settimeout(0.1)

    with pytest.raises(TimeoutError):
        caller.recv(64)
    gate.poll()

    assert caller.recv(64) == ACKNOWLEDGED


@pytest.mark.parametrize("between_polls", [False, True])
def test_records_told_again_before_they_were_acknowledged_are_acknowledged_once(
    gate, caller, between_polls
):
    """A second acknowledgement would make the reader forget records that are still on their way."""
    caller.sendall(PASSED if between_polls else PASSED + PASSED)
    first = polled(gate)
    if between_polls:
        caller.sendall(PASSED)
        time.sleep(0.1)  # it is with the listener; the acknowledgement of the first is not out yet

    for _ in range(5):
        gate.poll()
        time.sleep(0.01)
    caller.settimeout(0.2)
    answers = caller.recv(64)

    assert first[0].uid == UID
    assert answers == ACKNOWLEDGED
    with pytest.raises(TimeoutError):
        caller.recv(64)


def test_caller_that_hung_up_before_the_acknowledgement_sends_again(gate, caller, listen):
    caller.sendall(PASSED)
    first = polled(gate)
    caller.close()
    gate.poll()

    with socket.create_connection(listen, timeout=2) as again:
        again.sendall(PASSED)
        second = polled(gate)
        gate.poll()

        assert again.recv(64) == ACKNOWLEDGED
    assert [tag.uid for tag in first + second] == [UID, UID]


def test_frame_in_single_bytes_with_noise_before_it_is_found(gate, caller):
    for byte in b"\x00\x02" + PASSED:
        caller.sendall(bytes((byte,)))

    assert [tag.uid for tag in polled(gate)] == [UID]


def test_full_table_in_one_frame_is_taken(gate, caller):
    uids = [f"E0040100{n:08X}" for n in range(256)]
    records = b"".join(bytes.fromhex(f"0010 03 00 0A 07 00 {uid} 01") for uid in uids)
    body = bytes.fromhex("00 22 00 9104 0100") + records
    head = b"\x02" + (len(body) + 5).to_bytes(2, "big")

    caller.sendall(head + body + checksum(head + body))

    assert [tag.uid for tag in polled(gate)] == uids


def test_people_counter_tells_its_totals(gate, caller):
    before = gate.people
    caller.sendall(PEOPLE + PASSED)
    polled(gate)

    assert before is None
    assert gate.people == PeopleCount(in_1=42, out_1=41, in_2=0, out_2=0)


def test_people_counter_that_breaks_off_is_a_line_fault():
    with pytest.raises(BadAnswer):
        buffered_read.decode_people_count(Answer(0x77, 0, bytes(15)))


def test_record_that_makes_no_sense_is_an_error_and_not_acknowledged(gate, caller):
    # 2 records promised, one there
    body = PASSED[:9] + b"\x02" + PASSED[10:-2]
    caller.sendall(body + checksum(body))

    with pytest.raises(Failed, match="makes no sense"):
        polled(gate)


def test_stranger_is_hung_up(far, listen, caplog):
    gate = FeigNotifiedGate(f"{far.url}?notify={listen[0]}:{listen[1]}")

    with socket.create_connection(listen, timeout=2, source_address=("127.0.0.2", 0)) as stranger:
        told = stranger.recv(1)
    gate.close()

    assert told == b""
    assert "notification_from_stranger" in caplog.text


def test_silent_gate_is_asked_whether_it_is_still_there(gate, far, monkeypatch):
    asked = far.commands.count(0x65)
    monkeypatch.setattr("drivers.readers.feig.notified_gate._SILENT_S", 0.0)

    gate.poll()

    assert far.commands.count(0x65) == asked + 1


def test_reader_that_went_away_is_told(gate, far, monkeypatch):
    monkeypatch.setattr("drivers.readers.feig.notified_gate._SILENT_S", 0.0)
    far.close()

    with pytest.raises(NotAvailable):
        gate.poll()


def test_relay_is_switched_through_the_command_port(gate, far):
    gate.set_output(1, on=True, seconds=2.5)

    assert far.requests[-1] == bytes.fromhex("02 000D FF 72 01 01 81 01 0019 236B")
    assert gate.identify().model == "FEIG MR102"


@pytest.mark.parametrize(
    "url",
    ["socket://127.0.0.1:1", "socket://127.0.0.1:1?notify=", "socket://127.0.0.1:1?notify=h:x"],
)
def test_name_without_a_place_to_listen_says_how_it_should_be(url):
    with pytest.raises(NotAvailable, match="notify=HOST:PORT"):
        FeigNotifiedGate(url)


def test_address_that_is_taken_is_not_available(far, listen):
    with (
        socket.create_server(listen),
        pytest.raises(NotAvailable, match="cannot listen"),
    ):
        FeigNotifiedGate(f"{far.url}?notify={listen[0]}:{listen[1]}")


def test_closing_twice_is_harmless(gate, listen):
    gate.close()
    gate.close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(listen, timeout=1)
