"""The textbook pages: all classes, one class with its set and pupils, provision."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from circulation.textbooks import school_year, year_words
from controller.answers import OK
from controller.live.words import Language
from controller.sql import Statement, Transaction
from controller.staff.door import Door
from controller.staff.pages import Pages, signed_in
from controller.staff.rights import Right
from controller.staff.sessions import StaffCaller
from controller.textbooks.finding import FoundTitle
from controller.textbooks.overview import class_lines, pupil_lines
from controller.textbooks.provision import read_provision
from controller.textbooks.rows import ClassRoom, Person, class_sizes, read_class, title_words
from controller.textbooks.sets import by_grade
from controller.textbooks.words import AUDIENCES, TEXTBOOK_WORDS

TEXTBOOK_PAGE = "/console/textbooks"
PROVISION_PAGE = f"{TEXTBOOK_PAGE}/provision"
CLASS_PAGE = f"{TEXTBOOK_PAGE}/class"  # + /{class_name}
SEE_OTHER = 303
Lang = Annotated[Language, Query(alias="lang")]
Draw = Callable[[StaffCaller], Awaitable[Response]]
Year = Annotated[int | None, Query(ge=2000, le=2199)]
_TEACHERS = Statement(
    "SELECT id, family_name, given_name, patronymic FROM patron WHERE library = :library"
    " AND category IN ('teacher', 'staff') AND has_left = false AND family_name <> ''"
    " ORDER BY family_name, given_name"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a form answered: a sentence, titles to choose from, an HTTP status."""

    words: str = ""
    choices: tuple[FoundTitle, ...] = ()
    status: int = OK


@dataclass(frozen=True, slots=True)
class TextbookPages:
    """Draws; `controller.textbooks.forms` changes."""

    door: Door
    library: str
    pages: Pages

    def this_year(self) -> int:
        """The school year of today."""
        return school_year(self.door.time.day(self.door.time.now()))

    async def draw_classes(
        self, request: Request, caller: StaffCaller, language: Language, year: int
    ) -> Response:
        """All classes with their counts."""
        lines = await self.door.reads.run(
            partial(class_lines, library=self.library, year=year, now_year=self.this_year())
        )
        context = self._frame(request, caller, language, year) | {"classes": lines}
        return self.pages.draw(request, "textbooks.html", language, context)

    async def draw_class(
        self,
        request: Request,
        caller: StaffCaller,
        language: Language,
        class_name: str,
        year: int,
        said: Said = Said(),  # frozen
    ) -> Response:
        """One class: its set, groups, teacher and pupils."""

        def look(inside: Transaction) -> dict[str, object]:
            room = read_class(inside, self.library, class_name, year)
            return {
                "room": room,
                "titles": title_words(inside, {line.title_id for line in room.lines}),
                "pupils": pupil_lines(inside, room),
                "names": _names(room),
                "teachers": [
                    Person(*row) for row in inside.rows(_TEACHERS, {"library": self.library})
                ],
                "others": sorted(class_sizes(inside, self.library), key=by_grade),
            }

        context = self._frame(request, caller, language, year) | await self.door.reads.run(look)
        context |= {"said": said, "audiences": AUDIENCES[language]}
        return self.pages.draw(
            request, "textbook_class.html", language, context, status=said.status
        )

    async def draw_provision(
        self,
        request: Request,
        caller: StaffCaller,
        language: Language,
        said: Said = Said(),  # frozen
    ) -> Response:
        """Copies against the pupils of next year."""
        now_year = self.this_year()
        found = await self.door.reads.run(
            partial(read_provision, library=self.library, year=now_year + 1, now_year=now_year)
        )
        context = self._frame(request, caller, language, now_year + 1)
        context |= {"found": found, "said": said}
        return self.pages.draw(
            request, "textbook_provision.html", language, context, status=said.status
        )

    def _frame(
        self, request: Request, caller: StaffCaller, language: Language, year: int
    ) -> dict[str, object]:
        return signed_in(request, caller, language) | {
            "labels": TEXTBOOK_WORDS[language],
            "year": year,
            "this_year": self.this_year(),
            "year_words": year_words,
        }


def class_url(class_name: str, language: Language, year: int) -> str:
    """The page of a class."""
    return f"{CLASS_PAGE}/{quote(class_name)}?lang={language}&year={year}"


def textbook_pages(drawing: TextbookPages) -> APIRouter:
    """`/console/textbooks` and below; the forms are in `controller.textbooks.forms`."""
    router = APIRouter(tags=["console"])

    async def enter(request: Request, language: Language, draw: Draw) -> Response:
        if await drawing.door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", SEE_OTHER)
        return await draw(await drawing.door.allow(request, Right.EDIT_TEXTBOOKS))

    @router.get(TEXTBOOK_PAGE, include_in_schema=False)
    async def classes(
        request: Request, year: Year = None, language: Lang = Language.RU
    ) -> Response:
        wanted = year or drawing.this_year()
        return await enter(
            request, language, lambda who: drawing.draw_classes(request, who, language, wanted)
        )

    @router.get(PROVISION_PAGE, include_in_schema=False)
    async def provision(request: Request, language: Lang = Language.RU) -> Response:
        return await enter(
            request, language, lambda who: drawing.draw_provision(request, who, language)
        )

    @router.get(CLASS_PAGE + "/{class_name:path}", include_in_schema=False)
    async def one_class(
        request: Request, class_name: str, year: Year = None, language: Lang = Language.RU
    ) -> Response:
        wanted = year or drawing.this_year()
        return await enter(
            request,
            language,
            lambda who: drawing.draw_class(request, who, language, class_name, wanted),
        )

    return router


def _names(room: ClassRoom) -> dict[str, str]:
    return {pupil.id: pupil.full_name for pupil in room.pupils}
