"""One question, one answer, on a line that drops, flips, doubles and delays.

FEIG answers carry no UID and no sequence number, so a late answer fits the next question as well as
the right one. After any doubt the session therefore asks for the version (65) and throws everything
away that comes before its answer: the reader works in order, so nothing old can follow.
"""

import logging
import time
from collections.abc import Callable
from typing import Final, TypeVar

from drivers.errors import Failed, NotAvailable, ReaderError, StartFailed, TimedOut
from drivers.port import Parity, Port, open_port
from drivers.reader import Health
from drivers.readers.feig.answers import AIR_FAULTS, Answer, BadAnswer, Refused, Status, done
from drivers.readers.feig.device_commands import (
    Request,
    Version,
    decode_version,
    rf_reset,
    version,
)
from drivers.readers.feig.frames import ANY_ADDRESS, Frame, FrameParser

BAUDRATE: Final = 38400  # factory setting, with even parity
PARITY: Final[Parity] = "E"
TRIES: Final = 3  # of anything that may be asked twice
QUIET_S: Final = 0.005  # PSST: silence a reader needs before a new request
INTER_CHARACTER_S: Final = 0.05  # measured; the manual's 12 ms do not survive USB and TCP
_DRAIN_SILENCE_S: Final = 0.006
_DRAIN_LIMIT_S: Final = 0.5
_DRAIN_CHUNK: Final = 512
_BACK_OFF_S: Final = (
    0.5,
    1.0,
    2.0,
    4.0,
)  # between attempts to reopen; a plug put back is found soon

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Session:
    """Owns the port of one FEIG reader and finds it again after a loss. For one thread."""

    def __init__(self, url: str, *, model: str, advanced: bool = False) -> None:
        """`advanced`: ask in advanced frames, so that answers may be longer than 255 bytes."""
        self.url = url
        self.model = model
        self._advanced = advanced
        self._port: Port = open_port(url, baudrate=BAUDRATE, parity=PARITY, model=model)
        self._closed = False
        self._doubt = False  # an answer to an older question may still be on its way
        self._last_byte_at = 0.0
        self._lost: ReaderError | None = None
        self._attempts = 0  # to reopen, since the loss
        self._next_attempt_at = 0.0
        self._requests = self._retries = self._rf_warnings = self._garbled = self._reopened = 0
        self._last_good_at: float | None = None

    @property
    def health(self) -> Health:
        """Counters since the session began."""
        return Health(
            requests=self._requests,
            retries=self._retries,
            rf_warnings=self._rf_warnings,
            last_good_at=self._last_good_at,
            garbled=self._garbled,
            reopened=self._reopened,
        )

    def start(self) -> Version:
        """First contact: `StartFailed` unless a FEIG reader answers."""
        try:
            return self.ask(version(), decode_version)
        except (TimedOut, Failed) as error:
            raise StartFailed(
                f"no FEIG reader answers at {BAUDRATE} baud 8{PARITY}1: check power, cable, speed",
                model=self.model,
                port=self.url,
            ) from error

    def ask(self, request: Request, decode: Callable[[Answer], T]) -> T:
        """A question that may be repeated: up to `TRIES` times on line and air faults."""
        return self.repeat(lambda: self.once(request, decode))

    def repeat(self, action: Callable[[], T]) -> T:
        """Run an idempotent `action` of several questions up to `TRIES` times.

        If the line failed each time, the port is given up and the next question reopens it.
        """
        for left in reversed(range(TRIES)):
            try:
                return action()
            except (TimedOut, Failed) as error:
                if error.status is not None and error.status not in AIR_FAULTS:
                    raise
                if not left:
                    if error.status is None:
                        self._lose(error)
                    raise
                self._retries += 1
        raise AssertionError("unreachable")

    def once(self, request: Request, decode: Callable[[Answer], T]) -> T:
        """One try. `Failed` with a status: the reader said no. Without: the line garbled it."""
        answer = self._exchange(request)
        try:
            return decode(answer)
        except Refused as refusal:
            raise self._failed(str(refusal), refusal.data, refusal.status) from refusal
        except BadAnswer as fault:
            self._doubt = True
            raise self._garble(str(fault), answer.data) from fault

    def close(self) -> None:
        """Give the port back for good."""
        self._closed = True
        self._port.close()

    def _exchange(self, request: Request) -> Answer:
        self._ensure_open()
        try:
            if self._doubt:
                self._resynchronise()
            return self._send_and_receive(request)
        except NotAvailable as error:
            self._lose(error)
            raise

    def _ensure_open(self) -> None:
        if self._closed:
            raise self._absent("the reader was closed by this program")
        if self._lost is None:
            return
        if time.monotonic() < self._next_attempt_at:
            raise self._absent(f"lost: {self._lost.what}") from self._lost
        self._next_attempt_at = (
            time.monotonic() + _BACK_OFF_S[min(self._attempts, len(_BACK_OFF_S) - 1)]
        )
        self._attempts += 1
        self._return()

    def _return(self) -> None:
        """Reopen, switch the field off for a moment, and ask who is there."""
        try:
            self._port.reopen()
            self._doubt = True
            self._resynchronise()
            done(self._send_and_receive(rf_reset()))
        except (ReaderError, Refused) as error:
            self._port.close()
            raise self._absent(f"still lost: {error}") from error
        self._lost, self._attempts = None, 0
        self._reopened += 1
        _log.info("reader_back model=%s port=%s", self.model, self.url)

    def _lose(self, error: ReaderError) -> None:
        if self._lost is None:
            self._attempts = 0
            self._next_attempt_at = 0.0
            _log.warning("reader_lost model=%s port=%s why=%s", self.model, self.url, error.what)
        self._lost = error
        self._port.close()

    def _resynchronise(self) -> None:
        self._drain()
        answer = self._send_and_receive(version())
        if answer.status != Status.OK:
            raise self._failed("the reader refuses its version", answer.data, answer.status)

    def _send_and_receive(self, request: Request) -> Answer:
        self._wait_for_silence()
        self._requests += 1
        self._doubt = True
        frame = Frame(ANY_ADDRESS, request.command, request.data, advanced=self._advanced)
        self._port.write(frame.to_bytes())
        answer = self._receive(request)
        self._doubt = False
        self._last_good_at = time.monotonic()
        self._rf_warnings += answer.status == Status.RF_WARNING
        return answer

    def _wait_for_silence(self) -> None:
        if self._port.waiting():
            self._drain()
        pause = self._last_byte_at + QUIET_S - time.monotonic()
        if pause > 0:
            time.sleep(pause)

    def _drain(self) -> None:
        end = time.monotonic() + _DRAIN_LIMIT_S
        while self._read(_DRAIN_CHUNK, _DRAIN_SILENCE_S, _DRAIN_SILENCE_S, _DRAIN_LIMIT_S):
            if time.monotonic() > end:
                raise self._garble(
                    "the line never falls silent: wrong speed, or another device", b""
                )

    def _receive(self, request: Request) -> Answer:
        """The next answer to this command; whatever else arrives is passed over."""
        end = time.monotonic() + request.timeout_s
        parser = FrameParser()
        begun = False  # bytes came that are no whole frame yet
        while (left := end - time.monotonic()) > 0:
            size = parser.missing
            first_s = INTER_CHARACTER_S if begun else left
            chunk = self._read(size, first_s, INTER_CHARACTER_S, left)
            frames = parser.feed(chunk)
            if begun and not chunk:
                frames += parser.flush()
                if not frames:
                    raise self._garble("the answer broke off or came damaged", chunk)
            begun = parser.pending > 0 or (not frames and (begun or bool(chunk)))
            for frame in frames:
                if frame.command == request.command and frame.payload:
                    return Answer(frame.command, frame.payload[0], frame.payload[1:])
        raise TimedOut(
            f"no answer to command {request.command:02X} within {request.timeout_s:.1f} s",
            model=self.model,
            port=self.url,
        )

    def _read(self, size: int, first_s: float, gap_s: float, total_s: float) -> bytes:
        chunk = self._port.read(size, first_s=first_s, gap_s=gap_s, total_s=total_s)
        if chunk:
            self._last_byte_at = time.monotonic()
        return chunk

    def _garble(self, what: str, data: bytes) -> Failed:
        self._garbled += 1
        return self._failed(what, data)

    def _failed(self, what: str, data: bytes, status: int | None = None) -> Failed:
        return Failed(what, model=self.model, port=self.url, data=data, status=status)

    def _absent(self, what: str) -> NotAvailable:
        return NotAvailable(what, model=self.model, port=self.url)
