"""What is decided at a desk carries the account that is signed in there, and no typed name."""

import json
from collections.abc import Iterator

import httpx2
import pytest

from circulation.desk import (
    HOLDS_EXPIRE,
    OPERATOR,
    OPERATOR_LEAVE,
    STAFF_BLOCKS,
    STAFF_CHECKOUTS,
    STAFF_MARKS,
)
from circulation.offline import CONFLICTS_SETTLE
from controller.staff.accounts import end_account
from controller.staff.rights import Role
from tests.controller.conftest import ANNA, DICTIONARY, Body, Running, sign_in_at_the_desk
from tests.controller.staff.conftest import PASSWORD, As

OVERRIDE = {"patron_id": ANNA, "item_id": DICTIONARY, "note": "к уроку"}


@pytest.fixture
def desk(running: Running, tokens: dict[str, str]) -> Iterator[httpx2.Client]:
    """The station's own token; nobody has signed in yet."""
    headers = {"Authorization": f"Bearer {tokens['desk-1']}"}
    with httpx2.Client(base_url=running.url, headers=headers, timeout=60) as client:
        yield client


def sign_in(desk: httpx2.Client, login: str = "head", password: str = PASSWORD) -> httpx2.Response:
    return desk.post(OPERATOR, json={"login": login, "password": password})


def logged_by(running: Running, kind: str) -> str:
    [(detail,)] = running.rows("SELECT detail FROM event WHERE kind = :kind", kind=kind)
    return str(json.loads(detail)["staff"])


def test_override_carries_the_account_that_signed_in(
    accounts: Running, desk: httpx2.Client, body: Body
) -> None:
    begun = sign_in(desk, " HEAD ")

    answer = desk.post(STAFF_CHECKOUTS, json=body(**OVERRIDE))

    assert begun.json() == {"login": "head", "overrides": True}
    assert answer.status_code == 200
    assert logged_by(accounts, "rule_overridden") == "head"


@pytest.mark.parametrize("path", [STAFF_CHECKOUTS, STAFF_MARKS, STAFF_BLOCKS, CONFLICTS_SETTLE])
def test_a_name_in_the_body_is_malformed(station: httpx2.Client, body: Body, path: str) -> None:
    fields = {
        STAFF_CHECKOUTS: OVERRIDE,
        STAFF_MARKS: {"act": "mark_lost"},
        STAFF_BLOCKS: {"patron_id": ANNA, "note": "долг", "owner": None, "item_id": None},
        CONFLICTS_SETTLE: {"conflict_id": 1, "choice": "keep", "note": "видела"},
    }[path]
    sent = {key: value for key, value in body(**fields).items() if value is not None}
    if path == CONFLICTS_SETTLE:
        del sent["owner"], sent["item_id"]

    honest, typed = (station.post(path, json=one) for one in (sent, sent | {"staff": "Иванова"}))

    assert honest.status_code in (200, 404)
    assert typed.status_code == 422


def test_nobody_signed_in_is_no_answer_for_ever(
    accounts: Running, desk: httpx2.Client, body: Body
) -> None:
    wish = body(act="mark_lost")
    refused = desk.post(STAFF_MARKS, json=wish)

    sign_in(desk)
    done = desk.post(STAFF_MARKS, json=wish)

    assert (refused.status_code, refused.json()["reasons"]) == (403, ["nobody_signed_in"])
    assert done.status_code == 200
    assert logged_by(accounts, "item_marked") == "head"


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.TEACHER])
@pytest.mark.parametrize("act", [STAFF_CHECKOUTS, STAFF_MARKS])
def test_who_has_no_right_decides_nothing(
    running: Running, desk: httpx2.Client, body: Body, role: Role, act: str
) -> None:
    sign_in_at_the_desk(running, role.value)

    fields = OVERRIDE if act == STAFF_CHECKOUTS else {"act": "mark_lost"}
    answer = desk.post(act, json=body(**fields))

    assert (answer.status_code, answer.json()["reasons"]) == (403, ["right_missing"])
    assert running.scalar("SELECT count(*) FROM event WHERE kind <> 'device_changed'") == 0


def test_a_kiosk_has_no_operator(accounts: Running, kiosk: httpx2.Client, running: Running) -> None:
    answer = sign_in(kiosk)
    asked = kiosk.get(OPERATOR)

    assert (answer.status_code, answer.json()["reasons"]) == (403, ["staff_only"])
    assert asked.status_code == 403
    assert running.scalar("SELECT count(*) FROM device_operator") == 0


def test_who_left_or_forgot_to_leave_is_out(
    accounts: Running, desk: httpx2.Client, body: Body
) -> None:
    sign_in(desk)
    left = desk.post(OPERATOR_LEAVE).json()
    after_leaving = desk.post(STAFF_MARKS, json=body(act="mark_lost"))
    sign_in(desk)
    accounts.clock.move(minutes=14)
    expire = {key: value for key, value in body().items() if key in ("op_id", "at")}
    at_work = desk.post(HOLDS_EXPIRE, json=expire)
    accounts.clock.move(minutes=15)
    forgotten = desk.get(OPERATOR).json()

    assert left == forgotten == {"login": None, "overrides": False}
    assert (after_leaving.status_code, at_work.status_code) == (403, 200)


def test_an_account_that_ended_is_out_at_once(accounts: Running, desk: httpx2.Client) -> None:
    sign_in(desk)

    end_account(accounts.engine, name="head")

    assert desk.get(OPERATOR).json()["login"] is None


def test_wrong_passwords_are_counted_and_a_stranger_cannot_even_try(
    accounts: Running, desk: httpx2.Client, running: Running
) -> None:
    stranger = httpx2.post(
        running.url + OPERATOR, json={"login": "head", "password": PASSWORD}, timeout=60
    )
    wrong = [sign_in(desk, password="наугад") for _ in range(5)]
    locked = sign_in(desk)

    assert stranger.status_code == 401
    assert {(w.status_code, w.json()["reasons"][0]) for w in wrong} == {(403, "sign_in_wrong")}
    assert (locked.status_code, locked.json()["reasons"]) == (429, ["sign_in_locked"])
    assert int(locked.headers["Retry-After"]) > 0


def test_a_browser_and_a_station_are_two_sign_ins(
    signed_in: As, desk: httpx2.Client, body: Body
) -> None:
    signed_in(Role.LIBRARIAN)

    answer = desk.post(STAFF_MARKS, json=body(act="mark_lost"))

    assert answer.json()["reasons"] == ["nobody_signed_in"]
