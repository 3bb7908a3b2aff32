"""A reader that is asked for EAS: silence costs one question, an alarm gets its name if it can."""

import time

import pytest

from drivers.errors import Failed, NotSupported
from drivers.reader import Capabilities, TagInfo, TagSeen
from gate.eas import EasGate

ARMED, SILENT, OTHER = "E004010000000001", "E004010000000002", "E004010000000003"


class Pad:
    """What lies on a FEIG pad; a tag at the edge of the field alarms and is not counted up."""

    def __init__(self, *, has_eas: bool = True) -> None:
        self.capabilities = Capabilities(30, has_afi=True, has_eas=has_eas, echoes_uid=False)
        self.bits: dict[str, bool] = {}
        self.at_the_edge = False
        self.gone: set[str] = set()
        self.asked: list[str] = []

    def poll_eas(self) -> bool:
        self.asked.append("all")
        return self.at_the_edge or any(self.bits.values())

    def inventory(self) -> tuple[TagSeen, ...]:
        self.asked.append("inventory")
        return tuple(TagSeen(uid, time.monotonic()) for uid in self.bits)

    def system_information(self, uid: str) -> TagInfo:
        return TagInfo(uid, 0, 0xC2, 4, 28, 1)

    def read_eas(self, uid: str) -> bool:
        self.asked.append(uid)
        if uid in self.gone:
            raise Failed("it left")
        if not uid.startswith("E004"):
            raise NotSupported("no NXP chip")
        return self.bits[uid]

    def close(self) -> None:
        self.asked.append("close")


class SpecificPad(Pad):
    """A 3M pad: no question to all at once."""

    poll_eas = None


def eas_of(gate: EasGate) -> dict[str, bool | None]:
    return {tag.uid: tag.eas for tag in gate.poll()}


def test_while_nothing_alarms_nothing_else_is_asked() -> None:
    pad = Pad()
    pad.bits = {SILENT: False}

    assert eas_of(EasGate(pad, tells_afi=False)) == {}
    assert pad.asked == ["all"]


def test_a_tag_alone_in_the_field_is_the_one_that_alarms() -> None:
    pad = Pad()
    pad.bits = {ARMED: True}

    assert eas_of(EasGate(pad, tells_afi=False)) == {ARMED: True}
    assert pad.asked == ["all", "inventory"]


def test_of_several_each_is_asked() -> None:
    pad = Pad()
    pad.bits = {ARMED: True, SILENT: False, OTHER: False}
    pad.gone = {OTHER}

    assert eas_of(EasGate(pad, tells_afi=False)) == {ARMED: True, SILENT: False}


def test_a_chip_without_eas_shows_no_bit() -> None:
    pad = Pad()
    pad.bits = {ARMED: True, "E016010000000009": False}

    assert eas_of(EasGate(pad, tells_afi=False))["E016010000000009"] is None


def test_where_the_afi_counts_too_silent_tags_are_told_with_both() -> None:
    pad = Pad()
    pad.bits = {SILENT: False}

    [told] = EasGate(pad, tells_afi=True).poll()

    assert (told.afi, told.eas) == (0xC2, False)


def test_an_alarm_without_a_name_is_told_after_a_moment_and_not_before() -> None:
    pad = Pad()
    pad.at_the_edge = True
    now = [10.0]
    gate = EasGate(pad, tells_afi=False, clock=lambda: now[0])

    gate.poll()
    at_once = gate.hears_unnamed
    now[0] += 0.2
    gate.poll()

    assert (at_once, gate.hears_unnamed) == (False, True)


def test_a_name_that_follows_ends_the_doubt() -> None:
    pad = Pad()
    pad.at_the_edge = True
    now = [10.0]
    gate = EasGate(pad, tells_afi=False, clock=lambda: now[0])
    gate.poll()
    pad.bits = {ARMED: True}
    now[0] += 0.2

    gate.poll()

    assert not gate.hears_unnamed


def test_a_reader_without_the_question_to_all_is_asked_for_each_tag() -> None:
    pad = SpecificPad()
    pad.bits = {ARMED: True, SILENT: False}

    assert eas_of(EasGate(pad, tells_afi=False)) == {ARMED: True, SILENT: False}
    assert pad.asked == ["inventory", ARMED, SILENT]


def test_a_model_without_eas_is_refused_and_closed() -> None:
    pad = Pad(has_eas=False)

    with pytest.raises(NotSupported, match="afi"):
        EasGate(pad, tells_afi=False)

    assert pad.asked == ["close"]
