"""Every Chafon frame of the shared golden data says to us what it is said to say.

Both models. A frame that nobody here decodes is named in `CHAFON_OF_OTHERS`, parsed and
made again; one that is nowhere fails the count.
"""

import pytest

from drivers.framing import BadFrame
from drivers.readers.chafon import commands as chafon
from drivers.readers.chafon.answers import Answer
from drivers.readers.chafon.commands import Bank
from drivers.readers.chafon.frames import Frame

CHAFON_REQUESTS = {
    "get-info-req": chafon.information(),
    "inventory-req": chafon.inventory(),
    "set-power-20-req": chafon.power(20),
    "set-scantime-300ms-req": chafon.scan_time(3),
}
EPCS = ["000000000000000000000313", "000000000000000000000314"]


def epcs(with_antenna):
    def decode(frame):
        """A frame of a series (03) is closed by a "complete" without tags of its own."""
        last = chafon.inventory()
        status, data = frame.payload[0], frame.payload[1:]
        answer = (
            Answer(last.command, 0x01, b"", (data,))
            if status == 0x03
            else Answer(last.command, status, data)
        )
        found = chafon.decode_inventory(answer, with_antenna=with_antenna)
        return [(tag.epc, tag.antenna, tag.rssi) for tag in found.tags]

    return decode


def chafon_status(frame):
    return frame.payload[0]


def chafon_information(frame):
    answer = Answer(frame.command, frame.payload[0], frame.payload[1:])
    return chafon.decode_information(answer)


CHAFON_ANSWERS = {
    "reader-info-rsp-288": (chafon_information, chafon.Information((0, 0x16), 0x0C, 30, 10)),
    "uhf18-1": (epcs(False), [(EPCS[0], None, None)]),
    "uhf18-1b": (epcs(False), [("49440000000000000A000334", None, None)]),
    "uhf18-2": (epcs(False), [(EPCS[0], None, None), (EPCS[1], None, None)]),
    "uhf288-ant1": (epcs(True), [(EPCS[0], 1, 0x6B)]),
    "uhf288-ant1b": (epcs(True), [("3039606303C74380001A0559", 1, 0x40)]),
    "uhf288-ant4": (epcs(True), [("49440000000000000A000334", 3, 0x64)]),
    "uhf288-short-epc": (epcs(True), [("00323038", 1, 0x6D)]),
    "uhf288-none": (epcs(True), []),
    "uhf288-2": (epcs(True), [(EPCS[0], 1, 0x6B), (EPCS[1], 1, 0x6C)]),
    "no-tag-rsp": (epcs(False), []),
    "illegal-rsp": (chafon_status, 0xFE),
    "length-rsp": (chafon_status, 0xFD),
}
CHAFON_OF_OTHERS = {"inventory-req-adr0", "beep-req", "read-tid-req", "write-epc-req"} | {
    "eas-check-req"
}


def test_every_chafon_frame(frames_of):
    frames = frames_of("chafon-uhf")
    with pytest.raises(BadFrame):
        Frame.from_bytes(frames.pop("uhf288-bad-crc"))

    assert set(frames) == CHAFON_REQUESTS.keys() | CHAFON_ANSWERS.keys() | CHAFON_OF_OTHERS
    for name, whole in frames.items():
        frame = Frame.from_bytes(whole)
        assert frame.to_bytes() == whole, name
        if name in CHAFON_REQUESTS:
            asked = CHAFON_REQUESTS[name]
            assert (frame.command, frame.payload) == (asked.command, asked.data), name
        if name in CHAFON_ANSWERS:
            decode, said = CHAFON_ANSWERS[name]
            assert decode(frame) == said, name


def test_word_requests_of_a_chafon_begin_as_those_of_the_collection(frames_of):
    """The collection's end in a mask of its own; words, name, bank and place stand before."""
    read = chafon.read_words(EPCS[0], Bank.TID, 0, 6, mask=b"")

    whole = frames_of("chafon-uhf")["read-tid-req"]

    assert whole[3 : 3 + len(read.data)] == read.data
