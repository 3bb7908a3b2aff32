"""A 3M / Bibliotheca pad reader, models 210 and 810: who it is, and the dispatch of commands.

Sources: 3M RFID Reader Model 210 Protocol Specification 1.0.0; captures of dpavlin/Biblio-RFID and
of a Signum labeller for the probe (D5) and 13, which the specification does not have. A command
that is not in the table is logged as an error and answered with error 02, nothing more.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from hw_sim.devices.line_device import LineFormat, Manners, Parity, Reply
from hw_sim.devices.m3_frames import PROBE_START, Receiver, Request, build_answer, parse_request
from hw_sim.devices.outputs import Output
from hw_sim.event_log import Report

CHARACTER_GAP_S = 0.05  # not documented
MANNERS = Manners(LineFormat(19200, Parity.NONE), CHARACTER_GAP_S, deaf_while_busy=True)
SIMULATED_BUILD = 0xEE  # last version byte of every simulated reader
VENDOR_3M = 0x0A
PROBE = bytes.fromhex("00 11")

log = logging.getLogger(__name__)


class Error(IntEnum):
    """Error bytes (specification, chapter 6)."""

    OK = 0x00
    NOT_IMPLEMENTED = 0x02
    NO_TRANSPONDER = 0x06
    NO_SUCH_BLOCK = 0x11
    LOCKED = 0x12
    NOT_WRITTEN = 0x16
    NOT_SUPPORTED = 0x30
    OPTION = 0x31
    PARAMETER = 0x32


@dataclass(frozen=True, slots=True)
class Profile:
    """What differs between models: the hardware version, and the captured exchange of 13."""

    model: str
    hardware: bytes
    startup: dict[bytes, bytes]


M3_210 = Profile("3M 210", bytes.fromhex("05 02 1B"), {})
M3_810 = Profile(
    "3M 810",
    bytes.fromhex("05 00 02"),
    {bytes.fromhex("04 0100 0200 0300 0400"): bytes.fromhex("02 01 01 03 02 02 03 00")},
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: data behind the error byte, and the time it took on the air."""

    data: bytes = b""
    error: Error = Error.OK
    air_ms: float = 0.0


class RefusedError(Exception):
    """The device answers an error."""

    def __init__(self, error: Error, data: bytes = b"", *, air_ms: float = 0.0) -> None:
        super().__init__(f"error {error:02X}")
        self.outcome = Outcome(data, error, air_ms)


Handler = Callable[[Request], Outcome]


class M3Reader:
    """Dispatches frames to command handlers; tags are `m3_tags`' business."""

    def __init__(self, *, profile: Profile, lock: threading.RLock, report: Report) -> None:
        self.profile = profile
        self.manners = MANNERS
        self.outputs: dict[tuple[int, int], Output] = {}  # no command for any is documented
        self._lock = lock
        self._report = report
        self._reset_hooks: list[Callable[[], None]] = []
        self._handlers: dict[int, Handler] = {0x11: self._version, 0x13: self._startup}

    def add(self, command: int, handler: Handler) -> None:
        """Teach the reader one more command."""
        self._handlers[command] = handler

    def on_reset(self, hook: Callable[[], None]) -> None:
        """Call `hook` at every power cut."""
        self._reset_hooks.append(hook)

    def receiver(self) -> Receiver:
        """A new receiver for one wire."""
        return Receiver()

    def payload(self, frame: bytes) -> bytes:
        """Command byte and data of a whole request."""
        return frame[3:-2]

    def exchange(self, frame: bytes) -> Reply:
        """Answer one frame; silence for a damaged one and for an unknown probe."""
        request = parse_request(frame)
        if request is None:
            return Reply(None)
        with self._lock:
            if request.start == PROBE_START:
                return self._probe(request)
            try:
                done = self._handler(request)(request)
            except RefusedError as refused:
                done = refused.outcome
        data = bytes((done.error,)) + done.data
        return Reply(build_answer(request.start, request.command, data), done.air_ms)

    def power_cut(self) -> None:
        """The supply was gone: the field with it."""
        with self._lock:
            for hook in self._reset_hooks:
                hook()

    def unknown(self, request: Request) -> RefusedError:
        """Say loudly that a command is not modelled; returns what the device answers."""
        sent = f"{request.command:02X} {request.data.hex(' ').upper()}".rstrip()
        log.error("%s does not know the command %s", self.profile.model, sent)
        self._report("unknown_command", command=sent)
        return RefusedError(Error.NOT_IMPLEMENTED)

    def _handler(self, request: Request) -> Handler:
        handler = self._handlers.get(request.command)
        if handler is None:
            raise self.unknown(request)
        return handler

    def _probe(self, request: Request) -> Reply:
        """D5 .. 04 00 11: the hardware version, behind what was asked."""
        if request.command != 0x04 or request.data != PROBE:
            self.unknown(request)
            return Reply(None)
        told = PROBE + bytes((VENDOR_3M,)) + self.profile.hardware
        return Reply(build_answer(PROBE_START, request.command, told))

    def _version(self, request: Request) -> Outcome:
        expect(not request.data, Error.PARAMETER)
        return Outcome(bytes((VENDOR_3M, 3, 2, SIMULATED_BUILD)))

    def _startup(self, request: Request) -> Outcome:
        """13: nobody knows what it means; what was captured is answered as it was."""
        answer = self.profile.startup.get(request.data)
        if answer is None:
            raise self.unknown(request)
        return Outcome(answer)


def expect(condition: object, error: Error) -> None:
    """Refuse with `error` unless the condition holds."""
    if not condition:
        raise RefusedError(error)
