"""Chafon reader: the cheap UHF pad CF-RU5102 and the fixed UHFReader288 with four antennas."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from drivers.errors import Failed, NotSupported, ReaderError
from drivers.reader import Capabilities, Health, Identity, TagIds, TagSeen
from drivers.readers.chafon import commands
from drivers.readers.chafon.answers import (
    MEMORY_OVERRUN,
    NOT_UNDERSTOOD,
    Status,
    done,
    is_final,
)
from drivers.readers.chafon.commands import Bank, Found, Request
from drivers.readers.chafon.no_blocks import NoBlocks
from drivers.readers.chafon.session import Session

_WORD: Final = 2
_CONTROL_WORD: Final = 1  # word of the EPC bank that holds length and AFI; the CRC is before it


@dataclass(frozen=True, slots=True)
class Profile:
    """What differs between the two models; `mask` is what they want behind a password."""

    antennas: int
    tells_antenna: bool
    mask: bytes


PROFILES: Final = {
    "chafon-ru5102": Profile(antennas=1, tells_antenna=False, mask=bytes(2)),
    "chafon-288": Profile(antennas=4, tells_antenna=True, mask=b""),
}


class ChafonReader(NoBlocks):
    """`drivers.reader.UhfReader`. Two tags of one EPC are one tag to it."""

    def __init__(self, url: str, *, model: str = "chafon-ru5102") -> None:
        """Open, identify, shorten the scan time; errors as in `drivers.errors`."""
        self._profile = PROFILES[model]
        self._session = Session(url, model=model)
        self._by_antenna = False  # until the reader refuses to be asked for all at once
        self._complete = True
        try:
            if self._session.start().scan_time != commands.SCAN_TIME:
                self._session.ask(commands.scan_time(commands.SCAN_TIME), done)
        except ReaderError:
            self._session.close()
            raise

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            max_tags=255,  # no limit is documented; the reader says when its memory is full
            has_afi=False,
            has_eas=False,
            echoes_uid=False,
            antennas=self._profile.antennas,
            ids=TagIds.EPC,
            has_field_reset=False,
        )

    @property
    def health(self) -> Health:
        return self._session.health

    @property
    def inventory_is_complete(self) -> bool:
        """False after an inventory that failed, ran out of time or filled the reader's memory."""
        return self._complete

    def identify(self) -> Identity:
        """Ask the device who it is."""
        told = self._session.ask(commands.information(), commands.decode_information)
        return Identity(told.model, told.firmware, self._session.url, told.simulated)

    def inventory(self) -> tuple[TagSeen, ...]:
        """Every tag that lies in the field now, by its EPC."""
        self._complete = False
        found = self._look()
        self._complete = all(part.complete for part in found)
        at = time.monotonic()
        seen = {
            tag.epc: TagSeen(tag.epc, at, antenna=tag.antenna, rssi=tag.rssi)
            for part in reversed(found)
            for tag in part.tags
        }
        return tuple(seen.values())

    def read_epc_bank(self, uid: str) -> bytes:
        """Protocol control word and EPC, without the CRC before them."""
        return self._read(uid, Bank.EPC, _CONTROL_WORD, 1 + len(uid) // (2 * _WORD))

    def read_user_bank(self, uid: str, words: int | None = None) -> bytes:
        """The first `words` of the user bank; None: all, up to where the tag says no more."""
        if words is not None:
            return self._first_words(uid, words)
        data, step = b"", commands.MAX_WORDS
        while step:
            try:
                data += self._read(uid, Bank.USER, len(data) // _WORD, step)
            except Failed as error:
                if error.status != Status.TAG_ERROR or error.data[:1] != bytes((MEMORY_OVERRUN,)):
                    raise
                step //= 2
        return data

    def _first_words(self, uid: str, words: int) -> bytes:
        starts = range(0, words, commands.MAX_WORDS)
        parts = ((start, min(commands.MAX_WORDS, words - start)) for start in starts)
        return b"".join(self._read(uid, Bank.USER, start, count) for start, count in parts)

    def write_epc_bank(self, uid: str, memory: bytes) -> str:
        """Give a tag that lies there alone a new control word and EPC; returns the new id, read.

        Alone, because a write cut short leaves a name nobody asked for: it is found by being the
        only one there, and written again.
        """
        new = _epc_of(memory)
        if self._only_tag() != uid:
            raise self._failed(f"tag {uid} does not lie there: look again")
        self._write_until(
            lambda: self._write_request(self._only_tag(), Bank.EPC, _CONTROL_WORD, memory),
            lambda: self._only_tag() == new and self.read_epc_bank(new) == memory,
            f"tag {uid} did not take the name {new}",
        )
        return new

    def write_user_bank(self, uid: str, data: bytes) -> None:
        """Write whole words from the start of the user bank and read them back."""
        if not data or len(data) % _WORD:
            raise ValueError(f"{len(data)} bytes are not whole words of {_WORD}")
        size = commands.MAX_WORDS * _WORD
        for start in range(0, len(data), size):
            part, first = data[start : start + size], start // _WORD
            self._write_until(
                partial(self._write_request, uid, Bank.USER, first, part),
                partial(self._holds, uid, first, part),
                f"tag {uid} does not hold what was written",
            )

    def set_power(self, dbm: int) -> None:
        """Transmit power, 20 to 30 dBm; some RU5102 confirm it and stay as they are."""
        self._session.ask(commands.power(dbm), done)

    def set_output(self, number: int, *, on: bool, seconds: float) -> None:
        """Sound the beeper: it is output 0, and there is no other."""
        if number != 0 or not on:
            raise self._not_supported("a Chafon reader has a beeper only: output 0, on")
        self._session.ask(commands.beep(seconds), done)

    def close(self) -> None:
        """Give the port back."""
        self._session.close()

    def _look(self) -> list[Found]:
        decode = partial(commands.decode_inventory, with_antenna=self._profile.tells_antenna)
        if not self._by_antenna:
            try:
                return [self._session.ask(commands.inventory(), decode)]
            except Failed as error:
                if self._profile.antennas == 1 or error.status not in NOT_UNDERSTOOD:
                    raise
            self._by_antenna = True
        found: list[Found] = []
        for antenna in range(1, self._profile.antennas + 1):
            try:
                found.append(self._session.ask(commands.inventory_on(antenna), decode))
            except Failed as error:
                if error.status != Status.ANTENNA:  # nothing is screwed on there
                    raise
        return found

    def _read(self, uid: str, bank: Bank, first: int, count: int) -> bytes:
        request = commands.read_words(uid, bank, first, count, mask=self._profile.mask)
        return self._session.ask(request, commands.decode_words(count))

    def _write_request(self, uid: str, bank: Bank, first: int, data: bytes) -> Request:
        return commands.write_words(uid, bank, first, data, mask=self._profile.mask)

    def _holds(self, uid: str, first: int, part: bytes) -> bool:
        return self._read(uid, Bank.USER, first, len(part) // _WORD) == part

    def _write_until(
        self, request: Callable[[], Request], holds: Callable[[], bool], complaint: str
    ) -> None:
        self._session.write_until(
            lambda: self._session.once(request(), done),
            holds,
            complaint=complaint,
            is_final=lambda fault: is_final(fault.status or 0, fault.data),
        )

    def _only_tag(self) -> str:
        seen = self.inventory()
        if len(seen) != 1:
            raise self._failed(f"{len(seen)} tags lie there: a name is written to one alone")
        return seen[0].uid

    def _failed(self, why: str) -> Failed:
        return Failed(why, model=self._session.model, port=self._session.url)

    def _not_supported(self, why: str) -> NotSupported:
        return NotSupported(why, model=self._session.model, port=self._session.url)


def _epc_of(memory: bytes) -> str:
    """The EPC behind a control word; `ValueError` unless the word tells its length."""
    words = memory[0] >> 3 if memory else 0
    if not words or len(memory) != _WORD * (1 + words):
        raise ValueError(f"{memory.hex(' ').upper()}: a control word, then the words it tells")
    return memory[_WORD:].hex().upper()
