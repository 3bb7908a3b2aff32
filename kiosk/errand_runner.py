"""Runs the errands of a session on worker threads of their own, and posts what came of them.

Lending never waits for them: a slow search holds up no book.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import assert_never
from uuid import uuid4

import structlog

from circulation.desk import HOLDS_CANCEL, CancelHoldRequest, HoldReceipt
from circulation.ids import Copy
from circulation.search import SearchAnswer
from circulation.selfservice import (
    CALLS,
    DAMAGES,
    CallReceipt,
    CallRequest,
    CallView,
    DamageReceipt,
    DamageRequest,
    Harm,
)
from kiosk.client import ControllerClient, NotUnderstood
from kiosk.errands import (
    CallLibrarian,
    CallSeen,
    CancelHold,
    CatalogueSearched,
    DamageReported,
    Errand,
    ErrandDone,
    HoldCancelled,
    LookAtCall,
    ReportDamage,
    SearchCatalogue,
)
from kiosk.events import Event, NoAnswer

log = structlog.get_logger(__name__)

_WORKERS = 2


class Runner:
    """`carry_out` returns at once."""

    def __init__(self, client: ControllerClient, post: Callable[[Event], None]) -> None:
        self._client = client
        self._post = post
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="errand")

    def stop(self) -> None:
        """Finish what is under way; begin nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def carry_out(self, errand: Errand) -> None:
        """Do this on a worker thread; an event follows."""
        self._pool.submit(self._work, errand)

    def _work(self, errand: Errand) -> None:
        try:
            done = self._do(errand)
        except NotUnderstood as error:
            log.error("request_rejected", why=str(error))
            done = _undone(errand)
        except Exception:  # a worker's exception would vanish in its future, unseen
            log.exception("errand_failed", errand=type(errand).__name__)
            done = _undone(errand)
        self._post(done)

    def _do(self, errand: Errand) -> ErrandDone:
        match errand:
            case SearchCatalogue(session=session, number=number, words=words):
                found = self._client.search(words)
                hits = found if isinstance(found, SearchAnswer) else None
                return CatalogueSearched(session, number, hits)
            case ReportDamage(session=session, copy=copy, harm=harm):
                return DamageReported(session, copy, self._tell_damage(copy, harm))
            case CallLibrarian():
                return self._call()
            case LookAtCall(number=number):
                seen = self._client.call(number)
                answered = isinstance(seen, CallView) and seen.answered
                return CallSeen(number, answered)
            case CancelHold():
                return self._cancel(errand)
            case _:
                assert_never(errand)

    def _tell_damage(self, copy: Copy, harm: Harm) -> bool:
        request = DamageRequest(
            op_id=uuid4(),
            at=datetime.now(UTC),
            owner=copy.owner,
            item_id=copy.item,
            harm=harm,
        )
        answer = self._client.operate(DAMAGES, request.model_dump_json(), DamageReceipt)
        return isinstance(answer, DamageReceipt)

    def _call(self) -> CallSeen:
        request = CallRequest(op_id=uuid4(), at=datetime.now(UTC))
        answer = self._client.operate(CALLS, request.model_dump_json(), CallReceipt)
        return CallSeen(answer.call_id if isinstance(answer, CallReceipt) else None)

    def _cancel(self, errand: CancelHold) -> HoldCancelled:
        request = CancelHoldRequest(
            op_id=uuid4(),
            at=datetime.now(UTC),
            patron_id=errand.patron_id,
            hold_id=errand.hold_id,
        )
        answer = self._client.operate(HOLDS_CANCEL, request.model_dump_json(), HoldReceipt)
        result = None if isinstance(answer, NoAnswer) else answer
        return HoldCancelled(errand.session, errand.hold_id, result)


def _undone(errand: Errand) -> ErrandDone:
    """As if nobody had answered."""
    match errand:
        case SearchCatalogue(session=session, number=number):
            return CatalogueSearched(session, number, None)
        case ReportDamage(session=session, copy=copy):
            return DamageReported(session, copy, ok=False)
        case CallLibrarian():
            return CallSeen(None)
        case LookAtCall(number=number):
            return CallSeen(number)
        case CancelHold(session=session, hold_id=hold_id):
            return HoldCancelled(session, hold_id, None)
        case _:
            assert_never(errand)
