"""Noise into every frame parser: no exception escapes, memory is bounded, the next frame is found.

After a pause of the line (`flush`), as the session makes one, the very next frame must come out;
without a pause at the latest when one longest frame's worth of bytes has come.
"""

import random

import pytest

from drivers.readers.chafon import frames as chafon
from drivers.readers.feig import frames as feig
from drivers.readers.m3 import frames as m3
from drivers.scanners.codes import MAX_CODE, CodeAssembler, Scan, ScannerSettings

SEED = 28560
SHORT = 50_000
LONG = 1_000_000
PARSERS = [
    pytest.param(feig.FrameParser, feig.Frame(0, 0xB0, b"\x01"), feig.MAX_FRAME, id="feig"),
    pytest.param(chafon.FrameParser, chafon.Frame(0, 0x01, b"\xfb"), 256, id="chafon"),
    pytest.param(m3.FrameParser, m3.Frame(0xFE, b"\x00\x00\x05\x00"), m3.MAX_FRAME, id="3m"),
]
LENGTHS = [SHORT, pytest.param(LONG, marks=[pytest.mark.long, pytest.mark.timeout(600)])]


def noise(length, frame):
    """Random bytes, with the beginnings of real frames strewn in: they lie best."""
    chance = random.Random(SEED)
    made = bytearray()
    while len(made) < length:
        made += chance.randbytes(chance.randrange(1, 60))
        if chance.random() < 0.3:
            whole = frame.to_bytes()
            made += whole[: chance.randrange(1, len(whole))]
    return bytes(made[:length])


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(("make", "frame", "longest"), PARSERS)
def test_parser_lives_through_garbage_and_finds_the_next_frame(make, frame, longest, length):
    parser, most = make(), 0
    data = noise(length, frame)

    for at in range(0, length, 97):
        parser.feed(data[at : at + 97])
        most = max(most, parser.pending)
    parser.flush()

    assert most <= longest + 97
    assert parser.pending == 0
    assert parser.feed(frame.to_bytes()) == [frame]


@pytest.mark.parametrize(("make", "frame", "longest"), PARSERS)
def test_parser_finds_its_way_without_a_pause_within_one_longest_frame(make, frame, longest):
    parser = make()
    parser.feed(noise(2_000, frame))
    repeated = frame.to_bytes() * (longest // len(frame.to_bytes()) + 2)

    found = parser.feed(repeated)

    assert found[-1:] == [frame]
    assert parser.pending < len(frame.to_bytes())


@pytest.mark.parametrize("length", LENGTHS)
def test_scanner_lives_through_garbage_and_reads_the_next_code(length):
    codes = CodeAssembler(ScannerSettings())
    data = random.Random(SEED).randbytes(length)

    for at in range(0, length, 97):
        for scan in codes.feed(data[at : at + 97], 1.0):
            assert scan.text.isprintable()
            assert len(scan.text) <= MAX_CODE

    assert codes.feed(b"9785170906307\r\n", 2.0) == (Scan("9785170906307", 2.0),)
