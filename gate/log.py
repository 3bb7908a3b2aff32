"""The gate's own words: one line an event on standard error, and never a reason to stop.

A log on a full disk raises; a gate that dies of its log guards nothing.
"""

import contextlib
import sys
from typing import TextIO

import structlog


class QuietLogger:
    """Writes a line, or does without."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def msg(self, message: str) -> None:
        """One line; what cannot be written is lost."""
        with contextlib.suppress(OSError, ValueError):  # ValueError: the file was closed
            print(message, file=self._file, flush=True)  # this is the log

    debug = info = warning = error = critical = msg


def configure_log() -> None:
    """For the process; once."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=lambda *_: QuietLogger(sys.stderr),
    )
