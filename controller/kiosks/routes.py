"""What kiosks say over HTTP beside lending."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from circulation.api import Refusal
from circulation.selfservice import (
    CALLS,
    DAMAGES,
    USAGE,
    CallReceipt,
    CallRequest,
    CallView,
    DamageReceipt,
    DamageRequest,
    UsageReport,
)
from controller.answers import NOT_FOUND, Answer
from controller.devices.tokens import Caller
from controller.edge import ByHand, as_device, read_body, respond, token_hash
from controller.kiosks.service import Kiosks
from controller.kiosks.usage import keep_usage
from controller.openapi import DEVICE_SECURITY, READ_ERRORS, Responses, body_schema
from controller.reads import Reads
from controller.sql import Transaction
from controller.writer import Writer
from controller.writes import Writes

NO_CONTENT = 204
_MAX_ID = 2**31 - 1
_NO_CALL: Responses = {
    NOT_FOUND: {"model": Refusal, "description": "This device made no such call"}
}
Number = Annotated[int, Path(ge=1, le=_MAX_ID)]


def kiosk_routes(writer: Writer, reads: Reads, kiosks: Kiosks) -> APIRouter:
    """Damage, calls, usage."""
    router = APIRouter(tags=["kiosks"])
    by_hand = APIRouter(route_class=ByHand)
    writes = Writes(by_hand, writer, kiosks.time)
    writes.add(DAMAGES, DamageRequest, kiosks.report_damage, DamageReceipt, "report damage")
    writes.add(CALLS, CallRequest, kiosks.call, CallReceipt, "call the librarian")
    router.include_router(by_hand)

    @router.get(
        CALLS + "/{call_id}",
        response_model=CallView,
        responses={**READ_ERRORS, **_NO_CALL},
        openapi_extra=DEVICE_SECURITY,
    )
    async def call(request: Request, call_id: Number) -> Response:
        act = as_device(
            token_hash(request), lambda inside, who: kiosks.call_of(inside, who, call_id)
        )
        return respond(await reads.run(act))

    @router.post(
        USAGE,
        status_code=NO_CONTENT,
        responses=READ_ERRORS,
        openapi_extra=body_schema(UsageReport),
    )
    async def usage(request: Request) -> Response:
        report = await read_body(request, UsageReport)

        def keep(transaction: Transaction, caller: Caller) -> Answer:
            keep_usage(transaction, caller.device_id, report)
            return Answer(NO_CONTENT, "")

        answer = await writer.run(as_device(token_hash(request), keep))
        return Response(status_code=NO_CONTENT) if answer.status == NO_CONTENT else respond(answer)

    return router
