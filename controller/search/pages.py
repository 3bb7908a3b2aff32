"""The catalogue for the librarian: search it, see a title's copies, mark one of them.

A question is an address, so that a list can be kept and sent; of people it holds nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, get_args
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from circulation.api import Refusal
from circulation.desk import MarkAct, MarkRequest
from circulation.loan import Act, ItemState, advance
from circulation.policy import ItemKind
from circulation.search import FacetValue, SearchAnswer
from controller.answers import NOT_FOUND, OK, UNPROCESSABLE
from controller.live.words import Language
from controller.loans.desk import Desk
from controller.search.holders import holders_of
from controller.search.page_words import CATALOGUE_WORDS, KINDS, MARK_REFUSALS, MARKS
from controller.search.service import Question, describe_title, find_titles
from controller.security.words import STATES
from controller.staff.door import Door
from controller.staff.pages import Pages, read_form, signed_in
from controller.staff.rights import Right
from controller.staff.sessions import StaffCaller

CATALOGUE_PAGE = "/console/catalogue"
ON_A_PAGE = 20
_SEE_OTHER, _MOST_TEXT, _MOST_NOTE, _MOST_PAGES = 303, 200, 400, 50
Lang = Annotated[Language, Query(alias="lang")]
Text = Annotated[str, Query(max_length=_MOST_TEXT)]
Filter = Annotated[str, Query(max_length=120)]
PageNumber = Annotated[int, Query(ge=1, le=_MOST_PAGES)]
TitleId = Annotated[int, Path(ge=1, lt=2**31)]
_MARKS: tuple[Act, ...] = get_args(MarkAct)


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the address: words, filters, the page of the list."""

    q: str
    kind: str
    section: str
    place: str
    available: bool
    page: int

    def question(self) -> Question:
        """The same for the search."""
        return Question(
            text=self.q.replace("\0", ""),
            kind=self.kind,
            section=self.section,
            place=self.place,
            available=self.available,
            limit=ON_A_PAGE,
            offset=(self.page - 1) * ON_A_PAGE,
        )

    def address(self, language: Language, **changes: object) -> str:
        """This list with something changed, from its first page unless a page is named."""
        fields: dict[str, object] = {
            "q": self.q,
            "kind": self.kind,
            "section": self.section,
            "place": self.place,
            "available": "true" if self.available else "",
            "lang": language,
        }
        wanted = {name: value for name, value in (fields | changes).items() if value}
        return f"{CATALOGUE_PAGE}?{urlencode(wanted)}"


@dataclass(frozen=True, slots=True)
class _CatalogueDesk:
    door: Door
    library: str
    desk: Desk
    pages: Pages

    async def draw_list(
        self, request: Request, caller: StaffCaller, language: Language, asked: Asked
    ) -> Response:
        """The field, and below it what was found."""
        found: SearchAnswer | None = None
        if asked.q.strip():
            found = await self.door.reads.run(
                lambda inside: find_titles(inside, self.library, asked.question())
            )
        context = signed_in(request, caller, language) | {
            "labels": CATALOGUE_WORDS[language],
            "kinds": KINDS[language],
            "asked": asked,
            "found": found,
            "narrowing": () if found is None else _narrowing(found, language),
            "last": found is None or asked.page * ON_A_PAGE >= found.found,
        }
        return self.pages.draw(request, "catalogue.html", language, context)

    async def draw_title(
        self,
        request: Request,
        caller: StaffCaller,
        language: Language,
        title_id: int,
        said: str = "",
        status: int = OK,
    ) -> Response:
        """A title, its copies, and what may be said of each."""
        title = await self.door.reads.run(
            lambda inside: describe_title(inside, self.library, title_id)
        )
        holders = await self.door.reads.run(
            partial(holders_of, library=self.library, title_id=title_id)
        )
        labels = CATALOGUE_WORDS[language]
        context = signed_in(request, caller, language) | {
            "labels": labels,
            "kinds": KINDS[language],
            "states": STATES[language],
            "marks": MARKS[language],
            "possible": _POSSIBLE,
            "book": title,
            "holders": holders,
            "said": labels["unknown"] if title is None else said,
        }
        shown = NOT_FOUND if title is None else status
        return self.pages.draw(request, "title.html", language, context, status=shown)

    async def mark(
        self, caller: StaffCaller, language: Language, form: Mapping[str, str]
    ) -> tuple[str, int]:
        """What is wrong, in words, and its status; no words when it was done."""
        if form.get("act") not in _MARKS:
            return CATALOGUE_WORDS[language]["act_unknown"], UNPROCESSABLE
        wish = MarkRequest(
            op_id=uuid4(),
            at=self.door.time.now(),
            owner=self.library,
            item_id=form.get("item_id", ""),
            act=Act(form["act"]),
            note=form.get("note", "").strip()[:_MOST_NOTE],
        )
        answer = await self.door.writer.run(
            lambda inside: self.desk.mark_by(inside, wish, caller.login, None)
        )
        if answer.status == OK:
            return "", OK
        reason = Refusal.model_validate_json(answer.body).reasons[0]
        return MARK_REFUSALS[language][reason], answer.status


def catalogue_pages(door: Door, library: str, desk: Desk, pages: Pages) -> APIRouter:
    """`/console/catalogue`, a page per title and its form, for who works at the desk."""
    router = APIRouter(tags=["console"])
    catalogue = _CatalogueDesk(door, library, desk, pages)

    @router.get(CATALOGUE_PAGE, include_in_schema=False)
    async def look(
        request: Request,
        q: Text = "",
        kind: Filter = "",
        section: Filter = "",
        place: Filter = "",
        available: bool = False,
        page: PageNumber = 1,
        language: Lang = Language.RU,
    ) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        caller = await door.allow(request, Right.DESK_WORK)
        asked = Asked(q, kind, section, place, available, page)
        return await catalogue.draw_list(request, caller, language, asked)

    @router.get(CATALOGUE_PAGE + "/{title_id}", include_in_schema=False)
    async def title(request: Request, title_id: TitleId, language: Lang = Language.RU) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        caller = await door.allow(request, Right.DESK_WORK)
        return await catalogue.draw_title(request, caller, language, title_id)

    @router.post(CATALOGUE_PAGE + "/{title_id}", include_in_schema=False)
    async def mark(request: Request, title_id: TitleId, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await door.allow(request, Right.DESK_WORK, form.get("form", ""))
        said, status = await catalogue.mark(caller, language, form)
        if said:
            return await catalogue.draw_title(request, caller, language, title_id, said, status)
        return RedirectResponse(f"{CATALOGUE_PAGE}/{title_id}?lang={language}", _SEE_OTHER)

    return router


_POSSIBLE: Mapping[ItemState, tuple[Act, ...]] = {
    state: tuple(act for act in _MARKS if advance(state, act) is not None) for state in ItemState
}
"""What the librarian may say of a copy in each state: the lifecycle's own table, no second one."""


def _narrowing(
    found: SearchAnswer, language: Language
) -> tuple[tuple[str, tuple[tuple[str, FacetValue], ...]], ...]:
    """Name of the filter; word and value of each way to narrow, where there is a choice."""
    facets = found.facets
    groups = (("kind", facets.kinds), ("section", facets.sections), ("place", facets.places))
    return tuple(
        (name, tuple((_facet_word(name, one.value, language), one) for one in values))
        for name, values in groups
        if len(values) > 1
    )


def _facet_word(name: str, value: str, language: Language) -> str:
    return KINDS[language][ItemKind(value)] if name == "kind" else value
