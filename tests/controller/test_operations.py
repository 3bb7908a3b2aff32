"""The same operation twice: one effect, one answer; and a commit that fails leaves neither."""

import httpx2
import pytest

from circulation.api import CHECKOUTS, RETURNS
from tests.controller.conftest import ANNA, BORIS, Body, Running


def test_repeat_gets_the_first_answer_byte_for_byte(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    request = body(patron_id=ANNA)
    first = kiosk.post(CHECKOUTS, json=request)
    running.clock.move(days=3)

    again = kiosk.post(CHECKOUTS, json=request)

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert running.scalar("SELECT count(*) FROM loan") == 1
    assert running.scalar("SELECT count(*) FROM event") == 1


def test_repeat_of_a_refusal_gets_the_refusal_though_the_world_changed(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    running.block(ANNA)
    request = body(patron_id=ANNA)
    first = kiosk.post(CHECKOUTS, json=request)
    running.change("DELETE FROM patron_block")

    again = kiosk.post(CHECKOUTS, json=request)

    assert first.status_code == 409
    assert (again.status_code, again.content) == (first.status_code, first.content)


def test_order_of_keys_is_no_other_body(kiosk: httpx2.Client, body: Body) -> None:
    request = body(patron_id=ANNA)
    first = kiosk.post(CHECKOUTS, json=request)

    again = kiosk.post(CHECKOUTS, json=dict(reversed(request.items())))

    assert (again.status_code, again.content) == (200, first.content)


def test_same_id_with_another_body_is_refused(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    request = body(patron_id=ANNA)
    kiosk.post(CHECKOUTS, json=request)

    changed = kiosk.post(CHECKOUTS, json=request | {"patron_id": BORIS})

    assert (changed.status_code, changed.json()["reasons"]) == (422, ["operation_changed"])
    assert running.scalar("SELECT patron_id FROM loan") == ANNA


def test_same_id_for_another_act_is_refused(kiosk: httpx2.Client, body: Body) -> None:
    request = body()
    kiosk.post(RETURNS, json=request)

    changed = kiosk.post(CHECKOUTS, json=request | {"patron_id": ANNA})

    assert (changed.status_code, changed.json()["reasons"]) == (422, ["operation_changed"])


def test_same_id_from_another_device_is_refused(
    tokens: dict[str, str], kiosk: httpx2.Client, body: Body
) -> None:
    request = body(patron_id=ANNA)
    kiosk.post(CHECKOUTS, json=request)

    other = {"Authorization": f"Bearer {tokens['kiosk-2']}"}
    changed = kiosk.post(CHECKOUTS, json=request, headers=other)

    assert (changed.status_code, changed.json()["reasons"]) == (422, ["operation_changed"])


@pytest.fixture
def failing_commit(running: Running) -> None:
    """A loan now breaks a promise that is checked at COMMIT."""
    running.break_commits("loan")


@pytest.mark.usefixtures("failing_commit")
def test_failing_commit_is_never_answered_with_success(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    answer = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    assert (answer.status_code, answer.json()["reasons"]) == (503, ["no_connection"])
    for table in ("loan", "event", "operation"):
        assert running.scalar(f"SELECT count(*) FROM {table}") == 0


@pytest.mark.usefixtures("failing_commit")
def test_operation_that_was_not_kept_succeeds_when_asked_again(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    request = body(patron_id=ANNA)
    assert kiosk.post(CHECKOUTS, json=request).status_code == 503
    running.mend_commits("loan")

    again = kiosk.post(CHECKOUTS, json=request)

    assert again.status_code == 200
    assert running.scalar("SELECT count(*) FROM loan") == 1
