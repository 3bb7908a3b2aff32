"""Keeps this kiosk's snapshot fresh in the background, so that it is there when the link is not."""

import threading
from collections.abc import Callable

import structlog

from circulation.api import Refusal
from circulation.snapshot import BadSnapshot, Digests, SignedSnapshot
from kiosk.client import ControllerClient, NotUnderstood
from kiosk.clock import WallClock
from kiosk.events import NoAnswer
from kiosk.journal import Journal
from kiosk.link import Link
from kiosk.snapshots import SnapshotStore

log = structlog.get_logger(__name__)

AFTER_START_S = 2.0  # the first picture is on the screen by then


class Refresher:
    """One thread; `refresh` is one round of it."""

    def __init__(
        self,
        store: SnapshotStore,
        journal: Journal,
        client: ControllerClient,
        link: Link,
        wall: WallClock,
        *,
        every_s: float,
        loaded: Callable[[], None],
    ) -> None:
        """`loaded` is called when the snapshot of an earlier life is there, or is not."""
        self._store = store
        self._journal = journal
        self._client = client
        self._link = link
        self._wall = wall
        self._every_s = every_s
        self._loaded = loaded
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="refresher", daemon=True)

    def start(self) -> None:
        """Begin, a little after the start of the kiosk."""
        self._thread.start()

    def stop(self, timeout_s: float = 7.0) -> None:
        """End after the question that is under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        wait_s = AFTER_START_S
        self._store.load()
        self._loaded()
        while not self._stopping.wait(wait_s):
            wait_s = self._every_s
            if self._link.alone:
                wait_s = min(self._every_s, AFTER_START_S)  # soon after the controller is back
                continue
            try:
                self.refresh()
            except Exception:  # without a new one the old one grows old: log it and go on
                log.exception("refresh_failed")

    def refresh(self) -> bool:
        """Ask what has changed; what does not fit to the rest is asked for as a whole."""
        return self._take(self._store.question()) or self._whole()

    def _whole(self) -> bool:
        had_some = self._store.held is not None
        return had_some and not self._link.in_doubt and self._take(Digests())

    def _take(self, known: Digests) -> bool:
        settled = self._journal.settled()  # what settles from here on may not be in the answer
        try:
            answer = self._client.snapshot(known)
        except NotUnderstood as error:
            log.warning("snapshot_not_given", why=str(error))
            return False
        match answer:
            case SignedSnapshot():
                return self._keep(answer, settled)
            case Refusal(reasons=reasons):
                log.warning("snapshot_not_given", why=reasons[0])
                return False
            case NoAnswer():
                self._link.failed()
                return False

    def _keep(self, signed: SignedSnapshot, settled: int) -> bool:
        try:
            held = self._store.take(signed, settled)
        except BadSnapshot as error:
            log.warning("snapshot_refused", why=str(error))
            return False
        self._wall.compare(held.at)
        return True
