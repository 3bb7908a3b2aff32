"""Runs the errands of a session on worker threads of their own, and posts what came of them.

Lending never waits for them: a slow search holds up no book.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import assert_never
from uuid import uuid4

import structlog

from circulation.api import Refusal
from circulation.class_sets import (
    SESSION_MINUTES,
    TEXTBOOK_CONDITIONS,
    TEXTBOOK_SESSION,
    TEXTBOOK_SESSION_END,
    ClassSessionReceipt,
    ConditionReceipt,
    ConditionRequest,
    EndClassSession,
    LedClasses,
    OpenClassSession,
)
from circulation.desk import HOLDS_CANCEL, CancelHoldRequest, HoldReceipt
from circulation.ids import Copy
from circulation.reasons import Reason
from circulation.search import SearchAnswer
from circulation.selfservice import (
    CALLS,
    CallReceipt,
    CallRequest,
    CallView,
    DamageRequest,
    Harm,
)
from circulation.textbooks import Condition, usual_purpose
from kiosk.class_errands import (
    ClassErrand,
    ClassesLed,
    ClassListed,
    ClassOpened,
    ClassOpening,
    EndClass,
    ListClass,
    MarkCondition,
    OpenClass,
)
from kiosk.client import ControllerClient, NotUnderstood
from kiosk.clock import local_day
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

    def __init__(
        self,
        client: ControllerClient,
        post: Callable[[Event], None],
        keep: Callable[[DamageRequest], None],
    ) -> None:
        """`keep` puts a fact on the disk, from where the controller will hear of it."""
        self._client = client
        self._post = post
        self._keep = keep
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
        if done is not None:
            self._post(done)

    def _do(self, errand: Errand) -> ErrandDone | None:
        match errand:
            case SearchCatalogue(session=session, number=number, words=words):
                found = self._client.search(words)
                hits = found if isinstance(found, SearchAnswer) else None
                return CatalogueSearched(session, number, hits)
            case ReportDamage(session=session, copy=copy, harm=harm):
                self._keep_damage(copy, harm)
                return DamageReported(session, copy, ok=True)
            case CallLibrarian():
                return self._call()
            case LookAtCall(number=number):
                seen = self._client.call(number)
                answered = isinstance(seen, CallView) and seen.answered
                return CallSeen(number, answered)
            case CancelHold():
                return self._cancel(errand)
            case OpenClass() | EndClass() | ListClass() | MarkCondition():
                return self._class(errand)
            case _:
                assert_never(errand)

    def _class(self, errand: ClassErrand) -> ErrandDone | None:
        match errand:
            case OpenClass(session=session, card=card, patron_id=patron_id):
                return ClassOpened(session, card, patron_id, self._open_class(errand))
            case EndClass():
                end = EndClassSession(op_id=uuid4(), at=datetime.now(UTC))
                self._client.operate(
                    TEXTBOOK_SESSION_END, end.model_dump_json(), ClassSessionReceipt
                )
                return None
            case ListClass(session=session):
                found = self._client.class_list()
                return ClassListed(session, None if isinstance(found, NoAnswer) else found)
            case MarkCondition(session=session, copy=copy, condition=condition):
                return DamageReported(session, copy, self._mark(copy, condition))
            case _:
                assert_never(errand)

    def _open_class(self, errand: OpenClass) -> ClassOpening | ClassesLed | Refusal | None:
        now = datetime.now(UTC)
        purpose = errand.purpose or usual_purpose(local_day(now))
        request = OpenClassSession(
            op_id=uuid4(),
            at=now,
            class_name=errand.class_name,
            purpose=purpose,
            patron_id=errand.patron_id,
        )
        path, body = TEXTBOOK_SESSION, request.model_dump_json()
        answer = self._client.operate(path, body, ClassSessionReceipt)
        if isinstance(answer, NoAnswer):
            return None
        if isinstance(answer, Refusal):
            return self._which_class(errand, answer)
        if answer.session.class_name is None:
            return None  # over already
        return ClassOpening(answer.session.class_name, purpose, SESSION_MINUTES * 60)

    def _which_class(self, errand: OpenClass, refusal: Refusal) -> ClassesLed | Refusal | None:
        """The controller does not know which class is meant: of several the teacher says it."""
        if errand.class_name is not None or Reason.CLASS_UNKNOWN not in refusal.reasons:
            return refusal
        led = self._client.led_classes(errand.patron_id)
        if isinstance(led, NoAnswer):
            return None
        if isinstance(led, LedClasses) and len(led.classes) > 1:
            return ClassesLed(led.classes)
        return refusal

    def _mark(self, copy: Copy, condition: Condition) -> bool:
        request = ConditionRequest(
            op_id=uuid4(),
            at=datetime.now(UTC),
            owner=copy.owner,
            item_id=copy.item,
            condition=condition,
        )
        path, body = TEXTBOOK_CONDITIONS, request.model_dump_json()
        return isinstance(self._client.operate(path, body, ConditionReceipt), ConditionReceipt)

    def _keep_damage(self, copy: Copy, harm: Harm) -> None:
        """Behind the return of the same copy, which the controller hears of first."""
        request = DamageRequest(
            op_id=uuid4(),
            at=datetime.now(UTC),
            owner=copy.owner,
            item_id=copy.item,
            harm=harm,
        )
        self._keep(request)

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


def _undone(errand: Errand) -> ErrandDone | None:
    """As if nobody had answered."""
    match errand:
        case SearchCatalogue(session=session, number=number):
            return CatalogueSearched(session, number, None)
        case ReportDamage(session=session, copy=copy) | MarkCondition(session=session, copy=copy):
            return DamageReported(session, copy, ok=False)
        case CallLibrarian():
            return CallSeen(None)
        case LookAtCall(number=number):
            return CallSeen(number)
        case CancelHold(session=session, hold_id=hold_id):
            return HoldCancelled(session, hold_id, None)
        case OpenClass(session=session, card=card, patron_id=patron_id):
            return ClassOpened(session, card, patron_id, None)
        case ListClass(session=session):
            return ClassListed(session, None)
        case EndClass():
            return None
        case _:
            assert_never(errand)
