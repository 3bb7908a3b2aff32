"""The world's verbs for Python: what the demo and the tests call."""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

import httpx2
from pydantic import BaseModel

from hw_sim.aisle import Beam, Direction, Facing
from hw_sim.faults import FaultKind
from hw_sim.field import Written
from hw_sim.messages import (
    BeamBlock,
    CardAt,
    CardGone,
    DropState,
    EventState,
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
from hw_sim.uhf_messages import LiftUhf, NewUhfTag, PlaceUhf, UhfTagState

DATA_LINE = "data:"


class WorldError(Exception):
    """The world refused; the message is its sentence."""


class WorldClient:
    """One method per verb. Raises `WorldError` when the world says no."""

    def __init__(self, base_url: str, timeout_s: float = 10.0) -> None:
        self._http = httpx2.Client(base_url=base_url, timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def world(self) -> WorldState:
        """Everything but tag memory and histories."""
        return WorldState.model_validate_json(self._get("/world"))

    def make_tags(self, tags: Sequence[NewTag]) -> None:
        """Bring new tags into the world, many at once."""
        self._send("POST", "/tags", [tag.model_dump(mode="json") for tag in tags])

    def tag(self, uid: str) -> TagState:
        """A tag's memory, read past every reader."""
        return TagState.model_validate_json(self._get(f"/tags/{uid}"))

    def place(
        self,
        pad: str,
        uids: Sequence[str],
        coupling: float = 1.0,
        *,
        piled: bool = False,
        tilt_deg: float = 0.0,
    ) -> None:
        """Put tags down beside each other, or as a pile, the first one lowest."""
        body = Place(uids=list(uids), coupling=coupling, piled=piled, tilt_deg=tilt_deg)
        self._post(f"/pads/{pad}/place", body)

    def lift(self, pad: str, uids: Sequence[str] = ()) -> None:
        """No UIDs: everything on the pad."""
        self._post(f"/pads/{pad}/lift", Lift(uids=list(uids)))

    def lift_during_write(self, pad: str, uid: str, what: Written, occurrence: int = 1) -> None:
        body = LiftDuringWrite(uid=uid, what=what, occurrence=occurrence)
        self._post(f"/pads/{pad}/lift-during-write", body)

    def make_uhf_tags(self, tags: Sequence[NewUhfTag]) -> None:
        """Bring new UHF tags into the world, many at once."""
        self._send("POST", "/uhf-tags", [tag.model_dump(mode="json") for tag in tags])

    def uhf_tag(self, tid: str) -> UhfTagState:
        """A UHF tag's memory, read past every reader."""
        return UhfTagState.model_validate_json(self._get(f"/uhf-tags/{tid}"))

    def place_uhf(self, pad: str, tids: Sequence[str], coupling: float = 1.0) -> None:
        self._post(f"/uhf-pads/{pad}/place", PlaceUhf(tids=list(tids), coupling=coupling))

    def lift_uhf(self, pad: str, tids: Sequence[str] = ()) -> None:
        """No TIDs: everything on the pad."""
        self._post(f"/uhf-pads/{pad}/lift", LiftUhf(tids=list(tids)))

    def present_card(self, reader: str, uid: str) -> None:
        self._post(f"/card-readers/{reader}/present", CardAt(uid=uid))

    def present_wallet(self, reader: str, uids: Sequence[str]) -> None:
        """Cards that come together."""
        self._post(f"/card-readers/{reader}/wallet", WalletAt(uids=list(uids)))

    def remove_card(self, reader: str, uid: str | None = None) -> None:
        """No UID: every card."""
        self._post(f"/card-readers/{reader}/remove", CardGone(uid=uid))

    def walk(
        self,
        gate: str,
        uids: Sequence[str],
        direction: Direction,
        *,
        speed_m_s: float = 1.5,
        shielding: float = 0.0,
        turns_back: bool = False,
        facing: Facing = Facing.MIXED,
        packed: bool = False,
        behind_m: float = 0.0,
    ) -> int:
        """Start a person; returns the walk's id in `gate(...).walks`."""
        order = WalkOrder(
            uids=list(uids),
            direction=direction,
            speed_m_s=speed_m_s,
            shielding=shielding,
            turns_back=turns_back,
            facing=facing,
            packed=packed,
            behind_m=behind_m,
        )
        answer = self._post(f"/gates/{gate}/walk", order)
        return WalkStarted.model_validate_json(answer).walk_id

    def block_beam(self, gate: str, beam: Beam, *, blocked: bool) -> None:
        self._post(f"/gates/{gate}/beams", BeamBlock(beam=beam, blocked=blocked))

    def gate(self, gate: str) -> GateState:
        """Lamp, sounder, beams, walks and history."""
        return GateState.model_validate_json(self._get(f"/gates/{gate}"))

    def put_in(self, drop: str, uids: Sequence[str] = ()) -> None:
        """Open the flap, lay these books in, or a thing without a tag, and close it."""
        self._post(f"/drops/{drop}/put-in", PutIn(uids=list(uids)))

    def drop(self, drop: str) -> DropState:
        """Whether its flap is held shut, and what fell into its bins."""
        return DropState.model_validate_json(self._get(f"/drops/{drop}"))

    def unplug(self, device: str) -> None:
        self._send("POST", f"/devices/{device}/unplug", None)

    def replug(self, device: str) -> None:
        self._send("POST", f"/devices/{device}/replug", None)

    def fault(
        self,
        device: str,
        kind: FaultKind,
        *,
        count: int = 1,
        at: int | None = None,
        delay_ms: float = 300.0,
        command_hex: str = "",
    ) -> None:
        """Damage the next answers; see `hw_sim.faults.Fault`."""
        order = FaultOrder(
            kind=kind, count=count, at=at, delay_ms=delay_ms, command_hex=command_hex
        )
        self._post(f"/devices/{device}/faults", order)

    def clear_faults(self, device: str) -> None:
        self._send("DELETE", f"/devices/{device}/faults", None)

    def events(self, after: int = 0) -> Iterator[EventState]:
        """Events as they happen, those kept since `after` first; close the iterator to stop."""
        timeout = httpx2.Timeout(10.0, read=None)
        parameters = {"after": after}
        with self._http.stream("GET", "/events", params=parameters, timeout=timeout) as answer:
            for line in answer.iter_lines():
                if line.startswith(DATA_LINE):
                    yield EventState.model_validate_json(line.removeprefix(DATA_LINE))

    def _get(self, path: str) -> bytes:
        return self._send("GET", path, None)

    def _post(self, path: str, body: BaseModel) -> bytes:
        return self._send("POST", path, body.model_dump(mode="json"))

    def _send(self, method: str, path: str, json: object) -> bytes:
        answer = self._http.request(method, path, json=json)
        if answer.is_error:
            raise WorldError(f"{method} {path}: {answer.status_code} {answer.text}")
        return bytes(answer.content)
