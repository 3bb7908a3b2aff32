"""What a 3M reader does with tags: inventory, blocks, AFI, DSFID, EAS, each answer with its UID.

Source: 3M RFID Reader Model 210 Protocol Specification 1.0.0. Left out, as their requests are not
known byte for byte: 05, 07, 08 (one block) and options of error handling; and TI Tag-it tags.
"""

import threading
from collections.abc import Callable
from enum import IntFlag

from hw_sim.airtime import AirModel
from hw_sim.devices.m3_frames import Request
from hw_sim.devices.m3_reader import Error, M3Reader, Outcome, Profile, RefusedError, expect
from hw_sim.event_log import Report
from hw_sim.field import Antenna, Written
from hw_sim.tag import BLOCK_BYTES, UID_BYTES, IsoError, IsoErrorCode, Tag, TagState

MAX_TOLD = 255  # N is one byte
ANY_AFI = 0x00
PASS_HEAD_BYTES = 6  # TXLEN(2) RXLEN(2) CTRL(2)
READ_SINGLE = bytes.fromhex("23 20")  # addressed, high data rate, two sub-carriers
PASS_FLAGS = 0x83  # of the one documented exchange


class InventoryOption(IntFlag):
    """OPT of FE. CAPTURED is set in every capture and has no name in the specification."""

    UID = 0x01
    DSFID = 0x02
    CAPTURED = 0x04
    ONE_POLL = 0x20


class ReadOption(IntFlag):
    """OPT of 02, as far as modelled."""

    NEW_STYLE = 0x04
    NO_LOCKS = 0x08


class InfoField(IntFlag):
    """Mask of 0D."""

    DSFID = 0x01
    AFI = 0x02
    MEMORY = 0x04
    IC_REFERENCE = 0x08


ERRORS = {
    IsoErrorCode.NOT_SUPPORTED: Error.NOT_SUPPORTED,
    IsoErrorCode.BLOCK_MISSING: Error.NO_SUCH_BLOCK,
    IsoErrorCode.ALREADY_LOCKED: Error.LOCKED,
    IsoErrorCode.LOCKED: Error.LOCKED,
}


