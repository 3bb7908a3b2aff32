"""The head of the library gives cards to the staff, and takes them away."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from circulation.ids import BadId, parse_card_uid
from controller.answers import OK, UNPROCESSABLE
from controller.encoding.card_wishes import stations
from controller.live.words import Language
from controller.staff.door import Door
from controller.staff.pages import LISTENS, Pages, read_form, signed_in
from controller.staff.refusals import Refused, StaffReason
from controller.staff.rights import Right
from controller.staff.sessions import StaffCaller
from controller.staff.staff_cards import give_card, list_cards, take_card

STAFF_CARDS_PAGE = "/console/staff-cards"
_SEE_OTHER = 303
_REFUSALS: Mapping[StaffReason, str] = {
    StaffReason.UNKNOWN: "staff_card_unknown",
    StaffReason.TAKEN: "staff_card_somebodys",
}
Lang = Annotated[Language, Query(alias="lang")]
_Said = tuple[str, int]  # a key of the console's words, and the status that goes with it


def staff_card_pages(door: Door, library: str, pages: Pages) -> APIRouter:
    """`/console/staff-cards`: a list, and one form for each act."""
    router = APIRouter(tags=["console"])

    async def draw(
        request: Request, caller: StaffCaller, language: Language, said: _Said = ("", OK)
    ) -> Response:
        context = signed_in(request, caller, language) | {
            "accounts": await door.reads.run(list_cards),
            "readers": await door.reads.run(partial(stations, library=library)),
            "said": said[0],
            "good": said[1] == OK,
        }
        return pages.draw(
            request, "staff_cards.html", language, context, status=said[1], headers=LISTENS
        )

    @router.get(STAFF_CARDS_PAGE, include_in_schema=False)
    async def page(request: Request, language: Lang = Language.RU) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        return await draw(request, await door.allow(request, Right.GIVE_STAFF_CARDS), language)

    @router.post(STAFF_CARDS_PAGE, include_in_schema=False)
    async def change(request: Request, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await door.allow(request, Right.GIVE_STAFF_CARDS, form.get("form", ""))
        return await draw(request, caller, language, await _change(door, form))

    return router


async def _change(door: Door, form: Mapping[str, str]) -> _Said:
    try:
        uid = parse_card_uid(form.get("card", "").strip().upper())
    except BadId:
        return "staff_card_bad", UNPROCESSABLE
    try:
        if form.get("act") == "take":
            await door.writer.run(partial(take_card, uid=uid))
            return "staff_card_taken", OK
        login = form.get("login", "")
        await door.writer.run(partial(give_card, login=login, uid=uid))
    except Refused as refused:
        return _REFUSALS[refused.reason], refused.status
    return "staff_card_given", OK
