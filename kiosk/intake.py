"""The pad's thread: who lies there, what stands on the tags, and carrying out arm and disarm.

A tag is announced as soon as its own first eight blocks are read, before the next tag's are, so
that the row comes quickly. Orders go before everything else. When none has come for a moment, the
AFI of those tags is read that no order told of, and then comes the next look: both take longer than
most orders need to come.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from circulation.ids import BadId, Isil, TagUid, parse_tag_uid
from circulation.reasons import Reason
from circulation.tags.afi import SecurityAfi
from circulation.tags.codec import decode
from circulation.tags.item_tag import ItemTag, TagProblem
from drivers.errors import NotAvailable, ReaderError
from drivers.reader import Reader
from kiosk.device_thread import DeviceThread, is_refused
from kiosk.events import (
    BookTag,
    Event,
    ItemLifted,
    ItemPlaced,
    OddTag,
    PadTag,
    ReaderBack,
    ReaderLost,
    ReaderRefused,
    SecuritySeen,
    SecurityWritten,
    TagsUnread,
)
from kiosk.presence import Presence
from kiosk.tag_content import pad_tag

log = structlog.get_logger(__name__)

PAUSE_S = 0.05  # between a look, or the last order, and the next look
ATTEND_S = 0.005  # the same while somebody is there and nothing lies there yet
REST_S = 0.1  # the same while nobody is there: most of a kiosk's day
LONGEST_WORK_S = 1.0  # orders that keep coming hold the next look up no longer
FIRST_BLOCKS = 8  # 32 bytes: a basic block of ISO 28560-3 whose owner has its usual length
MOST_BYTES = 256  # further than that no layout keeps what the pad needs
READ_TRIES = 3  # then the tag is announced as unreadable, and tried again once a second
_LOOKS_BETWEEN_TRIES = 7
WRITE_TRIES = 3
WRITE_WITHIN_S = 1.2  # features 5.3


@dataclass(frozen=True, slots=True)
class Order:
    """Make this tag armed or not."""

    uid: TagUid
    armed: bool


class Intake:
    """Owns the item reader. `order` may be called from any thread; events come from the pad's."""

    def __init__(
        self,
        open_reader: Callable[[], Reader],
        post: Callable[[Event], None],
        *,
        owner: Isil,
        afi: SecurityAfi,
        allow_simulated: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._post = post
        self._owner = owner
        self._afi = afi
        self._allow_simulated = allow_simulated
        self._clock = clock
        self._attended = False
        self._orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._thread = DeviceThread("pad", open_reader, self._serve, lambda: post(ReaderLost()))

    def start(self) -> None:
        """Open the reader and begin."""
        self._thread.start()

    def stop(self) -> None:
        """End and give the port back."""
        self._thread.stop()

    def restart(self) -> None:
        """Close the reader and open it again."""
        self._thread.restart()

    def attend(self, somebody: bool) -> None:
        """Somebody is there and will lay a book down, or nobody is."""
        self._attended = somebody

    def order(self, uid: TagUid, *, armed: bool) -> None:
        """Arm or disarm and read back; a `SecurityWritten` follows in any case."""
        self._orders.put(Order(uid, armed))

    def _serve(self, reader: Reader, stop: threading.Event, good: Callable[[], None]) -> None:
        identity = reader.identify()
        if is_refused(
            identity,
            stop,
            allow_simulated=self._allow_simulated,
            tell=lambda: self._post(ReaderRefused()),
        ):
            return
        self._drop_old_orders()
        self._post(ReaderBack(identity.simulated))
        desk = _Desk(reader, self._post, self._owner, self._afi, self._clock)
        while not stop.is_set():
            desk.look(self._next_order)
            good()
            self._work(desk, stop)
            desk.read_security(self._next_order)

    def _work(self, desk: "_Desk", stop: threading.Event) -> None:
        """Carry out what is ordered until nothing was for a moment."""
        end = self._clock() + LONGEST_WORK_S
        while not stop.is_set() and self._clock() < end:
            try:
                desk.carry_out(self._orders.get(timeout=self._pause_s(desk)))
            except queue.Empty:
                return

    def _pause_s(self, desk: "_Desk") -> float:
        if desk.sees_tags:
            return PAUSE_S
        return ATTEND_S if self._attended else REST_S

    def _next_order(self) -> Order | None:
        try:
            return self._orders.get_nowait()
        except queue.Empty:
            return None

    def _drop_old_orders(self) -> None:
        """The session forgot all tags when the reader was lost; it orders anew what is needed."""
        while self._next_order() is not None:
            pass


class _Desk:
    """One opened reader and the tags on it."""

    def __init__(
        self,
        reader: Reader,
        post: Callable[[Event], None],
        owner: Isil,
        afi: SecurityAfi,
        clock: Callable[[], float],
    ) -> None:
        self._reader = reader
        self._post = post
        self._owner = owner
        self._afi = afi
        self._clock = clock
        self._presence = Presence()
        self._announced: set[str] = set()
        self._unread: dict[str, int] = {}  # UID -> looks since it came
        self._afi_wanted: set[str] = set()
        self._afi_due: set[str] = set()  # those of them that the last look saw
        self._afis: dict[str, int] = {}  # as read last in this stay of the tag
        self._told_unread = 0

    @property
    def sees_tags(self) -> bool:
        """Something lies there, as far as the last look can tell."""
        return bool(self._unread or self._announced)

    def look(self, next_order: Callable[[], Order | None]) -> None:
        """One inventory and what follows from it; waiting orders go first between two tags."""
        dsfids = {tag.uid: tag.dsfid for tag in self._reader.inventory()}
        came, gone = self._presence.look(dsfids, self._clock())
        for uid in gone:
            self._forget(uid)
        self._unread |= dict.fromkeys(came, 0)
        self._tell_unread()
        self._work(next_order)  # a look at many tags leaves no time between two looks
        for uid in [uid for uid in self._unread if uid in dsfids]:
            self._work(next_order)
            self._read(uid, dsfids[uid])
        self._tell_unread()
        self._afi_due = {uid for uid in self._afi_wanted if uid in dsfids}

    def read_security(self, next_order: Callable[[], Order | None]) -> None:
        """The AFI of the tags that the last look saw and nobody has told of yet."""
        for uid in sorted(self._afi_due):
            self._work(next_order)
            if uid in self._afi_wanted:
                self._read_afi(uid)

    def carry_out(self, order: Order) -> None:
        """Arm or disarm: look where need be, write, verify; three tries within 1.2 s."""
        wanted = self._afi.in_stock if order.armed else self._afi.on_loan
        end = self._clock() + WRITE_WITHIN_S
        wrote = False
        for attempt in range(WRITE_TRIES):
            if attempt and self._clock() > end:
                break
            try:
                blind = not attempt and self._needs_no_look(order, wanted)
                if blind or self._look_at(order.uid) != wanted:
                    wrote = True
                    self._afis.pop(order.uid, None)  # whatever comes of it, it is to be read again
                    self._reader.write_afi(order.uid, wanted)
            except NotAvailable:
                raise
            except ReaderError as error:
                log.info("security_try_failed", uid=order.uid, armed=order.armed, why=error.what)
                continue
            self._afis[order.uid] = wanted
            self._afi_wanted.discard(order.uid)
            self._post(SecurityWritten(order.uid, order.armed, ok=True, changed=wrote))
            return
        self._post(SecurityWritten(order.uid, order.armed, ok=False, changed=wrote))

    def _needs_no_look(self, order: Order, wanted: int) -> bool:
        """It was read in this stay and differs; or it is to be disarmed, which nobody undoes.

        What comes of the write is verified in any case.
        """
        known = self._afis.get(order.uid)
        return known != wanted and (known is not None or not order.armed)

    def _look_at(self, uid: str) -> int:
        """The AFI on the tag now."""
        self._afis[uid] = afi = self._reader.system_information(uid).afi
        return afi

    def _work(self, next_order: Callable[[], Order | None]) -> None:
        while (order := next_order()) is not None:
            self.carry_out(order)

    def _tell_unread(self) -> None:
        """Before and after a look's reading: so the session knows a stack from its first book."""
        count = sum(uid not in self._announced for uid in self._unread)
        if count != self._told_unread:
            self._told_unread = count
            self._post(TagsUnread(count))

    def _forget(self, uid: str) -> None:
        self._unread.pop(uid, None)
        self._afi_wanted.discard(uid)
        self._afis.pop(uid, None)
        if uid in self._announced:
            self._announced.discard(uid)
            self._post(ItemLifted(TagUid(uid)))

    def _read(self, uid: str, dsfid: int | None) -> None:
        self._unread[uid] += 1
        looks = self._unread[uid]
        if looks > READ_TRIES and looks % _LOOKS_BETWEEN_TRIES:
            return
        try:
            tag = self._content(parse_tag_uid(uid), dsfid)
        except NotAvailable:
            raise
        except BadId:
            self._announce(uid, OddTag(Reason.TAG_FOREIGN))  # an ISO 15693 tag begins with E0
        except ReaderError:
            if looks == READ_TRIES:
                self._announce(uid, OddTag(Reason.TAG_UNREADABLE), read=False)
        else:
            self._announce(uid, pad_tag(tag, self._owner))

    def _announce(self, uid: str, tag: PadTag, *, read: bool = True) -> None:
        self._announced.add(uid)
        if read:
            del self._unread[uid]
        if isinstance(tag, BookTag):
            self._afi_wanted.add(uid)
        self._post(ItemPlaced(TagUid(uid), tag))

    def _content(self, uid: TagUid, dsfid: int | None) -> ItemTag:
        memory = self._reader.read_blocks(uid, 0, FIRST_BLOCKS)
        tag = decode(memory, dsfid=dsfid, whole=False)
        if not tag.problems or TagProblem.BLANK in tag.problems:
            return tag
        return self._whole_content(uid, memory)

    def _whole_content(self, uid: TagUid, memory: bytes) -> ItemTag:
        """What did not fit, or does not fit together, is read to the end before it is judged."""
        info = self._reader.system_information(uid)
        count = min(info.block_count, MOST_BYTES // info.block_size) - FIRST_BLOCKS
        if count > 0:
            memory += self._reader.read_blocks(uid, FIRST_BLOCKS, count)
        return decode(memory, dsfid=info.dsfid)

    def _read_afi(self, uid: str) -> None:
        try:
            afi = self._look_at(uid)
        except NotAvailable:
            raise
        except ReaderError:
            return  # asked again at the next look
        self._afi_wanted.discard(uid)
        self._post(SecuritySeen(TagUid(uid), self._afi.is_armed(afi)))
