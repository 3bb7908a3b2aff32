"""Which tags lie on the pad, through the misses of an antenna (pure; features 5.3)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

GONE_LOOKS = 3
GONE_LEAST_S = 0.4  # the three looks of features 5.3, at a poll of 150 ms, however fast ours are
GONE_S = 0.6
_LEAST_LOOKS = 2  # one slow look alone proves nothing, however long it took


@dataclass(frozen=True, slots=True)
class Stay:
    """One tag's stay: when it was last seen (monotonic seconds), and looks without it since."""

    seen_at: float
    missed: int = 0


class Presence:
    """Feed it every inventory; it says who came and who left."""

    def __init__(self) -> None:
        self._stays: dict[str, Stay] = {}

    def look(self, uids: Iterable[str], at: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The tags that came, and those that are gone for good."""
        here = tuple(uids)
        came = tuple(uid for uid in here if uid not in self._stays)
        for uid, stay in self._stays.items():
            self._stays[uid] = replace(stay, missed=stay.missed + 1)
        self._stays |= {uid: Stay(at) for uid in here}
        gone = tuple(uid for uid, stay in self._stays.items() if _is_gone(stay, at))
        for uid in gone:
            del self._stays[uid]
        return came, gone


def _is_gone(stay: Stay, at: float) -> bool:
    away_s = at - stay.seen_at
    if stay.missed >= GONE_LOOKS:
        return away_s >= GONE_LEAST_S
    return away_s >= GONE_S and stay.missed >= _LEAST_LOOKS
