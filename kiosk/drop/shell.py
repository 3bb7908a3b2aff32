"""The thin shell around the drop's session: threads, pins, disk and display, and no decision."""

import queue
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, assert_never
from uuid import UUID, uuid4, uuid5

import structlog

from circulation.api import DeviceState, ReaderState, SlotState
from circulation.ids import TagUid
from drivers.supervisor import Supervisor
from kiosk.client import ControllerClient
from kiosk.drop.courier import Courier
from kiosk.drop.display import Shown, shown, slip
from kiosk.drop.effects import Arm, Effect, EndVisit, Gone, Keep, Lock, Review, Sort
from kiosk.drop.events import Answered, Event, Kept, NotKept, Tick, Way
from kiosk.drop.moments import Moments
from kiosk.drop.outbox import open_outbox
from kiosk.drop.pins import Pins
from kiosk.drop.session import step
from kiosk.drop.settings import Settings
from kiosk.drop.state import State, Trouble, troubles
from kiosk.events import Event as KioskEvent
from kiosk.events import ReaderBack
from kiosk.i18n import load_texts
from kiosk.vault import Vault

_TICK_S = 0.25
_COURIER_TURNS_WITHIN_S = 60.0
_SLOTS = {
    Trouble.SIMULATED_READER: SlotState.NO_READER,
    Trouble.READER_LOST: SlotState.NO_READER,
    Trouble.STORAGE: SlotState.STORAGE,
    Trouble.JAMMED: SlotState.JAMMED,
    Trouble.FLAP_JAMMED: SlotState.FLAP_JAMMED,
    Trouble.FULL: SlotState.FULL,
}
log = structlog.get_logger(__name__)


class Pad(Protocol):
    """The thread of the antenna under the slot."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def order(self, uid: TagUid, *, armed: bool) -> None:
        """Arm and read back; a `SecurityWritten` follows in any case."""
        ...


class Display(Protocol):
    """Where a person reads what the drop says."""

    def show(self, now: Shown) -> None: ...


class Paper(Protocol):
    """What prints."""

    def print_text(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The drop's way into the world."""

    open_pad: Callable[[Callable[[KioskEvent], None]], Pad]
    client: ControllerClient
    vault: Vault
    moments: Callable[[datetime | None], Moments]
    clock: Callable[[], float] = time.monotonic
    display: Display | None = None
    paper: Paper | None = None


