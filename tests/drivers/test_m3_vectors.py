"""Every 3M frame of the shared golden data says to us what it is said to say.

Captures and specification. A frame that nobody here decodes is named in `M3_OF_OTHERS`, parsed and
made again; one that is nowhere fails the count.
"""

import pytest

from drivers.readers.m3 import commands as m3
from drivers.readers.m3.answers import Answer
from drivers.readers.m3.commands import InventoryOption, ReadOption
from drivers.readers.m3.frames import Frame
from drivers.refusal import Refusal

UID = "E00401003123AA26"
UID_BYTES = bytes.fromhex(UID)
CARD = "E0040100017C0C38"
BLOCKS = bytes.fromhex("04110001 31323334 35363738")


def numbered(series, *numbers):
    return [f"E0040100{series}{n:02X}" for n in numbers]


def m3_memory(barcode, item_type):
    return bytes((0x04, 0x11, 0x00, item_type)) + barcode.encode().ljust(16, b"\0") + bytes(8)


M3_REQUESTS = {
    "hw-version-req": m3.probe(),
    "cmd13-req": m3.startup("810"),
    "cmd13-req-210": m3.startup("210"),
    "inventory-req": m3.inventory(InventoryOption.UID | InventoryOption.CAPTURED),
    "inventory-dsfid-req": m3.inventory(InventoryOption(0x07)),
    "write-7-blocks-req": m3.write_blocks(UID, 0, m3_memory("0" * 10, 1)),
    "write-7-blocks-req-b": m3.write_blocks(UID, 0, m3_memory("1" * 4, 1)),
    "write-7-blocks-req-c": m3.write_blocks(UID, 0, m3_memory("2" * 11, 6)),
    "write-7-blocks-req-d": m3.write_blocks(UID, 0, m3_memory("3" * 16, 2)),
    "write-6-blank-req": m3.write_blocks(UID, 0, b"\x55" * 24),
    "write-afi-d7-req": m3.write_afi(UID, 0xD7),
    "write-afi-da-req": m3.write_afi(UID, 0xDA),
    "write-afi-07-req": m3.write_afi(UID, 0x07),
    "write-afi-c2-req": m3.write_afi(UID, 0xC2),
    "reader-version-req": m3.version(),
    "quiet-req": m3.quiet(UID),
    "read-8-blocks-req": m3.read_blocks(UID, 0, 8),
    "read-8-blocks-nolock-req": m3.read_blocks(
        UID, 0, 8, ReadOption.NEW_STYLE | ReadOption.NO_LOCKS
    ),
    "get-afi-req": m3.read_afi(UID),
    "check-eas-req": m3.check_eas(UID),
    "eas-on-req": m3.set_eas(UID, on=True),
    "eas-off-req": m3.set_eas(UID, on=False),
    "tag-info-req": m3.tag_info(UID),
}


def m3_inventory(answer):
    return [(tag.uid, tag.dsfid) for tag in m3.decode_inventory(answer)]


def m3_refusal(answer):
    with pytest.raises(Refusal) as told:
        m3.decode_byte(answer)
    return told.value.status


def uids(*found, dsfid=None):
    return m3_inventory, [(uid, dsfid) for uid in found]


def said_nothing_but_done(answer):
    return answer.status


M3_ANSWERS = {
    "hw-version-rsp-810": (m3.decode_hardware, "810"),
    "hw-version-rsp-210-a": (m3.decode_hardware, "210"),
    "hw-version-rsp-210-b": (m3.decode_hardware, "210"),
    "reader-version-rsp": (m3.decode_version, m3.Version(3, 2, 6)),
    "inventory-0": uids(),
    "inventory-1": uids(UID),
    "inventory-1-card": uids(CARD),
    "inventory-1-b": uids("E00401003123AA28"),
    "inventory-2": uids(UID, CARD),
    "inventory-2-b": uids(UID, "E00401003123AA28"),
    "inventory-opt07-0": uids(),
    "spec-inventory-2-tags": uids("0000000000AD6302", "E0070000006000AE"),
    "inventory-dsfid-rsp": uids(UID, dsfid=0x3E),
    "inventory-10": uids(*numbered("3123AA", *range(0x20, 0x2A))),
    "inventory-31-length-over-255": uids(*numbered("3123AB", *range(31))),
    "read-3-blocks-rsp": (m3.decode_old_style(0, 3), BLOCKS),
    "read-8-blocks-nolock-rsp": (m3.decode_new_style(0, 8), BLOCKS.ljust(32, b"\0")),
    "get-afi-rsp-07": (m3.decode_byte, 0x07),
    "get-afi-rsp-c2": (m3.decode_byte, 0xC2),
    "check-eas-1-rsp": (m3.decode_eas, True),
    "check-eas-0-rsp": (m3.decode_eas, None),
    "tag-info-rsp": (m3.decode_tag_info, m3.Information(0x3E, 0x07, 4, 28, 0x01)),
    "read-no-transponder-rsp": (m3_refusal, 0x06),
    "get-afi-no-transponder-rsp": (m3_refusal, 0x06),
    "write-afi-locked-rsp": (m3_refusal, 0x12),
    "not-implemented-rsp": (m3_refusal, 0x02),
    "cmd13-rsp": (said_nothing_but_done, 0),
    "write-7-blocks-rsp": (said_nothing_but_done, 0),
    "write-6-blank-rsp": (said_nothing_but_done, 0),
    "write-afi-rsp": (said_nothing_but_done, 0),
    "quiet-rsp": (said_nothing_but_done, 0),
    "eas-rsp": (said_nothing_but_done, 0),
}
M3_OF_OTHERS = {
    *("spec-crc-example", "inventory-afi-07-req", "inventory-opt00-1"),
    *("pass-thru-read-single-req", "pass-thru-read-single-rsp"),
}
M3_WITHOUT_UID = {0x04, 0x11, 0x13, 0xCC, 0xFE}


def test_every_3m_frame(frames_of):
    frames = frames_of("3m")

    assert set(frames) == M3_REQUESTS.keys() | M3_ANSWERS.keys() | M3_OF_OTHERS
    for name, whole in frames.items():
        frame = Frame.from_bytes(whole)
        assert frame.to_bytes() == whole, name
        if name in M3_REQUESTS:
            asked = M3_REQUESTS[name]
            said = (asked.command, asked.data, asked.start)
            assert (frame.command, frame.payload, frame.start) == said, name
        if name in M3_ANSWERS:
            decode, said = M3_ANSWERS[name]
            assert decode(m3_answer(frame)) == said, name


def m3_answer(frame):
    """As the session splits it: the UID away from the answers that carry one."""
    head = 1 if frame.command in M3_WITHOUT_UID and frame.payload[1:9] != UID_BYTES else 9
    return Answer(frame.command, frame.payload[0], frame.payload[head:])
