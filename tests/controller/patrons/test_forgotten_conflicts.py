"""A question that is settled forgets its readers: after a day, and at once when one is erased."""

import json

import httpx2
import pytest
from sqlalchemy import Engine

from circulation.api import CHECKOUTS, RETURNS
from circulation.offline import CONFLICTS_SETTLE, OPERATIONS
from controller.clock import LibraryTime
from controller.patrons.upkeep import Upkeep
from controller.staff.rights import Role
from tests.controller.conftest import ANNA, BORIS, Body, Running, sign_in_at_the_desk
from tests.controller.staff.conftest import As


@pytest.fixture
def conflict(running: Running, kiosk: httpx2.Client, body: Body) -> int:
    """Anna has the book; a kiosk without connection lent it to Boris."""
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    late = {"kind": "checkout", "seq": 1, "clock": "sure", "offline": True}
    answer = kiosk.post(
        OPERATIONS, json={"operations": [late | {"request": body(patron_id=BORIS)}]}
    )
    return int(answer.json()["answers"][0]["conflict_id"])


@pytest.fixture
def upkeep(running: Running, engine: Engine) -> Upkeep:
    door = running.app.state.door
    time: LibraryTime = door.time
    return Upkeep(engine, door.writer, door.reads, time)


def settle(station: httpx2.Client, body: Body, number: int) -> None:
    wish = {key: value for key, value in body().items() if key in ("op_id", "at")}
    answer = station.post(
        CONFLICTS_SETTLE, json={**wish, "conflict_id": number, "choice": "keep", "note": "ясно"}
    )
    assert answer.status_code == 200


def people(running: Running) -> set[str | None]:
    [(fact, evidence)] = running.rows("SELECT fact, evidence FROM conflict")
    return {json.loads(fact)["request"]["patron_id"], json.loads(evidence)["holder"]}


def test_settled_question_forgets_its_readers_after_a_day(
    running: Running, station: httpx2.Client, body: Body, conflict: int, upkeep: Upkeep
) -> None:
    settle(station, body, conflict)
    upkeep.run_once()
    before = people(running)
    running.clock.move(days=1, seconds=1)

    upkeep.run_once()

    assert before == {ANNA, BORIS}
    assert people(running) == {None}
    assert running.scalar("SELECT fact LIKE '%\"item_id\"%' FROM conflict")


def test_open_question_is_never_forgotten(running: Running, conflict: int, upkeep: Upkeep) -> None:
    running.clock.move(days=30)

    upkeep.run_once()

    assert people(running) == {ANNA, BORIS}


def test_erased_reader_is_in_no_question_any_more_and_others_stay(
    running: Running,
    station: httpx2.Client,
    kiosk: httpx2.Client,
    body: Body,
    conflict: int,
    signed_in: As,
) -> None:
    running.change("UPDATE patron SET has_left = true WHERE id = :id", id=BORIS)
    head = signed_in(Role.HEAD)
    too_early = head.post(f"/api/v1/patrons/{BORIS}/erase")
    sign_in_at_the_desk(running)
    settle(station, body, conflict)

    erased = head.post(f"/api/v1/patrons/{BORIS}/erase")

    assert (too_early.status_code, too_early.json()) == (409, {"reason": "has_conflicts"})
    assert erased.status_code == 204
    assert people(running) == {ANNA, None}
    assert kiosk.post(RETURNS, json=body()).status_code == 200