class Drop:
    """One drop at work. `run` is the main thread; everything else only puts events into it."""

    def __init__(self, settings: Settings, ports: Ports, version: str) -> None:
        """`sqlite3.Error`, `OSError`, `BadSeal` or `NotAvailable`: no disk, no key, no pins."""
        self._settings = settings
        self._ports = ports
        self._version = version
        self._texts = load_texts(settings.language)
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._outbox = open_outbox(settings.outbox, ports.vault)
        self._moments = ports.moments(self._outbox.last_at())
        self._life = uuid4()  # a slot's number is its own within one life of this program
        self._slots: dict[UUID, int] = {}
        self._simulated = False
        self._state = State(settings.session, lying=self._outbox.lying())
        self._supervisor = Supervisor()
        self._pins = Pins(settings, lambda: self._events.put(Tick()))
        self._courier = Courier(self._outbox, ports.client, self._answered, self._report)
        self._pad = ports.open_pad(self._from_pad)
        for event in self._pins.first():
            self._take(event)

    def run(self) -> None:
        """Take books back until `finish`."""
        self._courier.start()
        self._pad.start()
        self._supervisor.ready()
        try:
            while self.turn(_TICK_S):
                self._feed()
        finally:
            self.close()

    def turn(self, patience_s: float) -> bool:
        """Wait for one event, at most so long, and do what follows; False: it is time to end."""
        arrived = self._next(patience_s)
        if arrived is None:
            return False
        for moved in self._pins.poll(time.monotonic()):
            self._take(moved)
        self._take(arrived)
        self._pins.lock(shut=self._state.shut)
        if self._ports.display is not None:
            self._ports.display.show(shown(self._state, self._texts))
        return True

    def finish(self) -> None:
        """End in good order; safe to call from a signal handler."""
        self._events.put(None)

    @property
    def state(self) -> State:
        """What the session knows now."""
        return self._state

    def _next(self, patience: float) -> Event | None:
        due = self._pins.due_at
        patience = patience if due is None else min(patience, max(0.0, due - time.monotonic()))
        try:
            return self._events.get(timeout=patience)
        except queue.Empty:
            return Tick()

    def _take(self, event: Event) -> None:
        self._state, effects = step(self._state, event, self._ports.clock())
        for effect in effects:
            self._do(effect)

    def _do(self, effect: Effect) -> None:
        match effect:
            case Arm(uid=uid):
                self._pad.order(uid, armed=True)
            case Keep():
                self._take(self._kept(effect))
            case Gone(copy=copy):
                self._write("gone", lambda: self._outbox.gone(copy))
            case Review():
                self._write("review", lambda: self._review(effect))
            case Sort(bin=name):
                self._pins.sort(name)
                log.info("sorted", bin=name)
            case Lock(shut=shut):
                log.warning("slot", shut=shut, why=[one.value for one in troubles(self._state)])
                self._courier.report_now()
            case EndVisit(accepted=accepted):
                self._print(accepted)
            case _:
                assert_never(effect)

    def _kept(self, order: Keep) -> Event:
        """On the disk, or not; asked again it is the same row."""
        op_id = uuid5(self._life, str(order.slot))
        self._slots[op_id] = order.slot
        moment = self._moments.of(order.at)
        kept = self._write(
            "return",
            lambda: self._outbox.keep(op_id, order.copy, order.uid, moment.at, moment.clock),
        )
        if not kept:
            return NotKept(order.slot)
        log.info("taken_back", op_id=str(op_id), item=order.copy.item)
        self._courier.wake()
        return Kept(order.slot)

    def _review(self, order: Review) -> None:
        moment = self._moments.of(order.at)
        uid = order.uid or ""
        log.warning("for_the_librarian", doubt=order.doubt, uid=uid)
        self._outbox.review(order.doubt, moment.at, moment.clock, uid=uid, copy=order.copy)

    def _write(self, what: str, act: Callable[[], None]) -> bool:
        try:
            act()
        except (sqlite3.Error, OSError) as error:
            log.error("disk_fails", what=what, why=str(error))
            return False
        return True

    def _print(self, accepted: int) -> None:
        if self._ports.paper is None or not accepted:
            return
        now = datetime.now(UTC).astimezone()
        columns, library = self._settings.receipt_columns, self._settings.library_name
        text = slip(accepted, self._texts, library=library, at=now, columns=columns)
        self._ports.paper.print_text(text)

    def _from_pad(self, event: KioskEvent) -> None:
        if isinstance(event, ReaderBack):
            self._simulated = event.simulated
        self._events.put(event)  # type: ignore[arg-type]  # an intake tells of its pad only

    def _answered(self, op_id: UUID, way: Way) -> None:
        slot = self._slots.pop(op_id, None)
        if slot is not None:  # else it was kept by an earlier life
            self._events.put(Answered(slot, way))

    def _report(self) -> DeviceState:
        gone = (Trouble.READER_LOST, Trouble.SIMULATED_READER)
        wrong = troubles(self._state)
        return DeviceState(
            at=datetime.now(UTC),
            version=self._version,
            pad=ReaderState.LOST if self._state.reader in gone else ReaderState.OK,
            card_reader=ReaderState.UNKNOWN,
            simulated=self._simulated,
            slot=_SLOTS[wrong[0]] if wrong else SlotState.OPEN,
        )

    def _feed(self) -> None:
        """Only while the threads that do the work go round."""
        self._moments.look()
        if time.monotonic() - self._courier.turned_at < _COURIER_TURNS_WITHIN_S:
            self._supervisor.alive()

    def close(self) -> None:
        """Give everything back; what waits is on the disk."""
        self._pad.stop()
        self._courier.stop()
        self._pins.close()
        self._outbox.close()
        self._supervisor.stopping()
