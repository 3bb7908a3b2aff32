"""FEIG pad: the reader under a kiosk, a book drop or an encoding station."""

import time
from collections.abc import Callable
from typing import Final

from drivers.errors import Failed, ReaderError, TimedOut
from drivers.reader import BLOCK_BYTES, Capabilities, Health, Identity, TagInfo, TagSeen
from drivers.readers.feig import device_commands, iso_host
from drivers.readers.feig.answers import Status, done, is_final
from drivers.readers.feig.device_commands import Request
from drivers.readers.feig.profiles import PADS
from drivers.readers.feig.session import TRIES, Session

_MAX_MORE: Final = 16  # answers of one inventory: 16 x 24 tags, far above any stack


class FeigPad:
    """`drivers.reader.Reader` for FEIG readers in ISO host mode."""

    def __init__(self, url: str, *, model: str = "feig-mr102") -> None:
        """Open the port and make sure a FEIG reader is behind it; errors as in `drivers.errors`."""
        self._profile = PADS[model]
        self._session = Session(url, model=model)
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
        Therefore, and because MORE moves on with every call, only the whole sweep is repeated.
        """
        return self._session.repeat(self._sweep)

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
        _check_range(first, count)
        parts = [
            self._session.ask(
                iso_host.read_blocks(uid, start, number),
                iso_host.decode_blocks(number, reverse=self._profile.block_msb_first),
            )
            for start, number in _portions(first, count)
        ]
        return b"".join(parts)

    def write_blocks(self, uid: str, first: int, data: bytes) -> None:
        """Write whole blocks of 4 bytes and read them back; only what differs is written again."""
        if not data or len(data) % BLOCK_BYTES:
            raise ValueError(f"{len(data)} bytes are not whole blocks of {BLOCK_BYTES}")
        _check_range(first, len(data) // BLOCK_BYTES)
        for start, number in _portions(first, len(data) // BLOCK_BYTES):
            offset = (start - first) * BLOCK_BYTES
            self._write_portion(uid, start, data[offset : offset + number * BLOCK_BYTES])

    def write_afi(self, uid: str, afi: int) -> None:
        """Write the AFI and read it back."""
        self._write_until(
            lambda: iso_host.write_afi(uid, afi),
            lambda: self.system_information(uid).afi == afi,
            f"tag {uid} did not take AFI {afi:02X}",
        )

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

    def _sweep(self) -> tuple[TagSeen, ...]:
        self._session.once(device_commands.rf_reset(), done)
        tags: dict[str, TagSeen] = {}
        for number in range(_MAX_MORE):
            request = iso_host.inventory(more=number > 0)
            found = self._session.once(request, iso_host.decode_inventory)
            at = time.monotonic()
            tags |= {tag.uid: TagSeen(tag.uid, at, dsfid=tag.dsfid) for tag in found.tags}
            if not found.more or not found.tags:
                break
        return tuple(tags.values())

    def _write_portion(self, uid: str, first: int, data: bytes) -> None:
        held = b""

        def request() -> Request:
            start, stop = _differing(data, held)
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
        """Write, then look; write again only after having seen that the tag does not hold it."""
        fault: ReaderError | None = None
        for _ in range(TRIES):
            fault = self._try_write(request())
            if holds():
                return
            if fault and fault.status is not None and is_final(fault.status, fault.data):
                break
        why = fault.what if fault else "it confirmed the write and kept its old content"
        raise Failed(
            f"{complaint}: {why}",
            model=self._session.model,
            port=self._session.url,
            status=fault.status if fault else Status.WRITE_ERROR,
            data=fault.data if fault else b"",
        ) from fault

    def _try_write(self, request: Request) -> ReaderError | None:
        """One write, never repeated here: the outcome is what the tag holds afterwards."""
        try:
            self._session.once(request, done)
        except (Failed, TimedOut) as error:
            return error
        return None


def _check_range(first: int, count: int) -> None:
    if first < 0 or count < 1 or first + count > 256:
        raise ValueError(f"blocks {first}..{first + count - 1}: a tag has blocks 0 to 255")


def _portions(first: int, count: int) -> list[tuple[int, int]]:
    """(first, count) of each command, at most `MAX_BLOCKS` blocks long."""
    end = first + count
    starts = range(first, end, iso_host.MAX_BLOCKS)
    return [(start, min(iso_host.MAX_BLOCKS, end - start)) for start in starts]


def _differing(wanted: bytes, held: bytes) -> tuple[int, int]:
    """Byte range, in whole blocks, outside of which the tag already holds `wanted`."""
    if len(held) != len(wanted):
        return 0, len(wanted)
    blocks = range(0, len(wanted), BLOCK_BYTES)
    wrong = [at for at in blocks if wanted[at : at + BLOCK_BYTES] != held[at : at + BLOCK_BYTES]]
    return wrong[0], wrong[-1] + BLOCK_BYTES
