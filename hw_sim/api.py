"""The world's API over HTTP: what people do, and what there is to see. For demo and tests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from hw_sim.desk.routes import desk_files, desk_routes
from hw_sim.event_log import Event
from hw_sim.faults import Fault
from hw_sim.messages import (
    BeamBlock,
    CardAt,
    CardGone,
    DropState,
    FaultOrder,
    GateState,
    Lift,
    LiftDuringWrite,
    NewTag,
    Place,
    PutIn,
    TagState,
    WalkOrder,
    WalkStarted,
    WalletAt,
    WorldState,
)
from hw_sim.uhf_api import add_uhf
from hw_sim.views import drop_state, event_state, gate_state, tag_state, world_state
from hw_sim.world import UnknownNameError, World


def create_api(world: World) -> FastAPI:
    """The API of one world. 404: no such name; 409: it cannot be done now; 422: malformed."""
    api = FastAPI(title="Polka simulator", openapi_url="/openapi.json")
    api.add_exception_handler(UnknownNameError, _say(404))
    api.add_exception_handler(ValueError, _say(409))
    _add_world(api, world)
    _add_tags(api, world)
    _add_pads(api, world)
    add_uhf(api, world)
    _add_cards(api, world)
    _add_gates(api, world)
    _add_drops(api, world)
    _add_devices(api, world)
    api.include_router(desk_routes(world))
    api.mount("/desk/static", desk_files(), name="desk")
    return api


def _say(status: int) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(_request: Request, error: Exception) -> Response:
        return JSONResponse({"detail": str(error)}, status)

    return handler


def _add_world(api: FastAPI, world: World) -> None:
    @api.get("/world")
    def look() -> WorldState:
        return world_state(world)

    @api.get("/events", response_class=EventSourceResponse)
    async def events(after: int = 0) -> AsyncIterator[ServerSentEvent]:
        queue: asyncio.Queue[Event] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        seen = after
        with world.events.listening(lambda e: loop.call_soon_threadsafe(queue.put_nowait, e)):
            for event in world.events.after(after):
                seen = event.seq
                yield _as_sent(event)
            while True:
                event = await queue.get()
                if event.seq > seen:
                    yield _as_sent(event)


def _as_sent(event: Event) -> ServerSentEvent:
    return ServerSentEvent(data=event_state(event), event=event.kind, id=str(event.seq))


def _add_tags(api: FastAPI, world: World) -> None:
    @api.post("/tags", status_code=201)
    def make(tags: list[NewTag]) -> dict[str, int]:
        world.make_tags([new.made() for new in tags])
        return {"made": len(tags)}

    @api.get("/tags/{uid}")
    def read(uid: str) -> TagState:
        with world.lock:
            return tag_state(world.tag(uid))


def _add_pads(api: FastAPI, world: World) -> None:
    @api.post("/pads/{pad}/place", status_code=204)
    def place(pad: str, body: Place) -> None:
        world.place(pad, body.uids, body.coupling, piled=body.piled, tilt_deg=body.tilt_deg)

    @api.post("/pads/{pad}/lift", status_code=204)
    def lift(pad: str, body: Lift) -> None:
        world.lift(pad, body.uids)

    @api.post("/pads/{pad}/lift-during-write", status_code=204)
    def lift_during_write(pad: str, body: LiftDuringWrite) -> None:
        world.lift_during_write(pad, body.uid, body.what, body.occurrence)


def _add_cards(api: FastAPI, world: World) -> None:
    @api.post("/card-readers/{name}/present", status_code=204)
    def present(name: str, body: CardAt) -> None:
        world.present_card(name, bytes.fromhex(body.uid))

    @api.post("/card-readers/{name}/wallet", status_code=204)
    def present_wallet(name: str, body: WalletAt) -> None:
        world.present_wallet(name, [bytes.fromhex(uid) for uid in body.uids])

    @api.post("/card-readers/{name}/remove", status_code=204)
    def remove(name: str, body: CardGone | None = None) -> None:
        uid = body.uid if body is not None else None
        world.remove_card(name, bytes.fromhex(uid) if uid is not None else None)


def _add_gates(api: FastAPI, world: World) -> None:
    @api.get("/gates/{gate}")
    def look(gate: str) -> GateState:
        return gate_state(world, world.gate(gate))

    @api.post("/gates/{gate}/walk", status_code=201)
    def walk(gate: str, body: WalkOrder) -> WalkStarted:
        walk = world.walk(
            gate,
            body.uids,
            body.direction,
            speed_m_s=body.speed_m_s,
            shielding=body.shielding,
            turns_back=body.turns_back,
            facing=body.facing,
            packed=body.packed,
            behind_m=body.behind_m,
        )
        return WalkStarted(walk_id=walk.walk_id)

    @api.post("/gates/{gate}/beams", status_code=204)
    def block(gate: str, body: BeamBlock) -> None:
        world.block_beam(gate, body.beam, blocked=body.blocked)


def _add_drops(api: FastAPI, world: World) -> None:
    @api.get("/drops/{drop}")
    def look(drop: str) -> DropState:
        return drop_state(world, world.drop(drop))

    @api.post("/drops/{drop}/put-in", status_code=204)
    def put_in(drop: str, body: PutIn) -> None:
        world.put_in(drop, body.uids)


def _add_devices(api: FastAPI, world: World) -> None:
    @api.post("/devices/{name}/unplug", status_code=204)
    def unplug(name: str) -> None:
        world.unplug(name)

    @api.post("/devices/{name}/replug", status_code=204)
    def replug(name: str) -> None:
        world.replug(name)

    @api.post("/devices/{name}/faults", status_code=204)
    def fault(name: str, body: FaultOrder) -> None:
        command = bytes.fromhex(body.command_hex)
        world.fault(name, Fault(body.kind, body.count, body.at, body.delay_ms, command))

    @api.delete("/devices/{name}/faults", status_code=204)
    def clear_faults(name: str) -> None:
        world.clear_faults(name)
