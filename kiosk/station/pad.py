"""The station's pad: reads every tag whole, writes one over in an order that no tear can falsify.

A tag is told of when two looks in a row saw the same tags (features 5.3: still). An order ends as
`DONE` only when the whole memory, the DSFID and the AFI were read again and are what was wanted.
"""

import queue
import threading
import time
from collections.abc import Callable

import structlog

from circulation.ids import BadId, TagUid, parse_tag_uid
from circulation.tags.codec import decode
from circulation.tags.item_tag import ItemTag, Layout, TagProblem
from circulation.tags.rewriting import (
    Face,
    Step,
    WriteAfi,
    WriteBlocks,
    WriteDsfid,
    writing_steps,
)
from drivers.errors import NotAvailable, NotSupported, ReaderError
from drivers.reader import BLOCK_BYTES, Reader
from kiosk.device_thread import DeviceThread, is_refused
from kiosk.events import ReaderBack, ReaderLost, ReaderRefused
from kiosk.presence import Presence
from kiosk.station.effects import WriteTag
from kiosk.station.events import Event, Outcome, PadMoves, PadSeen, SeenTag, TagWritten

log = structlog.get_logger(__name__)

POLL_S = 0.1
FRESH_S = 0.3  # so long a look still says what lies there
READ_TRIES = 3  # then the tag is told as unreadable, and tried again once a second
_LOOKS_BETWEEN_TRIES = 8


