"""Textbook sets for staff: read, replace, and what next year lacks. No device comes here."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from circulation.textbooks import school_year
from controller.answers import CONFLICT, UNPROCESSABLE
from controller.edge import read_body
from controller.openapi import (
    READ_ERRORS,
    STAFF_READS,
    STAFF_WRITES,
    Responses,
    body_schema,
    staff_errors,
)
from controller.sql import Transaction
from controller.staff.door import Door, require
from controller.staff.rights import Right
from controller.staff.sessions import StaffCaller
from controller.textbooks.provision import read_provision
from controller.textbooks.rows import class_sizes
from controller.textbooks.sets import read_set, write_set
from controller.textbooks.wire import (
    TEXTBOOK_PROVISION,
    TEXTBOOK_SETS,
    ClassSet,
    ProvisionView,
    SetProblem,
    SetRefusal,
    SetTrouble,
)

ClassName = Annotated[str, Query(min_length=1, max_length=16, pattern=r"^[^\x00-\x1f\x7f]*$")]
Year = Annotated[int | None, Query(ge=2000, le=2199)]
Edits = Annotated[StaffCaller, Depends(require(Right.EDIT_TEXTBOOKS))]
_MALFORMED: Responses = {UNPROCESSABLE: READ_ERRORS[UNPROCESSABLE]}
_PROBLEMS: Responses = {
    CONFLICT: {"model": SetRefusal, "description": "Nothing was written; every problem is told"}
}


def textbook_staff_routes(door: Door, library: str) -> APIRouter:
    """`/api/v1/textbook-sets`."""
    router = APIRouter(tags=["textbooks for staff"])

    def this_year() -> int:
        return school_year(door.time.day(door.time.now()))

    @router.get(TEXTBOOK_SETS, responses=staff_errors() | _MALFORMED, openapi_extra=STAFF_READS)
    async def see(_caller: Edits, class_name: ClassName, year: Year = None) -> ClassSet:
        return await door.reads.run(
            partial(read_set, library=library, class_name=class_name, year=year or this_year())
        )

    @router.put(
        TEXTBOOK_SETS,
        response_model=ClassSet,
        responses=staff_errors() | _PROBLEMS | _MALFORMED,
        openapi_extra=body_schema(ClassSet, STAFF_WRITES),
    )
    async def replace(request: Request, _caller: Edits) -> Response:
        wish = await read_body(request, ClassSet)
        problems = await door.writer.run(
            partial(_replace, library=library, wish=wish, now_year=this_year())
        )
        if problems:
            refusal = SetRefusal(problems=problems)
            return JSONResponse(refusal.model_dump(mode="json"), CONFLICT)
        return JSONResponse(wish.model_dump(mode="json"))

    @router.get(
        TEXTBOOK_PROVISION, responses=staff_errors() | _MALFORMED, openapi_extra=STAFF_READS
    )
    async def next_year(_caller: Edits, year: Year = None) -> ProvisionView:
        now_year = this_year()
        return await door.reads.run(
            partial(read_provision, library=library, year=year or now_year + 1, now_year=now_year)
        )

    return router


def _replace(
    transaction: Transaction, library: str, wish: ClassSet, now_year: int
) -> tuple[SetProblem, ...]:
    """A set of this year is for a class that has pupils; one of a later year may be prepared."""
    known = wish.school_year != now_year or wish.class_name in class_sizes(transaction, library)
    if not known:
        return (SetProblem(trouble=SetTrouble.CLASS_UNKNOWN, about=wish.class_name),)
    return write_set(transaction, library, wish)
