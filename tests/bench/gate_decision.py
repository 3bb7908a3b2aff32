"""Our own code between a reader's answer and the order to the lamp, with a long local list.

Measured in the CPU time of the thread: the bytes of one tag in the reader's buffer are decoded and
judged. What else runs on this machine is in the figures of the whole firmware.
"""

import time

from circulation.messages import ListKind, Verdict
from drivers.readers.feig.answers import Answer
from drivers.readers.feig.buffered_read import decode_records, tags_seen
from gate.passage import ListChanged, Rules, Signal, State, TagRead, Tick, step
from gate.uids import Uids
from tests.bench.result import Result, at_most, percentile

LISTED = 100_000
TAGS = 10_000
_READ, _OK = 0x22, 0x00
_SECURED = 0x07
_GAP_S = 0.25


def measure() -> list[Result]:
    """p99 of one tag's way through our code."""
    rules = Rules(afi_in_stock=_SECURED)
    listed = Uids(f"E00402{n:010X}" for n in range(LISTED))
    state, _ = step(State(), ListChanged(listed, ListKind.ARMED_LOANS), rules)
    times: list[float] = []
    for number in range(TAGS):
        answer = Answer(_READ, _OK, _record(number))
        now = number * _GAP_S
        began = time.thread_time_ns()
        _, records = decode_records(answer)
        [tag] = tags_seen(records, now)
        state, effects = step(state, TagRead(tag.uid, tag.afi, tag.antenna, tag.at), rules)
        times.append((time.thread_time_ns() - began) / 1_000_000)
        if Signal(Verdict.ALARM) not in effects:
            raise AssertionError(f"tag {number} did not alarm")
        state, _ = step(state, Tick(now), rules)
    return [at_most("gate.own_code_p99", percentile(times, 0.99), "ms", limit=1)]


def _record(number: int) -> bytes:
    """One tag out of the buffer of an LR2500: IDD, AFI and antenna are told."""
    uid = bytes.fromhex("E00401") + number.to_bytes(5, "big")
    return bytes.fromhex("9104 0001 0010 03000A") + bytes((_SECURED, 0)) + uid + b"\x01"
