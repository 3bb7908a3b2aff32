"""ISO host commands (B0) and NXP's own (B1 04) of a FEIG reader, on the tags of one antenna.

Source: FEIG H20800-16e-ID-B chapter 6; FEIG SDK for B1. Block bytes travel MSB first, which is
reversed against tag memory, when the profile says so.
"""

from collections.abc import Callable

from hw_sim.airtime import EAS_ALARM_MS, RF_RESET_MS, AirModel
from hw_sim.devices.feig_config import ConfigBlocks
from hw_sim.devices.feig_frames import MAX_STANDARD, FrameForm, Request
from hw_sim.devices.feig_reader import (
    FeigReader,
    Outcome,
    Profile,
    RefusedError,
    Status,
    expect,
)
from hw_sim.event_log import Report
from hw_sim.field import Antenna, Written
from hw_sim.tag import BLOCK_BYTES, UID_BYTES, IsoError, Tag, TagState

ISO_15693 = 0x03  # TR-TYPE of a data set
NXP = 0x04
MAX_BLOCK_DATA = 128  # H20800: at most 128 data bytes per block command
MODE_MORE = 0x80
MODE_SECURITY = 0x08
DATA_SET_BYTES = 10  # TR-TYPE DSFID UID(8)
SET_EAS, RESET_EAS, LOCK_EAS, EAS_ALARM = 0xA2, 0xA3, 0xA4, 0xA5

SubHandler = Callable[[Tag, bytes, int], Outcome]