class Pad:
    """Owns the reader. `order` may be called from any thread; events come from the pad's."""

    def __init__(
        self,
        open_reader: Callable[[], Reader],
        post: Callable[[Event], None],
        *,
        allow_simulated: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._post = post
        self._allow_simulated = allow_simulated
        self._clock = clock
        self._orders: queue.SimpleQueue[WriteTag] = queue.SimpleQueue()
        self._thread = DeviceThread("pad", open_reader, self._serve, lambda: post(ReaderLost()))

    def start(self) -> None:
        """Open the reader and begin."""
        self._thread.start()

    def stop(self) -> None:
        """End and give the port back."""
        self._thread.stop()

    def order(self, order: WriteTag) -> None:
        """Write and read back; a `TagWritten` follows unless the reader is lost."""
        self._orders.put(order)

    def _serve(self, reader: Reader, stop: threading.Event, good: Callable[[], None]) -> None:
        identity = reader.identify()
        if is_refused(
            identity,
            stop,
            allow_simulated=self._allow_simulated,
            tell=lambda: self._post(ReaderRefused()),
        ):
            return
        while not self._orders.empty():
            self._orders.get_nowait()  # the session forgot them when the reader was lost
        self._post(ReaderBack(identity.simulated))
        antenna = Antenna(reader, self._post, self._clock)
        while not stop.is_set():
            settled = antenna.look()
            good()
            self._work(antenna, POLL_S if settled else 0.0)

    def _work(self, antenna: "Antenna", wait_s: float) -> None:
        try:
            antenna.carry_out(
                self._orders.get(timeout=wait_s) if wait_s else self._orders.get(False)
            )
        except queue.Empty:
            return


class Antenna:
    """One opened reader and the tags on it."""

    def __init__(
        self, reader: Reader, post: Callable[[Event], None], clock: Callable[[], float]
    ) -> None:
        self._reader = reader
        self._post = post
        self._clock = clock
        self._presence = Presence()
        self._read: dict[str, SeenTag] = {}
        self._tries: dict[str, int] = {}
        self._before: frozenset[str] = frozenset()
        self._looked_at = -FRESH_S
        self._told: tuple[SeenTag, ...] | None = None

    def look(self) -> bool:
        """One inventory and what follows from it; False: look again at once."""
        here = frozenset(tag.uid for tag in self._reader.inventory())
        self._looked_at = self._clock()
        _, gone = self._presence.look(here, self._looked_at)
        for uid in gone:
            self._read.pop(uid, None)
            self._tries.pop(uid, None)
        for uid in here - self._read.keys():
            self._read_whole(uid)
        self._try_unreadable_again(here)
        rests = here == self._before and here == self._read.keys()
        if here != self._before:
            self._post(PadMoves())
        self._before = here
        now = tuple(self._read[uid] for uid in sorted(here)) if rests else None
        if now is not None and now != self._told:
            self._told = now
            self._post(PadSeen(now))
        return rests

    def carry_out(self, order: WriteTag) -> None:
        """Guard, write, read back, tell."""
        outcome = self._write(order)
        self._read.pop(order.uid, None)  # laid down again at once it is not what it was
        self._told = None
        now = None if outcome is Outcome.LIFTED else self._look_again(order.uid)
        self._post(TagWritten(order.order, outcome, now))

    def _write(self, order: WriteTag) -> Outcome:
        try:
            here = self._here()
            if order.uid not in here:
                return Outcome.LIFTED
            if order.alone and len(here) > 1:
                return Outcome.TWO_TAGS
            steps = writing_steps(order.now, order.wanted)
            if self._is_locked(order.uid, steps):
                return Outcome.LOCKED
            for step in steps:
                self._take(order.uid, step)
            if self._face(order.uid) == order.wanted:
                return Outcome.DONE
        except NotAvailable:
            raise
        except ReaderError as error:
            log.info("tag_not_written", uid=order.uid, why=error.what)
        return Outcome.FAILED if self._is_there(order.uid) else Outcome.LIFTED

    def _here(self) -> frozenset[str]:
        """What lies there, by the last look if that was just now: blocks are written by UID."""
        if self._clock() - self._looked_at < FRESH_S:
            return self._before
        return frozenset(tag.uid for tag in self._reader.inventory())

    def _take(self, uid: str, step: Step) -> None:
        match step:
            case WriteBlocks(first=first, data=data):
                self._reader.write_blocks(uid, first, data)
            case WriteDsfid(dsfid=dsfid):
                self._reader.write_dsfid(uid, dsfid)
            case WriteAfi(afi=afi):
                self._reader.write_afi(uid, afi)

    def _is_locked(self, uid: str, steps: tuple[Step, ...]) -> bool:
        """A tag that takes only a part of what is written would be lost: look before."""
        writes = [step for step in steps if isinstance(step, WriteBlocks)]
        if not writes:
            return False
        wanted = {
            step.first + number
            for step in writes
            for number in range(len(step.data) // BLOCK_BYTES)
        }
        first, last = min(wanted), max(wanted)
        try:
            locks = self._reader.read_locks(uid, first, last - first + 1)
        except NotSupported:
            return False
        return any(locks[block - first] for block in wanted)

    def _is_there(self, uid: str) -> bool:
        """Two looks: an antenna misses now and then what lies there."""
        try:
            return any(uid in {tag.uid for tag in self._reader.inventory()} for _ in range(2))
        except NotAvailable:
            raise
        except ReaderError:
            return True

    def _look_again(self, uid: str) -> Face | None:
        """What stands there now; later looks tell it too."""
        try:
            seen = self._seen(parse_tag_uid(uid))
        except NotAvailable:
            raise
        except (ReaderError, BadId):
            return None
        self._read[uid] = seen
        return seen.face

    def _try_unreadable_again(self, here: frozenset[str]) -> None:
        for uid in [uid for uid in here if uid in self._tries and uid in self._read]:
            self._tries[uid] += 1
            if self._tries[uid] % _LOOKS_BETWEEN_TRIES == 0:
                self._read_whole(uid)

    def _read_whole(self, uid: str) -> None:
        try:
            self._read[uid] = self._seen(parse_tag_uid(uid))
            self._tries.pop(uid, None)
        except NotAvailable:
            raise
        except BadId:
            self._read[uid] = _nothing(uid, TagProblem.FOREIGN)  # an ISO 15693 tag begins with E0
        except ReaderError:
            self._tries[uid] = self._tries.get(uid, 0) + 1
            if self._tries[uid] >= READ_TRIES:
                self._read[uid] = _nothing(uid, TagProblem.TRUNCATED)

    def _seen(self, uid: TagUid) -> SeenTag:
        face = self._face(uid)
        return SeenTag(uid, face, decode(face.memory, dsfid=face.dsfid))

    def _face(self, uid: str) -> Face:
        info = self._reader.system_information(uid)
        return Face(self._reader.read_blocks(uid, 0, info.block_count), info.dsfid, info.afi)


def _nothing(uid: str, problem: TagProblem) -> SeenTag:
    return SeenTag(TagUid(uid), None, ItemTag(Layout.UNKNOWN, problems=(problem,)))
