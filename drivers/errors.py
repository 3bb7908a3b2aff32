"""Four kinds of trouble with a device, told apart by what the caller can do.

ReaderError
 ├─ NotAvailable   the port or library is not there: wait, look for the plug
 ├─ StartFailed    it is there and does not answer as its model: wrong model, speed or parity
 ├─ Failed         it answered with an error, or cannot be trusted: try again, then tell
 │   └─ NotSupported  this model can never do that: ask `capabilities` first
 └─ TimedOut       no answer in time: outcome unknown, read back before repeating a write
"""


class ReaderError(Exception):
    """Carries what a technician needs: model, port and the offending bytes."""

    def __init__(
        self,
        what: str,
        *,
        model: str = "?",
        port: str = "?",
        data: bytes = b"",
        status: int | None = None,
    ) -> None:
        self.what = what
        self.model = model
        self.port = port
        self.data = data
        self.status = status
        tail = f" [{data.hex(' ').upper()}]" if data else ""
        named = f" (status {status:02X})" if status is not None else ""
        super().__init__(f"{model} at {port}: {what}{named}{tail}")


class NotAvailable(ReaderError):
    """The port, the device file or the vendor library is not there."""


class StartFailed(ReaderError):
    """The port is there, and what answers is not the reader it should be."""


class Failed(ReaderError):
    """The reader answered with an error, or with bytes that cannot be trusted."""


class NotSupported(Failed):
    """The model has no such function. Asking again cannot help; its `capabilities` say so."""


class TimedOut(ReaderError):
    """No answer in time. A write may or may not have happened: read back."""
