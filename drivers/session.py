"""One question, one answer, on a line that drops, flips, doubles and delays: for every make.

Most answers carry no sequence number, so a late answer fits the next question as well as the right
one. After any doubt the session therefore asks who is there and throws everything away that comes
before that answer: a reader works in order, so nothing old can follow.
"""

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from drivers.errors import Failed, NotAvailable, ReaderError, TimedOut
from drivers.port import Parity, Port, open_port
from drivers.reader import Health
from drivers.refusal import BadAnswer, Refusal

TRIES: Final = 3  # of anything that may be asked twice
_DRAIN_SILENCE_S: Final = 0.006
_DRAIN_LIMIT_S: Final = 0.5
_DRAIN_CHUNK: Final = 512
_SHOWN: Final = 64  # bytes of the line that an error carries: the last ones
_BACK_OFF_S: Final = (
    0.5,
    1.0,
    2.0,
    4.0,
)  # between attempts to reopen; a plug put back is found soon

FrameT = TypeVar("FrameT")
T = TypeVar("T")
_log = logging.getLogger(__name__)


class Question(Protocol):
    """A request of any make: its command byte and how long the answer may take."""

    @property
    def command(self) -> int: ...

    @property
    def timeout_s(self) -> float: ...


class Reply(Protocol):
    """An answer of any make: what stands behind its status."""

    @property
    def data(self) -> bytes: ...


QuestionT = TypeVar("QuestionT", bound=Question)
AnswerT = TypeVar("AnswerT", bound=Reply)


class Parser(Protocol[FrameT]):
    """Bytes of a lying line in, whole frames out, in bounded memory."""

    @property
    def pending(self) -> int:
        """Bytes held back because they may begin a frame."""
        ...

    @property
    def missing(self) -> int:
        """How many bytes at least have to arrive before a frame can be whole; never 0."""
        ...

    def feed(self, data: bytes) -> list[FrameT]:
        """The frames that are whole now."""
        ...

    def flush(self) -> list[FrameT]:
        """The line fell silent: the frames found behind what will not end."""
        ...


@dataclass(frozen=True, slots=True)
class Manners:
    """What a make demands of its line, and the statuses of a field disturbed for a moment."""

    baudrate: int
    parity: Parity
    air_faults: frozenset[int]
    quiet_s: float = 0.0  # silence a reader needs before a new request
    inter_character_s: float = 0.05  # measured; the manuals' 12 to 15 ms do not survive USB and TCP


