"""A pad, or a UHF reader, as a gate reader: it is asked again and again what lies in its field.

Slower than a reader that watches by itself: an inventory of an ISO 15693 pad does not tell the AFI,
so each tag costs one exchange more (Get System Information, some 30 ms), the first time and every
2 s while it stays. For a narrow aisle and one book at a time; not for a school's rush hour.
"""

import time

from drivers.errors import Failed, TimedOut
from drivers.reader import Capabilities, Health, Identity, Reader, TagIds, TagSeen

_AFI_HOLDS_S = 2.0  # a book that is disarmed beside the gate shows it this late
_MOST_KNOWN = 1_000


class InventoryGate:
    """`drivers.reader.GateReader` around a reader that only takes inventories."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[str, TagSeen] = {}

    @property
    def capabilities(self) -> Capabilities:
        return self._reader.capabilities

    @property
    def health(self) -> Health:
        return self._reader.health

    def identify(self) -> Identity:
        """Ask the device who it is."""
        return self._reader.identify()

    def poll(self) -> tuple[TagSeen, ...]:
        """Every tag in the field, with its AFI where its kind has one."""
        seen = self._reader.inventory()
        if self.capabilities.ids is TagIds.EPC:
            return seen
        whole = (tag if tag.afi is not None else self._with_afi(tag) for tag in seen)
        return tuple(tag for tag in whole if tag is not None)

    def set_output(self, number: int, *, on: bool, seconds: float) -> None:
        """Switch an output of the reader for a time."""
        self._reader.set_output(number, on=on, seconds=seconds)

    def close(self) -> None:
        """Give the port back."""
        self._reader.close()

    def _with_afi(self, tag: TagSeen) -> TagSeen | None:
        """None for a tag that left the field before it could be asked: the next poll tells."""
        known = self._known.get(tag.uid)
        if known is None or tag.at - known.at > _AFI_HOLDS_S:
            try:
                info = self._reader.system_information(tag.uid)
            except (Failed, TimedOut):
                return None
            known = TagSeen(tag.uid, time.monotonic(), info.dsfid, info.afi, tag.antenna)
            self._remember(known)
        return TagSeen(tag.uid, tag.at, known.dsfid, known.afi, tag.antenna)

    def _remember(self, tag: TagSeen) -> None:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[tag.uid] = tag
