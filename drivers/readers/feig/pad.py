"""FEIG pad: the reader under a kiosk, a book drop or an encoding station."""

import time
from collections.abc import Callable
from typing import Final

from drivers.blocks import check_range, differing, portions, whole_blocks
from drivers.errors import Failed, NotSupported, ReaderError
from drivers.reader import BLOCK_BYTES, Capabilities, Health, Identity, TagInfo, TagSeen
from drivers.readers.feig import device_commands, eas, iso_host
from drivers.readers.feig.answers import Status, done, is_final
from drivers.readers.feig.block_order import BlockOrder, block_order
from drivers.readers.feig.device_commands import Request
from drivers.readers.feig.profiles import PADS
from drivers.readers.feig.session import Session

_MAX_MORE: Final = 16  # answers of one inventory: 16 x 24 tags, far above any stack


class FeigPad:
    """`drivers.reader.Reader` for FEIG readers in ISO host mode."""

    def __init__(self, url: str, *, model: str = "feig-mr102") -> None:
        """Open the port and make sure a FEIG reader is behind it; errors as in `drivers.errors`."""
        self._profile = PADS[model]
        self._session = Session(url, model=model)
        self._complete = True
        self._silenced = True  # tags may lie there that were told already, and keep quiet
        try:
            self._session.start()
        except ReaderError:
            self._session.close()
            raise

    @property
    def capabilities(self) -> Capabilities:
        return self._profile.capabilities

    @property
    def health(self) -> Health:
        return self._session.health

    def identify(self) -> Identity:
        """Ask the device who it is."""
        version = self._session.ask(device_commands.version(), device_commands.decode_version)
        return Identity(version.model, version.firmware, self._session.url, version.simulated)

    def inventory(self) -> tuple[TagSeen, ...]:
        """Every tag that lies in the field now.

        The field goes off first: factory setting ONT reports a tag once and silences it until then.
        Where the last sweep told of no tag none was silenced, and an empty pad is looked at twice
        as often for the same work. Because MORE moves on with every call, and for the field's sake,
        only the whole sweep is repeated.
        `Failed` when the reader itself says that it could not hold them all.
        """
        self._complete = False
        return self._session.repeat(self._sweep)

    @property
    def inventory_is_complete(self) -> bool:
        """False after an inventory that failed, or that filled a model which takes no stacks."""
        return self._complete

    def system_information(self, uid: str) -> TagInfo:
        """DSFID, AFI and memory size of one tag."""
        decode = iso_host.decode_system_information(uid)
        found = self._session.ask(iso_host.system_information(uid), decode)
        return TagInfo(
            uid=found.uid,
            dsfid=found.dsfid,
            afi=found.afi,
            block_size=found.block_size,
            block_count=found.block_count,
            ic_reference=found.ic_reference,
        )

    def read_blocks(self, uid: str, first: int, count: int) -> bytes:
        """`count` blocks in tag memory order."""
        check_range(first, count)
        parts = [
            self._session.ask(
                iso_host.read_blocks(uid, start, number),
                iso_host.decode_blocks(number, reverse=self._profile.block_msb_first),
            )
            for start, number in portions(first, count, iso_host.MAX_BLOCKS)
        ]
        return b"".join(parts)

    def write_blocks(self, uid: str, first: int, data: bytes) -> None:
        """Write whole blocks of 4 bytes and read them back; only what differs is written again."""
        count = whole_blocks(data)
        check_range(first, count)
        for start, number in portions(first, count, iso_host.MAX_BLOCKS):
            offset = (start - first) * BLOCK_BYTES
            self._write_portion(uid, start, data[offset : offset + number * BLOCK_BYTES])

    def write_afi(self, uid: str, afi: int) -> None:
        """Write the AFI and read it back."""
        self._write_until(
            lambda: iso_host.write_afi(uid, afi),
            lambda: self.system_information(uid).afi == afi,
            f"tag {uid} did not take AFI {afi:02X}",
        )

    def write_dsfid(self, uid: str, dsfid: int) -> None:
        """Write the DSFID and read it back."""
        self._write_until(
            lambda: iso_host.write_dsfid(uid, dsfid),
            lambda: self.system_information(uid).dsfid == dsfid,
            f"tag {uid} did not take DSFID {dsfid:02X}",
        )

    def read_locks(self, uid: str, first: int, count: int) -> tuple[bool, ...]:
        """For each block whether it is locked for ever."""
        check_range(first, count)
        locks: list[bool] = []
        for start, number in portions(first, count, iso_host.MAX_BLOCKS):
            request = iso_host.block_security(uid, start, number)
            locks += self._session.ask(request, iso_host.decode_security(number))
        return tuple(locks)

    def read_eas(self, uid: str) -> bool:
        """True if this tag's EAS bit is set; `NotSupported` for a chip that is not NXP's."""
        self._need_eas(uid)
        self.reset_field()  # a tag that an inventory told to be quiet might not answer
        if self._session.ask(eas.alarm(uid), eas.decode_alarm):
            self._need_own_alarm(uid)
            return True
        self.system_information(uid)  # no alarm from a tag that is not there means nothing
        return False

    def write_eas(self, uid: str, *, on: bool) -> None:
        """Set or clear the EAS bit and ask the tag for it."""
        self._need_eas(uid)
        self._write_until(
            lambda: eas.write_eas(uid, on=on),
            lambda: self.read_eas(uid) is on,
            f"tag {uid} did not {'set' if on else 'clear'} its EAS bit",
        )

    def poll_eas(self) -> bool:
        """True if any tag in the field has its EAS bit set; it does not tell which."""
        self.reset_field()  # a tag that an inventory told to be quiet would not answer
        return self._session.ask(eas.alarm(), eas.decode_alarm)

    def check_block_order(self, uid: str, known: bytes) -> BlockOrder:
        """Read a tag whose first blocks are `known` and say if they come the right way round."""
        return block_order(self.read_blocks(uid, 0, whole_blocks(known)), known)

    def set_output(self, number: int, *, on: bool, seconds: float) -> None:
        """Switch digital output `number` of the reader for a time."""
        kind = self._profile.output_kind
        self._session.ask(device_commands.set_output(number, kind, on=on, seconds=seconds), done)

    def reset_field(self) -> None:
        """Switch the field off for a moment, so that every tag answers again."""
        self._session.ask(device_commands.rf_reset(), done)

    def close(self) -> None:
        """Give the port back."""
        self._session.close()

    def _need_eas(self, uid: str) -> None:
        if not self.capabilities.has_eas:
            why = "this model has no EAS commands"
        elif not eas.has_eas(uid):
            why = f"tag {uid} has no EAS: only chips of NXP do"
        else:
            return
        raise NotSupported(why, model=self._session.model, port=self._session.url)

    def _need_own_alarm(self, uid: str) -> None:
        """The alarm names no tag: make sure that this reader asks the one it was told to ask."""
        if not self._session.ask(eas.alarm(eas.NOBODY), eas.decode_alarm):
            return
        if {tag.uid for tag in self.inventory()} != {uid}:
            raise Failed(
                "this reader cannot tell whose EAS it hears: leave one book on it",
                model=self._session.model,
                port=self._session.url,
            )

    def _sweep(self) -> tuple[TagSeen, ...]:
        if self._silenced:
            self._session.once(device_commands.rf_reset(), done)
        self._silenced = True  # until this sweep has come to its end
        tags: dict[str, TagSeen] = {}
        for number in range(_MAX_MORE):
            request = iso_host.inventory(more=number > 0)
            found = self._session.once(request, iso_host.decode_inventory)
            at = time.monotonic()
            if found.overflow:
                raise self._too_many()
            tags |= {tag.uid: TagSeen(tag.uid, at, dsfid=tag.dsfid) for tag in found.tags}
            if not found.more or not found.tags:
                break
        self._silenced = bool(tags)
        limits = self.capabilities
        self._complete = limits.stacks or len(tags) < limits.max_tags
        return tuple(tags.values())

    def _too_many(self) -> Failed:
        return Failed(
            "more tags lie there than this reader can take: lay fewer books down",
            model=self._session.model,
            port=self._session.url,
            status=Status.DATA_BUFFER_OVERFLOW,
        )

    def _write_portion(self, uid: str, first: int, data: bytes) -> None:
        held = b""

        def request() -> Request:
            start, stop = differing(data, held)
            blocks = [data[at : at + BLOCK_BYTES] for at in range(start, stop, BLOCK_BYTES)]
            reverse = self._profile.block_msb_first
            return iso_host.write_blocks(uid, first + start // BLOCK_BYTES, blocks, reverse=reverse)

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
            is_final=lambda fault: is_final(fault.status or 0, fault.data),
        )
