"""What staff is told when something is not done: words for programs; pages say them in a language.

Devices and patrons hear `circulation.reasons`; these words are for people who sign in.
"""

from enum import StrEnum

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from circulation.api import Message
from controller.answers import CONFLICT, FORBIDDEN, NOT_FOUND, UNAUTHORIZED

GONE = 410
TOO_MANY = 429


class StaffReason(StrEnum):
    """Why staff's wish was not done."""

    SIGNED_OUT = "signed_out"
    NOT_ALLOWED = "not_allowed"
    FORM_EXPIRED = "form_expired"
    UNKNOWN = "unknown"
    TAKEN = "taken"
    CHANGED_MEANWHILE = "changed_meanwhile"
    HAS_LOANS = "has_loans"
    HAS_NOT_LEFT = "has_not_left"
    HAS_CONFLICTS = "has_conflicts"
    WRONG_CODE = "wrong_code"
    ENDED = "ended"
    TOO_MANY = "too_many"


_STATUS: dict[StaffReason, int] = {
    StaffReason.SIGNED_OUT: UNAUTHORIZED,
    StaffReason.NOT_ALLOWED: FORBIDDEN,
    StaffReason.FORM_EXPIRED: FORBIDDEN,
    StaffReason.UNKNOWN: NOT_FOUND,
    StaffReason.TAKEN: CONFLICT,
    StaffReason.CHANGED_MEANWHILE: CONFLICT,
    StaffReason.HAS_LOANS: CONFLICT,
    StaffReason.HAS_NOT_LEFT: CONFLICT,
    StaffReason.HAS_CONFLICTS: CONFLICT,
    StaffReason.WRONG_CODE: CONFLICT,
    StaffReason.ENDED: GONE,
    StaffReason.TOO_MANY: TOO_MANY,
}


class StaffRefusal(Message):
    """Body of every refusal to staff, and of a device that asks to be enrolled."""

    reason: StaffReason


class Refused(Exception):
    """Ends a request; inside a command it also undoes what the command did."""

    def __init__(self, reason: StaffReason) -> None:
        super().__init__(reason.value)
        self.reason = reason

    @property
    def status(self) -> int:
        """The HTTP status of this refusal."""
        return _STATUS[self.reason]


async def answer_refusal(_request: Request, error: Exception) -> Response:
    """`Refused` with its status and a `StaffRefusal`."""
    if not isinstance(error, Refused):
        raise error
    body = StaffRefusal(reason=error.reason).model_dump(mode="json")
    return JSONResponse(body, error.status, {"Cache-Control": "no-store"})
