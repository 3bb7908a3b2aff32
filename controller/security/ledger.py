"""The last observed security of each copy: where, when, by what, and whether it was read back."""

from dataclasses import dataclass
from datetime import datetime

from controller.columns import to_utc, utc_text
from controller.sql import Statement, Transaction

_TAKEN_BACK = Statement("SELECT taken_back_at FROM item_sighting WHERE item_id = :item_id")
_LAST_SEEN = Statement("SELECT at FROM item_sighting WHERE item_id = :item_id")
_OBSERVE = Statement(  # the newest sighting by its own time stays, unless that is still to come
    "INSERT INTO item_sighting"
    " (item_id, device_id, antenna, armed, verified, at, sightings, failed_writes, taken_back_at)"
    " VALUES (:item_id, :device_id, :antenna, :armed, :verified, :at, 1, :failed_writes,"
    " :taken_back_at)"
    " ON CONFLICT (item_id) DO UPDATE SET"
    " device_id = CASE WHEN excluded.at >= item_sighting.at OR item_sighting.at > :now"
    " THEN excluded.device_id ELSE item_sighting.device_id END,"
    " antenna = CASE WHEN excluded.at >= item_sighting.at OR item_sighting.at > :now"
    " THEN excluded.antenna ELSE item_sighting.antenna END,"
    " armed = CASE WHEN excluded.at >= item_sighting.at OR item_sighting.at > :now"
    " THEN excluded.armed ELSE item_sighting.armed END,"
    " verified = CASE WHEN excluded.at >= item_sighting.at OR item_sighting.at > :now"
    " THEN excluded.verified ELSE item_sighting.verified END,"
    " at = CASE WHEN excluded.at >= item_sighting.at OR item_sighting.at > :now"
    " THEN excluded.at ELSE item_sighting.at END,"
    " sightings = item_sighting.sightings + 1,"
    " failed_writes = item_sighting.failed_writes + excluded.failed_writes,"
    " taken_back_at = CASE WHEN item_sighting.taken_back_at IS NULL"
    " OR excluded.taken_back_at > item_sighting.taken_back_at"
    " OR (item_sighting.taken_back_at > :now AND excluded.taken_back_at IS NOT NULL)"
    " THEN excluded.taken_back_at ELSE item_sighting.taken_back_at END"
)
_BEST, _PRIOR_GOOD, _PRIOR_ALL = 100, 9, 10  # a tag without a history is taken for 90 % good


@dataclass(frozen=True, slots=True)
class Observation:
    """One copy at one antenna."""

    item_id: int
    device_id: int
    armed: bool
    at: datetime
    antenna: int | None = None
    verified: bool = True
    failed_writes: int = 0
    taken_back: bool = False  # seen because it was returned


def observe(transaction: Transaction, seen: Observation, now: datetime) -> None:
    """Keep it. An older sighting that arrives late counts, and does not replace a newer one.

    What is dated later than now was dated by a clock that has been set right since: it is replaced.
    """
    parameters = {
        "item_id": seen.item_id,
        "device_id": seen.device_id,
        "antenna": seen.antenna,
        "armed": seen.armed,
        "verified": seen.verified,
        "at": utc_text(seen.at),
        "failed_writes": seen.failed_writes,
        "taken_back_at": utc_text(seen.at) if seen.taken_back else None,
        "now": utc_text(now),
    }
    transaction.run(_OBSERVE, parameters)


def last_seen(transaction: Transaction, item_id: int, now: datetime) -> datetime | None:
    """When any antenna saw the copy last; None for never, and for a moment that is to come."""
    return _past(transaction.row(_LAST_SEEN, {"item_id": item_id}), now)


def last_taken_back(transaction: Transaction, item_id: int, now: datetime) -> datetime | None:
    """The same for its last return, whatever the ledger thought of the copy then."""
    return _past(transaction.row(_TAKEN_BACK, {"item_id": item_id}), now)


def _past(row: tuple[str | datetime | None] | None, now: datetime) -> datetime | None:
    if row is None or row[0] is None:
        return None
    moment = to_utc(row[0])
    return moment if moment <= now else None


def tag_quality(sightings: int, failed_writes: int) -> int:
    """0 to 100: the share of tries that held, drawn towards 90 while there are few.

    Below 50 a tag should be replaced: it costs a patron a second try more often than not.
    """
    good, tries = _PRIOR_GOOD + sightings, _PRIOR_ALL + sightings + failed_writes
    return round(_BEST * good / tries)
