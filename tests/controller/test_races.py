"""Two kiosks in the same instant: the ledger decides once."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from circulation.api import CHECKOUTS, RETURNS
from tests.controller.conftest import ANNA, BORIS, Body, Running

KIOSKS = 8
Together = Callable[[str, list[dict[str, Any]]], list[httpx2.Response]]


@pytest.fixture
def together(running: Running) -> Iterator[Together]:
    """Send these bodies at the same instant, each over its own connection."""
    headers = {"Authorization": f"Bearer {running.kiosk_token}"}
    barrier = threading.Barrier(KIOSKS)
    clients = [
        httpx2.Client(base_url=running.url, headers=headers, timeout=60) for _ in range(KIOSKS)
    ]

    def send(client: httpx2.Client, path: str, request: dict[str, Any]) -> httpx2.Response:
        barrier.wait(10)
        return client.post(path, json=request)

    with ThreadPoolExecutor(KIOSKS) as threads:

        def all_at_once(path: str, requests: list[dict[str, Any]]) -> list[httpx2.Response]:
            return list(threads.map(send, clients, [path] * KIOSKS, requests))

        yield all_at_once
    for client in clients:
        client.close()


def test_one_copy_is_lent_once(running: Running, together: Together, body: Body) -> None:
    for round_number in range(8):
        copy = f"C-{round_number}"
        requests = [body(patron_id=p, item_id=copy) for p in (ANNA, BORIS) * (KIOSKS // 2)]
        running.change("UPDATE loan SET returned_at = lent_at")

        answers = together(CHECKOUTS, requests)

        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: KIOSKS - 1}
        reasons = {answer.json()["reasons"][0] for answer in answers if answer.status_code == 409}
        assert reasons <= {"on_loan_to_other", "already_yours"}
        open_loans = "SELECT count(*) FROM loan WHERE returned_at IS NULL"
        assert running.scalar(open_loans) == 1


def test_limit_holds_against_many_kiosks(running: Running, together: Together, body: Body) -> None:
    requests = [body(patron_id=ANNA, item_id=f"C-{number}") for number in range(KIOSKS)]

    answers = together(CHECKOUTS, requests)

    assert Counter(answer.status_code for answer in answers) == {200: 5, 409: 3}
    assert running.scalar("SELECT count(*) FROM loan") == 5


def test_one_operation_sent_many_times_at_once_is_done_once(
    running: Running, together: Together, body: Body
) -> None:
    request = body(patron_id=ANNA)

    answers = together(CHECKOUTS, [request] * KIOSKS)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert running.scalar("SELECT count(*) FROM loan") == 1


def test_one_copy_returned_many_times_at_once_was_on_loan_once(
    kiosk: httpx2.Client, together: Together, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    answers = together(RETURNS, [body() for _ in range(KIOSKS)])

    assert Counter(answer.json()["was_on_loan"] for answer in answers) == {True: 1, False: 7}
