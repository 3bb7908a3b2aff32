"""3M / Bibliotheca pad: the Model 210 and 810 under a staff desk or a kiosk."""

import time
from collections.abc import Callable
from typing import Final

from drivers.blocks import check_range, differing, portions, whole_blocks
from drivers.errors import NotSupported, ReaderError
from drivers.reader import BLOCK_BYTES, Capabilities, Health, Identity, TagInfo, TagSeen
from drivers.readers.m3 import commands
from drivers.readers.m3.answers import done, is_final
from drivers.readers.m3.commands import InventoryOption, ReadOption, Request
from drivers.readers.m3.session import Session

_CAPABILITIES: Final = Capabilities(
    max_tags=255,  # the count of the answer is one byte
    has_afi=True,
    has_eas=True,
    echoes_uid=True,
    has_outputs=False,
    has_field_reset=False,
)
# Not ONE_POLL, though it is quicker: a strong tag outshouts a weak one that shares its slot, every
# time, until the reader tells it to be quiet; a book must not lie there unseen
_INVENTORY: Final = InventoryOption.UID | InventoryOption.DSFID | InventoryOption.CAPTURED
_NEW_STYLE: Final = {"m3-210": True, "m3-810": False}
"""The specification is the 210's and has the new style; the captures of an 810 have the old one."""