class HostCommands:
    """B0 and B1 on one antenna; remembers what of an inventory did not fit (94, MORE)."""

    def __init__(
        self,
        reader: FeigReader,
        antenna: Antenna,
        config: ConfigBlocks,
        *,
        air: AirModel,
        report: Report,
    ) -> None:
        self._reader = reader
        self._config = config
        self._profile: Profile = reader.profile
        self._antenna = antenna
        self._air = air
        self._report = report
        self._rest: list[Tag] = []
        self._overflowed = False
        self._by_tag: dict[int, SubHandler] = {
            0x02: self._stay_quiet,
            0x22: self._lock_blocks,
            0x23: self._read_blocks,
            0x24: self._write_blocks,
            0x25: self._select,
            0x26: self._reset_to_ready,
            0x27: self._write_afi,
            0x28: self._lock_afi,
            0x29: self._write_dsfid,
            0x2A: self._lock_dsfid,
            0x2B: self._system_information,
            0x2C: self._block_security,
        }

    def forget(self) -> None:
        """The reader was reset."""
        self._rest = []

    def iso_host(self, request: Request) -> Outcome:
        """B0."""
        expect(len(request.data) >= 2, Status.LENGTH)
        sub, mode = request.data[0], request.data[1]
        if sub == 0x01:
            return self._inventory(request.form, request.data[1:])
        if sub == 0x26 and mode & 0x07 == 0:
            return self._all_ready()
        handler = self._by_tag.get(sub)
        if handler is None:
            raise self._reader.unknown(request)
        tag, rest = self._target(mode, request.data[2:])
        return handler(tag, rest, mode)

    def manufacturer(self, request: Request) -> Outcome:
        """B1 04: the EAS of NXP tags."""
        expect(len(request.data) >= 3, Status.LENGTH)
        maker, act, mode = request.data[:3]
        if maker != NXP or act not in (SET_EAS, RESET_EAS, LOCK_EAS, EAS_ALARM):
            raise self._reader.unknown(request)
        if act == EAS_ALARM:
            return self._eas_alarm(mode, request.data[3:])
        tag, rest = self._target(mode, request.data[3:])
        expect(not rest, Status.LENGTH)
        if act == LOCK_EAS:
            return self._change(tag, Written.LOCK, tag.lock_eas, target="eas")
        on = act == SET_EAS
        return self._change(tag, Written.EAS, lambda: tag.set_eas(on=on), value=int(on))

    def _eas_alarm(self, mode: int, data: bytes) -> Outcome:
        """A5, to one tag or to all; ISO/IEC 15693-3, 8.1: quiet tags answer their own UID alone."""
        asked = [tag for tag in self._antenna.tags() if tag.state is not TagState.QUIET]
        if mode & 0x07:
            tag, data = self._target(mode, data)
            asked = [tag]
        expect(not data, Status.LENGTH)
        armed = any(tag.eas for tag in asked)
        return Outcome(status=Status.OK if armed else Status.NO_TRANSPONDER, air_ms=EAS_ALARM_MS)

    # Which tag is meant

    def _target(self, mode: int, data: bytes) -> tuple[Tag, bytes]:
        """Whom MODE bits 2-0 mean (0 the only tag, 1 by UID, 2 the selected); data behind it."""
        powered = list(self._antenna.tags())
        match mode & 0x07:
            case 0:
                candidates, rest = [t for t in powered if t.state is not TagState.QUIET], data
            case 1:
                expect(len(data) >= UID_BYTES, Status.LENGTH)
                uid, rest = data[:UID_BYTES], data[UID_BYTES:]
                candidates = [t for t in powered if t.uid == uid]
            case 2:
                candidates, rest = [t for t in powered if t.state is TagState.SELECTED], data
            case _:
                raise RefusedError(Status.PARAMETER_RANGE)
        short = self._air.short_command_ms()
        if not candidates:
            raise RefusedError(Status.NO_TRANSPONDER, air_ms=short)
        if len(candidates) > 1:  # they answer at once and garble each other
            raise RefusedError(Status.DATA_FALSE, air_ms=short)
        return candidates[0], rest

    # Inventory

    def _inventory(self, form: FrameForm, data: bytes) -> Outcome:
        mode = data[0]
        expect(len(data) == 1, Status.LENGTH)
        expect(
            mode & ~MODE_MORE == 0, Status.PARAMETER_RANGE
        )  # notify, presence, antenna: not modelled
        air_ms = 0.0
        if not mode & MODE_MORE:
            self._rest, air_ms = self._poll()
        if not self._rest:
            warned = self._reader.rf_warning
            status = Status.RF_WARNING if warned else Status.NO_TRANSPONDER
            return Outcome(status=status, air_ms=air_ms)
        room = self._room(form)
        told, self._rest = self._rest[:room], self._rest[room:]
        sets = b"".join(bytes((ISO_15693, tag.dsfid)) + tag.uid for tag in told)
        return Outcome(bytes((len(told),)) + sets, self._told_status(), air_ms)

    def _told_status(self) -> Status:
        if self._overflowed:
            return Status.BUFFER_OVERFLOW
        if self._rest:
            return Status.MORE_DATA
        return Status.RF_WARNING if self._reader.rf_warning else Status.OK

    def _poll(self) -> tuple[list[Tag], float]:
        """One 16-slot inventory; with ONT every tag that was heard is sent to QUIET."""
        reset_ms = 0.0
        if not self._config.new_only:
            self._antenna.switch(on=False)
            self._antenna.switch(on=True)
            reset_ms = RF_RESET_MS
        answering = [tag for tag in self._antenna.tags() if tag.state is not TagState.QUIET]
        heard = self._antenna.heard(answering)
        most = self._profile.max_tags
        self._overflowed = most is not None and len(heard) > most
        heard = heard[:most]
        if self._config.new_only:
            for tag in heard:
                tag.state = TagState.QUIET
        return heard, reset_ms + self._air.inventory_ms(len(answering))

    def _room(self, form: FrameForm) -> int:
        """Data sets that fit one answer; all else takes 7 bytes (standard) or 9 (advanced)."""
        if form is FrameForm.STANDARD:
            return (min(self._profile.transmit_buffer, MAX_STANDARD) - 7) // DATA_SET_BYTES
        return min(255, (self._profile.transmit_buffer - 9) // DATA_SET_BYTES)

    # States

    def _stay_quiet(self, tag: Tag, rest: bytes, mode: int) -> Outcome:
        expect(not rest, Status.LENGTH)
        expect(
            mode & 0x07 == 1, Status.PARAMETER_RANGE
        )  # ISO/IEC 15693-3, 10.2.2: always addressed
        tag.state = TagState.QUIET
        return Outcome(air_ms=self._air.stay_quiet_ms())

    def _select(self, tag: Tag, rest: bytes, mode: int) -> Outcome:
        expect(not rest, Status.LENGTH)
        expect(mode & 0x07 == 1, Status.PARAMETER_RANGE)
        for other in self._antenna.tags():
            if other.state is TagState.SELECTED:
                other.state = TagState.READY
        tag.state = TagState.SELECTED
        return Outcome(air_ms=self._air.short_command_ms())

    def _reset_to_ready(self, tag: Tag, rest: bytes, _mode: int) -> Outcome:
        expect(not rest, Status.LENGTH)
        tag.state = TagState.READY
        return Outcome(air_ms=self._air.short_command_ms())

    def _all_ready(self) -> Outcome:
        tags = self._antenna.tags()
        for tag in tags:
            tag.state = TagState.READY
        status = Status.OK if tags else Status.NO_TRANSPONDER
        return Outcome(status=status, air_ms=self._air.short_command_ms())

    # Blocks

    def _read_blocks(self, tag: Tag, rest: bytes, mode: int) -> Outcome:
        expect(len(rest) == 2, Status.LENGTH)
        first, count = rest
        expect(0 < count * BLOCK_BYTES <= MAX_BLOCK_DATA, Status.PARAMETER_RANGE)
        air_ms = self._air.read_ms(count)
        try:
            memory = tag.read(first, count)
        except IsoError as error:
            raise RefusedError(Status.ISO_ERROR, bytes((error.code,)), air_ms=air_ms) from error
        out = bytearray((count, BLOCK_BYTES))
        for index in range(count):
            secured = mode & MODE_SECURITY and first + index in tag.locked
            out.append(1 if secured else 0)
            out += self._turned(memory[index * BLOCK_BYTES : (index + 1) * BLOCK_BYTES])
        return Outcome(bytes(out), air_ms=air_ms)

    def _write_blocks(self, tag: Tag, rest: bytes, _mode: int) -> Outcome:
        expect(len(rest) >= 3, Status.LENGTH)
        first, count, size = rest[:3]
        data = rest[3:]
        expect(size == BLOCK_BYTES, Status.PARAMETER_RANGE)
        expect(0 < count * BLOCK_BYTES <= MAX_BLOCK_DATA, Status.PARAMETER_RANGE)
        expect(len(data) == count * BLOCK_BYTES, Status.LENGTH)
        for index in range(count):
            block = self._turned(data[index * BLOCK_BYTES : (index + 1) * BLOCK_BYTES])
            self._write_block(tag, first + index, block, self._air.write_blocks_ms(index + 1))
        self._report("tag_written", uid=tag.name, what="block", first=first, count=count)
        return Outcome(air_ms=self._air.write_blocks_ms(count))

    def _write_block(self, tag: Tag, block: int, data: bytes, air_ms: float) -> None:
        number = block & 0xFF
        if not self._antenna.reaches(tag, Written.BLOCK):
            raise RefusedError(Status.WRITE_ERROR, bytes((number,)), air_ms=air_ms)
        try:
            tag.write(block, data)
        except IsoError as error:
            raise RefusedError(
                Status.ISO_ERROR, bytes((error.code, number)), air_ms=air_ms
            ) from error

    def _lock_blocks(self, tag: Tag, rest: bytes, _mode: int) -> Outcome:
        expect(len(rest) == 2, Status.LENGTH)
        first, count = rest
        air_ms = count * self._air.write_attribute_ms()
        for block in range(first, first + count):
            if not self._antenna.reaches(tag, Written.LOCK):
                raise RefusedError(Status.WRITE_ERROR, bytes((block & 0xFF,)), air_ms=air_ms)
            try:
                tag.lock(block)
            except IsoError as error:
                data = bytes((error.code, block & 0xFF))
                raise RefusedError(Status.ISO_ERROR, data, air_ms=air_ms) from error
        self._report("tag_written", uid=tag.name, what="lock", first=first, count=count)
        return Outcome(air_ms=air_ms)

    def _block_security(self, tag: Tag, rest: bytes, _mode: int) -> Outcome:
        expect(len(rest) == 2, Status.LENGTH)
        first, count = rest
        air_ms = self._air.read_ms(1)
        if first + count > tag.block_count:
            raise RefusedError(Status.ISO_ERROR, b"\x10", air_ms=air_ms)
        states = bytes(block in tag.locked for block in range(first, first + count))
        return Outcome(bytes((count,)) + states, air_ms=air_ms)

    def _turned(self, block: bytes) -> bytes:
        return block[::-1] if self._profile.reverses_blocks else block

    # Attributes

    def _write_afi(self, tag: Tag, rest: bytes, _mode: int) -> Outcome:
        expect(len(rest) == 1, Status.LENGTH)
        return self._change(tag, Written.AFI, lambda: tag.write_afi(rest[0]), value=rest[0])

    def _lock_afi(self, tag: Tag, rest: bytes, _mode: int) -> Outcome:
        expect(not rest, Status.LENGTH)
        return self._change(tag, Written.LOCK, tag.lock_afi, target="afi")

    def _write_dsfid(self, tag: Tag, rest: bytes, _mode: int) -> Outcome:
        expect(len(rest) == 1, Status.LENGTH)
        return self._change(tag, Written.DSFID, lambda: tag.write_dsfid(rest[0]), value=rest[0])

    def _lock_dsfid(self, tag: Tag, rest: bytes, _mode: int) -> Outcome:
        expect(not rest, Status.LENGTH)
        return self._change(tag, Written.LOCK, tag.lock_dsfid, target="dsfid")

    def _change(
        self, tag: Tag, what: Written, act: Callable[[], None], **details: int | str
    ) -> Outcome:
        """Carry out one write, if it reaches the tag; the answer names neither tag nor value."""
        air_ms = self._air.write_attribute_ms()
        if not self._antenna.reaches(tag, what):
            raise RefusedError(Status.WRITE_ERROR, air_ms=air_ms)
        try:
            act()
        except IsoError as error:
            raise RefusedError(Status.ISO_ERROR, bytes((error.code,)), air_ms=air_ms) from error
        self._report("tag_written", uid=tag.name, what=what.value, at=None, **details)
        return Outcome(air_ms=air_ms)

    def _system_information(self, tag: Tag, rest: bytes, _mode: int) -> Outcome:
        expect(not rest, Status.LENGTH)
        memory = bytes((BLOCK_BYTES, tag.block_count & 0xFF))
        data = bytes((tag.dsfid,)) + tag.uid + bytes((tag.afi,)) + memory
        return Outcome(data + bytes((tag.ic_reference,)), air_ms=self._air.system_information_ms())
