"""What a scanner read, and how codes are cut out of the bytes of a serial one (pure)."""

from dataclasses import dataclass
from typing import Final

MAX_CODE: Final = 512  # bytes; a QR code of a card or an ISBN has far less
_ENDS: Final = b"\r\n"


@dataclass(frozen=True, slots=True)
class Scan:
    """One code as it was printed; `at` monotonic seconds."""

    text: str
    at: float


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """What the scanner was set to put around a code, and the longest pause inside one."""

    prefix: str = ""
    suffix: str = ""
    gap_s: float = 0.1


class CodeAssembler:
    """Codes out of bytes that end with CR, LF or both; memory is bounded by `MAX_CODE`."""

    def __init__(self, settings: ScannerSettings) -> None:
        self._settings = settings
        self._line = bytearray()
        self._too_long = False
        self._last_at = 0.0

    def feed(self, data: bytes, at: float) -> tuple[Scan, ...]:
        """The codes that are whole now. What came before a long pause is half a code: dropped."""
        if at - self._last_at > self._settings.gap_s:
            self._restart()
        self._last_at = at
        scans: list[Scan] = []
        for byte in data:
            if byte not in _ENDS:
                self._add(byte)
                continue
            text = self._text()
            self._restart()
            if text:
                scans.append(Scan(text, at))
        return tuple(scans)

    def _add(self, byte: int) -> None:
        self._too_long = self._too_long or len(self._line) >= MAX_CODE
        if not self._too_long:
            self._line.append(byte)

    def _restart(self) -> None:
        self._line.clear()
        self._too_long = False

    def _text(self) -> str:
        """The code without its wrapping; empty for what is none: too long, cut, or noise."""
        if self._too_long:
            return ""
        try:
            text = self._line.decode()
        except UnicodeDecodeError:
            return ""
        prefix, suffix = self._settings.prefix, self._settings.suffix
        if not (text.startswith(prefix) and text.endswith(suffix)):
            return ""
        code = text[len(prefix) : len(text) - len(suffix)]
        return code if code.isprintable() else ""
