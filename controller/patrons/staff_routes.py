"""People for staff: find, see, add, change, cards, consents, erase. No device comes here."""

import asyncio
from collections.abc import Callable
from functools import partial, wraps
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlalchemy import Engine

from circulation.api import Message
from controller.answers import UNPROCESSABLE
from controller.edge import read_body
from controller.openapi import (
    READ_ERRORS,
    STAFF_READS,
    STAFF_WRITES,
    Responses,
    body_schema,
    staff_errors,
)
from controller.patrons import cards, erasing, records
from controller.patrons.finding import find_patrons
from controller.patrons.wire import (
    PATRONS,
    CardBlock,
    CardIssue,
    ConsentFields,
    HistoryWish,
    NewPatron,
    NumberIssue,
    PatronFields,
    PatronLines,
    PatronQuery,
    PatronRecord,
    SeenList,
)
from controller.sql import Transaction
from controller.staff.door import Door, require
from controller.staff.refusals import StaffReason
from controller.staff.rights import Right
from controller.staff.sessions import StaffCaller

NO_CONTENT = 204
M = TypeVar("M", bound=Message)
Change = Callable[[Transaction, str, M, int], PatronRecord]

SeesPatrons = Annotated[StaffCaller, Depends(require(Right.SEE_PATRONS))]
EditsPatrons = Annotated[StaffCaller, Depends(require(Right.EDIT_PATRONS))]
ErasesPatrons = Annotated[StaffCaller, Depends(require(Right.ERASE_PATRONS))]
SeesAccessLog = Annotated[StaffCaller, Depends(require(Right.SEE_ACCESS_LOG))]
PatronKey = Annotated[str, Path(pattern=r"^[!-~]{1,40}$")]
_MALFORMED: Responses = {UNPROCESSABLE: READ_ERRORS[UNPROCESSABLE]}


def patron_staff_routes(door: Door, library: str, engine: Engine) -> APIRouter:
    """Everything below `/api/v1/patrons`."""
    router = APIRouter(prefix=PATRONS, tags=["people for staff"])
    _add_finding(router, door, library)
    _add_changes(router, door, library)
    _add_erasing(router, door, engine)
    return router


def _add_finding(router: APIRouter, door: Door, library: str) -> None:
    @router.post(
        "/find",
        responses=staff_errors() | _MALFORMED,
        openapi_extra=body_schema(PatronQuery, STAFF_WRITES),
    )
    async def find(request: Request, _caller: SeesPatrons) -> PatronLines:
        query = await read_body(request, PatronQuery)
        return await door.reads.run(partial(find_patrons, library=library, text=query.text))

    @router.get(
        "/{patron_id}",
        responses=staff_errors(StaffReason.UNKNOWN) | _MALFORMED,
        openapi_extra=STAFF_READS,
    )
    async def see(caller: SeesPatrons, patron_id: PatronKey) -> PatronRecord:
        """The view is written down before it is answered."""
        return await door.writer.run(
            partial(
                records.see_record,
                patron_id=patron_id,
                staff_id=caller.staff_id,
                now=door.time.now(),
            )
        )

    @router.get(
        "/{patron_id}/seen", responses=staff_errors() | _MALFORMED, openapi_extra=STAFF_READS
    )
    async def seen(_caller: SeesAccessLog, patron_id: PatronKey) -> SeenList:
        return await door.reads.run(partial(records.seen_by, patron_id=patron_id))


def _add_changes(router: APIRouter, door: Door, library: str) -> None:
    @router.post(
        "",
        responses=staff_errors(StaffReason.TAKEN) | _MALFORMED,
        openapi_extra=body_schema(NewPatron, STAFF_WRITES),
    )
    async def add(request: Request, _caller: EditsPatrons) -> PatronRecord:
        wish = await read_body(request, NewPatron)
        return await door.writer.run(partial(records.add_patron, wish=wish, library=library))

    def offer(path: str, method: str, model: type[M], change: Change[M]) -> None:
        async def endpoint(
            request: Request, caller: EditsPatrons, patron_id: PatronKey
        ) -> PatronRecord:
            wish = await read_body(request, model)
            return await door.writer.run(
                lambda inside: change(inside, patron_id, wish, caller.staff_id)
            )

        router.add_api_route(
            "/{patron_id}" + path,
            endpoint,
            methods=[method],
            name=change.__name__.strip("_"),
            responses=staff_errors(StaffReason.UNKNOWN, StaffReason.TAKEN) | _MALFORMED,
            openapi_extra=body_schema(model, STAFF_WRITES),
        )

    def change_patron(
        transaction: Transaction, patron_id: str, fields: PatronFields, _staff_id: int
    ) -> PatronRecord:
        return records.change_patron(transaction, patron_id, fields, door.time.now())

    offer("", "PUT", PatronFields, change_patron)
    offer("/cards", "POST", CardIssue, _by_anybody(cards.issue_card))
    offer("/numbers", "POST", NumberIssue, _by_anybody(cards.issue_number))
    offer("/cards/block", "POST", CardBlock, _by_anybody(cards.block_card))
    offer("/consents", "POST", ConsentFields, records.note_consent)
    offer("/history", "PUT", HistoryWish, _wish_history)


def _add_erasing(router: APIRouter, door: Door, engine: Engine) -> None:
    @router.post(
        "/{patron_id}/erase",
        status_code=NO_CONTENT,
        responses=staff_errors(
            StaffReason.UNKNOWN,
            StaffReason.HAS_LOANS,
            StaffReason.HAS_NOT_LEFT,
            StaffReason.HAS_CONFLICTS,
        )
        | _MALFORMED,
        openapi_extra=STAFF_WRITES,
    )
    async def erase(caller: ErasesPatrons, patron_id: PatronKey) -> Response:
        await door.writer.run(
            partial(
                erasing.erase,
                patron_id=patron_id,
                staff_id=caller.staff_id,
                now=door.time.now(),
            )
        )
        await asyncio.to_thread(erasing.seal, engine)
        return Response(status_code=NO_CONTENT)


def _by_anybody(act: Callable[[Transaction, str, M], PatronRecord]) -> Change[M]:
    """A change whose log does not ask who made it."""

    @wraps(act)
    def change(transaction: Transaction, patron_id: str, wish: M, _staff_id: int) -> PatronRecord:
        return act(transaction, patron_id, wish)

    return change


def _wish_history(
    transaction: Transaction, patron_id: str, wish: HistoryWish, _staff_id: int
) -> PatronRecord:
    return records.wish_history(transaction, patron_id, wish.keep)
