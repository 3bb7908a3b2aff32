"""Keeps snapshot and titles fresh in the background: they are there when the link is not."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from circulation.api import Refusal
from circulation.snapshot import BadSnapshot, Digests, SignedSnapshot
from circulation.titles import BadTitles
from kiosk.client import ControllerClient, NotUnderstood
from kiosk.clock import WallClock
from kiosk.events import NoAnswer
from kiosk.journal import Journal
from kiosk.link import Link
from kiosk.snapshots import SnapshotStore
from kiosk.titles import TitleStore, renew_titles

log = structlog.get_logger(__name__)

AFTER_START_S = 2.0  # the first picture is on the screen by then
TITLES_EVERY_S = 3600.0  # books seldom come, and are seldom called anew
BETWEEN_PAGES_S = 0.1  # nobody waits for titles, and the controller has others to answer


class Refresher:
    """One thread; `refresh` is one round of it."""

    def __init__(
        self,
        store: SnapshotStore,
        titles: TitleStore,
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
        self._titles = titles
        self._titles_at = 0.0
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
                if self.refresh() and time.monotonic() >= self._titles_at:
                    self._journal.drop_old(datetime.now(UTC))
                    self._look_for_titles()
            except Exception:  # without a new one the old one grows old: log it and go on
                log.exception("refresh_failed")

    def _look_for_titles(self) -> None:
        wait_s = TITLES_EVERY_S if self.renew_titles() else self._every_s
        self._titles_at = time.monotonic() + wait_s

    def refresh(self) -> bool:
        """Ask what has changed; what does not fit to the rest is asked for as a whole."""
        return self._take(self._store.question()) or self._whole()

    def renew_titles(self) -> bool:
        """Ask how every book is called, page by page; False when it came to no end."""
        try:
            return renew_titles(self._titles, self._client, self._may_go_on)
        except BadTitles as error:
            log.warning("titles_refused", why=str(error))
            return False

    def _may_go_on(self) -> bool:
        return not self._link.alone and not self._stopping.wait(BETWEEN_PAGES_S)

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
