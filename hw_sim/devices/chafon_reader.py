"""Chafon UHF readers: the pad CF-RU5102 (UHFReader18) and the fixed UHFReader288.

Sources: CF-RU5102 UHF RFID Reader User's Manual V1.2; for the 288 the tests of wabson/chafon-rfid
and the manual of its series (v1.14, 8.2.1). A command that is not in the table is logged as an
error and answered with status FE, nothing more.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from hw_sim.devices.chafon_frames import (
    ANY_ADDRESS,
    Receiver,
    Request,
    build_answer,
    parse_request,
)
from hw_sim.devices.line_device import LineFormat, Manners, Parity, Reply
from hw_sim.devices.outputs import Output
from hw_sim.event_log import Report
from hw_sim.uhf_field import UhfField

MANNERS = Manners(LineFormat(57600, Parity.NONE), character_gap_s=0.015)
SIMULATED_VERSION = 0xEE  # second version byte of every simulated reader
SCAN_TICK_MS = 100
SHORTEST_SCAN = 3
FACTORY_SCAN = 10
POWERS_DBM = range(20, 31)
BEEP_TICK_S = 0.05

log = logging.getLogger(__name__)


class Status(IntEnum):
    """Status bytes (manual, chapter 5)."""

    OK = 0x00
    COMPLETE = 0x01
    TIME_OVER = 0x02
    MORE_FRAMES = 0x03
    PASSWORD = 0x05
    NOT_EXECUTED = 0xF9
    POOR_COMMUNICATION = 0xFA
    NO_TAG = 0xFB
    TAG_ERROR = 0xFC
    LENGTH = 0xFD
    ILLEGAL = 0xFE
    PARAMETER = 0xFF
    ANTENNA = 0xF8


@dataclass(frozen=True, slots=True)
class Profile:
    """What differs between models; `extra` is what the 288 tells behind the common information."""

    model: str
    type: int
    protocols: int
    band: bytes
    extra: bytes
    has_antennas: bool


CF_RU5102 = Profile("CF-RU5102", 0x09, 0x03, b"\x4e\x00", b"", has_antennas=False)
UHF_READER_288 = Profile(
    "UHFReader288", 0x0C, 0x03, b"\x4e\x00", b"\x01\x00\x00\x00", has_antennas=True
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: one (status, data) for each frame of the answer, and its air time."""

    frames: tuple[tuple[Status, bytes], ...] = ((Status.OK, b""),)
    air_ms: float = 0.0


def outcome(status: Status = Status.OK, data: bytes = b"", *, air_ms: float = 0.0) -> Outcome:
    """The usual case: one frame."""
    return Outcome(((status, data),), air_ms)


class RefusedError(Exception):
    """The device answers that it did not do it."""

    def __init__(self, status: Status, data: bytes = b"", *, air_ms: float = 0.0) -> None:
        super().__init__(f"status {status:02X}")
        self.outcome = outcome(status, data, air_ms=air_ms)


Handler = Callable[[Request], Outcome]


class ChafonReader:
    """Identity, settings and the dispatch of commands; tags are `chafon_tags`' business."""

    def __init__(
        self,
        *,
        profile: Profile,
        field: UhfField,
        lock: threading.RLock,
        report: Report,
        address: int = 0,
    ) -> None:
        self.profile = profile
        self.address = address
        self.manners = MANNERS
        self.outputs: dict[tuple[int, int], Output] = {}
        self.scan_time = FACTORY_SCAN
        self._field = field
        self._lock = lock
        self._report = report
        self._handlers: dict[int, Handler] = {
            0x21: self._information,
            0x25: self._set_scan_time,
            0x2F: self._set_power,
            0x33: self._beep,
        }

    def add(self, command: int, handler: Handler) -> None:
        """Teach the reader one more command."""
        self._handlers[command] = handler

    @property
    def scan_ms(self) -> float:
        """How long an inventory may take, and takes."""
        return self.scan_time * SCAN_TICK_MS

    def receiver(self) -> Receiver:
        """A new receiver for one wire."""
        return Receiver()

    def payload(self, frame: bytes) -> bytes:
        """Command byte and data of a whole request."""
        return frame[2:-2]

    def exchange(self, frame: bytes) -> Reply:
        """Answer one frame, with several if need be; silence for a foreign address."""
        request = parse_request(frame)
        if request.address not in (self.address, ANY_ADDRESS):
            return Reply(None)
        if not request.sound:  # the one reader that complains about a checksum
            return Reply(build_answer(self.address, 0x00, Status.ILLEGAL))
        with self._lock:
            try:
                done = self._handler(request)(request)
            except RefusedError as refused:
                done = refused.outcome
        frames = [
            build_answer(self.address, request.command, status, data)
            for status, data in done.frames
        ]
        return Reply(b"".join(frames), done.air_ms)

    def power_cut(self) -> None:
        """The supply was gone; scan time and power are kept in its EEPROM."""
        with self._lock:
            self.outputs.clear()

    def unknown(self, request: Request) -> RefusedError:
        """Say loudly that a command is not modelled; returns what the device answers."""
        sent = f"{request.command:02X} {request.data.hex(' ').upper()}".rstrip()
        log.error("%s does not know the command %s", self.profile.model, sent)
        self._report("unknown_command", command=sent)
        return RefusedError(Status.ILLEGAL)

    def _handler(self, request: Request) -> Handler:
        handler = self._handlers.get(request.command)
        if handler is None:
            raise self.unknown(request)
        return handler

    def _information(self, request: Request) -> Outcome:
        """Version(2) type protocols frequencies(2) power scan time; the 288 tells more."""
        expect(not request.data, Status.LENGTH)
        profile = self.profile
        head = bytes((0x00, SIMULATED_VERSION, profile.type, profile.protocols))
        settings = bytes((self._field.power_dbm, self.scan_time))
        return outcome(data=head + profile.band + settings + profile.extra)

    def _set_scan_time(self, request: Request) -> Outcome:
        expect(len(request.data) == 1, Status.LENGTH)
        expect(request.data[0] >= SHORTEST_SCAN, Status.PARAMETER)
        self.scan_time = request.data[0]
        return outcome()

    def _set_power(self, request: Request) -> Outcome:
        expect(len(request.data) == 1, Status.LENGTH)
        expect(request.data[0] in POWERS_DBM, Status.PARAMETER)
        self._field.power_dbm = request.data[0]
        return outcome()

    def _beep(self, request: Request) -> Outcome:
        expect(len(request.data) == 3, Status.LENGTH)
        active, silent, times = request.data
        seconds = (active + silent) * times * BEEP_TICK_S
        self.outputs[0, 0] = Output(0, 0, "on", seconds, time.monotonic() + seconds)
        self._report("output", kind="output", number=0, mode="on", seconds=round(seconds, 2))
        return outcome()


def expect(condition: object, status: Status) -> None:
    """Refuse with `status` unless the condition holds."""
    if not condition:
        raise RefusedError(status)
