"""What a Chafon reader does with tags: inventory in several frames, banks read and written, EAS.

Sources as in `chafon_reader`. A tag is meant by its whole EPC; masks are not modelled.
"""

import random
import threading
from collections.abc import Callable

from hw_sim.airtime import UhfAirModel
from hw_sim.devices.chafon_frames import ANSWER_OVERHEAD, MAX_LENGTH, Request
from hw_sim.devices.chafon_reader import (
    ChafonReader,
    Outcome,
    Profile,
    RefusedError,
    Status,
    expect,
    outcome,
)
from hw_sim.event_log import Report
from hw_sim.uhf_field import UhfField
from hw_sim.uhf_tag import EPC_AT, PASSWORD_BYTES, WORD_BYTES, Bank, Gen2Error, UhfTag

MAX_EPC_WORDS = 15
MAX_READ_WORDS = 120
MAX_WRITE_WORDS = 32
FIRST_ANTENNA = 0x80
NO_MASK = (b"", bytes(2))  # left out, or MaskAdr and MaskLen zero: the whole EPC is compared
ANTENNA_MASK = 0x01  # the pad hangs at antenna 1
RSSI = 0x60
PARAMETERS_288 = 9  # QValue Session MaskMem MaskAdr(2) MaskLen Target Ant ScanTime


class TagCommands:
    """01 to 0F on the tags of one field."""

    def __init__(
        self,
        reader: ChafonReader,
        field: UhfField,
        *,
        air: UhfAirModel,
        chance: random.Random,
        report: Report,
    ) -> None:
        self._reader = reader
        self._has_antennas = reader.profile.has_antennas
        self._field = field
        self._air = air
        self._chance = chance
        self._report = report

    # Inventory

    def inventory(self, request: Request) -> Outcome:
        """01: takes the whole scan time; what does not fit one frame comes in more, unasked."""
        scan_ms = self._scan_ms(request.data)
        names = list(dict.fromkeys(tag.epc for tag in self._field.tags()))
        found = names[: self._air.tags_within(scan_ms)]
        end = Status.COMPLETE if len(found) == len(names) else Status.TIME_OVER
        return Outcome(self._told(found, end), scan_ms)

    def single(self, request: Request) -> Outcome:
        """0F: one tag, whichever answers first."""
        expect(not request.data, Status.LENGTH)
        names = sorted({tag.epc for tag in self._field.tags()})
        if not names:
            raise RefusedError(Status.NO_TAG, air_ms=self._air.access_ms)
        told = self._told([self._chance.choice(names)], Status.COMPLETE)
        return Outcome(told[:1], self._air.access_ms)

    def _scan_ms(self, data: bytes) -> float:
        """The 288 may be told antenna and scan time for this inventory alone."""
        if not self._has_antennas or len(data) in (0, 2):
            expect(self._has_antennas or not data, Status.LENGTH)
            return self._reader.scan_ms
        expect(len(data) == PARAMETERS_288, Status.LENGTH)
        expect(data[5] == 0, Status.PARAMETER)  # MaskLen: no mask
        if data[7] != FIRST_ANTENNA:
            raise RefusedError(Status.ANTENNA)
        return self._reader.scan_ms if not data[8] else data[8] * 100

    def _told(self, names: list[bytes], end: Status) -> tuple[tuple[Status, bytes], ...]:
        if self._has_antennas:
            parts = [(Status.MORE_FRAMES, part) for part in self._parts(names)]
            return (*parts, (end, bytes((ANTENNA_MASK, 0))))
        if not names:
            return ((Status.NO_TAG, b""),)
        *earlier, last = self._parts(names)
        return (*((Status.MORE_FRAMES, part) for part in earlier), (end, last))

    def _parts(self, names: list[bytes]) -> list[bytes]:
        """NUM and {length, EPC} of as many tags as fit a frame; the 288 adds antenna and RSSI."""
        head = bytes((ANTENNA_MASK,)) if self._has_antennas else b""
        tail = bytes((RSSI,)) if self._has_antennas else b""
        room = MAX_LENGTH - ANSWER_OVERHEAD - len(head) - 1
        parts: list[list[bytes]] = []
        for name in names:
            told = bytes((len(name),)) + name + tail
            if not parts or sum(map(len, parts[-1])) + len(told) > room:
                parts.append([])
            parts[-1].append(told)
        return [head + bytes((len(part),)) + b"".join(part) for part in parts]

    # Memory

    def read(self, request: Request) -> Outcome:
        """02: ENum EPC Mem WordPtr Num Pwd [mask]."""
        name, rest = _named(request.data)
        expect(len(rest) >= 3 + PASSWORD_BYTES, Status.LENGTH)
        bank, first, count = _bank(rest[0]), rest[1], rest[2]
        password, mask = rest[3 : 3 + PASSWORD_BYTES], rest[3 + PASSWORD_BYTES :]
        expect(mask in NO_MASK, Status.PARAMETER)
        expect(0 < count <= MAX_READ_WORDS, Status.PARAMETER)
        tag = self._one(name)
        self._access(tag, password)
        air_ms = self._air.read_ms(count)
        try:
            return outcome(data=tag.read(bank, first, count), air_ms=air_ms)
        except Gen2Error as error:
            raise RefusedError(Status.TAG_ERROR, bytes((error.code,)), air_ms=air_ms) from error

    def write(self, request: Request) -> Outcome:
        """03: WNum ENum EPC Mem WordPtr words Pwd [mask]."""
        expect(len(request.data) >= 2, Status.LENGTH)
        count = request.data[0]
        expect(0 < count <= MAX_WRITE_WORDS, Status.PARAMETER)
        name, rest = _named(request.data[1:])
        end = 2 + count * WORD_BYTES
        expect(len(rest) >= end + PASSWORD_BYTES, Status.LENGTH)
        bank, first, data = _bank(rest[0]), rest[1], rest[2:end]
        password, mask = rest[end : end + PASSWORD_BYTES], rest[end + PASSWORD_BYTES :]
        expect(mask in NO_MASK, Status.PARAMETER)
        tag = self._one(name)
        self._access(tag, password)
        self._write_words(tag, bank, first, data)
        return outcome(air_ms=self._air.write_ms(count))

    def write_epc(self, request: Request) -> Outcome:
        """04: ENum Pwd EPC. Whichever tag answers gets it, with a control word that fits."""
        expect(len(request.data) >= 1 + PASSWORD_BYTES, Status.LENGTH)
        words, epc = request.data[0], request.data[1 + PASSWORD_BYTES :]
        expect(words <= MAX_EPC_WORDS, Status.PARAMETER)
        expect(len(epc) == words * WORD_BYTES, Status.LENGTH)
        tags = self._field.tags()
        if not tags:
            raise RefusedError(Status.NO_TAG, air_ms=self._air.access_ms)
        tag = self._chance.choice(list(tags))
        self._access(tag, request.data[1 : 1 + PASSWORD_BYTES])
        control = words << 3 | tag.epc_bank[WORD_BYTES] & 0x07
        head = bytes((control, tag.epc_bank[WORD_BYTES + 1]))
        self._write_words(tag, Bank.EPC, EPC_AT - 1, head + epc)
        return outcome(air_ms=self._air.write_ms(1 + words))

    def _write_words(self, tag: UhfTag, bank: Bank, first: int, data: bytes) -> None:
        for index in range(0, len(data), WORD_BYTES):
            done = index // WORD_BYTES
            air_ms = self._air.write_ms(done + 1)
            if not self._field.reaches(tag):
                raise RefusedError(Status.POOR_COMMUNICATION, air_ms=air_ms)
            try:
                tag.write(bank, first + done, data[index : index + WORD_BYTES])
            except Gen2Error as error:
                code = bytes((error.code,))
                raise RefusedError(Status.TAG_ERROR, code, air_ms=air_ms) from error
        words = len(data) // WORD_BYTES
        self._report("tag_written", uid=tag.name, what=bank.name.lower(), first=first, count=words)

    # EAS, on NXP UCODE G2X

    def set_eas(self, request: Request) -> Outcome:
        """0C: ENum EPC Pwd EAS [mask]. The tag must have an access password."""
        name, rest = _named(request.data)
        expect(len(rest) >= PASSWORD_BYTES + 1, Status.LENGTH)
        on, mask = rest[PASSWORD_BYTES], rest[PASSWORD_BYTES + 1 :]
        expect(on in (0, 1) and mask in NO_MASK, Status.PARAMETER)
        tag = self._one(name)
        self._access(tag, rest[:PASSWORD_BYTES], needed=True)
        air_ms = self._air.write_ms(1)
        if not self._field.reaches(tag):
            raise RefusedError(Status.POOR_COMMUNICATION, air_ms=air_ms)
        try:
            tag.set_eas(on=bool(on))
        except Gen2Error as error:
            raise RefusedError(Status.NOT_EXECUTED, air_ms=air_ms) from error
        self._report("tag_written", uid=tag.name, what="eas", value=on)
        return outcome(air_ms=air_ms)

    def check_eas(self, request: Request) -> Outcome:
        """0D: 00 if any tag is armed, else "no tag"."""
        expect(not request.data, Status.LENGTH)
        armed = any(tag.eas for tag in self._field.tags())
        return outcome(Status.OK if armed else Status.NO_TAG, air_ms=self._air.access_ms)

    def _one(self, name: bytes) -> UhfTag:
        """The tag of this EPC; two of them answer at once and garble each other."""
        tags = [tag for tag in self._field.tags() if tag.epc == name]
        if not tags:
            raise RefusedError(Status.NO_TAG, air_ms=self._air.access_ms)
        if len(tags) > 1:
            raise RefusedError(Status.POOR_COMMUNICATION, air_ms=self._air.access_ms)
        return tags[0]

    def _access(self, tag: UhfTag, password: bytes, *, needed: bool = False) -> None:
        """A password of zero does for memory that is not locked, and locks are not modelled."""
        if (needed or any(password)) and password != tag.access_password:
            raise RefusedError(Status.PASSWORD, air_ms=self._air.access_ms)


