"""The page of one device's settings: what is set, what is in force, what it refused, the form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from circulation.configuration import AnySettings, VersionedSettings
from controller.answers import CONFLICT, OK, UNPROCESSABLE
from controller.devices import configuration
from controller.devices.desk import DeviceDesk
from controller.devices.listing import list_devices
from controller.devices.settings_form import (
    CHOICES,
    FORMS,
    OPENING,
    Fields,
    Form,
    Wrong,
    fields_of,
    read_fields,
)
from controller.devices.settings_words import FIELDS, OPTIONS, SETTINGS_WORDS, say_wrong
from controller.devices.wire import DeviceView, SettingsChange
from controller.devices.words import KINDS
from controller.live.words import Language
from controller.sql import Transaction
from controller.staff.pages import Pages, read_form, signed_in
from controller.staff.refusals import Refused, StaffReason
from controller.staff.rights import Right, may
from controller.staff.sessions import StaffCaller

SETTINGS_PAGE = "/console/devices/{name}/settings"
_SEE_OTHER = 303
Lang = Annotated[Language, Query(alias="lang")]
Name = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,32}$")]


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a form: a word of `SETTINGS_WORDS`, and what is to be typed again."""

    word: str = ""
    typed: Fields | None = None
    wrong: Mapping[str, Wrong] = field(default_factory=dict)
    status: int = OK


@dataclass(frozen=True, slots=True)
class Line:
    """One field on the page."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]  # value and words; empty: typed freely
    hint: str
    wrong: str
    kind: str  # of the input


def device_settings_pages(desk: DeviceDesk, pages: Pages) -> APIRouter:
    """`/console/devices/NAME/settings`; who may only look sees it without the button."""
    router = APIRouter(tags=["console"])
    door = desk.door

    async def draw(
        request: Request, caller: StaffCaller, language: Language, name: str, said: Said
    ) -> Response:
        device = await door.reads.run(partial(_find, name=name, desk=desk))
        wished = await door.reads.run(
            partial(configuration.settings_by_name, library=desk.library, name=name)
        )
        context = signed_in(request, caller, language) | {
            "labels": SETTINGS_WORDS[language],
            "device": device,
            "kind": KINDS[language][device.kind],
            "wished": wished,
            "lines": _lines(device, wished, said, language),
            "refused_field": _refused_field(device, language),
            "changes": may(caller.role, Right.CHANGE_DEVICES) and not device.revoked,
            "said": said.word,
        }
        return pages.draw(request, "device_settings.html", language, context, status=said.status)

    @router.get(SETTINGS_PAGE, include_in_schema=False)
    async def page(
        request: Request, name: Name, language: Lang = Language.RU, saved: bool = False
    ) -> Response:
        if await door.who(request) is None:
            return RedirectResponse(f"/console/sign-in?lang={language}", _SEE_OTHER)
        caller = await door.enter(request, Right.SEE_DEVICES)
        return await draw(request, caller, language, name, Said("saved" if saved else ""))

    @router.post(SETTINGS_PAGE, include_in_schema=False)
    async def change(request: Request, name: Name, language: Lang = Language.RU) -> Response:
        form = await read_form(request)
        caller = await door.allow(request, Right.CHANGE_DEVICES, form.get("form", ""))
        device = await door.reads.run(partial(_find, name=name, desk=desk))
        if device.kind not in FORMS:
            return await draw(request, caller, language, name, Said(status=CONFLICT))
        typed = read_fields(device.kind, form)
        if typed.settings is None:
            said = Said("not_saved", form, typed.wrong, UNPROCESSABLE)
            return await draw(request, caller, language, name, said)
        if not await _keep(desk, caller, name, form.get("seen", ""), typed.settings):
            return await draw(request, caller, language, name, Said("changed", status=CONFLICT))
        there = SETTINGS_PAGE.format(name=name)
        return RedirectResponse(f"{there}?saved=1&lang={language}", _SEE_OTHER)

    return router


async def _keep(
    desk: DeviceDesk, caller: StaffCaller, name: str, seen: str, settings: AnySettings
) -> bool:
    """False: somebody else was quicker. A version that no page of ours showed is an old one."""
    version = (
        int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < len("2147483647") else 0
    )
    act = partial(
        configuration.change_settings,
        library=desk.library,
        name=name,
        change=SettingsChange(seen_version=version, settings=settings),
        staff=caller,
        now=desk.door.time.now(),
    )
    try:
        await desk.door.writer.run(act)
    except Refused as refused:
        if refused.reason is not StaffReason.CHANGED_MEANWHILE:
            raise
        return False
    return True


def _find(transaction: Transaction, name: str, desk: DeviceDesk) -> DeviceView:
    for device in list_devices(transaction, desk.door.time.now()).devices:
        if device.name == name:
            return device
    raise Refused(StaffReason.UNKNOWN)


def _lines(
    device: DeviceView, wished: VersionedSettings, said: Said, language: Language
) -> tuple[Line, ...]:
    form = FORMS.get(device.kind)
    if form is None:
        return ()
    values = fields_of(wished.settings, form) if said.typed is None else said.typed
    return tuple(
        Line(
            name=name,
            label=FIELDS[language][name],
            value=values.get(name, ""),
            options=tuple((one, OPTIONS[language][one]) for one in CHOICES.get(name, ())),
            hint=_hint(name, form, language),
            wrong=say_wrong(said.wrong[name], form.bounds.get(name), language)
            if name in said.wrong
            else "",
            kind="time" if name in form.times else "text",
        )
        for name in form.usual
    )


def _hint(name: str, form: Form, language: Language) -> str:
    if name == OPENING[0]:
        return SETTINGS_WORDS[language]["empty_day"]
    return SETTINGS_WORDS[language]["empty_own"] if name in form.optional else ""


def _refused_field(device: DeviceView, language: Language) -> str:
    """What the device could not use, by the name the field has here."""
    place = device.settings_error.partition(":")[0].split(".")
    name = "_".join(place).replace("quiet_hours_", "quiet_")
    words = FIELDS[language]
    return words.get(name, words.get(place[0], device.settings_error))
