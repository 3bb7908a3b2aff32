"""How far the stock is, who did how much, and an honest word on what remains."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from circulation.encoding import Estimate, Pace, Progress, TagLogLine, TagResult
from controller.answers import Answer, granted
from controller.clock import LibraryTime
from controller.columns import to_utc, utc_text
from controller.devices.kinds import staff_only
from controller.devices.tokens import Caller
from controller.sql import Statement, Transaction

LONGEST_PAUSE_S = 300.0  # a longer gap between two tags was not work
LEAST_TAGS = 20  # fewer tell nothing about the rest
_SHORT_LOOK, _LONG_LOOK = 100, 1_000  # tags: the pace of now, and that of the last days
MOST_LINES = 100_000
_HOUR = 3600.0

_COUNT = Statement(
    "SELECT count(*), count(tag_uid) FROM item"
    " WHERE owner = :owner AND state NOT IN ('withdrawn', 'lost')"
)
_RECENT = Statement(
    "SELECT at FROM tag_log WHERE library = :owner AND undone_at IS NULL"
    " AND result IN ('written', 'renewed') ORDER BY seq DESC LIMIT :most"
)
_SINCE = Statement(
    "SELECT at, staff FROM tag_log WHERE library = :owner AND undone_at IS NULL AND at >= :since"
    " AND result IN ('written', 'renewed') ORDER BY seq"
)
_LINES = Statement(
    "SELECT l.at, l.staff, d.name, l.owner, l.item_id, l.part, l.uid, l.result, l.note, l.undone_at"
    " FROM tag_log l JOIN device d ON d.id = l.device_id WHERE l.library = :owner"
    " ORDER BY l.seq DESC LIMIT :most"
)


def tell_progress(transaction: Transaction, caller: Caller, time: LibraryTime) -> Answer:
    """For the station that asks."""
    return staff_only(caller) or granted(progress(transaction, caller.library, time))


def progress(transaction: Transaction, library: str, time: LibraryTime) -> Progress:
    """Of the whole stock of this library; hours are the library's own."""
    owner = {"owner": library}
    copies, tagged = transaction.row(_COUNT, owner)
    moments = [to_utc(row[0]) for row in transaction.rows(_RECENT, {**owner, "most": _LONG_LOOK})]
    midnight = utc_text(time.start_of_day(time.now()))
    since = transaction.rows(_SINCE, {**owner, "since": midnight})
    counted = Counter((f"{to_utc(at).astimezone(time.zone):%Y-%m-%dT%H}", who) for at, who in since)
    today = tuple(
        Pace(hour=hour, operator=who, tags=tags) for (hour, who), tags in sorted(counted.items())
    )
    return Progress(
        copies=copies, tagged=tagged, today=today, estimate=estimate(moments, copies - tagged)
    )


def estimate(moments: Sequence[datetime], remaining: int) -> Estimate | None:
    """From when the last tags were written, newest first: pauses are no work, and a guess is a
    span, from the pace of the last hundred to that of the last thousand.
    """
    if len(moments) < LEAST_TAGS:
        return None
    hours = sorted(
        remaining * _seconds_each(moments[:look]) / _HOUR for look in (_SHORT_LOOK, _LONG_LOOK)
    )
    return Estimate(least_hours=round(hours[0], 1), most_hours=round(hours[1], 1))


def list_log(transaction: Transaction, library: str, most: int = MOST_LINES) -> list[TagLogLine]:
    """Who wrote what when, the newest first."""
    rows = transaction.rows(_LINES, {"owner": library, "most": most})
    return [
        TagLogLine(
            at=to_utc(at),
            operator=staff,
            device=device,
            owner=owner,
            item_id=item_id,
            part=part,
            uid=uid,
            result=TagResult(result) if undone is None else "undone",
            note=note,
        )
        for at, staff, device, owner, item_id, part, uid, result, note, undone in rows
    ]


def _seconds_each(moments: Sequence[datetime]) -> float:
    gaps = [(later - earlier) / timedelta(seconds=1) for later, earlier in pairwise(moments)]
    worked = [gap for gap in gaps if gap <= LONGEST_PAUSE_S]
    return sum(worked) / len(worked) if worked else LONGEST_PAUSE_S
