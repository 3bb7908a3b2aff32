"""Holds at the desk: what to fetch, the shelf with its codes, slips, what was not taken in time."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from circulation.api import Refusal
from circulation.desk import ExpireReceipt, ExpireRequest, HoldReceipt, ShelveRequest
from controller.answers import OK
from controller.holds.left_over import book_moved, left_over
from controller.holds.lists import hold_shelf, pick_list
from controller.holds.service import Holds
from controller.holds.slip import hold_slips
from controller.holds.words import HOLD_WORDS, REFUSALS
from controller.items.numbers import MOST_NUMBER, copy_of_number
from controller.live.words import Language
from controller.printing.answers import pdf_answer
from controller.staff.door import Door
from controller.staff.pages import Pages, read_form, signed_in
from controller.staff.refusals import Refused, StaffReason
from controller.staff.rights import Right
from controller.staff.sessions import StaffCaller

HOLDS_PAGE = "/console/holds"
SLIPS_PDF = f"{HOLDS_PAGE}/slips.pdf"
_SEE_OTHER, _MOST_DIGITS = 303, 9
Lang = Annotated[Language, Query(alias="lang")]
HoldId = Annotated[int | None, Query(ge=1, lt=2**31)]


@dataclass(frozen=True, slots=True)
class Said:
    """What a form did: a sentence, the hold it is about, an HTTP status."""

    words: str = ""
    shelved: int | None = None  # the hold whose slip is to be printed
    good: bool = False
    status: int = OK


@dataclass(frozen=True, slots=True)
class _HoldDesk:
    door: Door
    library: str
    holds: Holds
    pages: Pages

    async def draw(
        self, request: Request, caller: StaffCaller, language: Language, said: Said
    ) -> Response:
        """Both lists and both forms."""
        context = signed_in(request, caller, language) | {
            "labels": HOLD_WORDS[language],
            "pick": (await self.door.reads.run(partial(pick_list, owner=self.library))).copies,
            "shelf": (await self.door.reads.run(partial(hold_shelf, owner=self.library))).copies,
            "left_over": await self.door.reads.run(partial(left_over, owner=self.library)),
            "today": self.door.time.day(self.door.time.now()),
            "said": said,
        }
        return self.pages.draw(request, "holds.html", language, context, status=said.status)

    async def shelve(self, number: str, language: Language) -> Said:
        """A fetched copy goes to who waits longest; scanned twice it gets the same slip."""
        meant = partial(copy_of_number, library=self.library, number=number)
        request = ShelveRequest(
            op_id=uuid4(),
            at=self.door.time.now(),
            owner=self.library,
            item_id=await self.door.reads.run(meant) or number[:16],
        )
        answer = await self.door.writer.run(
            lambda inside: self.holds.shelve_at(inside, None, request)
        )
        if answer.status != OK:
            reason = Refusal.model_validate_json(answer.body).reasons[0]
            return Said(REFUSALS[language][reason], status=answer.status)
        hold = HoldReceipt.model_validate_json(answer.body).hold
        words = f"{HOLD_WORDS[language]['shelved']} {hold.code}: {hold.title}"
        return Said(words, shelved=hold.hold_id, good=True)

    async def expire(self, language: Language) -> Said:
        """End what was not taken in time."""
        request = ExpireRequest(op_id=uuid4(), at=self.door.time.now())
        answer = await self.door.writer.run(
            lambda inside: self.holds.expire_at(inside, self.library, None, request)
        )
        done = ExpireReceipt.model_validate_json(answer.body)
        words = "" if done.put_back or done.stay else HOLD_WORDS[language]["none_late"]
        return Said(words, good=True)

    async def moved(self, hold_id: int) -> Said:
        """The book stands where it belongs."""
        await self.door.writer.run(partial(book_moved, owner=self.library, hold_id=hold_id))
        return Said()


def hold_pages(door: Door, library: str, holds: Holds, pages: Pages) -> APIRouter:
    """`/console/holds`, its forms and the slips, for who works at the desk."""
    router = APIRouter(tags=["console"])
    desk = _HoldDesk(door, library, holds, pages)

    @router.get(HOLDS_PAGE, include_in_schema=False)
    async def lists(request: Request, language: Lang = Language.RU) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        caller = await door.allow(request, Right.DESK_WORK)
        return await desk.draw(request, caller, language, Said())

    @router.post(HOLDS_PAGE, include_in_schema=False)
    async def change(request: Request, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await door.allow(request, Right.DESK_WORK, form.get("form", ""))
        number = form.get("number", "").strip()[:MOST_NUMBER]
        moved = form.get("moved", "")
        if moved.isascii() and moved.isdecimal() and len(moved) <= _MOST_DIGITS:
            said = await desk.moved(int(moved))
        elif number:
            said = await desk.shelve(number, language)
        else:
            said = await desk.expire(language)
        return await desk.draw(request, caller, language, said)

    @router.get(SLIPS_PDF, include_in_schema=False)
    async def slips(request: Request, hold_id: HoldId = None) -> Response:
        await door.allow(request, Right.DESK_WORK)
        shelf = await door.reads.run(partial(hold_shelf, owner=library))
        lines = [line for line in shelf.copies if hold_id in (None, line.hold_id)]
        if not lines:
            raise Refused(StaffReason.UNKNOWN)
        return pdf_answer(hold_slips(lines, pages.library), "slips")

    return router
