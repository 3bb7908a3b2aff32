"""The devices page of the console: who waits, who is there, let in, revoke."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from controller.devices import enrolment
from controller.devices.complaints import COMPLAINTS
from controller.devices.desk import DeviceDesk
from controller.devices.listing import list_devices
from controller.devices.settings_form import FORMS
from controller.devices.words import DEVICE_WORDS, KINDS, SAID
from controller.live.words import KINDS as EVENT_KINDS
from controller.live.words import Language
from controller.staff.pages import Pages, read_form, signed_in
from controller.staff.refusals import Refused, StaffReason
from controller.staff.rights import Right, may
from controller.staff.sessions import StaffCaller

DEVICES_PAGE = "/console/devices"
_SEE_OTHER = 303
Lang = Annotated[Language, Query(alias="lang")]
Key = Annotated[str, Path(min_length=1, max_length=36)]


def device_pages(desk: DeviceDesk, pages: Pages) -> APIRouter:
    """`/console/devices` and its two forms."""
    router = APIRouter(tags=["console"])
    door = desk.door

    async def draw(
        request: Request, language: Language, caller: StaffCaller, said: StaffReason | None = None
    ) -> Response:
        now = door.time.now()
        changes = may(caller.role, Right.CHANGE_DEVICES)
        context = signed_in(request, caller, language) | {
            "labels": DEVICE_WORDS[language],
            "kinds": KINDS[language],
            "event_kinds": _troubles(language),
            "with_settings": FORMS,
            "said": None if said is None else SAID[language][said],
            "changes": changes,
            "waiting": await door.reads.run(partial(enrolment.waiting, now=now)) if changes else (),
            "devices": (await door.reads.run(partial(list_devices, now=now))).devices,
            "zone": door.time.zone,
        }
        status = 200 if said is None else Refused(said).status
        return pages.draw(request, "devices.html", language, context, status=status)

    @router.get(DEVICES_PAGE, include_in_schema=False)
    async def page(request: Request, language: Lang = Language.RU) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        return await draw(request, language, await door.enter(request, Right.SEE_DEVICES))

    async def writer_of_form(request: Request) -> tuple[StaffCaller, dict[str, str]]:
        form = await read_form(request)
        return await door.allow(request, Right.CHANGE_DEVICES, form.get("form", "")), form

    @router.post(DEVICES_PAGE + "/enrolments/{key}", include_in_schema=False)
    async def confirm(request: Request, key: Key, language: Lang = Language.RU) -> Response:
        caller, form = await writer_of_form(request)
        refusal = await desk.confirm(key, form.get("code", ""), caller.login)
        if refusal is not None:
            return await draw(request, language, caller, refusal)
        return RedirectResponse(f"{DEVICES_PAGE}?lang={language}", _SEE_OTHER)

    @router.post(DEVICES_PAGE + "/{key}/revoke", include_in_schema=False)
    async def take_away(request: Request, key: Key, language: Lang = Language.RU) -> Response:
        caller, _ = await writer_of_form(request)
        if not await desk.revoke(key, caller.login):
            return await draw(request, language, caller, StaffReason.UNKNOWN)
        return RedirectResponse(f"{DEVICES_PAGE}?lang={language}", _SEE_OTHER)

    return router


def _troubles(language: Language) -> dict[str, str]:
    """What the ledger saw of a device, and what a kiosk said of itself."""
    seen = {str(kind): words for kind, words in EVENT_KINDS[language].items()}
    return seen | dict(COMPLAINTS[language])
