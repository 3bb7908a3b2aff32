"""Cards at the desk: a card laid down finds its reader; issue, replace, block.

A reader or scanner that types like a keyboard writes into the field that has the focus, and its
Enter sends the form: nothing else stands between the card and the page. What is typed comes as a
form and never as an address, because addresses end up in logs.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from controller.answers import NOT_FOUND, OK, UNPROCESSABLE
from controller.encoding.card_wishes import stations
from controller.live.words import Language
from controller.patrons.card_words import CARD_REFUSALS, CARD_WORDS
from controller.patrons.cards import block_card, issue_card, issue_number
from controller.patrons.finding import find_patrons
from controller.patrons.records import see_record
from controller.patrons.tables import NumberKind
from controller.patrons.wire import (
    CardBlock,
    CardIssue,
    NumberIssue,
    PatronLine,
    PatronRecord,
)
from controller.sql import Transaction
from controller.staff.door import Door
from controller.staff.pages import LISTENS, Pages, read_form, signed_in
from controller.staff.refusals import Refused
from controller.staff.rights import Right
from controller.staff.sessions import StaffCaller

CARDS_PAGE = "/console/cards"
_SEE_OTHER = 303
_UID = re.compile(r"[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20}")
_NUMBER = re.compile(r"[!-~]{1,40}")
_MOST_TEXT = 80
Lang = Annotated[Language, Query(alias="lang")]
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Shown:
    """One person, several to choose from, or what is wrong."""

    record: PatronRecord | None = None
    choices: tuple[PatronLine, ...] = ()
    more: bool = False
    said: str = ""
    good: bool = False
    status: int = OK


@dataclass(frozen=True, slots=True)
class _CardDesk:
    door: Door
    library: str
    pages: Pages

    async def draw(
        self, request: Request, caller: StaffCaller, language: Language, shown: _Shown
    ) -> Response:
        """The field, and below it what was found."""
        context = signed_in(request, caller, language) | {
            "labels": CARD_WORDS[language],
            "shown": shown,
            "readers": await self.door.reads.run(partial(stations, library=self.library)),
        }
        return self.pages.draw(
            request, "cards.html", language, context, status=shown.status, headers=LISTENS
        )

    async def find(self, caller: StaffCaller, language: Language, text: str) -> _Shown:
        """Whoever's card it is; else by name and class."""
        found = await self.door.reads.run(
            partial(find_patrons, library=self.library, text=text[:_MOST_TEXT])
        )
        match found.patrons:
            case ():
                return _Shown(said=CARD_WORDS[language]["nobody"], status=NOT_FOUND)
            case (one,):
                return await self.see(caller, one.patron_id)
            case several:
                return _Shown(choices=several, more=found.more)

    async def see(
        self, caller: StaffCaller, patron_id: str, said: str = "", status: int = OK
    ) -> _Shown:
        """The record, and that it was seen."""
        record = await self.door.writer.run(
            partial(
                see_record,
                patron_id=patron_id,
                staff_id=caller.staff_id,
                now=self.door.time.now(),
            )
        )
        return _Shown(record, said=said, good=status == OK, status=status)

    async def change(self, caller: StaffCaller, language: Language, form: Fields) -> _Shown:
        """Issue, block or free; then the record as it is now."""
        patron_id, card = form.get("patron_id", ""), form.get("card", "").strip()
        words = CARD_WORDS[language]
        if not _NUMBER.fullmatch(card):
            return await self.see(caller, patron_id, words["unreadable"], UNPROCESSABLE)
        replaces = form.get("replaces", "")
        old = replaces if _NUMBER.fullmatch(replaces) else None
        act = _act(form.get("act", ""), patron_id, card, old)
        try:
            await self.door.writer.run(act)
        except Refused as refused:
            if refused.reason not in CARD_REFUSALS[language]:
                raise
            said = CARD_REFUSALS[language][refused.reason]
            return await self.see(caller, patron_id, said, refused.status)
        return await self.see(caller, patron_id, words["done"])


def card_pages(door: Door, library: str, pages: Pages) -> APIRouter:
    """`/console/cards` and its forms, for who keeps the readers."""
    router = APIRouter(tags=["console"])
    desk = _CardDesk(door, library, pages)

    @router.get(CARDS_PAGE, include_in_schema=False)
    async def page(request: Request, language: Lang = Language.RU) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        caller = await door.allow(request, Right.SEE_PATRONS)
        return await desk.draw(request, caller, language, _Shown())

    @router.post(CARDS_PAGE, include_in_schema=False)
    async def look(request: Request, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await door.allow(request, Right.SEE_PATRONS, form.get("form", ""))
        if patron_id := form.get("patron_id", ""):
            shown = await desk.see(caller, patron_id)
        else:
            shown = await desk.find(caller, language, form.get("text", ""))
        return await desk.draw(request, caller, language, shown)

    @router.post(CARDS_PAGE + "/change", include_in_schema=False)
    async def change(request: Request, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await door.allow(request, Right.EDIT_PATRONS, form.get("form", ""))
        shown = await desk.change(caller, language, form)
        return await desk.draw(request, caller, language, shown)

    return router


def _act(
    act: str, patron_id: str, card: str, replaces: str | None
) -> Callable[[Transaction], PatronRecord]:
    """The writer's command. Hex digits as many as a UID has are a chip; the rest is a code."""
    if act in {"block", "free"}:
        wish = CardBlock(card=card, blocked=act == "block")
        return lambda inside: block_card(inside, patron_id, wish)
    if _UID.fullmatch(card.upper()):
        chip = CardIssue(uid=card.upper(), replaces=replaces)
        return lambda inside: issue_card(inside, patron_id, chip)
    number = NumberIssue(number=card, kind=NumberKind.BARCODE, replaces=replaces)
    return lambda inside: issue_number(inside, patron_id, number)
