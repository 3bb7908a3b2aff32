"""The EAS bit of NXP chips through a FEIG reader: manufacturer commands B1 04 A2, A3, A5.

Source: SDK sources, FedmIscTagHandler_ISO15693_NXP_ICODE_SLI (set, reset and alarm, each addressed
or not). The alarm is the one way to look at the bit: a chip with EAS answers, one without is
silent.
"""

from typing import Final

from drivers.readers.feig.answers import Answer, Refused, Status
from drivers.readers.feig.device_commands import RF_TIMEOUT_S, Request

NOBODY: Final = "E004000000000000"
"""A UID that NXP never gave out: an alarm for it comes from a reader that ignores the address."""

_MANUFACTURER: Final = 0xB1
_NXP: Final = 0x04  # IC manufacturer code, second byte of the UID as well
_SET, _RESET, _ALARM = 0xA2, 0xA3, 0xA5
_ANY_TAG: Final = 0x00
_ADDRESSED: Final = 0x01


def has_eas(uid: str) -> bool:
    """True for chips that know these commands: NXP's, by the manufacturer byte of the UID."""
    return bytes.fromhex(uid)[1] == _NXP


def write_eas(uid: str, *, on: bool) -> Request:
    """Set or clear the bit. The answer names no tag: ask the alarm."""
    return _request(_SET if on else _RESET, uid)


def alarm(uid: str | None = None) -> Request:
    """Does this tag, or any tag that is not quiet, have its EAS bit set?"""
    return _request(_ALARM, uid)


def decode_alarm(answer: Answer) -> bool:
    """True when a tag answered. False also when no tag is there: look for it separately."""
    if answer.status in (Status.OK, Status.RF_WARNING):
        return True
    if answer.status == Status.NO_TRANSPONDER:
        return False
    raise Refused(answer)


def _request(command: int, uid: str | None) -> Request:
    mode = bytes((_ANY_TAG,)) if uid is None else bytes((_ADDRESSED,)) + bytes.fromhex(uid)
    return Request(_MANUFACTURER, bytes((_NXP, command)) + mode, RF_TIMEOUT_S)
