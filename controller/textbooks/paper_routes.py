"""The PDFs of a class: the sheet for signatures, leavers' slips."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from circulation.textbooks import Purpose, school_year
from controller.patrons.debts import debts
from controller.patrons.records import note_seen, read_record
from controller.patrons.tables import SeenPart
from controller.patrons.wire import Debt
from controller.printing.answers import pdf_answer
from controller.sql import Transaction
from controller.staff.door import Door
from controller.staff.refusals import Refused, StaffReason
from controller.staff.rights import Right, Role
from controller.staff.sessions import StaffCaller
from controller.textbooks.papers import class_sheet, clearance_slips, count_sheet
from controller.textbooks.rows import Person, read_class, title_words

SHEET_PDF = "/console/print/sheet.pdf"
CLEARANCE_PDF = "/console/print/clearance.pdf"
_SEE_OTHER = 303
ClassName = Annotated[str, Query(max_length=16, pattern=r"^[^\x00-\x1f\x7f]*$")]
PatronKey = Annotated[str, Query(pattern=r"^[!-~]{0,40}$")]
_Slips = list[tuple[Person, str, Sequence[Debt]]]


def paper_routes(door: Door, library: str, display_name: str) -> APIRouter:
    """For librarians; a teacher prints the papers of the own class."""
    router = APIRouter(tags=["console"])
    _add_sheet(router, door, library, display_name)
    _add_clearance(router, door, library, display_name)
    return router


def _add_sheet(router: APIRouter, door: Door, library: str, display_name: str) -> None:
    @router.get(SHEET_PDF, include_in_schema=False)
    async def sheet(
        request: Request, class_name: ClassName = "", purpose: Purpose = Purpose.ISSUE
    ) -> Response:
        caller = await _enter(door, request)
        if caller is None:
            return RedirectResponse("/console/sign-in", _SEE_OTHER)
        wanted = _class_for(caller, class_name)
        day = door.time.day(door.time.now())

        def make(inside: Transaction) -> bytes:
            room = read_class(inside, library, wanted, school_year(day))
            if not room.pupils:
                raise Refused(StaffReason.UNKNOWN)
            titles = title_words(inside, set(count_sheet(room).titles))
            return class_sheet(room, titles, purpose, display_name, day)

        return pdf_answer(await door.reads.run(make), "sheet")


def _add_clearance(router: APIRouter, door: Door, library: str, display_name: str) -> None:
    @router.get(CLEARANCE_PDF, include_in_schema=False)
    async def clearance(
        request: Request,
        class_name: ClassName = "",
        patron_id: PatronKey = "",
        only_leavers: bool = False,
    ) -> Response:
        caller = await _enter(door, request)
        if caller is None:
            return RedirectResponse("/console/sign-in", _SEE_OTHER)
        wanted = _class_for(caller, class_name)
        day = door.time.day(door.time.now())
        slips = await door.reads.run(
            partial(_leavers, library=library, class_name=wanted)
            if only_leavers
            else partial(_slips, library=library, class_name=wanted, patron_id=patron_id, day=day)
        )
        if caller.role is Role.TEACHER:
            slips = [slip for slip in slips if slip[1] == caller.class_name]
        if not slips:
            raise Refused(StaffReason.UNKNOWN)
        await door.writer.run(partial(_note, slips=slips, caller=caller, door=door))
        return pdf_answer(clearance_slips(slips, display_name, day), "clearance")


async def _enter(door: Door, request: Request) -> StaffCaller | None:
    """Who may; None: nobody is signed in."""
    if await door.who(request) is None:
        return None
    return await door.allow(request, Right.SEE_DEBTS)


def _class_for(caller: StaffCaller, class_name: str) -> str:
    """The class asked for; a teacher's own, whatever is asked for."""
    return caller.class_name if caller.role is Role.TEACHER else class_name


def _slips(
    transaction: Transaction, library: str, class_name: str, patron_id: str, day: date
) -> _Slips:
    """One person, or every pupil of the class: with the books, and without."""
    if patron_id:
        fields = read_record(transaction, patron_id).fields
        person = Person(patron_id, fields.family_name, fields.given_name, fields.patronymic)
        owed = _owed(transaction, library, fields.class_name)
        return [(person, fields.class_name, owed.get(patron_id, ()))]
    if not class_name:
        return []
    room = read_class(transaction, library, class_name, school_year(day))
    owed = _owed(transaction, library, class_name)
    return [(pupil, class_name, owed.get(pupil.id, ())) for pupil in room.pupils]


def _leavers(transaction: Transaction, library: str, class_name: str) -> _Slips:
    """Who leaves and still has books."""
    found = debts(transaction, library, class_name, only_leavers=True)
    return [
        (Person(one.patron.patron_id, one.patron.name, "", ""), one.patron.class_name, one.debts)
        for one in found.debtors
    ]


def _owed(transaction: Transaction, library: str, class_name: str) -> dict[str, Sequence[Debt]]:
    found = debts(transaction, library, class_name, only_leavers=False)
    return {one.patron.patron_id: one.debts for one in found.debtors}


def _note(transaction: Transaction, slips: _Slips, caller: StaffCaller, door: Door) -> None:
    seen = [person.id for person, _, _ in slips]
    now = door.time.now()
    note_seen(transaction, seen, SeenPart.DEBTS, staff_id=caller.staff_id, now=now)
