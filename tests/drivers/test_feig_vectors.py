"""Every FEIG frame of the shared golden data says to us what it is said to say.

Pads and gates. A frame that nobody here decodes is named in `..._OF_OTHERS`, parsed and
made again; one that is nowhere fails the count.
"""

import pytest

from drivers.framing import BadFrame
from drivers.readers.feig import buffered_read, device_commands, eas, iso_host
from drivers.readers.feig.answers import Answer, Refused
from drivers.readers.feig.frames import Frame

UID = "E00401003123AA26"
CARD = "E0040100017C0C38"
BLOCKS = bytes.fromhex("04110001 31323334 35363738 00000000")


FEIG_REQUESTS = {
    "sw-version-req-std": device_commands.version(),
    "sw-version-req-adv": device_commands.version(),
    "reader-info-0-req": device_commands.reader_info(),
    "rf-reset-req": device_commands.rf_reset(),
    "set-output-relay-2s5-req": device_commands.set_output(
        1, device_commands.RELAY, on=True, seconds=2.5
    ),
    "inventory-req-adv": iso_host.inventory(more=False),
    "inventory-req-std": iso_host.inventory(more=False),
    "inventory-more-req-std": iso_host.inventory(more=True),
    "read-4-blocks-req": iso_host.read_blocks(UID, 0, 4),
    "write-2-blocks-req": iso_host.write_blocks(UID, 0, [BLOCKS[:4], BLOCKS[4:8]], reverse=True),
    "write-afi-07-req": iso_host.write_afi(UID, 0x07),
    "write-afi-c2-req": iso_host.write_afi(UID, 0xC2),
    "write-dsfid-req": iso_host.write_dsfid(UID, 0x3E),
    "system-info-req": iso_host.system_information(UID),
    "block-security-req": iso_host.block_security(UID, 0, 4),
    "nxp-set-eas-req": eas.write_eas(UID, on=True),
    "nxp-reset-eas-req": eas.write_eas(UID, on=False),
    "nxp-eas-alarm-req": eas.alarm(),
    "clear-buffer-req": buffered_read.clear_buffer(),
    "init-buffer-req": buffered_read.init_buffer(),
    "read-buffer-255-req": buffered_read.read_buffer(255),
}


def feig_uids(answer):
    found = iso_host.decode_inventory(answer)
    return [tag.uid for tag in found.tags], found.more, found.overflow


def feig_refusal(answer):
    with pytest.raises(Refused) as told:
        iso_host.decode_system_information(UID)(answer)
    return told.value.status, told.value.data


def feig_version(answer):
    told = device_commands.decode_version(answer)
    return told.software, told.model, told.transponders


def numbered(series, *numbers):
    return [f"E0040100{series}{n:02X}" for n in numbers]


