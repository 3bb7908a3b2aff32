"""Holds over HTTP."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from circulation.api import Refusal
from circulation.desk import (
    HOLD_SHELF,
    HOLDS,
    HOLDS_CANCEL,
    HOLDS_EXPIRE,
    HOLDS_SHELVE,
    PATRON_HOLDS,
    PICK_LIST,
    CancelHoldRequest,
    ExpireReceipt,
    ExpireRequest,
    HoldReceipt,
    HoldRequest,
    PatronHolds,
    PickList,
    Shelf,
    ShelveRequest,
)
from controller.answers import NOT_FOUND, Answer
from controller.devices.tokens import Caller
from controller.edge import ByHand, as_device, respond, token_hash
from controller.holds.service import Holds
from controller.openapi import DEVICE_SECURITY, PEOPLE_READ_ERRORS, STAFF_READ_ERRORS, Responses
from controller.reads import Reads
from controller.sql import Transaction
from controller.writer import Writer
from controller.writes import Writes

_NOBODY: Responses = {NOT_FOUND: {"model": Refusal, "description": "Nobody has this id"}}


def hold_routes(writer: Writer, reads: Reads, holds: Holds) -> APIRouter:
    """Waiting for a title, and the lists of those who serve the wait."""
    router = APIRouter(tags=["holds"])
    by_hand = APIRouter(route_class=ByHand)
    writes = Writes(by_hand, writer, holds.time)
    writes.add(HOLDS, HoldRequest, holds.place, HoldReceipt, "place hold")
    writes.add(HOLDS_CANCEL, CancelHoldRequest, holds.cancel, HoldReceipt, "cancel hold")
    writes.add_staff(HOLDS_SHELVE, ShelveRequest, holds.shelve, HoldReceipt, "shelve")
    writes.add_staff(HOLDS_EXPIRE, ExpireRequest, holds.expire, ExpireReceipt, "expire holds")
    router.include_router(by_hand)

    async def answer(request: Request, act: Callable[[Transaction, Caller], Answer]) -> Response:
        return respond(await reads.run(as_device(token_hash(request), act)))

    @router.get(
        PATRON_HOLDS,
        response_model=PatronHolds,
        responses={**PEOPLE_READ_ERRORS, **_NOBODY},
        openapi_extra=DEVICE_SECURITY,
    )
    async def of_patron(
        request: Request, patron_id: Annotated[str, Path(min_length=1, max_length=40)]
    ) -> Response:
        return await answer(request, lambda inside, who: holds.of_patron(inside, who, patron_id))

    @router.get(
        PICK_LIST,
        response_model=PickList,
        responses=STAFF_READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def to_fetch(request: Request) -> Response:
        return await answer(request, holds.pick_list)

    @router.get(
        HOLD_SHELF,
        response_model=Shelf,
        responses=STAFF_READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def on_the_shelf(request: Request) -> Response:
        return await answer(request, holds.shelf)

    return router
