"""Who may pass: the session of a cookie, the form token of a write, the right of a role.

`require(Right.X)` is a FastAPI dependency; every endpoint for staff has one.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from fastapi import Request

from controller.clock import LibraryTime
from controller.reads import Reads
from controller.staff.refusals import Refused, StaffReason
from controller.staff.rights import Right, may
from controller.staff.sessions import StaffCaller, find_session, form_token, note_use
from controller.writer import Writer

COOKIE = "polka_session"
FORM_HEADER = "X-Form-Token"
_READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Door:
    """Looks sessions up in the ledger; kept at `app.state.door`."""

    writer: Writer
    reads: Reads
    time: LibraryTime

    async def who(self, request: Request) -> StaffCaller | None:
        """The signed-in person, or None."""
        token = request.cookies.get(COOKIE)
        if not token:
            return None
        now = self.time.now()
        found = await self.reads.run(partial(find_session, token=token, now=now))
        if found is None:
            return None
        if found.note_use:
            await self.writer.run(partial(note_use, token=token, now=now))
        return found.caller

    async def enter(self, request: Request, right: Right | None) -> StaffCaller:
        """The person, if signed in and with this right; a write also needs its form token."""
        given = request.headers.get(FORM_HEADER, "")
        return await self.allow(request, right, None if request.method in _READING else given)

    async def allow(
        self, request: Request, right: Right | None, form: str | None = None
    ) -> StaffCaller:
        """The same where the form token came as `form`, one of the form's own fields."""
        caller = await self.who(request)
        if caller is None:
            raise Refused(StaffReason.SIGNED_OUT)
        if form is not None:
            check_form_token(request, form)
        if right is not None and not may(caller.role, right):
            raise Refused(StaffReason.NOT_ALLOWED)
        return caller


def require(right: Right | None) -> Callable[[Request], Awaitable[StaffCaller]]:
    """A dependency that gives the caller, or answers 401 or 403; None: anybody signed in."""

    async def enter(request: Request) -> StaffCaller:
        door: Door = request.app.state.door
        return await door.enter(request, right)

    return enter


def check_form_token(request: Request, given: str) -> None:
    """`Refused` unless the write was made by a page of this very session."""
    expected = form_token(request.cookies.get(COOKIE, ""))
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Refused(StaffReason.FORM_EXPIRED)