class LineSession(ABC, Generic[QuestionT, FrameT, AnswerT]):
    """Owns the port of one reader and finds it again after a loss. For one thread."""

    def __init__(self, url: str, *, model: str, manners: Manners) -> None:
        """Open the port; nothing is asked yet."""
        self.url = url
        self.model = model
        self._manners = manners
        self._port: Port = open_port(
            url, baudrate=manners.baudrate, parity=manners.parity, model=model
        )
        self._opened_at = time.monotonic()
        self._closed = False
        self._doubt = False  # an answer to an older question may still be on its way
        self._last_byte_at = 0.0
        self._heard = b""  # since the last question, as far as an error would show it
        self._lost: ReaderError | None = None
        self._attempts = 0  # to reopen, since the loss
        self._next_attempt_at = 0.0
        self._requests = self._retries = self._garbled = self._reopened = 0
        self._rf_warnings = 0
        self._last_good_at: float | None = None

    @abstractmethod
    def _request_bytes(self, request: QuestionT) -> bytes:
        """The request on the wire."""

    @abstractmethod
    def _parser(self) -> Parser[FrameT]:
        """A parser without memory of what came before."""

    @abstractmethod
    def _collector(self, request: QuestionT) -> Callable[[FrameT], AnswerT | None]:
        """Takes frame after frame of one exchange; None until the answer to `request` is whole."""

    @abstractmethod
    def _greet(self) -> None:
        """`ask_now` who is there; raises unless this make answers."""

    @abstractmethod
    def _come_back(self) -> None:
        """What a reader needs after its port was reopened and it has answered the greeting."""

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
            watched_s=time.monotonic() - self._opened_at,
        )

    def ask(self, request: QuestionT, decode: Callable[[AnswerT], T]) -> T:
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
                if error.status is not None and error.status not in self._manners.air_faults:
                    raise
                if not left:
                    if error.status is None:
                        self._lose(error)
                    raise
                self._retries += 1
        raise AssertionError("unreachable")

    def once(self, request: QuestionT, decode: Callable[[AnswerT], T]) -> T:
        """One try. `Failed` with a status: the reader said no. Without: the line garbled it."""
        answer = self._exchange(request)
        try:
            return decode(answer)
        except Refusal as refusal:
            raise self._failed(str(refusal), refusal.data, refusal.status) from refusal
        except BadAnswer as fault:
            self._doubt = True
            raise self._garble(str(fault)) from fault

    def ask_now(self, request: QuestionT) -> AnswerT:
        """One exchange without a look at what may still be on its way: for greetings."""
        self._wait_for_silence()
        self._requests += 1
        self._doubt = True
        self._heard = b""
        self._port.write(self._request_bytes(request))
        answer = self._receive(request)
        self._doubt = False
        self._last_good_at = time.monotonic()
        return answer

    def write_until(
        self,
        write: Callable[[], object],
        holds: Callable[[], bool],
        *,
        complaint: str,
        is_final: Callable[[ReaderError], bool],
    ) -> None:
        """Write, then look; write again only after having seen that the tag does not hold it.

        `write` is one try and never repeated here: the outcome is what the tag holds afterwards.
        """
        fault: ReaderError | None = None
        for _ in range(TRIES):
            fault = _outcome(write)
            if holds():
                return
            if fault and fault.status is not None and is_final(fault):
                break
        why = fault.what if fault else "it confirmed the write and kept its old content"
        status = fault.status if fault else None
        data = fault.data if fault else b""
        raise self._failed(f"{complaint}: {why}", data, status) from fault

    def close(self) -> None:
        """Give the port back for good."""
        self._closed = True
        self._port.close()

    def _exchange(self, request: QuestionT) -> AnswerT:
        self._ensure_open()
        try:
            if self._doubt:
                self._resynchronise()
            return self.ask_now(request)
        except NotAvailable as error:
            self._lose(error)
            raise
        except BadAnswer as fault:
            raise self._garble(str(fault)) from fault

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
        """Reopen and ask who is there."""
        try:
            self._port.reopen()
            self._doubt = True
            self._resynchronise()
            self._come_back()
        except (ReaderError, Refusal, BadAnswer) as error:
            self._port.close()
            raise self._absent(f"still lost: {error}") from error
        self._lost, self._attempts = None, 0
        self._reopened += 1
        _log.info("reader_back model=%s port=%s", self.model, self.url)

    def _lose(self, error: ReaderError) -> None:
        if self._lost is None:
            self._attempts = 0
            self._next_attempt_at = 0.0
        if self._lost is None and self._last_good_at is not None:  # else it was never there
            _log.warning("reader_lost model=%s port=%s why=%s", self.model, self.url, error.what)
        self._lost = error
        self._port.close()

    def _resynchronise(self) -> None:
        self._drain()
        try:
            self._greet()
        except Refusal as refusal:
            raise self._failed(str(refusal), refusal.data, refusal.status) from refusal

    def _wait_for_silence(self) -> None:
        if self._port.waiting():
            self._drain()
        pause = self._last_byte_at + self._manners.quiet_s - time.monotonic()
        if pause > 0:
            time.sleep(pause)

    def _drain(self) -> None:
        end = time.monotonic() + _DRAIN_LIMIT_S
        while self._read(_DRAIN_CHUNK, _DRAIN_SILENCE_S, _DRAIN_SILENCE_S, _DRAIN_LIMIT_S):
            if time.monotonic() > end:
                raise self._garble("the line never falls silent: wrong speed, or another device")

    def _receive(self, request: QuestionT) -> AnswerT:
        """The answer to this request; whatever else arrives is passed over."""
        end = time.monotonic() + request.timeout_s
        parser, collect = self._parser(), self._collector(request)
        begun = False  # bytes came that are no whole frame yet
        gap_s = self._manners.inter_character_s
        while (left := end - time.monotonic()) > 0:
            chunk = self._read(parser.missing, gap_s if begun else left, gap_s, left)
            frames = parser.feed(chunk)
            if begun and not chunk:
                frames += parser.flush()
                if not frames:
                    raise self._garble("the answer broke off or came damaged")
            begun = parser.pending > 0 or (not frames and (begun or bool(chunk)))
            for frame in frames:
                answer = collect(frame)
                if answer is not None:
                    return answer
        raise TimedOut(
            f"no answer to command {request.command:02X} within {request.timeout_s:.1f} s",
            model=self.model,
            port=self.url,
            data=self._heard,
        )

    def _read(self, size: int, first_s: float, gap_s: float, total_s: float) -> bytes:
        chunk = self._port.read(size, first_s=first_s, gap_s=gap_s, total_s=total_s)
        if chunk:
            self._last_byte_at = time.monotonic()
            self._heard = (self._heard + chunk)[-_SHOWN:]
        return chunk

    def _garble(self, what: str) -> Failed:
        self._garbled += 1
        return self._failed(what, self._heard)

    def _failed(self, what: str, data: bytes, status: int | None = None) -> Failed:
        return Failed(what, model=self.model, port=self.url, data=data, status=status)

    def _absent(self, what: str) -> NotAvailable:
        return NotAvailable(what, model=self.model, port=self.url)


def _outcome(write: Callable[[], object]) -> ReaderError | None:
    try:
        write()
    except (Failed, TimedOut) as error:
        return error
    return None