def chafon_reader(
    *,
    profile: Profile,
    field: UhfField,
    air: UhfAirModel,
    lock: threading.RLock,
    chance: random.Random,
    report: Report,
) -> ChafonReader:
    """A reader that answers Chafon frames from the tags of `field`."""
    reader = ChafonReader(profile=profile, field=field, lock=lock, report=report)
    tags = TagCommands(reader, field, air=air, chance=chance, report=report)
    handlers: dict[int, Callable[[Request], Outcome]] = {
        0x01: tags.inventory,
        0x02: tags.read,
        0x03: tags.write,
        0x04: tags.write_epc,
        0x0C: tags.set_eas,
        0x0D: tags.check_eas,
        0x0F: tags.single,
    }
    for command, handler in handlers.items():
        reader.add(command, handler)
    return reader


def _named(data: bytes) -> tuple[bytes, bytes]:
    """The EPC in front (its length in words first), and what stands behind."""
    expect(data, Status.LENGTH)
    words = data[0]
    expect(words <= MAX_EPC_WORDS, Status.PARAMETER)
    end = 1 + words * WORD_BYTES
    expect(len(data) >= end, Status.LENGTH)
    return data[1:end], data[end:]


def _bank(number: int) -> Bank:
    expect(number in set(Bank), Status.PARAMETER)
    return Bank(number)
