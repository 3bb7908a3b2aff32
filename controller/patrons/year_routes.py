"""The year's end for staff: promotion of classes and the clearance list, as data and as a page."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from controller.answers import UNPROCESSABLE
from controller.edge import read_body
from controller.live.words import Language
from controller.openapi import (
    READ_ERRORS,
    STAFF_READS,
    STAFF_WRITES,
    Responses,
    body_schema,
    staff_errors,
)
from controller.patrons import promotion
from controller.patrons.debts import debts
from controller.patrons.records import note_seen
from controller.patrons.tables import SeenPart
from controller.patrons.wire import (
    DEBTS,
    PROMOTION,
    Debtors,
    PromotionDone,
    PromotionOrder,
    PromotionPlan,
)
from controller.sql import Transaction
from controller.staff.door import Door, require
from controller.staff.pages import Pages, signed_in
from controller.staff.refusals import StaffReason
from controller.staff.rights import Right, Role
from controller.staff.sessions import StaffCaller

DEBTS_PAGE = "/console/debts"
_SEE_OTHER = 303
SeesDebts = Annotated[StaffCaller, Depends(require(Right.SEE_DEBTS))]
Promotes = Annotated[StaffCaller, Depends(require(Right.PROMOTE_CLASSES))]
ClassName = Annotated[str, Query(max_length=16, pattern=r"^[^\x00-\x1f\x7f]*$")]
Lang = Annotated[Language, Query(alias="lang")]
_MALFORMED: Responses = {UNPROCESSABLE: READ_ERRORS[UNPROCESSABLE]}


def year_routes(door: Door, library: str, pages: Pages) -> APIRouter:
    """`/api/v1/promotion`, `/api/v1/debts` and the page to print."""
    router = APIRouter(tags=["people for staff"])
    _add_promotion(router, door, library)
    _add_debts(router, door, library, pages)
    return router


def _add_promotion(router: APIRouter, door: Door, library: str) -> None:
    def year() -> int:
        return door.time.day(door.time.now()).year

    @router.get(PROMOTION, responses=staff_errors(), openapi_extra=STAFF_READS)
    async def plan(_caller: Promotes) -> PromotionPlan:
        return await door.reads.run(partial(promotion.plan, library=library, year=year()))

    @router.post(
        PROMOTION,
        responses=staff_errors(StaffReason.CHANGED_MEANWHILE) | _MALFORMED,
        openapi_extra=body_schema(PromotionOrder, STAFF_WRITES),
    )
    async def promote(request: Request, caller: Promotes) -> PromotionDone:
        order = await read_body(request, PromotionOrder)
        return await door.writer.run(
            partial(
                promotion.apply,
                library=library,
                order=order,
                year=year(),
                staff_id=caller.staff_id,
                now=door.time.now(),
            )
        )


def _add_debts(router: APIRouter, door: Door, library: str, pages: Pages) -> None:
    @router.get(DEBTS, responses=staff_errors() | _MALFORMED, openapi_extra=STAFF_READS)
    async def clearance(
        caller: SeesDebts, class_name: ClassName = "", only_leavers: bool = False
    ) -> Debtors:
        """A teacher gets the own class, whatever is asked for."""
        return await _see_debts(door, library, caller, class_name, only_leavers)

    @router.get(DEBTS_PAGE, include_in_schema=False)
    async def page(
        request: Request,
        class_name: ClassName = "",
        only_leavers: bool = False,
        language: Lang = Language.RU,
    ) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        caller = await door.allow(request, Right.SEE_DEBTS)
        found = await _see_debts(door, library, caller, class_name, only_leavers)
        context = signed_in(request, caller, language) | {
            "debtors": found.debtors,
            "class_name": class_name,
            "only_leavers": only_leavers,
            "chooses": caller.role is not Role.TEACHER,
            "today": door.time.day(door.time.now()),
        }
        return pages.draw(request, "debts.html", language, context)


async def _see_debts(
    door: Door, library: str, caller: StaffCaller, class_name: str, only_leavers: bool
) -> Debtors:
    wanted = caller.class_name if caller.role is Role.TEACHER else class_name
    found = await door.reads.run(
        partial(debts, library=library, class_name=wanted, only_leavers=only_leavers)
    )

    def note(transaction: Transaction) -> None:
        seen = [debtor.patron.patron_id for debtor in found.debtors]
        now = door.time.now()
        note_seen(transaction, seen, SeenPart.DEBTS, staff_id=caller.staff_id, now=now)

    if found.debtors:
        await door.writer.run(note)
    return found
