"""The librarian's page about tags: how far the stock is, who did how much, and the whole log."""

import csv
import io
from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from circulation.encoding import TagLogLine
from controller.clock import LibraryTime
from controller.encoding.progress import list_log, progress
from controller.encoding.words import TAG_WORDS
from controller.live.words import Language
from controller.staff.door import Door
from controller.staff.pages import Pages, signed_in
from controller.staff.rights import Right

TAGS_PAGE, TAGS_EXPORT = "/console/tags", "/console/tags.csv"
SHOWN = 50
_SEE_OTHER = 303
_COLUMNS = ("at", "operator", "device", "item", "part", "uid", "result", "note")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
Lang = Annotated[Language, Query(alias="lang")]


def encoding_pages(door: Door, library: str, pages: Pages) -> APIRouter:
    """`/console/tags` and the log as a file, for who works at the desk."""
    router = APIRouter(tags=["console"])

    @router.get(TAGS_PAGE, include_in_schema=False)
    async def tags(request: Request, language: Lang = Language.RU) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        caller = await door.allow(request, Right.DESK_WORK)
        told = await door.reads.run(partial(progress, library=library, time=door.time))
        lines = await door.reads.run(partial(list_log, library=library, most=SHOWN))
        more = {
            "labels": TAG_WORDS[language],
            "progress": told,
            "lines": lines,
            "zone": door.time.zone,
            "export": TAGS_EXPORT,
        }
        context = signed_in(request, caller, language) | more
        return pages.draw(request, "tags.html", language, context)

    @router.get(TAGS_EXPORT, include_in_schema=False)
    async def export(request: Request, language: Lang = Language.RU) -> Response:
        await door.allow(request, Right.DESK_WORK)
        lines = await door.reads.run(partial(list_log, library=library))
        name = f'attachment; filename="tags-{door.time.day(door.time.now()).isoformat()}.csv"'
        headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
        text = as_csv(lines, language, door.time)
        return Response(text.encode("utf-8-sig"), media_type="text/csv", headers=headers)

    return router


def as_csv(lines: Sequence[TagLogLine], language: Language, time: LibraryTime) -> str:
    """The log as a table that spreadsheets open as it is; no cell of it is a formula."""
    words = TAG_WORDS[language]
    file = io.StringIO()
    table = csv.writer(file, delimiter=";")
    table.writerow([words[column] for column in _COLUMNS])
    for line in lines:
        at = line.at.astimezone(time.zone).strftime("%d.%m.%Y %H:%M:%S")
        row = (at, line.operator, line.device, line.item_id, str(line.part), line.uid)
        table.writerow([_plain(cell) for cell in (*row, words[line.result], line.note)])
    return file.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell
