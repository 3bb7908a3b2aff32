"""The import page: choose a file, see what is in it and what is wrong, say yes."""

import asyncio
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from controller.catalogue.page_words import IMPORT_WORDS
from controller.catalogue.problems import Problem
from controller.catalogue.records import RosterRow, TitleRecord
from controller.catalogue.uploads import MOST_BYTES, Stage, TooLarge, TooMany, Upload, Uploads
from controller.catalogue.wording import describe
from controller.live.words import Language
from controller.staff.door import Door
from controller.staff.pages import Pages, read_form, signed_in
from controller.staff.rights import Right

IMPORT_PAGE = "/console/import"
_OK, _SEE_OTHER, _NOT_FOUND, _TOO_LARGE, _MALFORMED, _BUSY = 200, 303, 404, 413, 422, 503
_SHOWN_PROBLEMS = 200
_RENEW_S = "2"
_MULTIPART_SLACK = 10_000  # boundaries and the form's other field
_IN_FILE = ("titles", "items", "units", "tags", "pupils")
Lang = Annotated[Language, Query(alias="lang")]
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


@dataclass(frozen=True, slots=True)
class _Desk:
    """Draws the page in each of its stages, for who may edit the catalogue."""

    door: Door
    uploads: Uploads
    pages: Pages

    async def draw(
        self,
        request: Request,
        language: Language,
        upload: Upload | None = None,
        said: str = "",
        status: int = _OK,
    ) -> Response:
        caller = await self.door.allow(request, Right.EDIT_CATALOGUE)
        labels = IMPORT_WORDS[language]
        context = signed_in(request, caller, language) | {
            "labels": labels,
            "said": labels[said] if said else "",
            "upload": upload,
        }
        if upload is not None:
            context |= _seen(upload, language)
        busy = upload is not None and upload.stage in (Stage.READING, Stage.WRITING)
        headers = {"Refresh": _RENEW_S} if busy else None
        return self.pages.draw(
            request, "import.html", language, context, status=status, headers=headers
        )

    async def take(self, request: Request) -> Upload | tuple[str, int]:
        """The upload of this form, or the word and status of why not."""
        async with request.form(max_files=1, max_fields=2) as form:
            token = str(form.get("form", ""))
            caller = await self.door.allow(request, Right.EDIT_CATALOGUE, token)
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                return "no_file", _MALFORMED
            try:
                return await asyncio.to_thread(
                    self.uploads.take, file.file, file.filename, caller.login
                )
            except TooLarge:
                return "too_large", _TOO_LARGE
            except TooMany:
                return "too_many", _BUSY


def import_pages(door: Door, uploads: Uploads, pages: Pages) -> APIRouter:
    """`/console/import`, for who may edit the catalogue; rosters need the same people."""
    router = APIRouter(tags=["console"])
    desk = _Desk(door, uploads, pages)
    _add_choosing(router, desk)
    _add_confirming(router, desk)
    return router


def _add_choosing(router: APIRouter, desk: _Desk) -> None:
    @router.get(IMPORT_PAGE, include_in_schema=False)
    async def choose(request: Request, language: Lang = Language.RU) -> Response:
        if await desk.door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        return await desk.draw(request, language)

    @router.post(IMPORT_PAGE, include_in_schema=False)
    async def upload_file(request: Request, language: Lang = Language.RU) -> Response:
        await desk.door.allow(request, Right.EDIT_CATALOGUE)  # a stranger's body is not read
        size = request.headers.get("content-length", "")
        if not size.isdigit() or int(size) > MOST_BYTES + _MULTIPART_SLACK:
            return await desk.draw(request, language, said="too_large", status=_TOO_LARGE)
        match await desk.take(request):
            case Upload(key=key):
                return RedirectResponse(f"{IMPORT_PAGE}/{key}?lang={language}", _SEE_OTHER)
            case (said, status):
                return await desk.draw(request, language, said=said, status=status)


def _add_confirming(router: APIRouter, desk: _Desk) -> None:
    @router.get(IMPORT_PAGE + "/{key}", include_in_schema=False)
    async def look(request: Request, key: Key, language: Lang = Language.RU) -> Response:
        if await desk.door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        caller = await desk.door.allow(request, Right.EDIT_CATALOGUE)
        upload = desk.uploads.find(key, caller.login)
        if upload is None:
            return await desk.draw(request, language, said="gone", status=_NOT_FOUND)
        return await desk.draw(request, language, upload)

    @router.post(IMPORT_PAGE + "/{key}", include_in_schema=False)
    async def confirm(request: Request, key: Key, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await desk.door.allow(request, Right.EDIT_CATALOGUE, form.get("form", ""))
        upload = desk.uploads.find(key, caller.login)
        if upload is None:
            return await desk.draw(request, language, said="gone", status=_NOT_FOUND)
        desk.uploads.confirm(upload)  # asked twice it only looks again
        return RedirectResponse(f"{IMPORT_PAGE}/{key}?lang={language}", _SEE_OTHER)


def _seen(upload: Upload, language: Language) -> dict[str, object]:
    """What the page shows of the file, or of what was written."""
    preview, result = upload.preview, upload.result
    problems: tuple[Problem, ...] = ()
    counts: dict[str, int] = {}
    total = 0
    if preview is not None:
        problems, total = preview.problems, preview.errors + preview.warnings
        counts = {key: n for key, n in asdict(preview.counts).items() if key in _IN_FILE and n}
    if result is not None:
        problems, total = result.problems, result.problem_count
        counts = {key: n for key, n in asdict(result).items() if isinstance(n, int) and n}
        counts.pop("problem_count", None)
    shown = problems[:_SHOWN_PROBLEMS]
    return {
        "counts": counts,
        "first": [_line(one) for one in preview.first] if preview is not None else [],
        "problems": [(one.severity.value, describe(one, language)) for one in shown],
        "problem_total": total,
        "refused": describe(Problem(upload.refused), language) if upload.refused else "",
    }


def _line(record: TitleRecord | RosterRow) -> str:
    if isinstance(record, RosterRow):
        return f"{record.school_class}, {record.full_name}"
    named = f"{record.author} {record.title}".strip()
    return f"{named} ({len(record.copies)})" if record.copies else named
