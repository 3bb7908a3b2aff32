"""The world's API about UHF tags and the pads they lie on."""

from fastapi import FastAPI

from hw_sim.uhf_messages import (
    LiftUhf,
    LiftUhfDuringWrite,
    NewUhfTag,
    PlaceUhf,
    UhfTagState,
)
from hw_sim.uhf_tag import WORD_BYTES, UhfTag, uhf_tag
from hw_sim.world import World


def add_uhf(api: FastAPI, world: World) -> None:
    """Routes under ``/uhf-tags`` and ``/uhf-pads``; errors as in `hw_sim.api`."""

    @api.post("/uhf-tags", status_code=201)
    def make(tags: list[NewUhfTag]) -> dict[str, int]:
        world.make_uhf_tags([_tag(new) for new in tags])
        return {"made": len(tags)}

    @api.get("/uhf-tags/{tid}")
    def read(tid: str) -> UhfTagState:
        with world.lock:
            return _state(world.uhf_tag(tid))

    @api.post("/uhf-pads/{pad}/place", status_code=204)
    def place(pad: str, body: PlaceUhf) -> None:
        world.place_uhf(pad, body.tids, body.coupling)

    @api.post("/uhf-pads/{pad}/lift", status_code=204)
    def lift(pad: str, body: LiftUhf) -> None:
        world.lift_uhf(pad, body.tids)

    @api.post("/uhf-pads/{pad}/lift-during-write", status_code=204)
    def lift_during_write(pad: str, body: LiftUhfDuringWrite) -> None:
        world.lift_uhf_during_write(pad, body.tid, body.occurrence)


def _tag(new: NewUhfTag) -> UhfTag:
    tag = uhf_tag(bytes.fromhex(new.tid), bytes.fromhex(new.epc), control=new.control)
    user, size = bytes.fromhex(new.user_hex), new.user_words * WORD_BYTES
    if len(user) > size:
        raise ValueError(f"{len(user)} bytes do not fit a user bank of {size}")
    tag.user_bank = bytearray(user.ljust(size, b"\x00"))
    tag.has_eas = new.has_eas
    return tag


def _state(tag: UhfTag) -> UhfTagState:
    return UhfTagState(
        tid=tag.name,
        epc=tag.epc.hex().upper(),
        epc_bank_hex=tag.epc_bank.hex().upper(),
        user_hex=tag.user_bank.hex().upper(),
        eas=tag.eas,
        writes=tag.writes,
    )
