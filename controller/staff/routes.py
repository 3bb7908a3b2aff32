"""Sign in, sign out, the console's first page, and who one is for programs."""

import hmac
import secrets
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from circulation.api import API, Message
from controller.live.words import Language
from controller.openapi import STAFF_ERRORS, STAFF_READS
from controller.sql import Transaction
from controller.staff import tries
from controller.staff.console import groups_for
from controller.staff.door import COOKIE, Door, check_form_token, require
from controller.staff.pages import Pages, read_form, signed_in
from controller.staff.refusals import TOO_MANY
from controller.staff.rights import Right, Role, rights_of
from controller.staff.sessions import (
    StaffCaller,
    end_session,
    form_token,
    open_session,
)
from controller.staff.signing_in import SigningIn

SIGN_IN, CONSOLE, SIGN_OUT = "/console/sign-in", "/console", "/console/sign-out"
ME = f"{API}/staff/me"
_FORM_COOKIE = "polka_form"  # ties the sign-in form to this browser before there is a session
_SEE_OTHER, _WRONG, _EXPIRED = 303, 401, 403

Lang = Annotated[Language, Query(alias="lang")]
AnybodySignedIn = Annotated[StaffCaller, Depends(require(None))]


class Me(Message):
    """Who is signed in, and the token that every write carries in `X-Form-Token`."""

    login: str
    role: Role
    class_name: str
    rights: tuple[Right, ...]
    form_token: str


def staff_routes(door: Door, sign_in: SigningIn, pages: Pages) -> APIRouter:
    """The door itself, and the first page behind it."""
    router = APIRouter(tags=["staff"])
    _add_sign_in(router, door, sign_in, pages)
    _add_console(router, door, pages)
    return router


def _add_sign_in(router: APIRouter, door: Door, sign_in: SigningIn, pages: Pages) -> None:
    def let_in(transaction: Transaction, staff_id: int) -> str:
        return open_session(transaction, staff_id, door.time.now())

    def sign_in_page(
        request: Request, language: Language, said: str = "", *, status: int = 200, wait: int = 0
    ) -> HTMLResponse:
        form = request.cookies.get(_FORM_COOKIE) or secrets.token_urlsafe(16)
        context: dict[str, object] = {"form": form, "said": said, "wait": wait}
        headers = {"Retry-After": str(wait)} if wait else None
        page = pages.draw(
            request, "sign_in.html", language, context, status=status, headers=headers
        )
        _set_cookie(request, page, _FORM_COOKIE, form)
        return page

    @router.get(SIGN_IN, include_in_schema=False)
    async def ask(request: Request, language: Lang = Language.RU) -> HTMLResponse:
        return sign_in_page(request, language)

    @router.post(SIGN_IN, include_in_schema=False)
    async def enter(request: Request, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        if not _same(form.get("form", ""), request.cookies.get(_FORM_COOKIE, "")):
            return sign_in_page(request, language, "form_expired", status=_EXPIRED)
        address = request.client.host if request.client else ""
        outcome = await sign_in(form.get("login", ""), form.get("password", ""), address, let_in)
        match outcome:
            case tries.Locked(seconds):
                return sign_in_page(request, language, "locked", status=TOO_MANY, wait=seconds)
            case None:
                return sign_in_page(request, language, "wrong", status=_WRONG)
            case token:
                answer = RedirectResponse(f"{CONSOLE}?lang={language}", _SEE_OTHER)
                _set_cookie(request, answer, COOKIE, token)
                answer.delete_cookie(_FORM_COOKIE)
                return answer


def _add_console(router: APIRouter, door: Door, pages: Pages) -> None:
    @router.get(CONSOLE, include_in_schema=False)
    async def console(request: Request, language: Lang = Language.RU) -> Response:
        caller = await door.who(request)
        if caller is None:
            return RedirectResponse(f"{SIGN_IN}?lang={language}", _SEE_OTHER)
        context = signed_in(request, caller, language) | {"groups": groups_for(caller.role)}
        return pages.draw(request, "console.html", language, context)

    @router.post(SIGN_OUT, include_in_schema=False)
    async def leave(request: Request, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        check_form_token(request, form.get("form", ""))
        await door.writer.run(partial(end_session, token=request.cookies[COOKIE]))
        answer = RedirectResponse(f"{SIGN_IN}?lang={language}", _SEE_OTHER)
        answer.delete_cookie(COOKIE)
        return answer

    @router.get(ME, responses=STAFF_ERRORS, openapi_extra=STAFF_READS)
    async def me(request: Request, caller: AnybodySignedIn) -> Me:
        return Me(
            login=caller.login,
            role=caller.role,
            class_name=caller.class_name,
            rights=rights_of(caller.role),
            form_token=form_token(request.cookies[COOKIE]),
        )


def _set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name, value, httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )


def _same(given: str, expected: str) -> bool:
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