class TagCommands:
    """Everything that is addressed to tags, on one antenna."""

    def __init__(
        self, reader: M3Reader, antenna: Antenna, *, air: AirModel, report: Report
    ) -> None:
        self._reader = reader
        self._antenna = antenna
        self._air = air
        self._report = report

    def switch_off_and_on(self) -> None:
        """The supply was gone."""
        self._antenna.switch(on=False)
        self._antenna.switch(on=True)

    # Inventory

    def inventory(self, request: Request) -> Outcome:
        """FE: AFI OPT. Tags are silenced and the hidden ones asked, unless OPT forbids it."""
        expect(len(request.data) == 2, Error.PARAMETER)
        afi, option = request.data
        expect(not option & ~sum(InventoryOption), Error.OPTION)
        heard, air_ms = self._poll(afi)
        if not option & InventoryOption.ONE_POLL:
            again, more_ms = self._ask_the_hidden(afi, heard)
            heard, air_ms = heard + again, air_ms + more_ms
        told = heard[:MAX_TOLD]
        sets = b"".join(_data_set(tag, option) for tag in told)
        return Outcome(bytes((afi, option, len(told))) + sets, air_ms=air_ms)

    def _poll(self, afi: int) -> tuple[list[Tag], float]:
        answering = [
            tag
            for tag in self._antenna.tags()
            if tag.state is not TagState.QUIET and afi in (ANY_AFI, tag.afi)
        ]
        return self._antenna.heard(answering), self._air.inventory_ms(len(answering))

    def _ask_the_hidden(self, afi: int, found: list[Tag]) -> tuple[list[Tag], float]:
        """The second poll. A tag that missed its Stay Quiet is told twice (specification, FE)."""
        silenced = self._antenna.heard(found)
        for tag in silenced:
            tag.state = TagState.QUIET
        again, air_ms = self._poll(afi)
        for tag in silenced:
            tag.state = TagState.READY
        return again, air_ms + len(found) * self._air.stay_quiet_ms()

    def quiet(self, request: Request) -> Outcome:
        """01: until the tag has left the field."""
        tag = self._addressed(request, 0)
        tag.state = TagState.QUIET
        return Outcome(tag.uid, air_ms=self._air.stay_quiet_ms())

    # Blocks

    def read(self, request: Request) -> Outcome:
        """02: UID FIRST N [OPT]. Old: N x {number, lock, data}; new: FIRST N x {[lock] data}."""
        expect(len(request.data) in (UID_BYTES + 2, UID_BYTES + 3), Error.PARAMETER)
        option = request.data[UID_BYTES + 2] if len(request.data) > UID_BYTES + 2 else 0
        expect(not option & ~sum(ReadOption), Error.OPTION)
        expect(option != ReadOption.NO_LOCKS, Error.OPTION)  # there is no old style without locks
        tag = self._addressed(request, len(request.data) - UID_BYTES)
        first, count = request.data[UID_BYTES : UID_BYTES + 2]
        expect(count, Error.PARAMETER)
        air_ms = self._air.read_ms(count)
        try:
            memory = tag.read(first, count)
        except IsoError as error:
            raise RefusedError(ERRORS[error.code], tag.uid, air_ms=air_ms) from error
        head = bytes((first, count) if option & ReadOption.NEW_STYLE else (count,))
        blocks = (
            self._told_block(tag, first + index, option) + memory[at : at + BLOCK_BYTES]
            for index, at in enumerate(range(0, len(memory), BLOCK_BYTES))
        )
        return Outcome(tag.uid + head + b"".join(blocks), air_ms=air_ms)

    def _told_block(self, tag: Tag, number: int, option: int) -> bytes:
        if option & ReadOption.NO_LOCKS:
            return b""
        lock = number in tag.locked
        return bytes((lock,) if option & ReadOption.NEW_STYLE else (number, lock))

    def write(self, request: Request) -> Outcome:
        """04: UID FIRST N 00 data; the answer tells the block behind the last, or the bad one."""
        data = request.data[UID_BYTES:]
        expect(len(data) >= 3 and len(data) == 3 + data[1] * BLOCK_BYTES, Error.PARAMETER)
        first, count, option = data[:3]
        expect(count, Error.PARAMETER)
        expect(not option, Error.OPTION)
        tag = self._addressed(request, len(data))
        for index in range(count):
            at = 3 + index * BLOCK_BYTES
            self._write_block(tag, first + index, data[at : at + BLOCK_BYTES], index + 1)
        self._report("tag_written", uid=tag.name, what="block", first=first, count=count)
        end = bytes(((first + count) & 0xFF,))
        return Outcome(tag.uid + end, air_ms=self._air.write_blocks_ms(count))

    def _write_block(self, tag: Tag, block: int, data: bytes, done: int) -> None:
        told = tag.uid + bytes((block & 0xFF,))
        air_ms = self._air.write_blocks_ms(done)
        if not self._antenna.reaches(tag, Written.BLOCK):
            raise RefusedError(Error.NOT_WRITTEN, told, air_ms=air_ms)
        try:
            tag.write(block, data)
        except IsoError as error:
            raise RefusedError(ERRORS[error.code], told, air_ms=air_ms) from error

    # Attributes

    def get_afi(self, request: Request) -> Outcome:
        """0A."""
        tag = self._addressed(request, 0)
        return Outcome(tag.uid + bytes((tag.afi,)), air_ms=self._air.system_information_ms())

    def write_afi(self, request: Request) -> Outcome:
        """09: UID AFI."""
        tag, value = self._addressed(request, 1), request.data[-1]
        return self._change(tag, Written.AFI, lambda: tag.write_afi(value), value=value)

    def lock_afi(self, request: Request) -> Outcome:
        """06."""
        tag = self._addressed(request, 0)
        return self._change(tag, Written.LOCK, tag.lock_afi, target="afi")

    def get_dsfid(self, request: Request) -> Outcome:
        """0F."""
        tag = self._addressed(request, 0)
        return Outcome(tag.uid + bytes((tag.dsfid,)), air_ms=self._air.system_information_ms())

    def write_dsfid(self, request: Request) -> Outcome:
        """0B: UID DSFID."""
        tag, value = self._addressed(request, 1), request.data[-1]
        return self._change(tag, Written.DSFID, lambda: tag.write_dsfid(value), value=value)

    def lock_dsfid(self, request: Request) -> Outcome:
        """0E."""
        tag = self._addressed(request, 0)
        return self._change(tag, Written.LOCK, tag.lock_dsfid, target="dsfid")

    def check_eas(self, request: Request) -> Outcome:
        """03: error 06 says that EAS is 0; a tag that is not there looks the same."""
        expect(len(request.data) == UID_BYTES, Error.PARAMETER)
        tags = [tag for tag in self._antenna.tags() if tag.uid == request.data]
        armed = bool(tags) and tags[0].eas
        error = Error.OK if armed else Error.NO_TRANSPONDER
        return Outcome(request.data + bytes((armed,)), error, self._air.short_command_ms())

    def set_eas(self, request: Request) -> Outcome:
        """0C: UID EAS."""
        tag, value = self._addressed(request, 1), request.data[-1]
        expect(value in (0, 1), Error.PARAMETER)
        on = bool(value)
        return self._change(tag, Written.EAS, lambda: tag.set_eas(on=on), value=value)

    def information(self, request: Request) -> Outcome:
        """0D: UID mask; what is there, in the order of the bits."""
        tag, mask = self._addressed(request, 1), InfoField(request.data[-1])
        expect(not mask & ~sum(InfoField), Error.OPTION)
        told = {
            InfoField.DSFID: bytes((tag.dsfid,)),
            InfoField.AFI: bytes((tag.afi,)),
            InfoField.MEMORY: bytes((BLOCK_BYTES - 1, tag.block_count - 1)),
            InfoField.IC_REFERENCE: bytes((tag.ic_reference, 0)),
        }
        fields = b"".join(value for bit, value in told.items() if mask & bit)
        return Outcome(tag.uid + bytes((mask,)) + fields, air_ms=self._air.system_information_ms())

    def pass_through(self, request: Request) -> Outcome:
        """14: a raw ISO command, UID least significant byte first; modelled is the single read."""
        head, raw = request.data[:PASS_HEAD_BYTES], request.data[PASS_HEAD_BYTES:]
        wanted = len(READ_SINGLE) + UID_BYTES + 1
        if int.from_bytes(head[:2], "big") != len(raw) or any(head[4:]):
            raise RefusedError(Error.PARAMETER)
        if not raw.startswith(READ_SINGLE) or len(raw) != wanted:
            self._reader.unknown(request)
            raise RefusedError(Error.NOT_SUPPORTED)
        tag = self._present(raw[2 : 2 + UID_BYTES][::-1], b"")
        try:
            answer = b"\x00" + tag.read(raw[-1], 1)
        except IsoError as error:
            answer = bytes((0x01, error.code))
        told = bytes((PASS_FLAGS,)) + len(answer).to_bytes(2, "big") + answer
        return Outcome(told, air_ms=self._air.read_ms(1))

    def _addressed(self, request: Request, extra: int) -> Tag:
        """The tag whose UID the request begins with; `extra` bytes must follow it."""
        expect(len(request.data) == UID_BYTES + extra, Error.PARAMETER)
        uid = request.data[:UID_BYTES]
        return self._present(uid, uid)

    def _present(self, uid: bytes, told: bytes) -> Tag:
        for tag in self._antenna.tags():
            if tag.uid == uid:
                return tag
        raise RefusedError(Error.NO_TRANSPONDER, told, air_ms=self._air.short_command_ms())

    def _change(
        self, tag: Tag, what: Written, act: Callable[[], None], **details: int | str
    ) -> Outcome:
        """Carry out one write, if it reaches the tag."""
        air_ms = self._air.write_attribute_ms()
        if not self._antenna.reaches(tag, what):
            raise RefusedError(Error.NOT_WRITTEN, tag.uid, air_ms=air_ms)
        try:
            act()
        except IsoError as error:
            raise RefusedError(ERRORS[error.code], tag.uid, air_ms=air_ms) from error
        self._report("tag_written", uid=tag.name, what=what.value, at=None, **details)
        return Outcome(tag.uid, air_ms=air_ms)


