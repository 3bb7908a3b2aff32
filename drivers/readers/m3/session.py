"""The session of a 3M reader: one command at a time, every answer matched by command and UID.

The reader ignores a command while it works on another, so nothing is asked before the last answer
came or its time is over. A stray inventory answer where a read was asked is passed over.
"""

import contextlib
from collections.abc import Callable
from typing import Final

from drivers.errors import Failed, StartFailed, TimedOut
from drivers.readers.m3.answers import AIR_FAULTS, UID_BYTES, Answer, Error
from drivers.readers.m3.commands import (
    Request,
    Version,
    decode_hardware,
    decode_version,
    probe,
    startup,
    version,
)
from drivers.readers.m3.frames import PROBE_START, Frame, FrameParser
from drivers.refusal import BadAnswer, Refusal
from drivers.session import LineSession, Manners

MANNERS: Final = Manners(baudrate=19200, parity="N", air_faults=AIR_FAULTS)


class Session(LineSession[Request, Frame, Answer]):
    """Owns the port of one 3M reader and finds it again after a loss. For one thread."""

    def __init__(self, url: str, *, model: str) -> None:
        super().__init__(url, model=model, manners=MANNERS)
        self.hardware = "210 or 810"

    def start(self) -> Version:
        """First contact: `StartFailed` unless a 3M reader answers.

        Probe, 13, version. Whether a 210 needs the first two is not documented; a reader without
        them may be mute to the probe and refuse 13, and is a good one if it tells its version.
        """
        try:
            self._drain()
            self._wake()
            return self.ask(version(), decode_version)
        except (TimedOut, Failed) as error:
            line = f"{MANNERS.baudrate} baud 8{MANNERS.parity}1"
            raise StartFailed(
                f"no 3M reader answers at {line}: check power, cable, speed",
                model=self.model,
                port=self.url,
                data=error.data,
            ) from error

    def _wake(self) -> None:
        with contextlib.suppress(TimedOut, Failed, BadAnswer, Refusal):
            self.hardware = decode_hardware(self.ask_now(probe()))
            self.ask_now(startup(self.hardware))

    def _request_bytes(self, request: Request) -> bytes:
        return Frame(request.command, request.data, request.start).to_bytes()

    def _parser(self) -> FrameParser:
        return FrameParser()

    def _collector(self, request: Request) -> Callable[[Frame], Answer | None]:
        def collect(frame: Frame) -> Answer | None:
            if frame.command != request.command or not frame.payload:
                return None
            if (frame.start == PROBE_START) != (request.start == PROBE_START):
                return None
            status, data = frame.payload[0], frame.payload[1:]
            if request.uid is None:
                return Answer(frame.command, status, data)
            if data[:UID_BYTES] == bytes.fromhex(request.uid):
                return Answer(frame.command, status, data[UID_BYTES:])
            refused = status != Error.OK and len(data) < UID_BYTES
            return Answer(frame.command, status, b"") if refused else None

        return collect

    def _greet(self) -> None:
        decode_version(self.ask_now(version()))

    def _come_back(self) -> None:
        """A reader that lost its supply is woken as at the first start."""
        self._wake()