class M3Pad:
    """`drivers.reader.Reader` for 3M readers: every answer of a tag carries its UID."""

    def __init__(self, url: str, *, model: str = "m3-210") -> None:
        """Open the port and make sure a 3M reader is behind it; errors as in `drivers.errors`."""
        self._new_style = _NEW_STYLE[model]
        self._session = Session(url, model=model)
        self._complete = True
        try:
            self._session.start()
        except ReaderError:
            self._session.close()
            raise

    @property
    def capabilities(self) -> Capabilities:
        return _CAPABILITIES

    @property
    def health(self) -> Health:
        return self._session.health

    @property
    def inventory_is_complete(self) -> bool:
        """False after an inventory that failed or told 255 tags, the most it can tell."""
        return self._complete

    def identify(self) -> Identity:
        """Ask the device who it is."""
        told = self._session.ask(commands.version(), commands.decode_version)
        model = f"3M {self._session.hardware}"
        return Identity(model, told.firmware, self._session.url, told.simulated)

    def inventory(self) -> tuple[TagSeen, ...]:
        """Every tag that lies in the field now, in one answer, each once."""
        self._complete = False
        found = self._session.ask(commands.inventory(_INVENTORY), commands.decode_inventory)
        self._complete = len(found) < self.capabilities.max_tags
        at = time.monotonic()
        return tuple(TagSeen(tag.uid, at, dsfid=tag.dsfid) for tag in found)

    def system_information(self, uid: str) -> TagInfo:
        """DSFID, AFI and memory size; `NotSupported` for a chip that does not tell them all."""
        told = self._session.ask(commands.tag_info(uid), commands.decode_tag_info)
        known = (told.dsfid, told.afi, told.block_size, told.block_count, told.ic_reference)
        dsfid, afi, size, count, ic = (self._told(uid, value) for value in known)
        return TagInfo(uid, dsfid, afi, block_size=size, block_count=count, ic_reference=ic)

    def read_blocks(self, uid: str, first: int, count: int) -> bytes:
        """`count` blocks in tag memory order."""
        check_range(first, count)
        return b"".join(
            self._read_portion(uid, start, number)
            for start, number in portions(first, count, commands.MAX_BLOCKS)
        )

    def write_blocks(self, uid: str, first: int, data: bytes) -> None:
        """Write whole blocks of 4 bytes and read them back; only what differs is written again."""
        count = whole_blocks(data)
        check_range(first, count)
        for start, number in portions(first, count, commands.MAX_BLOCKS):
            offset = (start - first) * BLOCK_BYTES
            self._write_portion(uid, start, data[offset : offset + number * BLOCK_BYTES])

    def write_afi(self, uid: str, afi: int) -> None:
        """Write the AFI and read it back."""
        self._write_until(
            lambda: commands.write_afi(uid, afi),
            lambda: self._session.ask(commands.read_afi(uid), commands.decode_byte) == afi,
            f"tag {uid} did not take AFI {afi:02X}",
        )

    def write_dsfid(self, uid: str, dsfid: int) -> None:
        """Write the DSFID and read it back."""
        self._write_until(
            lambda: commands.write_dsfid(uid, dsfid),
            lambda: self._session.ask(commands.read_dsfid(uid), commands.decode_byte) == dsfid,
            f"tag {uid} did not take DSFID {dsfid:02X}",
        )

    def read_locks(self, uid: str, first: int, count: int) -> tuple[bool, ...]:
        """For each block whether it is locked for ever."""
        check_range(first, count)
        locks: list[bool] = []
        for start, number in portions(first, count, commands.MAX_BLOCKS):
            request = commands.read_blocks(uid, start, number, ReadOption.NEW_STYLE)
            locks += self._session.ask(request, commands.decode_locks(start, number))
        return tuple(locks)

    def read_eas(self, uid: str) -> bool:
        """True if this tag's EAS bit is set."""
        eas = self._session.ask(commands.check_eas(uid), commands.decode_eas)
        if eas is None:  # it is 0, or nobody is there to tell: only a tag that is there tells this
            self._session.ask(commands.read_afi(uid), commands.decode_byte)
        return bool(eas)

    def write_eas(self, uid: str, *, on: bool) -> None:
        """Set or clear the EAS bit and ask the tag for it."""
        self._write_until(
            lambda: commands.set_eas(uid, on=on),
            lambda: self.read_eas(uid) is on,
            f"tag {uid} did not {'set' if on else 'clear'} its EAS bit",
        )

    def quiet(self, uid: str) -> None:
        """Silence one tag until it has left the field, so that those it hides can answer."""
        self._session.ask(commands.quiet(uid), done)

    def set_output(self, number: int, *, on: bool, seconds: float) -> None:
        """`NotSupported`: no outputs are documented."""
        raise self._not_supported("a 3M pad has no outputs: use the kiosk's own lamp")

    def reset_field(self) -> None:
        """`NotSupported`: the protocol has no such command, each inventory starts afresh."""
        raise self._not_supported("a 3M pad has no command for it, and needs none")

    def close(self) -> None:
        """Give the port back."""
        self._session.close()

    def _read_portion(self, uid: str, first: int, count: int) -> bytes:
        if self._new_style:
            options = ReadOption.NEW_STYLE | ReadOption.NO_LOCKS
            request = commands.read_blocks(uid, first, count, options)
            return self._session.ask(request, commands.decode_new_style(first, count))
        request = commands.read_blocks(uid, first, count)
        return self._session.ask(request, commands.decode_old_style(first, count))

    def _write_portion(self, uid: str, first: int, data: bytes) -> None:
        held = b""

        def request() -> Request:
            start, stop = differing(data, held)
            return commands.write_blocks(uid, first + start // BLOCK_BYTES, data[start:stop])

        def holds() -> bool:
            nonlocal held
            held = self.read_blocks(uid, first, len(data) // BLOCK_BYTES)
            return held == data

        self._write_until(request, holds, f"tag {uid} does not hold what was written")

    def _write_until(
        self, request: Callable[[], Request], holds: Callable[[], bool], complaint: str
    ) -> None:
        self._session.write_until(
            lambda: self._session.once(request(), done),
            holds,
            complaint=complaint,
            is_final=lambda fault: is_final(fault.status or 0),
        )

    def _told(self, uid: str, value: int | None) -> int:
        if value is None:
            raise self._not_supported(f"tag {uid} does not tell all of its system information")
        return value

    def _not_supported(self, why: str) -> NotSupported:
        return NotSupported(why, model=self._session.model, port=self._session.url)