def m3_reader(
    *, profile: Profile, antenna: Antenna, air: AirModel, lock: threading.RLock, report: Report
) -> M3Reader:
    """A pad that answers 3M frames from the tags of `antenna`."""
    reader = M3Reader(profile=profile, lock=lock, report=report)
    tags = TagCommands(reader, antenna, air=air, report=report)
    handlers: dict[int, Callable[[Request], Outcome]] = {
        0x01: tags.quiet,
        0x02: tags.read,
        0x03: tags.check_eas,
        0x04: tags.write,
        0x06: tags.lock_afi,
        0x09: tags.write_afi,
        0x0A: tags.get_afi,
        0x0B: tags.write_dsfid,
        0x0C: tags.set_eas,
        0x0D: tags.information,
        0x0E: tags.lock_dsfid,
        0x0F: tags.get_dsfid,
        0x14: tags.pass_through,
        0xFE: tags.inventory,
    }
    for command, handler in handlers.items():
        reader.add(command, handler)
    reader.on_reset(tags.switch_off_and_on)
    return reader


def _data_set(tag: Tag, option: int) -> bytes:
    """[DSFID] UID, as far as asked for."""
    dsfid = bytes((tag.dsfid,)) if option & InventoryOption.DSFID else b""
    return dsfid + (tag.uid if option & InventoryOption.UID else b"")
