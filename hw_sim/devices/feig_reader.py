"""A FEIG reader below its tags: identity, field, outputs, inputs, and the dispatch of commands.

Source: FEIG H20800-16e-ID-B chapters 4 and 5; type numbers from the FEIG SDK (FEDM_ISC.h). A
command that is not in the table is logged as an error and answered with status 80, nothing more.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from hw_sim.airtime import RF_RESET_MS
from hw_sim.devices.feig_frames import (
    ANY_ADDRESS,
    Receiver,
    Request,
    build_answer,
    parse_request,
    payload,
)
from hw_sim.devices.line_device import LineFormat, Manners, Parity, Reply
from hw_sim.devices.outputs import OUTPUT_KINDS, Output
from hw_sim.event_log import Report
from hw_sim.field import Antenna

FACTORY_LINE = LineFormat(38400, Parity.EVEN)
MANNERS = Manners(FACTORY_LINE, character_gap_s=0.012)  # H20800: at most 12 ms between characters
SIMULATED_REVISION = 0xEE  # D-REV of every simulated reader: no real firmware has it

log = logging.getLogger(__name__)


class Status(IntEnum):
    """Status bytes (H20800, annex)."""

    OK = 0x00
    NO_TRANSPONDER = 0x01
    DATA_FALSE = 0x02
    WRITE_ERROR = 0x03
    PARAMETER_RANGE = 0x11
    READ_PROTECTED = 0x15
    WRITE_PROTECTED = 0x16
    UNKNOWN_COMMAND = 0x80
    LENGTH = 0x81
    NOT_AVAILABLE = 0x82
    RF_WARNING = 0x84
    NO_VALID_DATA = 0x92
    BUFFER_OVERFLOW = 0x93
    MORE_DATA = 0x94
    ISO_ERROR = 0x95


@dataclass(frozen=True, slots=True)
class Profile:
    """What differs between models. `new_only` is ONT, on from the factory (CFG5 = 05)."""

    model: str
    reader_type: int
    hardware_type: int
    software_revision: bytes
    transponder_types: bytes
    receive_buffer: int
    transmit_buffer: int
    reverses_blocks: bool = True
    new_only: bool = True
    max_tags: int | None = None


# Buffer sizes and revisions are assumptions: no version answer of a real one was at hand.
MR102 = Profile("MR102", 77, 0x00, b"\x01\x00", b"\x00\x08", 255, 255)
LR2500 = Profile("LR2500", 44, 0x00, b"\x01\x00", b"\x00\x08", 1024, 1024)
# Version answer as captured from a CPR40; standard firmware handles at most 4 tags (H20800).
CPR40 = Profile("CPR40", 83, 0x44, b"\x03\x03", b"\x0d\x30", 255, 255, max_tags=4)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: status, answer data and the time it took on the air."""

    data: bytes = b""
    status: Status = Status.OK
    air_ms: float = 0.0


class RefusedError(Exception):
    """The device answers a status other than 00."""

    def __init__(self, status: Status, data: bytes = b"", *, air_ms: float = 0.0) -> None:
        super().__init__(f"status {status:02X}")
        self.outcome = Outcome(data, status, air_ms)


OUTPUT_MODES = ("keep", "on", "off", "flash")
OUTPUT_TICK_S = 0.1
EMITTERS = 8  # 71: two bits for each emitter in OS(2)

Handler = Callable[[Request], Outcome]


