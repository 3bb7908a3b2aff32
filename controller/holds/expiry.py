"""What was not taken in time leaves the hold shelf's queue by itself.

A hold waits through its last day; from the midnight after it, when the door is long shut, it is
over: the copy is the next reader's or goes back, and `left_over` tells the desk to move it.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import structlog

from circulation.desk import ExpireReceipt, ExpireRequest
from controller.claims import Duty
from controller.holds.lists import MAX_LINES
from controller.holds.service import Holds
from controller.writer import Writer

_log = structlog.get_logger()


def expiring(library: str) -> Duty:
    """The turn of one library: it has its own policy, and a ledger may serve several."""
    return Duty(f"holds:{library}", timedelta(hours=1))


def expire_late(writer: Writer, holds: Holds, library: str) -> Callable[[], None]:
    """The work of that turn."""

    def work() -> None:
        ended = full = MAX_LINES
        while ended == full:  # one act ends so many at most, so that the desk need not wait long
            ended = _expire_some(writer, holds, library)

    return work


def _expire_some(writer: Writer, holds: Holds, library: str) -> int:
    request = ExpireRequest(op_id=uuid4(), at=holds.time.now())
    answer = writer.submit(lambda inside: holds.expire_at(inside, library, None, request)).result()
    done = ExpireReceipt.model_validate_json(answer.body)
    if done.put_back or done.stay:
        _log.info("holds_expired", put_back=len(done.put_back), stay=len(done.stay))
    return len(done.put_back) + len(done.stay)
