"""Codes out of serial bytes and out of keys; a pty, a socket and a pipe as the hardware."""

import os
import time

import pytest

from drivers.errors import NotAvailable
from drivers.scanners.bursts import KeyBursts, Typed
from drivers.scanners.codes import MAX_CODE, CodeAssembler, Scan, ScannerSettings
from drivers.scanners.keyboard import EVENT, KeyboardScanner
from drivers.scanners.serial_scanner import SerialScanner

ISBN = "9785170906307"
KEYS = {"1": 2, "2": 3, "3": 4, "4": 5, "a": 30, "b": 48, "-": 12, "\n": 28}
SHIFT = 42


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\n\r"])
def test_code_ends_with_any_line_end(end):
    codes = CodeAssembler(ScannerSettings())

    scans = codes.feed(ISBN.encode() + end + b"RU-1" + end, 1.0)

    assert [scan.text for scan in scans] == [ISBN, "RU-1"]


def test_code_in_single_bytes_is_one_code():
    codes = CodeAssembler(ScannerSettings())

    scans = [s for n, byte in enumerate(b"A1\r") for s in codes.feed(bytes((byte,)), n / 100)]

    assert scans == [Scan("A1", 0.02)]


def test_half_a_code_before_a_pause_is_dropped():
    codes = CodeAssembler(ScannerSettings(gap_s=0.1))
    codes.feed(b"97851", 1.0)

    assert codes.feed(b"0906307\r", 1.2) == (Scan("0906307", 1.2),)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("]E0123#", ["123"]),
        ("]E0#", []),  # nothing between prefix and suffix
        ("123#", []),
        ("]E0123", []),
        ("]E0Книга#", ["Книга"]),
    ],
)
def test_prefix_and_suffix_are_taken_off_and_demanded(line, expected):
    codes = CodeAssembler(ScannerSettings(prefix="]E0", suffix="#"))

    assert [scan.text for scan in codes.feed(line.encode() + b"\r", 1.0)] == expected


@pytest.mark.parametrize("line", [b"x" * (MAX_CODE + 1), b"\xff\xfe12", b"12\x0034", b""])
def test_what_is_no_code_is_dropped_and_the_next_one_read(line):
    codes = CodeAssembler(ScannerSettings())

    assert [scan.text for scan in codes.feed(line + b"\r" + b"42\r", 1.0)] == ["42"]


def test_prefix_and_suffix_may_not_share_characters():
    codes = CodeAssembler(ScannerSettings(prefix="##", suffix="##"))

    assert codes.feed(b"###\r", 1.0) == ()


def test_serial_scanner_reads_a_code_and_times_out_without_one(wire):
    scanner = SerialScanner(wire.url)
    wire.receive()  # a socket is accepted by looking
    began = time.monotonic()
    nothing = scanner.poll(0.05)
    waited = time.monotonic() - began
    wire.send(ISBN.encode() + b"\r\n")

    scans = scanner.poll(1.0)
    scanner.close()
    wire.close()

    assert (nothing, [scan.text for scan in scans]) == ((), [ISBN])
    assert waited > 0.04


def test_serial_scanner_that_is_not_there_is_not_available():
    with pytest.raises(NotAvailable):
        SerialScanner("/dev/nobody")


def typed(bursts, text, start, gap):
    found = [bursts.key(char, start + n * gap) for n, char in enumerate(text)]
    return [entry for entry in found if entry is not None]


def test_burst_of_a_scanner_is_a_scan():
    assert typed(KeyBursts(), ISBN + "\n", 1.0, 0.005) == [Scan(ISBN, pytest.approx(1.065))]


@pytest.mark.parametrize("gap", [0.06, 0.2, 1.0])
def test_person_is_a_person_however_fast(gap):
    [entry] = typed(KeyBursts(), "1234567\n", 1.0, gap)

    assert isinstance(entry, Typed)
    assert entry.text == "1234567"


def test_keys_before_a_scan_are_not_part_of_it():
    bursts = KeyBursts()
    typed(bursts, "12", 1.0, 0.3)

    assert typed(bursts, ISBN + "\n", 3.0, 0.005) == [Scan(ISBN, pytest.approx(3.065))]


def test_enter_of_a_person_behind_a_burst_is_no_scan():
    bursts = KeyBursts()
    typed(bursts, "12345", 1.0, 0.005)

    assert bursts.key("\n", 2.0) == Typed("12345", 2.0)


def test_keys_struck_together_are_no_scan():
    assert typed(KeyBursts(), "as\n", 1.0, 0.01) == [Typed("as", pytest.approx(1.02))]


def test_endless_keys_are_bounded():
    [entry] = typed(KeyBursts(), "7" * 5000 + "\n", 1.0, 0.001)

    assert len(entry.text) == MAX_CODE


def key_events(text, start, gap):
    """struct input_event per key: pressed, released, and a report (type 0) behind each."""
    events = b""
    for n, char in enumerate(text):
        seconds, fraction = divmod(start + n * gap, 1)
        at = int(seconds), round(fraction * 1e6)
        shift = char.isupper()
        steps = [(SHIFT, 1)] * shift + [(KEYS[char.lower()], 1), (KEYS[char.lower()], 0)]
        for code, value in [*steps, *[(SHIFT, 0)] * shift]:
            events += EVENT.pack(*at, 1, code, value) + EVENT.pack(*at, 0, 0, 0)
    return events


@pytest.fixture
def keyboard(tmp_path):
    path = tmp_path / "event-kbd"
    os.mkfifo(path)
    scanner = KeyboardScanner(str(path))
    with path.open("wb", buffering=0) as keys:
        yield scanner, keys
    scanner.close()
    scanner.close()


def test_keyboard_scanner_reads_keys_with_shift(keyboard):
    scanner, keys = keyboard
    keys.write(key_events("12-aB\n", 100.0, 0.004))

    assert scanner.poll(1.0) == (Scan("12-aB", pytest.approx(100.02)),)
    assert scanner.poll(0.0) == ()


def test_keyboard_events_cut_in_the_middle_are_put_together(keyboard):
    scanner, keys = keyboard
    events = key_events("1234\n", 100.0, 0.004)
    found = []

    for at in range(0, len(events), 17):
        keys.write(events[at : at + 17])
        found += scanner.poll(1.0)

    assert [entry.text for entry in found] == ["1234"]


def test_keyboard_time_is_the_kernels_and_not_ours(keyboard):
    scanner, keys = keyboard
    keys.write(key_events("1234\n", 100.0, 0.3))  # all there at once, struck slowly

    assert scanner.poll(1.0) == (Typed("1234", pytest.approx(101.2)),)


def test_unplugged_keyboard_scanner_is_not_available(keyboard):
    scanner, keys = keyboard
    keys.close()

    with pytest.raises(NotAvailable, match="went away"):
        scanner.poll(1.0)


def test_keyboard_scanner_that_is_not_there_is_not_available():
    with pytest.raises(NotAvailable, match="check plug"):
        KeyboardScanner("/dev/input/nobody")
