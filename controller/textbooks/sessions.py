"""A class session on a device: for one class, for a limited time, by teacher or librarian."""

from dataclasses import dataclass
from datetime import timedelta

from circulation.class_sets import (
    SESSION_MINUTES,
    ClassList,
    ClassPupil,
    ClassSessionReceipt,
    ClassSessionView,
    EndClassSession,
    LedClasses,
    OpenClassSession,
)
from circulation.reasons import Reason
from circulation.textbooks import Purpose, school_year, short_names
from controller.answers import CONFLICT, FORBIDDEN, NOT_FOUND, Answer, granted, refused
from controller.clock import LibraryTime
from controller.columns import to_utc, utc_text
from controller.devices.kinds import sees_people
from controller.devices.tokens import Caller
from controller.patrons.service import masked_name
from controller.sql import Statement, Transaction
from controller.staff.operators import find_operator, note_work
from controller.tables import DeviceKind
from controller.textbooks.rows import ClassRoom, Person, class_sizes, read_class
from controller.textbooks.sets import by_grade

_END = Statement(
    "UPDATE class_session SET ended_at = :now WHERE device_id = :device_id AND ended_at IS NULL"
)
_OPEN = Statement(
    "INSERT INTO class_session (device_id, library, class_name, purpose, patron_id, staff,"
    " opened_at, ends_at) VALUES (:device_id, :library, :class_name, :purpose, :patron_id,"
    " :staff, :now, :ends_at)"
)
_FIND = Statement(
    "SELECT s.class_name, s.purpose, s.staff, s.ends_at, p.family_name, p.given_name"
    " FROM class_session s LEFT JOIN patron p ON p.id = s.patron_id"
    " WHERE s.device_id = :device_id AND s.ended_at IS NULL"
)
_LEADS = Statement(
    "SELECT t.class_name FROM class_teacher t JOIN patron p ON p.id = t.patron_id"
    " WHERE t.library = :library AND t.patron_id = :patron_id AND p.has_left = false"
)


@dataclass(frozen=True, slots=True)
class ClassSessions:
    """Every method is one act inside the caller's transaction."""

    time: LibraryTime

    def open(self, transaction: Transaction, caller: Caller, request: OpenClassSession) -> Answer:
        """Begin, or begin anew: what stood on this device before is over."""
        led = self._led(transaction, caller, request.patron_id)
        class_name = request.class_name or (led[0] if len(led) == 1 else "")
        if class_name not in class_sizes(transaction, caller.library):
            return refused(NOT_FOUND, Reason.CLASS_UNKNOWN)
        opener = self._opener(transaction, caller, class_name in led)
        if isinstance(opener, Answer):
            return opener
        now = self.time.now()
        transaction.run(_END, {"device_id": caller.device_id, "now": utc_text(now)})
        parameters = {
            "device_id": caller.device_id,
            "library": caller.library,
            "class_name": class_name,
            "purpose": request.purpose.value,
            "patron_id": None if opener else request.patron_id,
            "staff": opener,
            "now": utc_text(now),
            "ends_at": utc_text(now + timedelta(minutes=SESSION_MINUTES)),
        }
        transaction.run(_OPEN, parameters)
        return self._receipt(transaction, caller, request)

    def end(self, transaction: Transaction, caller: Caller, request: EndClassSession) -> Answer:
        """Nothing more by the class list on this device."""
        parameters = {"device_id": caller.device_id, "now": utc_text(self.time.now())}
        transaction.run(_END, parameters)
        return self._receipt(transaction, caller, request)

    def now(self, transaction: Transaction, caller: Caller) -> Answer:
        """The session of this device; an empty view when none stands."""
        return sees_people(caller) or granted(self.find(transaction, caller))

    def led(self, transaction: Transaction, caller: Caller, patron_id: str) -> Answer:
        """Which of them comes now, of a teacher who leads several?"""
        if refusal := sees_people(caller):
            return refusal
        return granted(LedClasses(classes=tuple(self._led(transaction, caller, patron_id))))

    def class_list(self, transaction: Transaction, caller: Caller) -> Answer:
        """Whom the session is for; 409 without one."""
        if refusal := sees_people(caller):
            return refusal
        session = self.find(transaction, caller)
        if session.class_name is None or session.purpose is None:
            return refused(CONFLICT, Reason.NO_CLASS_SESSION)
        year = school_year(self.time.day(self.time.now()))
        room = read_class(transaction, caller.library, session.class_name, year)
        return granted(class_list(room, session.purpose))

    def find(self, transaction: Transaction, caller: Caller) -> ClassSessionView:
        """What stands now on the caller's device."""
        row = transaction.row(_FIND, {"device_id": caller.device_id})
        if row is None or to_utc(row[3]) <= self.time.now():
            return ClassSessionView()
        class_name, purpose, staff, ends_at, family_name, given_name = row
        return ClassSessionView(
            class_name=class_name,
            purpose=Purpose(purpose),
            teacher=staff or masked_name(family_name or "", given_name or ""),
            ends_at=to_utc(ends_at),
        )

    def _led(self, transaction: Transaction, caller: Caller, patron_id: str | None) -> list[str]:
        """The classes with pupils that the person with the card leads, by grade."""
        wanted = {"library": caller.library, "patron_id": patron_id or ""}
        led = {row[0] for row in transaction.rows(_LEADS, wanted)}
        return sorted(led & set(class_sizes(transaction, caller.library)), key=by_grade)

    def _opener(self, transaction: Transaction, caller: Caller, leads: bool) -> str | Answer:
        """The account at a station, '' for a teacher with a card at a kiosk, or why not."""
        if caller.kind is not DeviceKind.STATION:
            return "" if leads else refused(CONFLICT, Reason.NOT_CLASS_TEACHER)
        now = self.time.now()
        operator = find_operator(transaction, caller.device_id, now)
        if operator is None:
            return refused(FORBIDDEN, Reason.NOBODY_SIGNED_IN)
        note_work(transaction, caller.device_id, now)
        return operator.login

    def _receipt(
        self,
        transaction: Transaction,
        caller: Caller,
        request: OpenClassSession | EndClassSession,
    ) -> Answer:
        session = self.find(transaction, caller)
        return granted(ClassSessionReceipt(op_id=request.op_id, session=session))


def class_list(room: ClassRoom, purpose: Purpose) -> ClassList:
    """The class for a screen that others may see."""
    names = short_names([(pupil.family_name, pupil.given_name) for pupil in room.pupils])
    pupils = zip(room.pupils, names, strict=True)
    return ClassList(
        class_name=room.name,
        year=room.year,
        purpose=purpose,
        pupils=tuple(
            _line(room, purpose, pupil, name, number)
            for number, (pupil, name) in enumerate(pupils, start=1)
        ),
    )


def _line(room: ClassRoom, purpose: Purpose, pupil: Person, name: str, number: int) -> ClassPupil:
    held = room.held.get(pupil.id, {})
    wanted = room.wanted(pupil.id)
    if purpose is Purpose.ISSUE:
        has = sum(min(count, held.get(title, 0)) for title, count in wanted.items())
    else:
        has = sum(held.values())
    return ClassPupil(
        patron_id=pupil.id,
        number=number,
        name=name,
        wanted=sum(wanted.values()),
        held=has,
        has_card=bool(pupil.has_card),
    )
