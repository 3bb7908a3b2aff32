"""The session of a Chafon reader: asks for its information (21) after any doubt.

An inventory may answer in several frames that come unasked (status 03): they are taken as one
answer. A frame of the series that comes damaged spoils it all, because it held tags.
"""

from collections.abc import Callable
from typing import Final

from drivers.errors import Failed, StartFailed, TimedOut
from drivers.readers.chafon.answers import AIR_FAULTS, Answer, Status
from drivers.readers.chafon.commands import (
    Information,
    Request,
    decode_information,
    information,
    is_inventory,
)
from drivers.readers.chafon.frames import ANY_ADDRESS, Frame, FrameParser
from drivers.refusal import BadAnswer
from drivers.session import LineSession, Manners

MANNERS: Final = Manners(baudrate=57600, parity="N", air_faults=AIR_FAULTS)
_ANY_COMMAND: Final = 0x00  # stands in the answer to a request that came damaged
_MAX_FRAMES: Final = 64  # of one inventory: some 1200 tags


class Session(LineSession[Request, Frame, Answer]):
    """Owns the port of one Chafon reader and finds it again after a loss. For one thread."""

    def __init__(self, url: str, *, model: str) -> None:
        super().__init__(url, model=model, manners=MANNERS)
        self._parsing = FrameParser()

    def start(self) -> Information:
        """First contact: `StartFailed` unless a Chafon reader answers."""
        try:
            return self.ask(information(), decode_information)
        except (TimedOut, Failed) as error:
            line = f"{MANNERS.baudrate} baud 8{MANNERS.parity}1"
            raise StartFailed(
                f"no Chafon reader answers at {line}: check power, cable, speed",
                model=self.model,
                port=self.url,
                data=error.data,
            ) from error

    def _request_bytes(self, request: Request) -> bytes:
        return Frame(ANY_ADDRESS, request.command, request.data).to_bytes()

    def _parser(self) -> FrameParser:
        self._parsing = FrameParser()
        return self._parsing

    def _collector(self, request: Request) -> Callable[[Frame], Answer | None]:
        earlier: list[bytes] = []

        def collect(frame: Frame) -> Answer | None:
            if not frame.payload:
                return None
            status, data = frame.payload[0], frame.payload[1:]
            if frame.command == _ANY_COMMAND and status == Status.ILLEGAL:
                raise BadAnswer("the reader says that the request came damaged")
            if frame.command != request.command:
                return None
            if is_inventory(request) and status == Status.MORE_FRAMES:
                earlier.append(data)
                if len(earlier) > _MAX_FRAMES:
                    raise BadAnswer("the inventory does not end")
                return None
            if earlier and self._parsing.dropped:
                raise BadAnswer("a frame of the inventory came damaged")
            return Answer(frame.command, status, data, tuple(earlier))

        return collect

    def _greet(self) -> None:
        decode_information(self.ask_now(information()))

    def _come_back(self) -> None:
        """Nothing: a Chafon reader keeps its settings and tells no tag to be quiet."""
