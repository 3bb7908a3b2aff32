"""Asks once a second whether a page of the console waits for a card on this station's reader."""

import threading
from collections.abc import Callable

import structlog

from circulation.encoding import CardWish
from kiosk.client import NotUnderstood
from kiosk.station.client import StationClient

log = structlog.get_logger(__name__)
LOOK_S = 1.0


class PageWatch:
    """One thread; `tell` hears at every look that a page waits, and once that none does any more.

    Said again and again, a card that could not be told is told a second later. Without an answer
    no page waits.
    """

    def __init__(
        self, client: StationClient, tell: Callable[[bool], None], *, look_s: float = LOOK_S
    ) -> None:
        self._client = client
        self._tell = tell
        self._look_s = look_s
        self._told = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="page-watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a question that is under way is let go."""
        self._stopping.set()

    def look(self) -> None:
        """Ask once."""
        try:
            answer = self._client.card_wish()
        except NotUnderstood as error:
            log.error("question_not_understood", error=str(error))
            answer = CardWish(asked=False)
        waits = isinstance(answer, CardWish) and answer.asked
        if waits or self._told:
            self._tell(waits)
        self._told = waits

    def _run(self) -> None:
        while not self._stopping.wait(self._look_s):
            try:
                self.look()
            except Exception:  # the thread must go on asking: say it and ask again
                if not self._stopping.is_set():
                    log.exception("page_watch_failed")
