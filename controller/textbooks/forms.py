"""The forms of the textbook pages: each reads the set, changes one thing and writes it whole."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from circulation.textbooks import Audience
from controller.answers import CONFLICT, NOT_FOUND, UNPROCESSABLE
from controller.live.words import Language
from controller.sql import Transaction
from controller.staff.pages import read_form
from controller.staff.refusals import Refused, StaffReason
from controller.staff.rights import Right
from controller.staff.sessions import StaffCaller
from controller.textbooks.finding import find_titles
from controller.textbooks.pages import (
    PROVISION_PAGE,
    SEE_OTHER,
    TEXTBOOK_PAGE,
    Said,
    TextbookPages,
    class_url,
)
from controller.textbooks.provision import note_federal_year
from controller.textbooks.sets import change_set, copy_set, copy_year, read_set
from controller.textbooks.wire import ClassSet, GroupFields, SetLineFields, SetProblem
from controller.textbooks.words import TEXTBOOK_WORDS, TROUBLES

_MEMBER = "member:"  # a box of the form for each pupil
_MOST_QUANTITY = 99
_YEARS = range(2000, 2200)
_MOST_NAME, _MOST_CLASS, _MOST_DIGITS = 40, 16, 9
Lang = Annotated[Language, Query(alias="lang")]
Fields = Mapping[str, str]
Change = Callable[[ClassSet], ClassSet]
Act = Callable[[Request, StaffCaller, Language, Fields], Awaitable[Response]]


def textbook_forms(drawing: TextbookPages) -> APIRouter:
    """Everything that is posted to below `/console/textbooks`."""
    router = APIRouter(tags=["console"])
    forms = _Forms(drawing)
    for path, act in (
        ("/lines", forms.add_line),
        ("/lines/take-out", forms.take_out),
        ("/groups", forms.write_group),
        ("/teacher", forms.name_teacher),
        ("/copy", forms.copy_class),
        ("/copy-year", forms.copy_last_year),
        ("/provision", forms.note_year),
    ):
        router.add_api_route(
            TEXTBOOK_PAGE + path, _endpoint(drawing, act), methods=["POST"], include_in_schema=False
        )
    return router


def _endpoint(drawing: TextbookPages, act: Act) -> Callable[..., Awaitable[Response]]:
    async def endpoint(request: Request, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await drawing.door.allow(request, Right.EDIT_TEXTBOOKS, form.get("form", ""))
        if len(form.get("class_name", "")) > _MOST_CLASS:
            raise Refused(StaffReason.UNKNOWN)
        return await act(request, caller, language, form)

    return endpoint


class _Forms:
    """One method per form; each answers with the page it came from."""

    def __init__(self, drawing: TextbookPages) -> None:
        self._drawing = drawing

    async def add_line(
        self, request: Request, caller: StaffCaller, language: Language, form: Fields
    ) -> Response:
        """A title by its number or name; several that fit are shown to choose from."""
        quantity = form.get("quantity", "1").strip()
        if not quantity.isdecimal() or not 1 <= int(quantity) <= _MOST_QUANTITY:
            said = Said(TEXTBOOK_WORDS[language]["bad_quantity"], status=UNPROCESSABLE)
            return await self._draw(request, caller, language, form, said)
        title_id = _number(form.get("title_id", ""))
        if title_id is None:
            found = await self._drawing.door.reads.run(
                partial(find_titles, library=self._drawing.library, text=form.get("text", ""))
            )
            if len(found) != 1:
                word, status = ("several", CONFLICT) if found else ("none", NOT_FOUND)
                said = Said(TEXTBOOK_WORDS[language][word], tuple(found), status)
                return await self._draw(request, caller, language, form, said)
            title_id = found[0].id
        line = _line(title_id, int(quantity), form)
        return await self._change(
            request, caller, language, form, lambda old: _with_lines(old, (*old.lines, line))
        )

    async def take_out(
        self, request: Request, caller: StaffCaller, language: Language, form: Fields
    ) -> Response:
        """The line at that place, if it is still of that title."""
        place, title = form.get("place", ""), form.get("title_id", "")

        def change(old: ClassSet) -> ClassSet:
            kept = tuple(
                line
                for number, line in enumerate(old.lines)
                if (str(number), str(line.title_id)) != (place, title)
            )
            return _with_lines(old, kept)

        return await self._change(request, caller, language, form, change)

    async def write_group(
        self, request: Request, caller: StaffCaller, language: Language, form: Fields
    ) -> Response:
        """Who is in a group; nobody: the group goes, unless a line is for it."""
        name = form.get("name", "").strip()[:_MOST_NAME]
        members = tuple(key.removeprefix(_MEMBER) for key in form if key.startswith(_MEMBER))

        def change(old: ClassSet) -> ClassSet:
            others = tuple(group for group in old.groups if group.name != name)
            new = (GroupFields(name=name, patron_ids=members),) if name and members else ()
            return old.model_copy(update={"groups": (*others, *new)})

        return await self._change(request, caller, language, form, change)

    async def name_teacher(
        self, request: Request, caller: StaffCaller, language: Language, form: Fields
    ) -> Response:
        """Who opens the class's session by card; empty: nobody."""
        teacher = form.get("teacher_id") or None
        return await self._change(
            request,
            caller,
            language,
            form,
            lambda old: old.model_copy(update={"teacher_id": teacher}),
        )

    async def copy_class(
        self, request: Request, caller: StaffCaller, language: Language, form: Fields
    ) -> Response:
        """Another class's lines in place of this one's."""
        year = self._year(form)
        copy = partial(
            copy_set,
            library=self._drawing.library,
            from_class=form.get("from_class", ""),
            from_year=year,
            name=form.get("class_name", ""),
            year=year,
        )
        if form.get("from_class") != form.get("class_name"):
            await self._drawing.door.writer.run(copy)
        return self._back(language, form)

    async def copy_last_year(
        self, request: Request, caller: StaffCaller, language: Language, form: Fields
    ) -> Response:
        """Sets of the year before, where there is none yet."""
        year = self._year(form)
        await self._drawing.door.writer.run(
            partial(copy_year, library=self._drawing.library, year=year)
        )
        return RedirectResponse(f"{TEXTBOOK_PAGE}?lang={language}&year={year}", SEE_OTHER)

    async def note_year(
        self, request: Request, caller: StaffCaller, language: Language, form: Fields
    ) -> Response:
        """The last school year of a title by the federal list."""
        year, title = form.get("last_year", "").strip(), _number(form.get("title_id", ""))
        if title is None or (year and _number(year) not in _YEARS):
            said = Said(TEXTBOOK_WORDS[language]["bad_year"], status=UNPROCESSABLE)
            return await self._drawing.draw_provision(request, caller, language, said)
        await self._drawing.door.writer.run(
            partial(note_federal_year, title_id=title, last_year=int(year) if year else None)
        )
        return RedirectResponse(f"{PROVISION_PAGE}?lang={language}", SEE_OTHER)

    async def _change(
        self,
        request: Request,
        caller: StaffCaller,
        language: Language,
        form: Fields,
        change: Change,
    ) -> Response:
        class_name, year = form.get("class_name", ""), self._year(form)
        library = self._drawing.library

        def write(inside: Transaction) -> tuple[SetProblem, ...]:
            old = read_set(inside, library, class_name, year)
            return change_set(inside, library, old, change(old))

        problems = await self._drawing.door.writer.run(write)
        if problems:
            words = TROUBLES[language]
            said = "; ".join(f"{words[problem.trouble]}: {problem.about}" for problem in problems)
            return await self._draw(request, caller, language, form, Said(said, status=CONFLICT))
        return self._back(language, form)

    async def _draw(
        self,
        request: Request,
        caller: StaffCaller,
        language: Language,
        form: Fields,
        said: Said,
    ) -> Response:
        class_name, year = form.get("class_name", ""), self._year(form)
        return await self._drawing.draw_class(request, caller, language, class_name, year, said)

    def _back(self, language: Language, form: Fields) -> Response:
        url = class_url(form.get("class_name", ""), language, self._year(form))
        return RedirectResponse(url, SEE_OTHER)

    def _year(self, form: Fields) -> int:
        year = _number(form.get("year", ""))
        return year if year is not None and year in _YEARS else self._drawing.this_year()


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _line(title_id: int, quantity: int, form: Fields) -> SetLineFields:
    """For one pupil, for a group, or for the whole class: the narrower one that is said."""
    if person := form.get("patron_id", ""):
        return SetLineFields(
            title_id=title_id, quantity=quantity, audience=Audience.PERSON, patron_id=person
        )
    if group := form.get("group", "").strip()[:_MOST_NAME]:
        return SetLineFields(
            title_id=title_id, quantity=quantity, audience=Audience.GROUP, group=group
        )
    return SetLineFields(title_id=title_id, quantity=quantity)


def _with_lines(old: ClassSet, lines: tuple[SetLineFields, ...]) -> ClassSet:
    return old.model_copy(update={"lines": lines})
