"""FEIG gate in notification mode: the reader calls us as soon as somebody passes.

Named ``socket://READER:10001?notify=HOST:PORT``: where the reader takes commands, and where this
program listens for its calls (the address that is set in the reader).
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import urlsplit

from drivers.errors import Failed, NotAvailable, ReaderError
from drivers.reader import Capabilities, Health, Identity, TagSeen
from drivers.readers.feig import buffered_read, device_commands
from drivers.readers.feig.answers import Answer, done
from drivers.readers.feig.buffered_read import PeopleCount
from drivers.readers.feig.notification import Listener, Notification
from drivers.readers.feig.profiles import GATES
from drivers.readers.feig.session import Session
from drivers.refusal import BadAnswer, Refusal

_RECORDS: Final = 0x22
_PEOPLE: Final = 0x77
_SILENT_S: Final = 5.0  # nobody passes, or the reader is gone: ask it
_HOW_NAMED: Final = "name a gate that calls us socket://READER:10001?notify=HOST:PORT"

T = TypeVar("T")


class FeigNotifiedGate:
    """`drivers.reader.GateReader` for FEIG readers in notification mode.

    `poll` hands the tags over before it acknowledges them (with the next call), as `FeigGate` does.
    """

    def __init__(self, url: str, *, model: str = "feig-lr2500-notify") -> None:
        """Open the command port, identify, then listen; errors as in `drivers.errors`."""
        commands, reader, listen = _parts(url, model)
        self._profile = GATES[model]
        self._session = Session(commands, model=model, advanced=True)
        self._taken: list[Notification] = []
        self._people: PeopleCount | None = None
        self._heard_at = time.monotonic()
        try:
            self._session.start()
            self._listener = Listener(listen, caller=reader, model=model)
        except ReaderError:
            self._session.close()
            raise

    @property
    def capabilities(self) -> Capabilities:
        return self._profile.capabilities

    @property
    def health(self) -> Health:
        return self._session.health

    @property
    def people(self) -> PeopleCount | None:
        """Totals of the reader's own people counters, as of the last event; None before one."""
        return self._people

    def identify(self) -> Identity:
        """Ask the device who it is."""
        version = self._session.ask(device_commands.version(), device_commands.decode_version)
        return Identity(version.model, version.firmware, self._session.url, version.simulated)

    def poll(self) -> tuple[TagSeen, ...]:
        """Tags since the last poll; at least once, so the same tag may come again."""
        arrived = self._listener.take()
        covered = self._acknowledge()
        seen: list[TagSeen] = []
        for notification in arrived:
            seen += self._told(notification)
        self._taken = [one for one in self._taken if one not in covered]
        now = time.monotonic()
        if now - self._heard_at > _SILENT_S:
            self._session.ask(device_commands.version(), device_commands.decode_version)
            self._heard_at = now
        return tuple(seen)

    def set_output(self, number: int, *, on: bool, seconds: float) -> None:
        """Switch relay `number` of the reader for a time."""
        kind = self._profile.output_kind
        self._session.ask(device_commands.set_output(number, kind, on=on, seconds=seconds), done)

    def close(self) -> None:
        """Stop listening and give the command port back."""
        self._listener.close()
        self._session.close()

    def _acknowledge(self) -> list[Notification]:
        """Once for each connection, whatever was told there: a 32 too many would be taken for the
        next records, which nobody has seen yet. What came again before this is covered by it.
        """
        covered, self._taken = self._taken, []
        for notification in {one.connection: one for one in covered}.values():
            notification.acknowledge()
        return covered

    def _told(self, notification: Notification) -> tuple[TagSeen, ...]:
        self._heard_at = time.monotonic()
        answer = notification.answer
        if answer.command == _PEOPLE:
            self._people = self._decoded(answer, buffered_read.decode_people_count)
        if answer.command != _RECORDS:
            return ()
        _, records = self._decoded(answer, buffered_read.decode_records)
        self._taken.append(notification)
        return buffered_read.tags_seen(records, self._heard_at)

    def _decoded(self, answer: Answer, decode: Callable[[Answer], T]) -> T:
        try:
            return decode(answer)
        except (BadAnswer, Refusal) as fault:
            raise Failed(
                f"a notification makes no sense: {fault}",
                model=self._session.model,
                port=self._session.url,
                data=answer.data,
            ) from fault


def _parts(url: str, model: str) -> tuple[str, str, tuple[str, int]]:
    """Command port, the reader's host, and the address to listen on."""
    commands, _, notify = url.partition("?notify=")
    try:
        reader, listen = urlsplit(commands).hostname, urlsplit(f"//{notify}")
        host, port = listen.hostname, listen.port
    except ValueError:  # a port that is no number
        reader = host = port = None
    if not reader or not host or port is None:
        raise NotAvailable(_HOW_NAMED, model=model, port=url)
    return commands, reader, (host, port)
