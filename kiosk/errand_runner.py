"""Runs the errands of a session on worker threads of their own, and posts what came of them.

Lending never waits for them: a slow search holds up no book.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from circulation.search import SearchAnswer
from kiosk.client import ControllerClient, NotUnderstood
from kiosk.errands import CatalogueSearched, Errand, ErrandDone
from kiosk.events import Event

log = structlog.get_logger(__name__)

_WORKERS = 2


class Runner:
    """`carry_out` returns at once."""

    def __init__(self, client: ControllerClient, post: Callable[[Event], None]) -> None:
        self._client = client
        self._post = post
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="errand")

    def stop(self) -> None:
        """Finish what is under way; begin nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def carry_out(self, errand: Errand) -> None:
        """Do this on a worker thread; an event follows."""
        self._pool.submit(self._work, errand)

    def _work(self, errand: Errand) -> None:
        try:
            done = self._do(errand)
        except NotUnderstood as error:
            log.error("request_rejected", why=str(error))
            done = _undone(errand)
        except Exception:  # a worker's exception would vanish in its future, unseen
            log.exception("errand_failed", errand=type(errand).__name__)
            done = _undone(errand)
        self._post(done)

    def _do(self, errand: Errand) -> ErrandDone:
        answer = self._client.search(errand.words)
        found = answer if isinstance(answer, SearchAnswer) else None
        return CatalogueSearched(errand.session, errand.number, found)


def _undone(errand: Errand) -> ErrandDone:
    """As if nobody had answered."""
    return CatalogueSearched(errand.session, errand.number, None)
