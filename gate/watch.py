"""The thread that owns one aisle's reader: it polls, hands on what it saw, and never gives up."""

import random
import threading
import time
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import structlog

from circulation.ids import BadId, parse_tag_uid
from drivers.errors import ReaderError
from drivers.reader import GateReader, Identity, TagSeen
from drivers.registry import GATE_READERS, open_gate_reader, open_reader
from gate.eas import EasGate
from gate.inventory import InventoryGate
from gate.passage import EasHeard, Event, PeopleCounted, ReaderChanged, TagRead
from gate.people import Totals, crossed
from gate.security import Security
from gate.settings import AisleSettings, Ways

_IDLE_POLL_S = 0.008  # the reader watches by itself; a poll of its buffer takes some 6 ms
_BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0)
_log = structlog.get_logger(__name__)


class PeopleTotals(Protocol):
    """What a reader's people counters show: two aisles at most."""

    @property
    def in_1(self) -> int: ...
    @property
    def out_1(self) -> int: ...
    @property
    def in_2(self) -> int: ...
    @property
    def out_2(self) -> int: ...


@runtime_checkable
class CountsPeople(Protocol):
    """A gate reader with people counters of its own."""

    @property
    def people(self) -> PeopleTotals | None: ...


def open_aisle(aisle: AisleSettings, security: Security) -> GateReader:
    """The aisle's reader by what its model can do; errors as in `drivers.errors`."""
    if aisle.reader_model in GATE_READERS:
        return open_gate_reader(aisle.reader_model, aisle.reader_url)
    reader = open_reader(aisle.reader_model, aisle.reader_url)
    if security in (Security.EAS, Security.BOTH):
        return EasGate(reader, tells_afi=security is Security.BOTH)
    return InventoryGate(reader)


class Watch(threading.Thread):
    """Opens the reader, again and again if need be, and hands on what it noticed."""

    def __init__(
        self,
        aisle: AisleSettings,
        *,
        open_reader: Callable[[], GateReader],
        notice: Callable[[Event | None], None],
        accept: Callable[[Identity], bool],
    ) -> None:
        """`notice` gets each event, and None when the gate must end.

        `accept` decides about the device that answered (a real gate refuses a simulated one).
        """
        super().__init__(name=f"reader {aisle.name}", daemon=True)
        self._aisle = aisle
        self._open = open_reader
        self._notice = notice
        self._accept = accept
        self._ending = threading.Event()
        self._lost = False
        self._people: Totals | None = None
        self.refused: Identity | None = None
        self.turned_at = time.monotonic()
        """When this thread last talked to the reader or tried to: a call that hangs shows here."""

    def finish(self) -> None:
        """End the thread and give the port back."""
        self._ending.set()
        self.join(10)

    def run(self) -> None:
        failures = 0
        while not self._ending.is_set():
            self.turned_at = time.monotonic()
            try:
                reader = self._open()
            except ReaderError as error:
                self._say_lost(str(error))
            else:
                failures = failures if self._guard(reader) else -1
                reader.close()
            if self.refused:
                self._notice(None)
                return
            failures = min(failures + 1, len(_BACK_OFF_S) - 1)
            self._ending.wait(_BACK_OFF_S[failures] * random.uniform(0.8, 1.2))  # noqa: S311

    def _guard(self, reader: GateReader) -> bool:
        """Poll until the reader is lost or it is time to end. False when it had worked before."""
        try:
            identity = reader.identify()
            if not self._accept(identity):
                self.refused = identity
                return True
            self._say_back(identity)
            while not self._ending.is_set():
                self._poll(reader)
        except ReaderError as error:
            self._say_lost(str(error))
            return reader.health.last_good_at is None
        except Exception as error:  # noqa: BLE001  # no strange frame may end the guarding
            self._say_lost(f"the driver failed: {error!r}")
            return True
        return False

    def _poll(self, reader: GateReader) -> None:
        seen = reader.poll()
        self.turned_at = time.monotonic()
        for tag in seen:
            if (read := tag_read(tag, self._aisle)) is not None:
                self._notice(read)
        if isinstance(reader, EasGate) and reader.hears_unnamed:
            self._notice(EasHeard(time.monotonic()))
        if self._aisle.ways is Ways.COUNTER and isinstance(reader, CountsPeople):
            self._count(reader.people)
        if not seen:
            time.sleep(_IDLE_POLL_S)

    def _count(self, totals: PeopleTotals | None) -> None:
        if totals is None:
            return
        first = self._aisle.counter == 1
        now = Totals(totals.in_1, totals.out_1) if first else Totals(totals.in_2, totals.out_2)
        new = crossed(self._people, now)
        self._people = now
        if new.came_in or new.went_out:
            self._notice(PeopleCounted(new.came_in, new.went_out, time.monotonic()))

    def _say_lost(self, why: str) -> None:
        """Logged once when lost, not at each try."""
        if not self._lost:
            self._lost = True
            _log.error("reader_lost", aisle=self._aisle.name, why=why)
            self._notice(ReaderChanged(False, time.monotonic()))

    def _say_back(self, identity: Identity) -> None:
        _log.info("reader_answers", model=identity.model, firmware=identity.firmware)
        self._lost = False
        self._notice(ReaderChanged(True, time.monotonic()))


def tag_read(tag: TagSeen, aisle: AisleSettings) -> TagRead | None:
    """A sighting the gate can judge, else None: it shows nothing, or it is a shop's label."""
    if aisle.is_uhf:
        ours = tag.uid.startswith(aisle.epc_prefix or "")
        return TagRead(tag.uid, None, tag.antenna, tag.at) if ours else None
    if tag.afi is None and tag.eas is None:
        return None
    try:
        return TagRead(parse_tag_uid(tag.uid), tag.afi, tag.antenna, tag.at, tag.eas)
    except BadId:
        return None
