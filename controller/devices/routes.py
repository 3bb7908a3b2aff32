"""A kiosk says how it is."""

from fastapi import APIRouter, Request, Response

from circulation.api import DEVICE_STATE, DeviceState
from controller.answers import Answer
from controller.clock import LibraryTime
from controller.devices.states import note_state
from controller.devices.tokens import Caller
from controller.edge import as_device, read_body, respond, token_hash
from controller.openapi import READ_ERRORS, body_schema
from controller.sql import Transaction
from controller.writer import Writer

NO_CONTENT = 204


def device_routes(writer: Writer, time: LibraryTime) -> APIRouter:
    """States of devices that speak HTTP."""
    router = APIRouter(tags=["devices"])

    @router.post(
        DEVICE_STATE,
        status_code=NO_CONTENT,
        responses=READ_ERRORS,
        openapi_extra=body_schema(DeviceState),
    )
    async def report(request: Request) -> Response:
        state = await read_body(request, DeviceState)

        def note(transaction: Transaction, caller: Caller) -> Answer:
            note_state(transaction, caller.device_id, state, time.now())
            return Answer(NO_CONTENT, "")

        answer = await writer.run(as_device(token_hash(request), note))
        return Response(status_code=NO_CONTENT) if answer.status == NO_CONTENT else respond(answer)

    return router
