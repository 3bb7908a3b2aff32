"""A FEIG gate reader (ID ISC.LR2500): in buffered mode it polls by itself and keeps a FIFO.

Source: FEIG H20411 p. 153-156, H90202 p. 174, SDK FEDM_BRMTabItem.cpp. In buffered mode the ISO
host commands answer 82; in host mode the buffer commands do, and so they do in notification mode,
where the reader tells its records itself.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hw_sim.airtime import BUFFER_ANSWER_MS, AirModel
from hw_sim.devices.feig_config import add_config
from hw_sim.devices.feig_frames import FrameForm, Request, build_answer
from hw_sim.devices.feig_host import ISO_15693, HostCommands
from hw_sim.devices.feig_people import PeopleCounter, add_people_counter
from hw_sim.devices.feig_reader import (
    LR2500,
    FeigReader,
    Outcome,
    Profile,
    RefusedError,
    Status,
    expect,
)
from hw_sim.event_log import Report
from hw_sim.field import Antenna
from hw_sim.tag import UID_BYTES, Tag

TABLE_SIZE = 256
VALID_TIME_S = 5.5  # MR102 default 0037, in 100 ms
TR_DATA1 = 0x91  # IDD, antenna, and a second byte follows
TR_DATA2 = 0x04  # AFI and DSFID stand before the UID
SETS_HEAD = 4  # TR-DATA1 TR-DATA2 N(2)


class GateMode(StrEnum):
    """How the host gets to know tags: by asking for each, by reading the FIFO, by being called."""

    HOST = "host"
    BUFFERED = "buffered"
    NOTIFICATION = "notification"


@dataclass(frozen=True, slots=True)
class Record:
    """One tag in the FIFO, as it was when the antenna heard it."""

    uid: bytes
    afi: int
    dsfid: int
    antenna: int

    def to_bytes(self) -> bytes:
        """RECLEN(2, itself included) TYPE IDDT LEN AFI DSFID UID ANT."""
        identity = bytes((self.afi, self.dsfid)) + self.uid
        body = bytes((ISO_15693, 0x00, len(identity))) + identity + bytes((self.antenna,))
        return (len(body) + 2).to_bytes(2, "big") + body


RECORD_BYTES = 2 + 3 + 2 + UID_BYTES + 1


class ReadBuffer:
    """The FIFO behind 22, 31, 32 and 33. A tag is stored once per VALID-TIME."""

    def __init__(self, *, valid_time_s: float = VALID_TIME_S, transmit_buffer: int) -> None:
        self._valid_time_s = valid_time_s
        self._transmit_buffer = transmit_buffer
        self.clear_all()

    def clear_all(self) -> None:
        """33, and every reset: an empty table that knows no tag."""
        self._records: list[Record] = []
        self._stored_at: dict[bytes, float] = {}
        self._read_sets = 0
        self._overflowed = False

    @property
    def is_empty(self) -> bool:
        return not self._records

    def is_known(self, uid: bytes, now: float) -> bool:
        """Was this tag stored less than VALID-TIME ago?"""
        stored_at = self._stored_at.get(uid)
        return stored_at is not None and now - stored_at < self._valid_time_s

    def store(self, tags: Sequence[Tag], antenna: int, now: float) -> list[Tag]:
        """Keep the tags one antenna heard at `now`; the result is what was new."""
        new = [tag for tag in tags if not self.is_known(tag.uid, now)]
        stored: list[Tag] = []
        for tag in new:
            if len(self._records) == TABLE_SIZE:
                self._overflowed = True
                break
            self._records.append(Record(tag.uid, tag.afi, tag.dsfid, antenna))
            self._stored_at[tag.uid] = now
            stored.append(tag)
        return stored

    def read(self, request: Request) -> Outcome:
        """22: the oldest sets, again and again until 32 clears them."""
        expect(len(request.data) == 2, Status.LENGTH)
        wanted = int.from_bytes(request.data, "big")
        expect(wanted > 0, Status.PARAMETER_RANGE)
        if not self._records:
            raise RefusedError(Status.NO_VALID_DATA, air_ms=BUFFER_ANSWER_MS)
        sets = self._records[: min(wanted, self._room(request.form))]
        self._read_sets = len(sets)
        head = bytes((TR_DATA1, TR_DATA2)) + len(sets).to_bytes(2, "big")
        data = head + b"".join(record.to_bytes() for record in sets)
        status = Status.BUFFER_OVERFLOW if self._overflowed else Status.OK
        return Outcome(data, status, BUFFER_ANSWER_MS)

    def info(self, request: Request) -> Outcome:
        """31: size of the table, where it starts, how many sets are in it."""
        expect(not request.data, Status.LENGTH)
        numbers = (TABLE_SIZE, 0, len(self._records))
        return Outcome(b"".join(n.to_bytes(2, "big") for n in numbers), air_ms=BUFFER_ANSWER_MS)

    def clear_read(self, request: Request) -> Outcome:
        """32: drop the sets that the last 22 told."""
        expect(not request.data, Status.LENGTH)
        self.forget_read()
        return Outcome(air_ms=BUFFER_ANSWER_MS)

    def forget_read(self) -> None:
        """The sets that were told last have arrived."""
        del self._records[: self._read_sets]
        self._read_sets = 0
        self._overflowed = False

    def initialise(self, request: Request) -> Outcome:
        """33."""
        expect(not request.data, Status.LENGTH)
        self.clear_all()
        return Outcome(air_ms=BUFFER_ANSWER_MS)

    def _room(self, form: FrameForm) -> int:
        frame = 255 if form is FrameForm.STANDARD else self._transmit_buffer
        overhead = 6 if form is FrameForm.STANDARD else 8
        return (frame - overhead - SETS_HEAD) // RECORD_BYTES


class FeigGate:
    """The reader, its buffer and its people counter; `scan` is one antenna's turn."""

    def __init__(
        self,
        reader: FeigReader,
        buffer: ReadBuffer,
        people: PeopleCounter,
        *,
        air: AirModel,
        lock: threading.RLock,
    ) -> None:
        self.reader = reader
        self.people = people
        self._buffer = buffer
        self._air = air
        self._lock = lock
        self._powered = True
        self._stored_hooks: list[Callable[[], None]] = []

    def switch(self, *, on: bool) -> None:
        """Supply on or off; without it nothing is heard."""
        with self._lock:
            self._powered = on

    def on_stored(self, hook: Callable[[], None]) -> None:
        """Call `hook` whenever there is something new in the buffer."""
        self._stored_hooks.append(hook)

    @property
    def has_records(self) -> bool:
        with self._lock:
            return not self._buffer.is_empty

    def answer(self, request: Request) -> bytes:
        """The frame that answers a 22, for notifications: nobody has asked on a wire."""
        with self._lock:
            try:
                outcome = self._buffer.read(request)
            except RefusedError as refused:
                outcome = refused.outcome
        address, command = self.reader.address, request.command
        return build_answer(request.form, address, command, outcome.status, outcome.data)

    def clear_told(self) -> None:
        """The records that were told last have arrived at the host."""
        with self._lock:
            self._buffer.forget_read()

    def scan_ms(self, tags: Sequence[Tag], now: float) -> float:
        """Time of one antenna's turn: the inventory, and the AFI of every new tag."""
        new = sum(1 for tag in tags if not self._buffer.is_known(tag.uid, now))
        return self._air.inventory_ms(len(tags)) + new * self._air.system_information_ms()

    def scan(self, tags: Sequence[Tag], antenna: int, now: float) -> list[Tag]:
        """The end of one antenna's turn: what it heard goes to the buffer; returns what was new."""
        stored = self._buffer.store(tags, antenna, now) if self._powered else []
        if stored:
            for hook in self._stored_hooks:
                hook()
        return stored


