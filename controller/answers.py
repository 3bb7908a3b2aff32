"""What a service says: a status and a body that is sent, and remembered, byte for byte."""

from dataclasses import dataclass
from datetime import date

from circulation.api import Message, Refusal
from circulation.reasons import Reason

OK = 200
ACCEPTED = 202
UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
CONFLICT = 409
UNPROCESSABLE = 422
UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and its JSON body."""

    status: int
    body: str


def granted(message: Message) -> Answer:
    """Done, or known."""
    return Answer(OK, message.model_dump_json())


def refused(
    status: int,
    *reasons: Reason,
    can_still_borrow: int | None = None,
    due: date | None = None,
    blocked_until: date | None = None,
) -> Answer:
    """Not done, and why."""
    refusal = Refusal(
        reasons=reasons,
        can_still_borrow=can_still_borrow,
        due=due,
        blocked_until=blocked_until,
    )
    return Answer(status, refusal.model_dump_json())
