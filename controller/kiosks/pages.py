"""For the librarian: "I am coming" on the live page, and how kiosks are used."""

from datetime import date, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from controller.kiosks.service import Kiosks
from controller.kiosks.usage import UsageLine, as_csv, summed, usage_between
from controller.kiosks.words import COUNTERS, USAGE_WORDS
from controller.live.words import Language
from controller.staff.door import Door
from controller.staff.pages import Pages, read_form, signed_in
from controller.staff.rights import Right

ANSWER_CALL, USAGE_PAGE, USAGE_TABLE = "/live/calls", "/console/usage", "/console/usage.csv"
_SEE_OTHER = 303
_SHOWN = timedelta(days=30)
_REFUSED = "refused:"
Lang = Annotated[Language, Query(alias="lang")]
Number = Annotated[int, Path(ge=1, lt=2**31)]


def kiosk_pages(door: Door, kiosks: Kiosks, pages: Pages) -> APIRouter:
    """`/live/calls/{number}`, `/console/usage` and its table, for who works at the desk."""
    router = APIRouter(tags=["console"])
    _add_calls(router, door, kiosks)

    async def find(first: date | None, last: date | None) -> tuple[date, date, list[UsageLine]]:
        end = last or door.time.day(door.time.now())
        begin = first or end - _SHOWN
        return begin, end, await door.reads.run(partial(usage_between, first=begin, last=end))

    @router.get(USAGE_PAGE, include_in_schema=False)
    async def usage(
        request: Request,
        first: date | None = None,
        last: date | None = None,
        language: Lang = Language.RU,
    ) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        caller = await door.allow(request, Right.DESK_WORK)
        begin, end, lines = await find(first, last)
        context = signed_in(request, caller, language) | {
            "labels": USAGE_WORDS[language],
            "first": begin,
            "last": end,
            **_figures(lines, language),
        }
        return pages.draw(request, "usage.html", language, context)

    @router.get(USAGE_TABLE, include_in_schema=False)
    async def table(
        request: Request, first: date | None = None, last: date | None = None
    ) -> Response:
        await door.allow(request, Right.DESK_WORK)
        begin, end, lines = await find(first, last)
        named = f'attachment; filename="usage-{begin}-{end}.csv"'
        return Response(
            as_csv(lines), headers={"Content-Disposition": named}, media_type="text/csv"
        )

    return router


def _add_calls(router: APIRouter, door: Door, kiosks: Kiosks) -> None:
    @router.post(ANSWER_CALL + "/{number}", include_in_schema=False)
    async def coming(request: Request, number: Number, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        await door.allow(request, Right.DESK_WORK, form.get("form", ""))
        await door.writer.run(partial(kiosks.answer, number=number))
        return RedirectResponse(f"/?lang={language}", _SEE_OTHER)


def _figures(lines: list[UsageLine], language: Language) -> dict[str, object]:
    sums = summed(lines)
    timed = sums.get("timed", 0)
    refused = [(name.removeprefix(_REFUSED), n) for name, n in sums.items() if _REFUSED in name]
    return {
        "figures": [(word, sums.get(name, 0)) for name, word in COUNTERS[language].items()],
        "mean": round(sums.get("seconds", 0) / timed) if timed else None,
        "refused": sorted(refused, key=lambda one: -one[1]),
        "any": bool(sums),
    }
