"""The log as server-sent events: every stream reads the table from its own place.

Nothing lives only in memory, so a browser that was away asks for what it missed (`Last-Event-ID`).
"""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from circulation.api import LiveEvent
from controller.live.feed import events_after, last_seq
from controller.reads import Reads

HEARTBEAT_S = 15.0  # below the 30 s after which proxies close a silent connection
_HEARTBEAT = ": still here\n\n"


class Wakeup:
    """Wakes every stream after a commit. `notify` may be called from any thread after `bind`."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pending = False
        self.closing = False

    def bind(self) -> None:
        """Streams live on the running loop."""
        self._loop = asyncio.get_running_loop()

    def notify(self) -> None:
        """Something was committed; many notes before the loop wakes are one."""
        if self._loop is None or self._pending or self._loop.is_closed():
            return
        self._pending = True
        self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """End every stream."""
        self.closing = True
        self._wake()

    def current(self) -> asyncio.Event:
        """Set at the next note. Take it before reading, or a commit in between is slept through."""
        return self._event

    def _wake(self) -> None:
        self._pending = False
        event, self._event = self._event, asyncio.Event()
        event.set()


async def stream(reads: Reads, wakeup: Wakeup, after: int | None) -> AsyncIterator[str]:
    """The lines after `after`, then each new one; without `after` only what is new."""
    seq = await reads.run(last_seq) if after is None else after
    yield "retry: 2000\n\n"
    while not wakeup.closing:
        woken = wakeup.current()
        events = await reads.run(partial(events_after, after=seq))
        if events:
            seq = events[-1].seq
            yield "".join(_frame(event) for event in events)
        elif not await _in_time(woken):
            yield _HEARTBEAT


async def _in_time(woken: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(woken.wait(), HEARTBEAT_S)
    except TimeoutError:
        return False
    return True


def _frame(event: LiveEvent) -> str:
    return f"id: {event.seq}\ndata: {event.model_dump_json()}\n\n"
