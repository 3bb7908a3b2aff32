"""The list each gate needs: tags whose loan stands while the tag is still armed.

It is read from the ledger whenever something was committed, and published (retained) when it
differs from what this gate has; its version is the log's last number, so it only grows.
"""

import threading
from dataclasses import dataclass

import structlog

from circulation.ids import DeviceId
from circulation.messages import Channel, PendingList, Topic
from controller.clock import LibraryTime
from controller.mqtt import Bus
from controller.reads import Reads
from controller.sql import Statement, Transaction
from controller.tables import DeviceKind

MAX_UIDS = 3_000  # 19 bytes each: the list stays under the broker's 64 kB
_SETTLE_S = 0.1  # a pad full of loans makes one list; nobody reaches the gate sooner
_LOOK_AGAIN_S = 5.0  # another process (an import, a new gate) writes without telling us
_log = structlog.get_logger()

_GATES = Statement(
    "SELECT l.isil, l.name, d.name FROM device d JOIN library l ON l.isil = d.library"
    " WHERE d.kind = :kind"
)
_PENDING = Statement(
    "SELECT i.tag_uid FROM item i JOIN loan l ON l.item_id = i.id AND l.returned_at IS NULL"
    " WHERE i.owner = :owner AND i.security = 'disarm_due' AND i.tag_uid IS NOT NULL"
    " ORDER BY l.id DESC LIMIT :most"
)
_VERSION = Statement("SELECT coalesce(max(seq), 0) FROM event")


@dataclass(frozen=True, slots=True)
class _Lists:
    version: int
    by_gate: dict[Topic, tuple[str, ...]]


class PendingLists:
    """Call `wake` after commits, `forget` when the broker may have lost what it retained."""

    bus: Bus

    def __init__(self, reads: Reads, time: LibraryTime) -> None:
        self._reads = reads
        self._time = time
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._forgotten = threading.Event()
        self._published: dict[Topic, tuple[str, ...]] = {}
        self._thread = threading.Thread(target=self._work, name="pending", daemon=True)

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
            self._publish_changes()
        except Exception as error:  # noqa: BLE001  # the next look may find the disk well again
            _log.error("pending_list_unread", error=type(error).__name__)

    def _publish_changes(self) -> None:
        if self._forgotten.is_set():
            self._forgotten.clear()
            self._published.clear()
        lists = self._reads.run_in_thread(_read)
        for topic, uids in lists.by_gate.items():
            if self._published.get(topic) == uids:
                continue
            pending = PendingList(version=lists.version, at=self._time.now(), uids=uids)
            self.bus.publish(str(topic), pending.model_dump_json(), retain=True)
            self._published[topic] = uids
            _log.info("pending_list", topic=str(topic), version=lists.version, uids=len(uids))


def _read(transaction: Transaction) -> _Lists:
    by_owner: dict[str, tuple[str, ...]] = {}
    by_gate: dict[Topic, tuple[str, ...]] = {}
    for isil, library, device in transaction.rows(_GATES, {"kind": DeviceKind.GATE.value}):
        if isil not in by_owner:
            rows = transaction.rows(_PENDING, {"owner": isil, "most": MAX_UIDS})
            by_owner[isil] = tuple(sorted(row[0] for row in rows))
        topic = Topic(DeviceId(library), DeviceId(device), Channel.LIST)
        by_gate[topic] = by_owner[isil]
    return _Lists(int(transaction.row(_VERSION, {})[0]), by_gate)
