"""What kiosks count of their use, by day: kept, added up, written as a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from circulation.selfservice import UsageReport
from controller.columns import to_date
from controller.sql import Statement, Transaction

_KEEP = Statement(
    "INSERT INTO device_usage (day, device_id, counter, number)"
    " VALUES (:day, :device_id, :counter, :number)"
    " ON CONFLICT (day, device_id, counter) DO UPDATE SET number = excluded.number"
)
_DAYS = Statement(
    "SELECT u.day, d.name, u.counter, u.number FROM device_usage u"
    " JOIN device d ON d.id = u.device_id"
    " WHERE u.day BETWEEN :first AND :last ORDER BY u.day, d.name, u.counter"
)


@dataclass(frozen=True, slots=True)
class UsageLine:
    """One count of one device on one day."""

    day: date
    device: str
    counter: str
    number: int


def keep_usage(transaction: Transaction, device_id: int, report: UsageReport) -> None:
    """The day's counts so far, in place of what came before."""
    day = report.day.isoformat()
    rows: list[dict[str, str | int]] = [
        {"day": day, "device_id": device_id, "counter": counter, "number": number}
        for counter, number in report.counts.items()
    ]
    if rows:
        transaction.run_each(_KEEP, rows)


def usage_between(transaction: Transaction, first: date, last: date) -> list[UsageLine]:
    """Every count of these days, both included."""
    days = {"first": first.isoformat(), "last": last.isoformat()}
    rows = transaction.rows(_DAYS, days)
    return [UsageLine(to_date(day), name, counter, number) for day, name, counter, number in rows]


def summed(lines: Iterable[UsageLine]) -> dict[str, int]:
    """Each counter over all days and devices, in the order of their names."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.counter] = sums.get(line.counter, 0) + line.number
    return dict(sorted(sums.items()))


def as_csv(lines: Iterable[UsageLine]) -> bytes:
    """UTF-8 with a mark at the start and semicolons: what a Russian spreadsheet opens as it is."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(("day", "device", "counter", "number"))
    for line in lines:
        writer.writerow((line.day.isoformat(), line.device, line.counter, line.number))
    return out.getvalue().encode("utf-8-sig")
