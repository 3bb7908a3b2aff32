"""Clocks: eleven time zones, the leap day, the year's end, a clock that was wrong and is set right.

The zones' offsets stand here as numbers (107-ФЗ, no summer time since 2014), so that the oracle is
not the table of zones that the controller reads.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from circulation.api import ACCOUNTS, CHECKOUTS, RETURNS, SIGHTINGS, CheckoutRequest, LoanReceipt
from circulation.calendar import parse_calendar
from circulation.offline import OPERATIONS
from circulation.policy import Policy
from controller.answers import OK
from controller.clock import LibraryTime
from controller.db import raw_connection
from controller.devices.tokens import Caller
from controller.devices.wire import ENROLMENTS
from controller.loans.service import Loans
from controller.sql import Dialect, Transaction
from controller.staff import tries
from controller.staff.rights import Role
from controller.tables import DeviceKind
from tests.controller.conftest import ANNA, ISIL, MTSYRI, Body, Running
from tests.controller.staff.conftest import As

ZONES = {
    "Europe/Kaliningrad": 2,
    "Europe/Moscow": 3,
    "Europe/Samara": 4,
    "Asia/Yekaterinburg": 5,
    "Asia/Omsk": 6,
    "Asia/Krasnoyarsk": 7,
    "Asia/Irkutsk": 8,
    "Asia/Yakutsk": 9,
    "Asia/Vladivostok": 10,
    "Asia/Magadan": 11,
    "Asia/Kamchatka": 12,
}
YEAR_END_HOLIDAYS = parse_calendar({"days": ["12-31", "01-01", "01-02", "02-29"]})
LOAN_DAYS = 14
A_YEAR = 365
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def transaction(engine: Engine, tokens: dict[str, str]) -> Iterator[Transaction]:
    assert tokens
    transaction = Transaction(raw_connection(engine), Dialect(engine.dialect.name))
    yield transaction
    transaction.close()


def lend(transaction: Transaction, zone: str, moment: datetime) -> date:
    """The due date of a loan at that moment; the ledger is left as it was."""
    loans = Loans(Policy(calendar=YEAR_END_HOLIDAYS), LibraryTime(lambda: moment, ZoneInfo(zone)))
    wish = CheckoutRequest(op_id=uuid4(), at=moment, patron_id=ANNA, owner=ISIL, item_id=MTSYRI)
    transaction.begin_write()
    try:
        answer = loans.checkout(transaction, Caller(1, ISIL, "kiosk-1", DeviceKind.KIOSK), wish)
    finally:
        transaction.rollback()
    assert answer.status == OK
    return LoanReceipt.model_validate_json(answer.body).due


def expected(zone: str, moment: datetime) -> date:
    """By counting on fingers: the day on the wall, two weeks, and past the closed days."""
    wall = moment + timedelta(hours=ZONES[zone])
    due = wall.date() + timedelta(days=LOAN_DAYS)
    while (due.month, due.day) in {(12, 31), (1, 1), (1, 2), (2, 29)}:
        due += timedelta(days=1)
    return due


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def seconds_to(text: str) -> float:
    return (at(text) - FIRST_DAY).total_seconds()


@pytest.mark.parametrize("zone", ZONES)
def test_due_dates_are_dates_of_the_librarys_wall(transaction: Transaction, zone: str) -> None:
    @settings(
        max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(seconds=st.integers(0, 70 * A_YEAR * 86_400))
    @example(seconds_to("2028-02-15T00:00:00"))  # two weeks to the leap day
    @example(seconds_to("2028-02-14T23:59:59.999999"))
    @example(seconds_to("2028-02-29T12:00:00"))
    @example(seconds_to("2026-12-17T20:59:59"))  # to the last day of the year in Moscow
    @example(seconds_to("2026-12-17T21:00:00"))
    @example(seconds_to("2026-12-31T23:59:59"))
    @example(seconds_to("2027-02-28T12:00:00"))
    def campaign(seconds: float) -> None:
        moment = FIRST_DAY + timedelta(seconds=seconds)
        assert lend(transaction, zone, moment) == expected(zone, moment)

    campaign()


@pytest.mark.parametrize("zone", ZONES)
def test_midnight_is_the_librarys_own(transaction: Transaction, zone: str) -> None:
    midnight = at("2028-03-01T00:00:00") - timedelta(hours=ZONES[zone])

    before = lend(transaction, zone, midnight - timedelta(microseconds=1))
    after = lend(transaction, zone, midnight)

    assert (before, after) == (date(2028, 3, 14), date(2028, 3, 15))


@pytest.mark.parametrize("days", [-1, -A_YEAR, A_YEAR])
def test_wrong_clock_breaks_no_order_and_no_token(
    running: Running, kiosk: httpx2.Client, body: Body, days: int
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA)).raise_for_status()

    running.clock.move(days=days)
    back = kiosk.post(RETURNS, json=body())
    again = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    assert (back.status_code, again.status_code) == (200, 200)
    assert kiosk.get(f"{ACCOUNTS}/{ANNA}").status_code == 200
    assert running.scalar("SELECT count(*) FROM loan WHERE returned_at < lent_at") == 0
    kinds = [kind for (kind,) in running.rows("SELECT kind FROM event ORDER BY seq")]
    assert kinds == ["checked_out", "returned", "checked_out"]


def test_tag_that_was_seen_under_a_clock_ahead_is_healed_when_it_is_right(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    running.clock.move(days=A_YEAR)
    kiosk.post(SIGHTINGS, json=body(armed=True)).raise_for_status()
    running.clock.move(days=-A_YEAR)
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA)).raise_for_status()

    seen = kiosk.post(SIGHTINGS, json=body(armed=False))

    assert seen.json()["security"] == "disarmed"
    assert running.scalar("SELECT max(at) FROM item_sighting") == "2026-10-14T09:00:00.000000+00:00"


def test_return_under_a_clock_ahead_ends_no_loan_that_came_after_it(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    running.clock.move(days=A_YEAR)
    kiosk.post(RETURNS, json=body()).raise_for_status()
    running.clock.move(days=-A_YEAR)
    fact = {
        "kind": "checkout",
        "seq": 1,
        "clock": "sure",
        "offline": True,
        "request": body(patron_id=ANNA),
    }

    kiosk.post(OPERATIONS, json={"operations": [fact]}).raise_for_status()

    assert running.scalar("SELECT count(*) FROM loan WHERE returned_at IS NULL") == 1


def test_session_of_a_clock_ahead_does_not_last_until_that_day(
    running: Running, signed_in: As
) -> None:
    running.clock.move(days=A_YEAR)
    browser = signed_in(Role.HEAD)
    assert browser.get("/api/v1/staff/me").status_code == 200

    running.clock.move(days=-A_YEAR)

    assert browser.get("/api/v1/staff/me").status_code == 401


def test_clock_that_is_set_back_a_little_signs_nobody_out(running: Running, signed_in: As) -> None:
    browser = signed_in(Role.HEAD)

    running.clock.move(minutes=-5)

    assert browser.get("/api/v1/staff/me").status_code == 200


def test_lock_of_a_clock_ahead_does_not_last_until_that_day(transaction: Transaction) -> None:
    right = at("2026-10-14T09:00:00")
    transaction.begin_write()
    for _ in range(tries.MOST):
        tries.claim(transaction, "head", "10.0.0.1", right + timedelta(days=A_YEAR))

    now = tries.claim(transaction, "head", "10.0.0.1", right)

    assert isinstance(now, tries.Try)


def test_enrolment_of_a_clock_ahead_is_over_when_it_is_right(running: Running) -> None:
    wish = {"kind": "kiosk", "name": "kiosk-9", "version": "1"}
    running.clock.move(days=A_YEAR)
    asked = httpx2.post(running.url + ENROLMENTS, json=wish).json()

    running.clock.move(days=-A_YEAR)
    secret = {"Authorization": f"Bearer {asked['secret']}"}
    url = f"{running.url}{ENROLMENTS}/{asked['enrolment_id']}/collect"

    assert httpx2.post(url, headers=secret).status_code == 410


def test_device_that_spoke_under_a_clock_ahead_is_not_online_until_that_day(
    running: Running, kiosk: httpx2.Client, signed_in: As
) -> None:
    state: dict[str, Any] = {
        "version": "1",
        "pad": "ok",
        "card_reader": "ok",
        "simulated": True,
        "at": running.clock().isoformat(),
    }
    running.clock.move(days=A_YEAR)
    kiosk.post("/api/v1/device-state", json=state).raise_for_status()

    running.clock.move(days=-A_YEAR)
    devices = signed_in(Role.HEAD).get("/api/v1/devices").json()["devices"]

    assert {one["name"]: one["online"] for one in devices}["kiosk-1"] is False