MANY = [*numbered("3123AA", *range(0x20, 0x2A))]
FEIG_ANSWERS = {
    "sw-version-rsp-std": (feig_version, ((3, 3), "FEIG CPR40", 0x0D30)),
    "sw-version-rsp-adv": (feig_version, ((3, 3), "FEIG CPR40", 0x0D30)),
    "inventory-rsp-14443b-adv": (feig_uids, ([], False, False)),
    "rf-warning-rsp-adv": (feig_uids, ([], False, False)),
    "inventory-no-tag-rsp": (feig_uids, ([], False, False)),
    "inventory-1-rsp": (feig_uids, ([UID], False, False)),
    "inventory-2-rsp": (feig_uids, ([UID, CARD], False, False)),
    "inventory-10-rsp": (feig_uids, (MANY, False, False)),
    "inventory-24-more-rsp": (feig_uids, (numbered("3123AB", *range(24)), True, False)),
    "inventory-1-rf-warning-rsp": (feig_uids, ([UID], False, False)),
    "inventory-overflow-rsp": (feig_uids, (MANY[:4], False, True)),
    "inventory-mixed-rsp": (feig_uids, ([UID], False, False)),
    "read-4-blocks-rsp": (iso_host.decode_blocks(4, reverse=True), BLOCKS),
    "read-no-tag-rsp": (feig_refusal, (0x01, b"")),
    "read-iso-error-10-rsp": (feig_refusal, (0x95, b"\x10")),
    "write-error-rsp": (feig_refusal, (0x03, b"\x01")),
    "write-iso-locked-rsp": (feig_refusal, (0x95, b"\x12\x01")),
    "length-error-rsp": (feig_refusal, (0x81, b"")),
    "not-available-rsp": (feig_refusal, (0x82, b"")),
    "unknown-command-rsp": (feig_refusal, (0x80, b"")),
    "eeprom-failure-rsp": (feig_refusal, (0x10, b"")),
    "system-info-rsp": (
        iso_host.decode_system_information(UID),
        iso_host.SystemInformation(UID, 0, 0x07, 4, 28, 1),
    ),
    "block-security-rsp": (iso_host.decode_security(4), (False, False, False, True)),
    "nxp-eas-alarm-yes-rsp": (eas.decode_alarm, True),
    "nxp-eas-alarm-no-rsp": (eas.decode_alarm, False),
    **{
        name: (lambda answer: answer.status, 0)
        for name in ("rf-reset-rsp", "rf-on-rsp", "cpu-reset-rsp", "baud-detect-rsp")
    },
    **{name: (lambda answer: answer.status, 0) for name in ("write-rsp", "write-afi-rsp")},
    "select-rsp": (lambda answer: answer.status, 0),
}
FEIG_OF_OTHERS = {  # commands that no driver of ours sends: parsed, and made again
    *("read-cfg7-req-std", "read-cfg7-req-adv", "baud-detect-req", "cpu-reset-req"),
    *("select-cinf-req-adv", "select-cinf-rsp-adv", "reader-info-80-req-adv"),
    *("tcl-apdu-req-adv", "tcl-apdu-rsp-adv", "set-output-relay-flash-2s-req"),
    *("get-system-info-req", "get-input-req", "get-input-rsp", "cmd-2b-all-req"),
    *("cmd-2b-last-req", "buffer-info-req", "rf-off-req", "rf-on-req", "select-req"),
    *("inventory-notify-1s-req-std", "lock-afi-req", "stay-quiet-req", "reset-to-ready-req"),
    "set-output-71-red-flash-req",
}


def test_every_feig_frame(frames_of):
    frames = frames_of("feig")
    with pytest.raises(BadFrame):
        Frame.from_bytes(frames.pop("reader-info-80-rsp-adv-DAMAGED"))

    assert set(frames) == FEIG_REQUESTS.keys() | FEIG_ANSWERS.keys() | FEIG_OF_OTHERS
    for name, whole in frames.items():
        frame = Frame.from_bytes(whole)
        assert frame.to_bytes() == whole, name
        if name in FEIG_REQUESTS:
            asked = FEIG_REQUESTS[name]
            assert (frame.command, frame.payload) == (asked.command, asked.data), name
        if name in FEIG_ANSWERS:
            decode, said = FEIG_ANSWERS[name]
            assert decode(feig_answer(frame)) == said, name


def feig_answer(frame):
    return Answer(frame.command, frame.payload[0], frame.payload[1:])


def gate_records(answer):
    number, records = buffered_read.decode_records(answer)
    told = [(r.uid, r.afi, r.dsfid, r.antenna, r.time_ms, r.direction) for r in records]
    assert number == len(told)
    return told


GATE_ANSWERS = {
    "uid-ant": (gate_records, [(UID, None, None, 1, None, None)]),
    "uid-time-ant": (
        gate_records,
        [(UID, None, None, 2, 123456, None), (CARD, None, None, 1, 123470, None)],
    ),
    "uid-afi-ant": (gate_records, [(UID, 0x07, 0, 1, None, None)]),
    "uid-afi-ant-dir": (gate_records, [(UID, 0x07, 0, 1, None, 1)]),
    "uid-blocks-ant": (gate_records, [(UID, None, None, 1, None, None)]),
    "uid-afi-ant-rssi": (gate_records, [(UID, 0xC2, 0, 1, None, None)]),
    "empty-0-sets": (gate_records, []),
    "no-valid-data": (gate_records, []),
    "clear-rsp": (lambda answer: answer.status, 0),
    "people-counter-event": (
        buffered_read.decode_people_count,
        buffered_read.PeopleCount(42, 41, 0, 0),
    ),
}
GATE_OF_OTHERS = {"buffer-info-rsp"}


def test_every_frame_of_a_feig_gate(frames_of):
    frames = frames_of("feig-gate")

    assert set(frames) == GATE_ANSWERS.keys() | GATE_OF_OTHERS
    for name, whole in frames.items():
        frame = Frame.from_bytes(whole)
        assert frame.to_bytes() == whole, name
        if name in GATE_ANSWERS:
            decode, said = GATE_ANSWERS[name]
            assert decode(feig_answer(frame)) == said, name
