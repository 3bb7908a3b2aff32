"""The session of a FEIG reader: asks for the version (65) after any doubt."""

from collections.abc import Callable
from typing import Final

from drivers.errors import Failed, StartFailed, TimedOut
from drivers.readers.feig.answers import AIR_FAULTS, Answer, Status, done
from drivers.readers.feig.device_commands import (
    Request,
    Version,
    decode_version,
    rf_reset,
    version,
)
from drivers.readers.feig.frames import ANY_ADDRESS, Frame, FrameParser
from drivers.session import LineSession, Manners

# Factory settings; PSST, the silence a reader needs before a new request, is 5 ms
MANNERS: Final = Manners(baudrate=38400, parity="E", air_faults=AIR_FAULTS, quiet_s=0.005)


class Session(LineSession[Request, Frame, Answer]):
    """Owns the port of one FEIG reader and finds it again after a loss. For one thread."""

    def __init__(self, url: str, *, model: str, advanced: bool = False) -> None:
        """`advanced`: ask in advanced frames, so that answers may be longer than 255 bytes."""
        super().__init__(url, model=model, manners=MANNERS)
        self._advanced = advanced

    def start(self) -> Version:
        """First contact: `StartFailed` unless a FEIG reader answers."""
        try:
            return self.ask(version(), decode_version)
        except (TimedOut, Failed) as error:
            line = f"{MANNERS.baudrate} baud 8{MANNERS.parity}1"
            raise StartFailed(
                f"no FEIG reader answers at {line}: check power, cable, speed",
                model=self.model,
                port=self.url,
                data=error.data,
            ) from error

    def _request_bytes(self, request: Request) -> bytes:
        frame = Frame(ANY_ADDRESS, request.command, request.data, advanced=self._advanced)
        return frame.to_bytes()

    def _parser(self) -> FrameParser:
        return FrameParser()

    def _collector(self, request: Request) -> Callable[[Frame], Answer | None]:
        def collect(frame: Frame) -> Answer | None:
            if frame.command != request.command or not frame.payload:
                return None
            self._rf_warnings += frame.payload[0] == Status.RF_WARNING
            return Answer(frame.command, frame.payload[0], frame.payload[1:])

        return collect

    def _greet(self) -> None:
        decode_version(self.ask_now(version()))

    def _come_back(self) -> None:
        """Switch the field off for a moment: the tags in it may have been told to be quiet."""
        done(self.ask_now(rf_reset()))