class FeigReader:
    """Dispatches frames to command handlers. `exchange` is called by one wire at a time."""

    def __init__(
        self,
        *,
        profile: Profile,
        antenna: Antenna,
        address: int,
        lock: threading.RLock,
        report: Report,
    ) -> None:
        self.profile = profile
        self.address = address
        self.manners = MANNERS
        self.outputs: dict[tuple[int, int], Output] = {}
        self.rf_warning = False  # metal or another field near the antenna
        self._antenna = antenna
        self._lock = lock
        self._report = report
        self._reset_hooks: list[Callable[[], None]] = []
        self._handlers: dict[int, Handler] = {
            0x52: self._detect_baud,
            0x63: self._reset_cpu,
            0x65: self._version,
            0x66: self._info,
            0x69: self._reset_field,
            0x6A: self._switch_field,
            0x71: self._set_emitters,
            0x72: self._set_outputs,
            0x74: self._inputs,
        }

    def add(self, command: int, handler: Handler) -> None:
        """Teach the reader one more command."""
        self._handlers[command] = handler

    def on_reset(self, hook: Callable[[], None]) -> None:
        """Call `hook` at every CPU reset and power cut."""
        self._reset_hooks.append(hook)

    def receiver(self) -> Receiver:
        """A new receiver for one wire."""
        return Receiver()

    def payload(self, frame: bytes) -> bytes:
        """Command byte and data of a whole request."""
        return payload(frame)

    def exchange(self, frame: bytes) -> Reply:
        """Answer one frame; silence for a damaged one and for a foreign address."""
        request = parse_request(frame)
        if request is None or request.address not in (self.address, ANY_ADDRESS):
            return Reply(None)
        with self._lock:
            try:
                outcome = self._handler(request)(request)
            except RefusedError as refused:
                outcome = refused.outcome
        answer = build_answer(
            request.form, self.address, request.command, outcome.status, outcome.data
        )
        return Reply(answer, outcome.air_ms)

    def power_cut(self) -> None:
        """The supply was gone: outputs idle, everything volatile forgotten."""
        with self._lock:
            self._restart()

    def _handler(self, request: Request) -> Handler:
        handler = self._handlers.get(request.command)
        if handler is None:
            raise self.unknown(request)
        return handler

    def unknown(self, request: Request) -> RefusedError:
        """Say loudly that a command is not modelled; returns what the device answers."""
        sent = f"{request.command:02X} {request.data.hex(' ').upper()}".rstrip()
        log.error("%s does not know the command %s", self.profile.model, sent)
        self._report("unknown_command", command=sent)
        return RefusedError(Status.UNKNOWN_COMMAND)

    def _restart(self) -> None:
        self._antenna.switch(on=False)
        self._antenna.switch(on=True)
        self.outputs.clear()
        for hook in self._reset_hooks:
            hook()

    def _detect_baud(self, request: Request) -> Outcome:
        expect(request.data == b"\x00", Status.PARAMETER_RANGE)
        return Outcome()

    def _reset_cpu(self, request: Request) -> Outcome:
        expect(not request.data, Status.LENGTH)
        self._restart()
        return Outcome(air_ms=RF_RESET_MS)

    def _version(self, request: Request) -> Outcome:
        expect(not request.data, Status.LENGTH)
        return Outcome(self._identity())

    def _info(self, request: Request) -> Outcome:
        expect(len(request.data) == 1, Status.LENGTH)
        expect(request.data == b"\x00", Status.PARAMETER_RANGE)
        buffers = (self.profile.receive_buffer, self.profile.transmit_buffer)
        return Outcome(self._identity() + b"".join(size.to_bytes(2, "big") for size in buffers))

    def _identity(self) -> bytes:
        profile = self.profile
        return (
            profile.software_revision
            + bytes((SIMULATED_REVISION, profile.hardware_type, profile.reader_type))
            + profile.transponder_types
        )

    def _reset_field(self, request: Request) -> Outcome:
        expect(not request.data, Status.LENGTH)
        self._antenna.switch(on=False)
        self._antenna.switch(on=True)
        return Outcome(air_ms=RF_RESET_MS)

    def _switch_field(self, request: Request) -> Outcome:
        expect(len(request.data) == 1, Status.LENGTH)
        expect(request.data[0] in (0, 1, 2), Status.PARAMETER_RANGE)
        self._antenna.switch(on=request.data[0] != 0)
        return Outcome()

    def _set_outputs(self, request: Request) -> Outcome:
        data = request.data
        expect(len(data) >= 2 and len(data) == 2 + 4 * data[1], Status.LENGTH)
        expect(data[0] == 0x01, Status.PARAMETER_RANGE)
        for at in range(2, len(data), 4):
            kind, number, mode = data[at] >> 5, data[at] & 0x0F, data[at + 1] & 0x03
            expect(kind in OUTPUT_KINDS, Status.PARAMETER_RANGE)
            ticks = int.from_bytes(data[at + 2 : at + 4], "big")
            self._order(kind, number, OUTPUT_MODES[mode], ticks * OUTPUT_TICK_S)
        return Outcome()

    def _set_emitters(self, request: Request) -> Outcome:
        expect(len(request.data) == 8, Status.LENGTH)
        states = int.from_bytes(request.data[0:2], "big")
        seconds = int.from_bytes(request.data[4:6], "big") * OUTPUT_TICK_S
        for number in range(EMITTERS):
            mode = states >> (2 * number) & 0x03
            self._order(0, number, OUTPUT_MODES[mode], seconds)
        return Outcome()

    def _order(self, kind: int, number: int, mode: str, seconds: float) -> None:
        if mode == "keep":
            return
        until = time.monotonic() + seconds
        self.outputs[kind, number] = Output(kind, number, mode, seconds, until)
        self._report(
            "output", kind=OUTPUT_KINDS[kind], number=number, mode=mode, seconds=round(seconds, 1)
        )

    def _inputs(self, request: Request) -> Outcome:
        expect(not request.data, Status.LENGTH)
        return Outcome(b"\x00")


def expect(condition: object, status: Status) -> None:
    """Refuse with `status` unless the condition holds."""
    if not condition:
        raise RefusedError(status)
