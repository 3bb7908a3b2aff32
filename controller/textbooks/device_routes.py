"""Textbooks over HTTP for kiosks and the librarian's station."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.routing import APIRoute

from circulation.api import Refusal
from circulation.class_sets import (
    TEXTBOOK_CLASS,
    TEXTBOOK_CONDITIONS,
    TEXTBOOK_LED,
    TEXTBOOK_SESSION,
    TEXTBOOK_SESSION_END,
    TEXTBOOK_STACKS,
    ClassList,
    ClassSessionReceipt,
    ClassSessionView,
    ConditionReceipt,
    ConditionRequest,
    EndClassSession,
    LedClasses,
    OpenClassSession,
    StackAnswer,
    StackQuery,
)
from controller.answers import CONFLICT, NOT_FOUND, Answer
from controller.devices.tokens import Caller
from controller.edge import ByHand, as_device, read_body, respond, token_hash
from controller.openapi import DEVICE_SECURITY, PEOPLE_READ_ERRORS, Responses, body_schema
from controller.patrons.service import Patrons
from controller.reads import Reads
from controller.sql import Transaction
from controller.textbooks.conditions import Conditions
from controller.textbooks.sessions import ClassSessions
from controller.textbooks.stacks import Stacks
from controller.writer import Writer
from controller.writes import Writes

_NOBODY: Responses = {NOT_FOUND: {"model": Refusal, "description": "Nobody has this id"}}
_NO_SESSION: Responses = {
    CONFLICT: {"model": Refusal, "description": "No class session stands on this device"}
}


def textbook_routes(writer: Writer, reads: Reads, patrons: Patrons) -> APIRouter:
    """Stacks, sessions, the class list, marks of condition."""
    router = APIRouter(tags=["textbooks"], route_class=ByHand)
    sessions = ClassSessions(patrons.time)
    _add_stacks(router, reads, Stacks(patrons))
    _add_reads(router, reads, sessions)
    writes = Writes(router, writer, patrons.time)
    writes.add(
        TEXTBOOK_SESSION, OpenClassSession, sessions.open, ClassSessionReceipt, "open class session"
    )
    writes.add(
        TEXTBOOK_SESSION_END, EndClassSession, sessions.end, ClassSessionReceipt, "end session"
    )
    conditions = Conditions(sessions)
    writes.add(
        TEXTBOOK_CONDITIONS, ConditionRequest, conditions.mark, ConditionReceipt, "mark condition"
    )
    return router


def _add_stacks(router: APIRouter, reads: Reads, stacks: Stacks) -> None:
    @router.post(
        TEXTBOOK_STACKS,
        response_model=StackAnswer,
        responses={**PEOPLE_READ_ERRORS, **_NOBODY},
        openapi_extra=body_schema(StackQuery),
    )
    async def compare(request: Request) -> Response:
        query = await read_body(request, StackQuery)
        act = as_device(token_hash(request), lambda inside, who: stacks.compare(inside, who, query))
        return respond(await reads.run(act))


def _add_reads(router: APIRouter, reads: Reads, sessions: ClassSessions) -> None:
    async def answer(request: Request, act: Callable[[Transaction, Caller], Answer]) -> Response:
        return respond(await reads.run(as_device(token_hash(request), act)))

    @router.get(
        TEXTBOOK_SESSION,
        response_model=ClassSessionView,
        responses=PEOPLE_READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def session(request: Request) -> Response:
        return await answer(request, sessions.now)

    @router.get(
        TEXTBOOK_CLASS,
        response_model=ClassList,
        responses={**PEOPLE_READ_ERRORS, **_NO_SESSION},
        openapi_extra=DEVICE_SECURITY,
    )
    async def pupils(request: Request) -> Response:
        return await answer(request, sessions.class_list)

    async def led(
        request: Request, patron_id: Annotated[str, Path(min_length=1, max_length=40)]
    ) -> Response:
        return await answer(request, lambda inside, who: sessions.led(inside, who, patron_id))

    router.add_api_route(
        TEXTBOOK_LED,
        led,
        response_model=LedClasses,
        responses=PEOPLE_READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
        route_class_override=APIRoute,  # it has a part of the path to be checked
    )
