"""Keep each gate's local list as the ledger has it: what changed, and whole lists when asked.

A change goes out at once as a delta; a gate that missed one notices by the version and asks. The
armed loans are retained as a whole, too, while they fit into one message, so that a gate that comes
anew has them before anybody answers. What a gate needs beyond them it tells by asking.
"""

import threading
import time as wait_time
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final

import structlog

from circulation.ids import DeviceId
from circulation.messages import Channel, ListKind, ListQuestion, PendingList, Topic
from controller.clock import LibraryTime
from controller.gates.list_changes import Message, Published, answer, current, news, whole
from controller.gates.list_rows import known_gates, list_version, listed
from controller.mqtt import Bus
from controller.reads import Reads
from controller.sql import Transaction

_SETTLE_S = 0.1  # a pad full of loans makes one list; nobody reaches the gate sooner
_LOOK_AGAIN_S = 5.0  # another process (an import, a new gate) writes without telling us
_REST_S: Final[Mapping[ListKind, float]] = {  # long lists are not read at every commit
    ListKind.ARMED_LOANS: 0.0,
    ListKind.LENT: 1.0,
    ListKind.OURS: 30.0,
}
_RETAIN_EVERY_S = 60.0
_LIVES_S = 600  # a gate that comes later asks anyway; its queue need not keep every change
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Address:
    """One list of one gate."""

    library: DeviceId
    device: DeviceId
    kind: ListKind


@dataclass(frozen=True, slots=True)
class _Kept:
    """Tags as they were at a monotonic time."""

    uids: frozenset[str]
    at: float


class LocalLists:
    """Call `wake` after commits, `answer` for questions, `forget` when the broker came anew."""

    bus: Bus

    def __init__(self, reads: Reads, time: LibraryTime) -> None:
        self._reads = reads
        self._time = time
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._forgotten = threading.Event()
        self._questions: SimpleQueue[tuple[Address, ListQuestion]] = SimpleQueue()
        self._wanted: set[Address] = set()
        self._told: dict[Address, Published] = {}
        self._retained: dict[Address, _Kept] = {}
        self._known: dict[tuple[str, ListKind], _Kept] = {}
        self._thread = threading.Thread(target=self._work, name="lists", daemon=True)

    def start(self) -> None:
        """Begin to publish."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._woken.set()
        self._thread.join()

    def wake(self) -> None:
        """Something was committed; returns at once."""
        self._woken.set()

    def forget(self) -> None:
        """Publish every list anew; returns at once."""
        self._forgotten.set()
        self._woken.set()

    def answer(self, topic: Topic, question: ListQuestion) -> None:
        """A gate tells which version it holds; returns at once."""
        self._questions.put((Address(topic.library, topic.device, question.kind), question))
        self._woken.set()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait(_LOOK_AGAIN_S)
            self._woken.clear()
            if self._stopping.wait(_SETTLE_S):
                return
            if self.bus.connected:
                self._try_to_publish()

    def _try_to_publish(self) -> None:
        try:
            self._publish()
        except Exception as error:  # noqa: BLE001  # the next look may find the disk well again
            _log.warning("lists_not_published", error=type(error).__name__)
            self._forgotten.set()  # gates whose question is lost with it hear everything

    def _publish(self) -> None:
        if self._forgotten.is_set():
            self._forgotten.clear()
            self._told.clear()
            self._retained.clear()
        asked = self._asked()
        self._wanted |= asked.keys()
        for address, now in self._reads.run_in_thread(self._look).items():
            self._tell(address, now, asked.get(address))

    def _asked(self) -> dict[Address, ListQuestion]:
        """The newest question of each gate and kind since the last time."""
        asked: dict[Address, ListQuestion] = {}
        while True:
            try:
                address, question = self._questions.get_nowait()
            except Empty:
                return asked
            asked[address] = question

    def _look(self, transaction: Transaction) -> dict[Address, Published]:
        """What each gate should hold: the armed loans, and what it asked for."""
        version, looked_at = list_version(transaction), wait_time.monotonic()
        lists: dict[Address, Published] = {}
        for gate in known_gates(transaction):
            for kind in ListKind:
                address = Address(gate.library, gate.device, kind)
                if kind is ListKind.ARMED_LOANS or address in self._wanted:
                    uids = self._uids(transaction, gate.owner, kind, looked_at)
                    lists[address] = Published(version, uids)
        return lists

    def _uids(
        self, transaction: Transaction, owner: str, kind: ListKind, looked_at: float
    ) -> frozenset[str]:
        """Read once a look for all gates of a library, and long lists not at every look."""
        known = self._known.get((owner, kind))
        if known is None or looked_at - known.at > _REST_S[kind]:
            known = _Kept(listed(transaction, owner, kind), looked_at)
            self._known[owner, kind] = known
        return known.uids

    def _tell(self, address: Address, now: Published, question: ListQuestion | None) -> None:
        told, at = self._told.get(address), self._time.now()
        now = current(told, now)
        has_heard = self._retain(address, now) and told is None
        if question is not None:
            messages = answer(question, told, now, at)
        else:
            messages = () if has_heard else news(told, now, address.kind, at)
        for message in messages:
            self._send(address, message)
        self._told[address] = now
        if now is not told:
            _log.info("list_changed", gate=address.device, version=now.version, n=len(now.uids))

    def _send(self, address: Address, message: Message) -> None:
        channel = Channel.LIST if isinstance(message, PendingList) else Channel.DELTA
        topic = str(Topic(address.library, address.device, channel))
        self.bus.publish(topic, message.model_dump_json(), expires_s=_LIVES_S)

    def _retain(self, address: Address, now: Published) -> bool:
        """At the first look and then now and then: what is newer goes out as a delta."""
        before, at = self._retained.get(address), wait_time.monotonic()
        if address.kind is not ListKind.ARMED_LOANS:
            return False
        if before is not None and (before.uids == now.uids or at - before.at < _RETAIN_EVERY_S):
            return False
        self._retained[address] = _Kept(now.uids, at)
        parts = whole(now, address.kind, self._time.now())
        if len(parts) > 1:
            return False
        topic = str(Topic(address.library, address.device, Channel.LIST))
        self.bus.publish(topic, parts[0].model_dump_json(), retain=True)
        return True
