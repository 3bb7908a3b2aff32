"""Opening, losing and reopening lines; every foreign error becomes one of our four."""

import contextlib
import os
import socket
import threading
from pathlib import Path

import pytest
import serial
from serial import rfc2217

from drivers.errors import NotAvailable, StartFailed
from drivers.port import open_port
from tests.drivers.far_end import FarEnd, PtyWire, TcpWire


@pytest.fixture
def pty_wire():
    wire = PtyWire()
    yield wire
    wire.close()


def open_feig_line(url):
    return open_port(url, baudrate=38400, parity="E", model="feig-mr102")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/dev/serial/by-id/nobody", "plugged in"),
        ("socket://127.0.0.1", "socket://host:port"),
        ("socket://127.0.0.1:none", "socket://host:port"),
        ("loop://", "socket://host:port"),
        ("ftp://127.0.0.1:21", "socket://host:port"),
        ("socket://127.0.0.1:1", "refused"),
    ],
)
def test_port_that_cannot_be_opened_says_what_to_do(url, words):
    with pytest.raises(NotAvailable, match=words) as told:
        open_feig_line(url)

    assert told.value.port == url
    assert told.value.model == "feig-mr102"


def test_port_in_use_by_another_program_is_told_apart(pty_wire):
    taken = open_feig_line(pty_wire.url)

    with pytest.raises(NotAvailable, match="another program holds it"):
        open_feig_line(pty_wire.url)

    taken.close()


def test_file_that_is_no_serial_device_is_refused(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"")

    with pytest.raises(NotAvailable):
        open_feig_line(str(path))


def test_pty_that_refuses_8e1_a_second_time_is_a_start_failure(pty_wire):
    open_feig_line(pty_wire.url).close()

    with pytest.raises(StartFailed, match="refuses 38400 baud 8E1") as told:
        open_feig_line(pty_wire.url)

    assert told.value.__cause__ is not None


def test_reopen_works_when_the_far_side_resets_the_line(pty_wire):
    port = open_feig_line(pty_wire.url)

    for _ in range(3):
        port.close()
        pty_wire.reset()
        port.reopen()

    port.write(b"ping")
    assert pty_wire.receive() == b"ping"
    port.close()


@pytest.mark.parametrize("make_wire", [PtyWire, TcpWire])
def test_all_256_byte_values_pass_both_ways(make_wire):
    everything = bytes(range(256))
    wire = make_wire()
    port = open_feig_line(wire.url)
    if isinstance(wire, TcpWire):
        wire.receive()

    wire.send(everything)
    got = port.read(256, first_s=1, gap_s=0.1, total_s=1)
    port.write(everything)
    sent = b"".join(wire.receive() for _ in range(3))

    assert got == everything
    assert sent == everything
    port.close()
    wire.close()


def test_read_stops_at_the_gap_and_keeps_what_came(pty_wire):
    port = open_feig_line(pty_wire.url)
    pty_wire.send(b"abc")

    assert port.read(10, first_s=1, gap_s=0.02, total_s=5) == b"abc"
    port.close()


def test_trickle_is_ended_by_the_total(pty_wire):
    port = open_feig_line(pty_wire.url)
    stop = threading.Event()

    def trickle():
        while not stop.wait(0.01):
            pty_wire.send(b"x")

    thread = threading.Thread(target=trickle)
    thread.start()
    got = port.read(1000, first_s=1, gap_s=0.5, total_s=0.2)
    stop.set()
    thread.join()

    assert 5 < len(got) < 50
    port.close()


def test_unplugged_pty_is_not_available_however_it_is_touched(pty_wire):
    port = open_feig_line(pty_wire.url)
    pty_wire.close()

    for touch in (
        lambda: port.read(1, first_s=0.1, gap_s=0.1, total_s=0.1),
        lambda: port.write(b"x"),
        port.waiting,
        port.reopen,
    ):
        with pytest.raises(NotAvailable):
            touch()
    port.close()


def test_hung_up_socket_is_not_available():
    wire = TcpWire()
    port = open_feig_line(wire.url)
    wire.receive()
    wire.hang_up()

    with pytest.raises(NotAvailable, match="went away"):
        port.read(1, first_s=1, gap_s=0.1, total_s=1)

    port.close()
    wire.close()


def test_socket_sends_small_frames_at_once():
    wire = TcpWire()
    before = open_sockets()
    port = open_feig_line(wire.url)

    (descriptor,) = open_sockets() - before
    with socket.socket(fileno=os.dup(descriptor)) as line:
        no_delay = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    assert no_delay
    port.close()
    wire.close()


def test_byte_time_counts_the_parity_bit():
    wire = PtyWire()
    port = open_feig_line(wire.url)

    assert port.byte_s == pytest.approx(11 / 38400)
    port.close()
    wire.close()


@pytest.fixture
def rfc_server():
    server = RfcServer()
    yield server
    server.close()


@pytest.mark.filterwarnings("ignore:set:DeprecationWarning")  # threads of pyserial 3.5
def test_serial_server_is_told_speed_and_even_parity(rfc_server):
    line = rfc_server.line
    port = open_feig_line(rfc_server.url)

    settings = (line.baudrate, line.parity, line.bytesize, line.stopbits)
    port.close()

    assert settings == (38400, serial.PARITY_EVEN, 8, 1)


def open_sockets() -> set[int]:
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if str(entry.readlink()).startswith("socket:"):
                found.add(int(entry.name))
    return found


class RfcServer:
    """pyserial's RFC 2217 port manager in front of a line that only remembers its settings."""

    class Line:
        baudrate, bytesize, parity, stopbits = 9600, 8, "N", 1
        rtscts = xonxoff = dsrdtr = rts = dtr = break_condition = False
        cts = dsr = ri = cd = False

        def reset_input_buffer(self):
            pass

        reset_output_buffer = reset_input_buffer

    def __init__(self):
        self.line = self.Line()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"rfc2217://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._server.close()
        self._thread.join(5)

    def _serve(self):
        host, _ = self._server.accept()
        manager = rfc2217.PortManager(self.line, Connection(host))
        with host, contextlib.suppress(OSError):
            while data := host.recv(1024):
                b"".join(manager.filter(data))


class Connection:
    def __init__(self, host):
        self._host = host

    def write(self, data):
        self._host.sendall(data)


def test_far_end_answers_only_whole_requests(pty_wire):
    far = FarEnd(pty_wire, lambda request: [request[::-1]])
    port = open_feig_line(far.url)

    port.write(bytes.fromhex("05 FF 65"))
    nothing = port.read(1, first_s=0.05, gap_s=0.05, total_s=0.05)
    port.write(bytes.fromhex("E5 CB"))
    answer = port.read(5, first_s=1, gap_s=0.05, total_s=1)

    assert nothing == b""
    assert answer == bytes.fromhex("CB E5 65 FF 05")
    port.close()
    far.close()
