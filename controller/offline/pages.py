"""The conflict inbox as a page: each question with its evidence, and two answers."""

from functools import partial
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from circulation.api import Refusal
from circulation.offline import Choice, SettleRequest
from controller.answers import OK
from controller.live.words import Language
from controller.offline.inbox import list_conflicts, names_in
from controller.offline.settle import Settling
from controller.offline.words import ACTS, CHOICES, INBOX_WORDS, QUESTIONS, in_words
from controller.staff.door import Door
from controller.staff.pages import Pages, read_form, signed_in
from controller.staff.rights import Right

CONFLICTS_PAGE = "/console/conflicts"
_SEE_OTHER, _MAX_NOTE = 303, 400
Lang = Annotated[Language, Query(alias="lang")]
Number = Annotated[int, Path(ge=1, lt=2**31)]


def conflict_pages(door: Door, library: str, settling: Settling, pages: Pages) -> APIRouter:
    """`/console/conflicts` and its form, for who works at the desk."""
    router = APIRouter(tags=["console"])

    async def draw(
        request: Request, language: Language, said: str = "", status: int = OK
    ) -> Response:
        caller = await door.allow(request, Right.DESK_WORK)
        found = await door.reads.run(partial(list_conflicts, library=library))
        context = signed_in(request, caller, language) | {
            "labels": INBOX_WORDS[language],
            "questions": QUESTIONS[language],
            "choice_words": CHOICES[language],
            "acts": ACTS[language],
            "conflicts": found.conflicts,
            "names": await door.reads.run(partial(names_in, conflicts=found)),
            "said": said,
            "zone": door.time.zone,
        }
        return pages.draw(request, "conflicts.html", language, context, status=status)

    @router.get(CONFLICTS_PAGE, include_in_schema=False)
    async def inbox(request: Request, language: Lang = Language.RU) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        return await draw(request, language)

    @router.post(CONFLICTS_PAGE + "/{number}", include_in_schema=False)
    async def settle(request: Request, number: Number, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await door.allow(request, Right.DESK_WORK, form.get("form", ""))
        note = form.get("note", "").strip()[:_MAX_NOTE]
        if not note or form.get("choice") not in set(Choice):
            return await draw(request, language, INBOX_WORDS[language]["note_missing"], 422)
        decision = SettleRequest(
            op_id=uuid4(),
            at=door.time.now(),
            conflict_id=number,
            choice=Choice(form["choice"]),
            note=note,
        )
        answer = await door.writer.run(
            lambda inside: settling.settle_by(inside, library, caller.login, decision)
        )
        if answer.status != OK:
            reason = Refusal.model_validate_json(answer.body).reasons[0]
            return await draw(request, language, in_words(reason, language), answer.status)
        return RedirectResponse(f"{CONFLICTS_PAGE}?lang={language}", _SEE_OTHER)

    return router
