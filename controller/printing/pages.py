"""The page from which cards and labels are printed; every form answers with a PDF."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from controller.answers import CONFLICT, NOT_FOUND, OK, UNPROCESSABLE
from controller.live.words import Language
from controller.patrons.tables import NumberKind
from controller.printing.answers import pdf_answer
from controller.printing.author_marks import AuthorMarks
from controller.printing.codes import CodeTooLong
from controller.printing.rows import (
    Wanted,
    cards_of,
    copies_by_number,
    copies_of_batch,
    copies_of_title,
)
from controller.printing.sheets import SHEETS, SheetName, print_labels
from controller.printing.words import CARD_SHEETS, LABEL_SHEETS, PRINT_WORDS, SHEET_WORDS
from controller.sql import Transaction
from controller.staff.door import Door
from controller.staff.pages import Pages, read_form, signed_in
from controller.staff.rights import Right
from controller.staff.sessions import StaffCaller

PRINT_PAGE = "/console/print"
_SEE_OTHER, _MOST_DIGITS = 303, 9
Lang = Annotated[Language, Query(alias="lang")]
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What is wrong, and the numbers or books it is about."""

    words: str = ""
    about: tuple[str, ...] = ()
    status: int = OK


@dataclass(frozen=True, slots=True)
class _Press:
    door: Door
    library: str
    pages: Pages
    marks: AuthorMarks | None

    async def draw(
        self, request: Request, caller: StaffCaller, language: Language, said: Said
    ) -> Response:
        """The page with both forms."""
        context = signed_in(request, caller, language) | {
            "labels": PRINT_WORDS[language],
            "sheets": SHEET_WORDS[language],
            "label_sheets": LABEL_SHEETS,
            "card_sheets": CARD_SHEETS,
            "said": said,
        }
        return self.pages.draw(request, "printing.html", language, context, status=said.status)

    async def labels(
        self, request: Request, caller: StaffCaller, language: Language, form: Fields
    ) -> Response:
        """Labels of copies; a number that means none or two books is told instead."""
        wanted = await self.door.reads.run(partial(_wanted, library=self.library, form=form))
        if said := _trouble(wanted, PRINT_WORDS[language]):
            return await self.draw(request, caller, language, said)
        if form.get("kind") == "spine":
            drawn = [copy.spine(self.marks) for copy in wanted.copies]
        else:
            drawn = [copy.label(self.pages.library) for copy in wanted.copies]
        sheet = SHEETS[_choice(form, LABEL_SHEETS)]
        try:
            pdf = print_labels(drawn, sheet, "Этикетки", first=_first(form))
        except CodeTooLong as error:
            said = Said(str(error), status=UNPROCESSABLE)
            return await self.draw(request, caller, language, said)
        return pdf_answer(pdf, "labels")

    async def cards(
        self, request: Request, caller: StaffCaller, language: Language, form: Fields
    ) -> Response:
        """Cards of a class or a person; numbers are given out on the way."""
        kind = NumberKind.QR if form.get("kind") == NumberKind.QR else NumberKind.BARCODE
        cards = await self.door.writer.run(
            partial(
                cards_of,
                library=self.library,
                display_name=self.pages.library,
                kind=kind,
                class_name=form.get("class_name", "").strip(),
                patron_id=form.get("patron_id", ""),
                whole_names="whole_names" in form,
            )
        )
        if not cards:
            said = Said(PRINT_WORDS[language]["nothing"], status=NOT_FOUND)
            return await self.draw(request, caller, language, said)
        sheet = SHEETS[_choice(form, CARD_SHEETS)]
        drawn = [card.draw for card in cards]
        return pdf_answer(print_labels(drawn, sheet, "Билеты", first=_first(form)), "cards")


def print_pages(
    door: Door, library: str, pages: Pages, marks: AuthorMarks | None = None
) -> APIRouter:
    """`/console/print`: labels for whoever keeps the catalogue, cards for whoever keeps readers."""
    router = APIRouter(tags=["console"])
    press = _Press(door, library, pages, marks)

    @router.get(PRINT_PAGE, include_in_schema=False)
    async def page(request: Request, language: Lang = Language.RU) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        caller = await door.allow(request, Right.EDIT_CATALOGUE)
        return await press.draw(request, caller, language, Said())

    @router.post(PRINT_PAGE + "/labels", include_in_schema=False)
    async def labels(request: Request, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await door.allow(request, Right.EDIT_CATALOGUE, form.get("form", ""))
        return await press.labels(request, caller, language, form)

    @router.post(PRINT_PAGE + "/cards", include_in_schema=False)
    async def cards(request: Request, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await door.allow(request, Right.EDIT_PATRONS, form.get("form", ""))
        return await press.cards(request, caller, language, form)

    return router


def _wanted(transaction: Transaction, library: str, form: Fields) -> Wanted:
    if numbers := form.get("numbers", "").split():
        return copies_by_number(transaction, library, numbers)
    if batch := form.get("batch", "").strip():
        return copies_of_batch(transaction, library, batch)
    title = form.get("title_id", "").strip()
    if title.isdecimal() and len(title) <= _MOST_DIGITS:
        return copies_of_title(transaction, library, int(title))
    return Wanted((), (title,) if title else ())


def _trouble(wanted: Wanted, words: Mapping[str, str]) -> Said | None:
    if wanted.ambiguous:
        books = tuple(
            f"{number}: {copy.number} — {copy.title}"
            for number, copies in wanted.ambiguous
            for copy in copies
        )
        return Said(words["ambiguous"], books, CONFLICT)
    if wanted.unknown:
        return Said(words["unknown"], wanted.unknown, NOT_FOUND)
    return None if wanted.copies else Said(words["nothing"], status=UNPROCESSABLE)


def _choice(form: Fields, names: tuple[SheetName, ...]) -> SheetName:
    wanted = form.get("sheet", "")
    return SheetName(wanted) if wanted in names else names[0]


def _first(form: Fields) -> int:
    first = form.get("first", "1").strip()
    return max(1, int(first)) if first.isdecimal() and len(first) <= _MOST_DIGITS else 1
