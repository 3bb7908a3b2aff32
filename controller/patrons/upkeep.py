"""Once an hour: forget who read what, and empty the log that may still hold an erased name.

Other periodic work has its turns on the same thread.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from types import MappingProxyType

import structlog
from sqlalchemy import Engine

from controller.claims import Claims, Duty
from controller.clock import LibraryTime
from controller.patrons.erasing import seal
from controller.patrons.history import forget, forget_conflicts, forget_holds, past_loans
from controller.reads import Reads
from controller.writer import Writer

_LOOK_EVERY_S = 60.0
FORGETTING = Duty("forgetting", timedelta(hours=1))
_log = structlog.get_logger()


class Upkeep:
    """A thread of its own; `start`, then `stop` before the writer stops."""

    def __init__(
        self,
        engine: Engine,
        writer: Writer,
        reads: Reads,
        time: LibraryTime,
        others: Mapping[Duty, Callable[[], None]] = MappingProxyType({}),
    ) -> None:
        self._engine = engine
        self._writer = writer
        self._reads = reads
        self._time = time
        self._claims = Claims(engine, time)
        self._duties = {FORGETTING: self._forget, **others}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin; the first look is a minute from now."""
        self._thread.start()

    def stop(self) -> None:
        """End after the command under way."""
        self._stopping.set()
        self._thread.join()

    def run_once(self) -> int:
        """How many loans lost their reader."""
        forgotten = 0
        while not self._stopping.is_set():
            loans = self._reads.run_in_thread(partial(past_loans, now=self._time.now()))
            if not loans:
                break
            forgotten += self._writer.submit(partial(forget, loans=loans)).result()
        self._writer.submit(partial(forget_holds, now=self._time.now())).result()
        while self._writer.submit(partial(forget_conflicts, now=self._time.now())).result():
            pass  # each command takes some hundred of them
        seal(self._engine)
        return forgotten

    def _work(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY_S):
            for duty, work in self._duties.items():
                self._do_if_due(duty, work)

    def _do_if_due(self, duty: Duty, work: Callable[[], None]) -> None:
        try:
            self._claims.do_if_due(duty, work)
        except Exception as error:  # noqa: BLE001  # a later look may find the disk well again
            _log.error("upkeep_failed", duty=duty.name, error=type(error).__name__)

    def _forget(self) -> None:
        _log.info("history_forgotten", loans=self.run_once())
