"""FEIG gate: a long range reader that watches by itself and keeps a buffer (buffered read mode)."""

import time
from typing import Final

from drivers.errors import Failed, ReaderError, StartFailed
from drivers.reader import Capabilities, Health, Identity, TagSeen
from drivers.readers.feig import buffered_read, device_commands
from drivers.readers.feig.answers import done
from drivers.readers.feig.profiles import GATES
from drivers.readers.feig.session import Session

_SETS_PER_READ: Final = 32  # about 900 bytes: more than walks through a gate between two polls


class FeigGate:
    """`drivers.reader.GateReader` for FEIG readers in buffered read mode.

    `poll` hands the tags over before it acknowledges them (with the next call): an alarm does not
    wait for the acknowledgement, and a crash in between costs nothing, because the reader still has
    them.
    """

    def __init__(self, url: str, *, model: str = "feig-lr2500") -> None:
        """Open, identify, start with an empty buffer; errors as in `drivers.errors`."""
        self._profile = GATES[model]
        self._session = Session(url, model=model, advanced=True)
        self._unacknowledged = False
        try:
            self._session.start()
            self._init_buffer()
        except ReaderError:
            self._session.close()
            raise

    @property
    def capabilities(self) -> Capabilities:
        return self._profile.capabilities

    @property
    def health(self) -> Health:
        return self._session.health

    def identify(self) -> Identity:
        """Ask the device who it is."""
        version = self._session.ask(device_commands.version(), device_commands.decode_version)
        return Identity(version.model, version.firmware, self._session.url, version.simulated)

    def poll(self) -> tuple[TagSeen, ...]:
        """Tags since the last poll; at least once, so the same tag may come again."""
        if self._unacknowledged:
            self._session.ask(buffered_read.clear_buffer(), done)
            self._unacknowledged = False
        request = buffered_read.read_buffer(_SETS_PER_READ)
        number, records = self._session.ask(request, buffered_read.decode_records)
        self._unacknowledged = number > 0
        return buffered_read.tags_seen(records, time.monotonic())

    def set_output(self, number: int, *, on: bool, seconds: float) -> None:
        """Switch relay `number` of the reader for a time."""
        kind = self._profile.output_kind
        self._session.ask(device_commands.set_output(number, kind, on=on, seconds=seconds), done)

    def close(self) -> None:
        """Give the port back."""
        self._session.close()

    def _init_buffer(self) -> None:
        try:
            self._session.ask(buffered_read.init_buffer(), done)
        except Failed as error:
            raise StartFailed(
                "the reader is not in buffered read mode: set it with the vendor's ISOStart",
                model=self._session.model,
                port=self._session.url,
                status=error.status,
            ) from error
