"""A reader asked for EAS as a gate reader: does any tag alarm, and then, which one?

The question goes to all tags at once and is quick (12.8 ms on the air), the answer names nobody:
NXP's EAS alarm, FEIG manual H60301, 8.3.4. So the tags are counted up only when one alarms, and
what is heard but cannot be named for a moment is an alarm without a name: the bit is heard further
than a UID. A reader without that question (3M) is asked for each tag that lies in its field.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from drivers.errors import Failed, NotSupported, TimedOut
from drivers.reader import Capabilities, Health, HearsEas, Identity, Reader, TagSeen
from gate.inventory import InventoryGate

_UNNAMED_S = 0.15  # a name may follow: the person comes nearer


class EasGate:
    """`drivers.reader.GateReader` around a pad, or a gate reader in host mode."""

    def __init__(
        self, reader: Reader, *, tells_afi: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`NotSupported` for a model that has no EAS commands."""
        if not reader.capabilities.has_eas:
            reader.close()
            raise NotSupported("this model has no EAS commands: set security = 'afi'")
        self._reader = reader
        self._inventory = InventoryGate(reader)
        self._tells_afi = tells_afi
        self._clock = clock
        self._unnamed_since: float | None = None

    @property
    def capabilities(self) -> Capabilities:
        return self._reader.capabilities

    @property
    def health(self) -> Health:
        return self._reader.health

    @property
    def hears_unnamed(self) -> bool:
        """An armed tag has been heard for a while, and no tag that lies there is it."""
        since = self._unnamed_since
        return since is not None and self._clock() - since >= _UNNAMED_S

    def identify(self) -> Identity:
        """Ask the device who it is."""
        return self._reader.identify()

    def poll(self) -> tuple[TagSeen, ...]:
        """The tags in the field with their EAS bit; those that are silent only if AFI counts."""
        heard = self._reader.poll_eas() if isinstance(self._reader, HearsEas) else None
        seen: tuple[TagSeen, ...] = ()
        if self._tells_afi:
            seen = self._inventory.poll()
        elif heard is not False:
            seen = self._reader.inventory()
        told = [self._with_eas(tag, heard, alone=len(seen) == 1) for tag in seen]
        named = tuple(tag for tag in told if tag is not None)
        self._note(unnamed=bool(heard) and not any(tag.eas for tag in named))
        return named

    def set_output(self, number: int, *, on: bool, seconds: float) -> None:
        """Switch an output of the reader for a time."""
        self._reader.set_output(number, on=on, seconds=seconds)

    def close(self) -> None:
        """Give the port back."""
        self._reader.close()

    def _with_eas(self, tag: TagSeen, heard: bool | None, *, alone: bool) -> TagSeen | None:
        """None for a tag that left before it could be asked; a chip without EAS has no bit."""
        if heard is False or (heard and alone):
            return replace(tag, eas=heard)
        try:
            return replace(tag, eas=self._reader.read_eas(tag.uid))
        except NotSupported:
            return tag
        except (Failed, TimedOut):
            return None

    def _note(self, *, unnamed: bool) -> None:
        if not unnamed:
            self._unnamed_since = None
        elif self._unnamed_since is None:
            self._unnamed_since = self._clock()
