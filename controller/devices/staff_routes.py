"""Devices for staff: the list, who waits, confirm, revoke, settings."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from circulation.configuration import VersionedSettings
from controller.answers import UNPROCESSABLE
from controller.devices import configuration, enrolment
from controller.devices.desk import DeviceDesk
from controller.devices.listing import list_devices
from controller.devices.wire import (
    DEVICES,
    Confirmation,
    Devices,
    Enrolments,
    SettingsChange,
)
from controller.edge import read_body
from controller.openapi import (
    READ_ERRORS,
    STAFF_READS,
    STAFF_WRITES,
    Responses,
    body_schema,
    staff_errors,
)
from controller.staff.door import require
from controller.staff.refusals import Refused, StaffReason
from controller.staff.rights import Right
from controller.staff.sessions import StaffCaller

NO_CONTENT = 204
SeesDevices = Annotated[StaffCaller, Depends(require(Right.SEE_DEVICES))]
ChangesDevices = Annotated[StaffCaller, Depends(require(Right.CHANGE_DEVICES))]
Name = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,32}$")]
Number = Annotated[str, Path(min_length=1, max_length=36)]
_MALFORMED: Responses = {UNPROCESSABLE: READ_ERRORS[UNPROCESSABLE]}
_CONFIRM_ERRORS = staff_errors(
    StaffReason.UNKNOWN, StaffReason.WRONG_CODE, StaffReason.TAKEN, StaffReason.ENDED
)


def device_staff_routes(desk: DeviceDesk) -> APIRouter:
    """Everything below `/api/v1/devices`."""
    router = APIRouter(prefix=DEVICES, tags=["devices for staff"])
    _add_access(router, desk)
    _add_settings(router, desk)
    return router


def _add_access(router: APIRouter, desk: DeviceDesk) -> None:
    @router.get("", responses=staff_errors(), openapi_extra=STAFF_READS)
    async def devices(_caller: SeesDevices) -> Devices:
        return await desk.door.reads.run(partial(list_devices, now=desk.door.time.now()))

    @router.get("/enrolments", responses=staff_errors(), openapi_extra=STAFF_READS)
    async def waiting(_caller: ChangesDevices) -> Enrolments:
        found = await desk.door.reads.run(partial(enrolment.waiting, now=desk.door.time.now()))
        return Enrolments(enrolments=found)

    @router.post(
        "/enrolments/{enrolment_id}/confirm",
        status_code=NO_CONTENT,
        responses=_CONFIRM_ERRORS | _MALFORMED,
        openapi_extra=body_schema(Confirmation, STAFF_WRITES),
    )
    async def confirm(request: Request, caller: ChangesDevices, enrolment_id: Number) -> Response:
        typed = await read_body(request, Confirmation)
        refusal = await desk.confirm(enrolment_id, typed.code, caller.login)
        if refusal is not None:
            raise Refused(refusal)
        return Response(status_code=NO_CONTENT)

    @router.post(
        "/{name}/revoke",
        status_code=NO_CONTENT,
        responses=staff_errors(StaffReason.UNKNOWN) | _MALFORMED,
        openapi_extra=STAFF_WRITES,
    )
    async def take_away(caller: ChangesDevices, name: Name) -> Response:
        if not await desk.revoke(name, caller.login):
            raise Refused(StaffReason.UNKNOWN)
        return Response(status_code=NO_CONTENT)


def _add_settings(router: APIRouter, desk: DeviceDesk) -> None:
    @router.get(
        "/{name}/settings",
        responses=staff_errors(StaffReason.UNKNOWN) | _MALFORMED,
        openapi_extra=STAFF_READS,
    )
    async def settings(_caller: SeesDevices, name: Name) -> VersionedSettings:
        return await desk.door.reads.run(
            partial(configuration.settings_by_name, library=desk.library, name=name)
        )

    @router.put(
        "/{name}/settings",
        responses=staff_errors(StaffReason.UNKNOWN, StaffReason.CHANGED_MEANWHILE) | _MALFORMED,
        openapi_extra=body_schema(SettingsChange, STAFF_WRITES),
    )
    async def change(request: Request, caller: ChangesDevices, name: Name) -> VersionedSettings:
        wished = await read_body(request, SettingsChange)
        return await desk.door.writer.run(
            partial(
                configuration.change_settings,
                library=desk.library,
                name=name,
                change=wished,
                staff=caller,
                now=desk.door.time.now(),
            )
        )
