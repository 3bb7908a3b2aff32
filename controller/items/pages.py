"""The page where the librarian names the parts of a set: kiosks then say which one is missing."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from controller.items.parts import Namer, name_parts_of_number, parts_of_number
from controller.items.words import PART_WORDS
from controller.live.words import Language
from controller.staff.door import Door
from controller.staff.pages import Pages, read_form, signed_in
from controller.staff.rights import Right
from controller.staff.sessions import StaffCaller

PARTS_PAGE = "/console/parts"
MOST_NAMES, LONGEST_NAME = 20, 80
_SEE_OTHER, _NOT_FOUND, _UNPROCESSABLE = 303, 404, 422
Lang = Annotated[Language, Query(alias="lang")]
Number = Annotated[str, Query(max_length=32, pattern=r"^[^\x00-\x1f\x7f]*$")]


def part_pages(door: Door, library: str, pages: Pages) -> APIRouter:
    """`/console/parts`, for who edits the catalogue."""
    router = APIRouter(tags=["console"])

    async def draw(
        request: Request,
        caller: StaffCaller,
        language: Language,
        number: str,
        said: tuple[str, int] | None = None,
    ) -> Response:
        """`said`: a word of `PART_WORDS`, and the status that goes with it."""
        copies = await door.reads.run(partial(parts_of_number, library=library, number=number))
        if said is None and number and not copies:
            said = ("not_found", _NOT_FOUND)
        word, status = said or ("", 200)
        labels = PART_WORDS[language]
        more = {"labels": labels, "number": number, "copies": copies, "said": labels.get(word)}
        context = signed_in(request, caller, language) | more
        return pages.draw(request, "parts.html", language, context, status=status)

    @router.get(PARTS_PAGE, include_in_schema=False)
    async def page(request: Request, number: Number = "", language: Lang = Language.RU) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        caller = await door.allow(request, Right.EDIT_CATALOGUE)
        return await draw(request, caller, language, number.strip())

    @router.post(PARTS_PAGE, include_in_schema=False)
    async def name(request: Request, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await door.allow(request, Right.EDIT_CATALOGUE, form.get("form", ""))
        number, names = form.get("number", "").strip()[:32], read_names(form.get("names", ""))
        if names is None:
            return await draw(request, caller, language, number, ("bad_names", _UNPROCESSABLE))
        act = partial(
            name_parts_of_number,
            library=library,
            number=number,
            names=names,
            all_copies=form.get("all") == "yes",
            by=Namer(caller.login),
            now=door.time.now(),
        )
        named = await door.writer.run(act)
        said = ("named", 200) if named else ("not_found", _NOT_FOUND)
        return await draw(request, caller, language, number, said)

    return router


def read_names(text: str) -> tuple[str, ...] | None:
    """One name a line, empty lines left out; None for none, too many, or a name that is none."""
    names = tuple(line.strip() for line in text.splitlines() if line.strip())
    good = all(name.isprintable() and len(name) <= LONGEST_NAME for name in names)
    return names if good and 1 <= len(names) <= MOST_NAMES else None
