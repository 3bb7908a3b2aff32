"""A whole station without a window, on a simulated pad at the wire, and a ledger in memory."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2

from circulation.api import Refusal
from circulation.desk import OPERATOR, OperatorView
from circulation.encoding import (
    BINDING,
    ENCODING_CHECK,
    ENCODING_FIND,
    ENCODING_PROGRESS,
    ENCODING_TAGS,
    ENCODING_UNDO,
    CopiesFound,
    CopyToTag,
    NumberQuery,
    Progress,
    TagHolder,
    TagQuery,
    TagReceipt,
    TagRequest,
    UndoTagRequest,
)
from circulation.ids import TagUid
from circulation.reasons import Reason
from circulation.tags.codec import decode
from circulation.tags.item_tag import ItemTag
from drivers.registry import open_reader
from hw_sim.server import Simulation
from hw_sim.settings import PadSettings, SimSettings, Timing
from hw_sim.tag import Tag, blank_tag
from kiosk.sounds import Sound
from kiosk.station.client import StationClient
from kiosk.station.settings import Settings
from kiosk.station.shell import Ports, Shell
from kiosk.station.state import State
from kiosk.view import View
from tests.kiosk.station.conftest import OWNER

PAD = "pad-1"
PATIENCE_S = 20.0


class Ledger:
    """A controller at the wire that knows these copies."""

    def __init__(self, *copies: CopyToTag) -> None:
        self.copies = {copy.item_id: copy for copy in copies}
        self.bound: dict[str, tuple[str, int]] = {}  # UID: copy and part
        self.told: list[TagRequest] = []
        self.undone: list[UndoTagRequest] = []
        self.away = False

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if self.away:
            raise httpx2.ConnectError("nobody there")
        answer = self._answer(request.url.path, request.content)
        status = 409 if isinstance(answer, Refusal) else 200
        return httpx2.Response(status, content=answer.model_dump_json())

    def _answer(self, path: str, body: bytes) -> Any:
        match path:
            case str() if path == OPERATOR:
                return OperatorView(login="olga")
            case str() if path == ENCODING_FIND:
                found = self.copies.get(NumberQuery.model_validate_json(body).number)
                return CopiesFound(copies=(self._now(found),) if found else ())
            case str() if path == ENCODING_CHECK:
                return self._holder(TagQuery.model_validate_json(body).uid)
            case str() if path == ENCODING_TAGS:
                return self._record(TagRequest.model_validate_json(body))
            case str() if path == ENCODING_UNDO:
                undo = UndoTagRequest.model_validate_json(body)
                self.undone.append(undo)
                done = next(one for one in self.told if one.op_id == undo.undoes)
                self.bound.pop(done.uid)
                return TagReceipt(op_id=undo.op_id, copy_of=self._now(self.copies[done.item_id]))
            case _:
                assert path == ENCODING_PROGRESS
                return Progress(copies=len(self.copies), tagged=0, today=(), estimate=None)

    def _record(self, request: TagRequest) -> TagReceipt | Refusal:
        seat = (request.item_id, request.part)
        if request.result in BINDING:
            if self.bound.get(request.uid, seat) != seat and not request.moves:
                return Refusal(reasons=(Reason.TAG_OF_OTHER_COPY,))
            self.bound[request.uid] = seat
        self.told.append(request)
        return TagReceipt(op_id=request.op_id, copy_of=self._now(self.copies[request.item_id]))

    def _holder(self, uid: str) -> TagHolder:
        seat = self.bound.get(uid)
        if seat is None:
            return TagHolder()
        return TagHolder(copy_of=self._now(self.copies[seat[0]]), part=seat[1])

    def _now(self, copy: CopyToTag) -> CopyToTag:
        tags = {part: uid for uid, (item, part) in self.bound.items() if item == copy.item_id}
        fields = {"tag_uid": tags.get(1), "tagged": tuple(sorted(tags))}
        return copy.model_copy(update=fields)


class PadWorld:
    """Tags that a librarian moves, and the station that is told of nothing but its wire."""

    def __init__(self, folder: Path, ledger: Ledger, *, timing: Timing = Timing.NONE) -> None:
        self.ledger = ledger
        self.heard: list[Sound] = []
        settings = SimSettings(
            state_dir=folder / "sim",
            pads=(PadSettings(name=PAD, timing=timing),),
            gates=(),
            card_readers=(),
        )
        self.simulation = Simulation(settings)
        self.simulation.__enter__()
        self.world = self.simulation.world
        url = self.simulation.wiring()["pads"][PAD]["pty"]
        station = Settings(
            device="station-1",
            owner=OWNER,
            controller_url="http://controller",
            token="secret",
            outbox=folder / "outbox.db",
            reader_port=url,
            allow_simulated=True,
        )
        transport = httpx2.MockTransport(ledger)
        ports = Ports(
            open_reader=lambda: open_reader("feig-mr102", url),
            client=StationClient("http://controller", "secret", transport=transport),
            play=self.heard.append,
        )
        self.shell = Shell(station, ports)
        self.shell.start()
        self.wait(lambda state: bool(state.operator) and state.reader == "ok")

    def close(self) -> None:
        self.shell.stop()
        self.simulation.__exit__(None, None, None)

    @property
    def state(self) -> State:
        return self.shell.state

    def view(self) -> View:
        self.shell.tick()
        return self.shell.drain()

    def wait(self, happened: Callable[[State], object]) -> None:
        """Let the station work until this is so."""
        end = time.monotonic() + PATIENCE_S
        while True:
            view = self.view()
            if happened(self.state):
                return
            if time.monotonic() > end:
                raise AssertionError(f"{view.title}: {view.notice}")
            time.sleep(0.002)

    def make(self, number: int, tag: Tag | None = None) -> str:
        """A tag in the world; a blank one unless given."""
        made = tag or blank_tag(uid_bytes(number))
        self.world.make_tags([made])
        return made.name

    def lay(self, *uids: str) -> None:
        self.world.place(PAD, list(uids))

    def lift(self) -> None:
        """Everything is taken away, and the station has seen it."""
        if self.world.pads[PAD].field.lying():
            self.world.lift(PAD)
        self.wait(lambda state: state.pad == ())

    def says(self, uid: str) -> ItemTag:
        tag = self.world.tag(uid)
        with self.world.lock:
            return decode(bytes(tag.memory), dsfid=tag.dsfid)


def uid_bytes(number: int) -> bytes:
    return bytes.fromhex(f"E00401500000{number:04X}")


def name_of(number: int) -> TagUid:
    return TagUid(uid_bytes(number).hex().upper())
