"""What the gates' half tells: visits by the quarter hour, and the digest of the burn-in."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from circulation.api import API
from controller.clock import LibraryTime
from controller.gates.digest import digest_between
from controller.gates.visits import visits_between
from controller.openapi import READ_ERRORS
from controller.reads import Reads
from controller.sql import Transaction

VISITS = f"{API}/visits"
DIGEST = f"{API}/gates/digest"
_ERRORS = {status: answer for status, answer in READ_ERRORS.items() if status != 401}
T = TypeVar("T")
Day = Annotated[date | None, Query(ge=date(1970, 1, 2), lt=date(2200, 1, 1))]


class QuarterView(BaseModel):
    """One gate in one quarter of an hour, which begins at `quarter`."""

    device: str
    quarter: AwareDatetime
    came_in: int
    went_out: int


class VisitsView(BaseModel):
    """One day in the library, quarters in which nobody came left out."""

    day: date
    came_in: int
    went_out: int
    quarters: list[QuarterView]


class DigestView(BaseModel):
    """One day of burn-in. `not_disarmed`: alarms for loans, by the device that lent them."""

    day: date
    would_have_alarmed: int
    not_disarmed: dict[str, int]
    in_stock: int
    unknown: int


def gate_routes(reads: Reads, times: LibraryTime) -> APIRouter:
    """`/api/v1/visits?day=` and `/api/v1/gates/digest?day=`; without a day it is today."""
    router = APIRouter(tags=["gates"])

    @router.get(VISITS, responses=_ERRORS)
    async def visits(day: Day = None) -> VisitsView:
        day = day or times.day(times.now())
        quarters = await reads.run(partial(_between, visits_between, times, day))
        return VisitsView(
            day=day,
            came_in=sum(one.came_in for one in quarters),
            went_out=sum(one.went_out for one in quarters),
            quarters=[QuarterView(**asdict(one)) for one in quarters],
        )

    @router.get(DIGEST, responses=_ERRORS)
    async def digest(day: Day = None) -> DigestView:
        day = day or times.day(times.now())
        found = await reads.run(partial(_between, digest_between, times, day))
        return DigestView(day=day, **asdict(found))

    return router


def _between(
    query: Callable[[Transaction, datetime, datetime], T],
    times: LibraryTime,
    day: date,
    transaction: Transaction,
) -> T:
    """Ask about a day of the library, which may have 23 or 25 hours."""
    start, stop = (
        datetime.combine(one, time(), times.zone).astimezone(UTC)
        for one in (day, day + timedelta(days=1))
    )
    return query(transaction, start, stop)
