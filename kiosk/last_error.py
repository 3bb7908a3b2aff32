"""The last thing this kiosk had to complain about, as a word of its log: for the devices page."""

import re
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

_WORD = re.compile(r"^[a-z0-9_]{1,64}$")
_LOUD = ("error", "critical", "exception")


class LastError:
    """A structlog processor that changes nothing; safe from any thread.

    It remembers words only, never what they tell of.
    """

    def __init__(self) -> None:
        self._last: tuple[str, datetime] | None = None

    def __call__(
        self, _logger: Any, method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        word = event.get("event")
        if method in _LOUD and isinstance(word, str) and _WORD.match(word):
            self._last = (word, datetime.now(UTC))
        return event

    @property
    def state(self) -> dict[str, str | datetime | None]:
        """The fields of `DeviceState` that tell of it."""
        word, at = self._last or ("", None)
        return {"last_error": word, "last_error_at": at}
