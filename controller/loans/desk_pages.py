"""The circulation desk in the browser: a reader, what he has, and every act of the librarian.

For what a kiosk refuses and a person decides. What is typed comes as a form and never as an
address, because addresses end up in logs.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from circulation.api import Account
from controller.answers import NOT_FOUND
from controller.live.words import Language
from controller.loans.desk_acts import DeskActs, Said
from controller.loans.desk_words import DESK_WORDS
from controller.patrons.finding import find_patrons
from controller.patrons.records import see_record
from controller.patrons.service import Patrons
from controller.patrons.wire import PatronLines, PatronRecord
from controller.staff.door import Door
from controller.staff.pages import Pages, read_form, signed_in
from controller.staff.rights import Right
from controller.staff.sessions import StaffCaller

DESK_PAGE = "/console/desk"
_SEE_OTHER, _MOST_TEXT = 303, 80
Lang = Annotated[Language, Query(alias="lang")]


@dataclass(frozen=True, slots=True)
class _Shown:
    """One reader with his loans, or several to choose from."""

    record: PatronRecord | None = None
    account: Account | None = None
    choices: PatronLines | None = None


@dataclass(frozen=True, slots=True)
class _DeskPage:
    door: Door
    library: str
    patrons: Patrons
    acts: DeskActs
    pages: Pages

    def draw(
        self,
        request: Request,
        caller: StaffCaller,
        language: Language,
        shown: _Shown,
        said: Said,
    ) -> Response:
        """What was done, the reader, and the fields."""
        context = signed_in(request, caller, language) | {
            "labels": DESK_WORDS[language],
            "shown": shown,
            "said": said,
            "zone": self.door.time.zone,
        }
        return self.pages.draw(request, "desk.html", language, context, status=said.status)

    async def find(self, caller: StaffCaller, language: Language, text: str) -> tuple[_Shown, Said]:
        """Whoever's card it is; else by name and class."""
        found = await self.door.reads.run(
            partial(find_patrons, library=self.library, text=text[:_MOST_TEXT])
        )
        match found.patrons:
            case ():
                return _Shown(), Said(DESK_WORDS[language]["nobody"], status=NOT_FOUND)
            case (one,):
                return await self.see(caller, one.patron_id), Said()
            case _:
                return _Shown(choices=found), Said()

    async def see(self, caller: StaffCaller, patron_id: str) -> _Shown:
        """The reader with his loans, and that he was seen."""
        look = partial(
            see_record, patron_id=patron_id, staff_id=caller.staff_id, now=self.door.time.now()
        )
        record = await self.door.writer.run(look)
        account = await self.door.reads.run(
            lambda inside: self.patrons.account_of(inside, patron_id)
        )
        return _Shown(record, account)


def desk_pages(
    door: Door, library: str, patrons: Patrons, acts: DeskActs, pages: Pages
) -> APIRouter:
    """`/console/desk` and its forms, for who works at the desk and sees readers."""
    router = APIRouter(tags=["console"])
    desk = _DeskPage(door, library, patrons, acts, pages)

    @router.get(DESK_PAGE, include_in_schema=False)
    async def page(request: Request, language: Lang = Language.RU) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        caller = await door.allow(request, Right.SEE_PATRONS)
        return desk.draw(request, caller, language, _Shown(), Said())

    @router.post(DESK_PAGE, include_in_schema=False)
    async def work(request: Request, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await door.allow(request, Right.SEE_PATRONS, form.get("form", ""))
        patron_id, said = form.get("patron_id", ""), Said()
        if act := form.get("act", ""):
            overriding = act.startswith("override")
            await door.allow(request, Right.OVERRIDE_RULES if overriding else Right.DESK_WORK)
            said = await door.writer.run(
                lambda inside: acts.run(inside, form, caller.login, door.time.now(), language)
            )
        if patron_id:
            shown = await desk.see(caller, patron_id)
        elif text := form.get("text", "").strip():
            shown, said = await desk.find(caller, language, text)
        else:
            shown = _Shown()
        return desk.draw(request, caller, language, shown, said)

    return router
