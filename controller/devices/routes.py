"""What devices ask for themselves: to be let in, to be heard, to be told their settings."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response

from circulation.api import DEVICE_STATE, DeviceState
from circulation.configuration import DEVICE_SETTINGS, VersionedSettings
from controller.answers import UNAUTHORIZED, Answer, granted
from controller.devices import enrolment
from controller.devices.configuration import settings_of
from controller.devices.desk import DeviceDesk
from controller.devices.states import note_state
from controller.devices.tokens import Caller
from controller.devices.wire import (
    ENROLMENTS,
    DeviceCredentials,
    EnrolmentRequest,
    EnrolmentStarted,
    EnrolmentWaiting,
)
from controller.edge import as_device, bearer, read_body, respond, token_hash
from controller.openapi import DEVICE_SECURITY, READ_ERRORS, Responses, body_schema
from controller.sql import Transaction
from controller.staff.door import Door
from controller.staff.refusals import GONE, TOO_MANY, StaffRefusal

CREATED, ACCEPTED, NO_CONTENT, NOT_MODIFIED = 201, 202, 204, 304
_MAX_ETAG = 64
_ASK_ERRORS: Responses = {
    422: READ_ERRORS[422],
    TOO_MANY: {"model": StaffRefusal, "description": "Too many devices wait already"},
    503: READ_ERRORS[503],
}
_COLLECT_ANSWERS: Responses = {
    200: {"description": "Confirmed: the credentials, this once"},
    ACCEPTED: {"model": EnrolmentWaiting, "description": "Nobody has confirmed yet"},
    404: {"model": StaffRefusal, "description": "No such enrolment, or another's secret"},
    GONE: {"model": StaffRefusal, "description": "Too late, five wrong codes, or collected before"},
    422: READ_ERRORS[422],
    503: READ_ERRORS[503],
}
Number = Annotated[str, Path(min_length=1, max_length=36)]


def device_routes(desk: DeviceDesk) -> APIRouter:
    """Enrolment, states, settings."""
    router = APIRouter(tags=["devices"])
    _add_enrolment(router, desk)
    _add_reports(router, desk.door)
    return router


def _add_enrolment(router: APIRouter, desk: DeviceDesk) -> None:
    writer, time = desk.door.writer, desk.door.time

    @router.post(
        ENROLMENTS,
        status_code=CREATED,
        responses=_ASK_ERRORS,
        openapi_extra=body_schema(EnrolmentRequest, {}),
    )
    async def ask(request: Request) -> EnrolmentStarted:
        """Show the code, keep the secret."""
        asked = await read_body(request, EnrolmentRequest)
        address = request.client.host if request.client else ""
        return await writer.run(
            lambda inside: enrolment.ask(inside, desk.library, asked, address, time.now())
        )

    @router.post(
        ENROLMENTS + "/{enrolment_id}/collect",
        response_model=DeviceCredentials,
        responses=_COLLECT_ANSWERS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def collect(request: Request, enrolment_id: Number) -> Response:
        """Ask every few seconds, with the secret as bearer token."""
        secret = bearer(request) or ""
        given = await writer.run(
            partial(enrolment.collect, number=enrolment_id, secret=secret, now=time.now())
        )
        if isinstance(given, EnrolmentWaiting):
            return respond(Answer(ACCEPTED, given.model_dump_json()))
        desk.on_access()
        answer = respond(granted(given))
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _add_reports(router: APIRouter, door: Door) -> None:
    @router.post(
        DEVICE_STATE,
        status_code=NO_CONTENT,
        responses=READ_ERRORS,
        openapi_extra=body_schema(DeviceState),
    )
    async def report(request: Request) -> Response:
        state = await read_body(request, DeviceState)

        def note(transaction: Transaction, caller: Caller) -> Answer:
            note_state(transaction, caller.device_id, state, door.time.now())
            return Answer(NO_CONTENT, "")

        answer = await door.writer.run(as_device(token_hash(request), note))
        return Response(status_code=NO_CONTENT) if answer.status == NO_CONTENT else respond(answer)

    @router.get(
        DEVICE_SETTINGS,
        response_model=VersionedSettings,
        responses={
            UNAUTHORIZED: READ_ERRORS[UNAUTHORIZED],
            NOT_MODIFIED: {"description": "The settings of If-None-Match are the newest"},
            422: READ_ERRORS[422],
            503: READ_ERRORS[503],
        },
        openapi_extra=DEVICE_SECURITY,
    )
    async def settings(
        request: Request,
        if_none_match: Annotated[str | None, Header(max_length=_MAX_ETAG)] = None,
    ) -> Response:
        def find(transaction: Transaction, caller: Caller) -> Answer:
            return granted(settings_of(transaction, caller.device_id))

        answer = await door.reads.run(as_device(token_hash(request), find))
        if answer.status == UNAUTHORIZED:
            return respond(answer)
        version = VersionedSettings.model_validate_json(answer.body).version
        etag = {"ETag": f'"{version}"'}
        if if_none_match == etag["ETag"]:
            return Response(status_code=NOT_MODIFIED, headers=etag)
        return Response(answer.body, headers=etag, media_type="application/json")
