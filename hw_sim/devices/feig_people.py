"""The people counter behind a FEIG gate reader (ID ISC.ANT.GPC): two aisles, in and out.

Source: FEIG H10202-32e-ID-B, 6.8.3, and SDK. On a real gate 77 and 78 reach the board inside the
reader's piggyback command 9F, whose frame is not documented; here the reader itself answers them.
"""

from hw_sim.devices.feig_frames import FrameForm, Request, build_answer
from hw_sim.devices.feig_reader import FeigReader, Outcome, Status, expect

GET, SET = 0x77, 0x78
COUNTERS = 4  # in 1, out 1, in 2, out 2
COUNTER_BYTES = 4
BUS_ADDRESS = 0x01  # of the board; taken to be byte 17 of the event


class PeopleCounter:
    """Absolute counts, kept through a power cut as in the board's EEPROM."""

    def __init__(self, reader: FeigReader) -> None:
        self._reader = reader
        self.counts = [0] * COUNTERS

    def count(self, *, inward: bool) -> bytes:
        """One person more in aisle 1; the event frame (77) that tells it."""
        self.counts[0 if inward else 1] += 1
        data = self._to_bytes() + bytes((BUS_ADDRESS,))
        return build_answer(FrameForm.ADVANCED, self._reader.address, GET, Status.OK, data)

    def get(self, request: Request) -> Outcome:
        """77."""
        expect(not request.data, Status.LENGTH)
        return Outcome(self._to_bytes())

    def set(self, request: Request) -> Outcome:
        """78: all four counters."""
        expect(len(request.data) == COUNTERS * COUNTER_BYTES, Status.LENGTH)
        starts = range(0, len(request.data), COUNTER_BYTES)
        self.counts = [
            int.from_bytes(request.data[at : at + COUNTER_BYTES], "big") for at in starts
        ]
        return Outcome()

    def _to_bytes(self) -> bytes:
        return b"".join(count.to_bytes(COUNTER_BYTES, "big") for count in self.counts)


def add_people_counter(reader: FeigReader) -> PeopleCounter:
    """Teach a reader 77 and 78."""
    counter = PeopleCounter(reader)
    reader.add(GET, counter.get)
    reader.add(SET, counter.set)
    return counter
