"""The desk over HTTP: the page, what there is to see, and what hands can do."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field

from hw_sim.desk.books import DeskBook, books_of
from hw_sim.desk.desk import Desk
from hw_sim.desk.now import Snapshot, Watch
from hw_sim.desk.people import STRANGERS_CARD, DeskPerson, people
from hw_sim.messages import Coupling, TagUid, WalkStarted
from hw_sim.world import World

STATIC = Path(__file__).parent / "static"
FIRST_LOOK_S = 0.3  # time for a host to be heard asking
SETTLE_S = 0.04  # what happens together is shown together
LOOK_AGAIN_S = 1.0  # an output that goes off, or a host that falls silent, makes no event
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'",
    "Cache-Control": "no-store",
}


class Font(StrEnum):
    """The kiosk's type; the page uses it too where Kivy is installed, and else the system's."""

    REGULAR = "Roboto-Regular.ttf"
    BOLD = "Roboto-Bold.ttf"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Move(_Body):
    """`to` is a pad's name, ``bag`` or ``shelf``."""

    uids: Annotated[list[TagUid], Field(min_length=1)]
    to: str


class CarryBag(_Body):
    """The way is away from the bag's side of the gate; `shielding` as in the world's walks."""

    speed_m_s: Annotated[float, Field(gt=0, le=10)] = 1.2
    turns_back: bool = False
    shielding: Coupling = 0.0


class Switch(_Body):
    on: bool


class Shelves(_Body):
    count: Annotated[int, Field(ge=1, le=1000)] = 400


class People(BaseModel):
    """Pupils with cards, and a card of nobody whom the library knows."""

    people: list[DeskPerson]
    strangers_card: str


def desk_files() -> StaticFiles:
    """Script, style and picture of the page."""
    return StaticFiles(directory=STATIC)


def desk_routes(world: World) -> APIRouter:
    """The page at ``/desk``; ``/`` leads to it."""
    router = APIRouter(tags=["desk"])
    desk = Desk(world)
    _add_page(router)
    _add_sights(router, desk)
    _add_hands(router, desk)
    _add_tricks(router, desk)
    return router


def _add_page(router: APIRouter) -> None:
    @router.get("/", include_in_schema=False)
    def front() -> RedirectResponse:
        return RedirectResponse("/desk")

    @router.get("/desk", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(STATIC / "desk.html", headers=_HEADERS)

    @router.get("/desk/fonts/{name}", include_in_schema=False)
    def font(name: Font) -> FileResponse:
        kivy = find_spec("kivy")
        if kivy is None or kivy.origin is None:
            raise HTTPException(404, "Roboto comes with Kivy, and Kivy is not installed here")
        return FileResponse(Path(kivy.origin).parent / "data" / "fonts" / name)


def _add_sights(router: APIRouter, desk: Desk) -> None:
    @router.get("/desk/books")
    def books() -> list[DeskBook]:
        return books_of(desk.world)

    @router.get("/desk/people")
    def who() -> People:
        return People(people=list(people()), strangers_card=STRANGERS_CARD)

    @router.get("/desk/now", response_class=EventSourceResponse)
    async def now() -> AsyncIterator[ServerSentEvent]:
        watch, last = Watch(desk), None
        await asyncio.to_thread(watch.look)
        if watch.has_heard():  # is it still being asked?
            await asyncio.sleep(FIRST_LOOK_S)
        changed = asyncio.Event()
        loop = asyncio.get_running_loop()
        with desk.world.events.listening(lambda _event: loop.call_soon_threadsafe(changed.set)):
            while True:
                seen = await asyncio.to_thread(watch.look)
                if seen != last:
                    last = seen
                    yield ServerSentEvent(data=Snapshot(now=time.monotonic(), desk=seen))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), LOOK_AGAIN_S)
                    await asyncio.sleep(SETTLE_S)
                changed.clear()


def _add_hands(router: APIRouter, desk: Desk) -> None:
    @router.post("/desk/move", status_code=204)
    def move(body: Move) -> None:
        desk.move(body.uids, body.to)

    @router.post("/desk/gates/{gate}/walk", status_code=201)
    def walk(gate: str, body: CarryBag) -> WalkStarted:
        walk_id = desk.walk(
            gate,
            speed_m_s=body.speed_m_s,
            turns_back=body.turns_back,
            shielding=body.shielding,
        )
        return WalkStarted(walk_id=walk_id)

    @router.post("/desk/card-readers/{reader}/phone", status_code=204)
    def phone(reader: str) -> None:
        desk.present_phone(reader)

    @router.post("/desk/shelves", status_code=204)
    def fill(body: Shelves) -> None:
        desk.fill_shelves(body.count)


def _add_tricks(router: APIRouter, desk: Desk) -> None:
    @router.post("/desk/pads/{pad}/metal", status_code=204)
    def metal(pad: str, body: Switch) -> None:
        desk.metal(pad, on=body.on)

    @router.post("/desk/pads/{pad}/snatch", status_code=204)
    def snatch(pad: str, body: Switch) -> None:
        desk.snatch(pad, on=body.on)