def feig_gate(
    *,
    antenna: Antenna,
    lock: threading.RLock,
    report: Report,
    air: AirModel,
    address: int = 0,
    mode: GateMode = GateMode.BUFFERED,
    valid_time_s: float = VALID_TIME_S,
    profile: Profile = LR2500,
) -> FeigGate:
    """A gate reader. `antenna` serves ISO host mode; otherwise the world calls `scan`."""
    reader = FeigReader(profile=profile, antenna=antenna, address=address, lock=lock, report=report)
    buffer = ReadBuffer(valid_time_s=valid_time_s, transmit_buffer=profile.transmit_buffer)
    host = HostCommands(reader, antenna, add_config(reader), air=air, report=report)
    for command, handler in (
        (0x22, buffer.read),
        (0x31, buffer.info),
        (0x32, buffer.clear_read),
        (0x33, buffer.initialise),
    ):
        reader.add(command, handler if mode is GateMode.BUFFERED else _not_available)
    in_host_mode = mode is GateMode.HOST
    reader.add(0xB0, host.iso_host if in_host_mode else _not_available)
    reader.add(0xB1, host.manufacturer if in_host_mode else _not_available)
    reader.on_reset(host.forget)
    reader.on_reset(buffer.clear_all)
    return FeigGate(reader, buffer, add_people_counter(reader), air=air, lock=lock)


def _not_available(_request: Request) -> Outcome:
    raise RefusedError(Status.NOT_AVAILABLE)
