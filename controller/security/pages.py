"""The security ledger for the librarian: what to mend, and what happened to one book."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from controller.live.words import Language
from controller.security.proof import prove_copy
from controller.security.repairs import list_repairs, list_worn_tags
from controller.security.words import (
    CONCLUSIONS,
    FINDINGS,
    REPAIRS,
    SECURITY_WORDS,
    STATES,
    STEPS,
)
from controller.staff.door import Door
from controller.staff.pages import Pages, signed_in
from controller.staff.rights import Right

REPAIRS_PAGE, PROOF_PAGE = "/console/repairs", "/console/proof"
_SEE_OTHER = 303
Lang = Annotated[Language, Query(alias="lang")]
Number = Annotated[str, Query(max_length=32, pattern=r"^[^\x00-\x1f\x7f]*$")]


def security_pages(door: Door, library: str, pages: Pages) -> APIRouter:
    """`/console/repairs` and `/console/proof`, for who works at the desk."""
    router = APIRouter(tags=["console"])

    async def draw(
        request: Request, name: str, language: Language, more: dict[str, object]
    ) -> Response:
        caller = await door.allow(request, Right.DESK_WORK)
        words = {
            "labels": SECURITY_WORDS[language],
            "states": STATES[language],
            "repair_words": REPAIRS[language],
            "step_words": STEPS[language],
            "finding_words": FINDINGS[language],
            "conclusions": CONCLUSIONS[language],
            "zone": door.time.zone,
        }
        return pages.draw(
            request, name, language, signed_in(request, caller, language) | words | more
        )

    @router.get(REPAIRS_PAGE, include_in_schema=False)
    async def to_mend(request: Request, language: Lang = Language.RU) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        mend = await door.reads.run(partial(list_repairs, library=library))
        worn = await door.reads.run(partial(list_worn_tags, library=library))
        more: dict[str, object] = {"copies": mend.copies, "worn": worn.tags}
        return await draw(request, "repairs.html", language, more)

    @router.get(PROOF_PAGE, include_in_schema=False)
    async def what_happened(
        request: Request, number: Number = "", language: Lang = Language.RU
    ) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        asked = number.strip()
        found = await door.reads.run(
            partial(prove_copy, library=library, number=asked, now=door.time.now())
        )
        return await draw(
            request, "proof.html", language, {"number": asked, "copies": found.copies}
        )

    return router
