"""Batches that wait side by side are one act, and each is answered as if it had come alone."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from circulation.api import CheckoutRequest
from circulation.messages import Clock
from circulation.offline import Batch, LateCheckout
from circulation.policy import Policy
from controller.answers import OK, UNAUTHORIZED, Answer
from controller.clock import LibraryTime
from controller.db import open_writer
from controller.devices.tokens import find_caller, hash_token
from controller.loans.service import Loans
from controller.offline.batches import Batches, are_wishes_to_borrow
from controller.offline.facts import Facts
from controller.sql import Statement, Transaction
from tests.controller.conftest import ANNA, BORIS, GOGOL, ISIL, MTSYRI, SettableClock

Ask = Callable[..., Batch]
LOANS = Statement("SELECT patron_id, item_id FROM loan ORDER BY item_id")
NUMBERS = Statement("SELECT device_id, seq, op_id FROM device_sequence ORDER BY seq")
LOG = Statement("SELECT kind, device_id, item_id, detail FROM event ORDER BY seq")


@pytest.fixture
def transaction(engine: Engine, tokens: dict[str, str]) -> Iterator[Transaction]:
    """Never kept."""
    opened = open_writer(engine)
    opened.begin_write()
    opened.save()
    yield opened
    opened.rollback()
    opened.close()


@pytest.fixture
def batches(clock: SettableClock) -> Batches:
    return Batches(Facts(Loans(Policy(), LibraryTime(clock, ZoneInfo("Europe/Moscow")))))


@pytest.fixture
def ask(clock: SettableClock) -> Ask:
    def batch(first: int, patron: str, *copies: str, offline: bool = False) -> Batch:
        lines = [
            LateCheckout(
                seq=first + n,
                clock=Clock.SURE,
                offline=offline,
                request=CheckoutRequest(
                    op_id=UUID(int=first + n),
                    at=clock(),
                    patron_id=patron,
                    owner=ISIL,
                    item_id=copy,
                ),
            )
            for n, copy in enumerate(copies)
        ]
        return Batch(operations=tuple(lines))

    return batch


def one_by_one(
    batches: Batches, transaction: Transaction, asked: list[tuple[str, Batch]]
) -> list[Answer]:
    answers = []
    for token, batch in asked:
        caller = find_caller(transaction, token)
        assert caller is not None
        answers.append(batches.take(transaction, caller, batch))
    return answers


def without_numbers(answer: Answer) -> tuple[int, Any]:
    """A loan's number is a gap further where a line before it was refused."""
    body = json.loads(answer.body)
    for line in body["answers"]:
        (line.get("receipt") or {}).pop("loan_id", None)
    return answer.status, body


def everything(transaction: Transaction) -> list[list[tuple[Any, ...]]]:
    return [[tuple(row) for row in transaction.rows(one, {})] for one in (LOANS, NUMBERS, LOG)]


def test_together_they_do_and_say_what_they_would_one_by_one(
    batches: Batches, transaction: Transaction, tokens: dict[str, str], ask: Ask
) -> None:
    kiosk, desk = (hash_token(tokens[name]) for name in ("kiosk-1", "desk-1"))
    asked = [
        (kiosk, ask(1, ANNA, MTSYRI, "C-0", "NO-SUCH")),
        (desk, ask(11, BORIS, "C-0", "C-1")),  # the first has that copy by now
        (kiosk, ask(1, ANNA, MTSYRI, "C-0", "NO-SUCH")),  # the answer was lost: asked again
        (kiosk, ask(21, ANNA, "C-2", "C-3", "C-4", "C-5", GOGOL)),  # five books are the limit
    ]

    together = batches.take_together(transaction, asked)
    then = everything(transaction)
    transaction.undo()
    singly = one_by_one(batches, transaction, asked)

    assert list(map(without_numbers, together)) == list(map(without_numbers, singly))
    assert then == everything(transaction)
    assert together[0] == together[2]


def test_stranger_among_them_is_refused_alone(
    batches: Batches, transaction: Transaction, tokens: dict[str, str], ask: Ask
) -> None:
    kiosk = hash_token(tokens["kiosk-1"])

    answers = batches.take_together(
        transaction, [("0" * 64, ask(1, ANNA, MTSYRI)), (kiosk, ask(2, BORIS, MTSYRI))]
    )

    assert [answer.status for answer in answers] == [UNAUTHORIZED, OK]
    assert [patron for patron, _ in transaction.rows(LOANS, {})] == [BORIS]


def test_what_happened_without_the_controller_is_never_taken_with_wishes(ask: Ask) -> None:
    assert are_wishes_to_borrow(ask(1, ANNA, MTSYRI))
    assert not are_wishes_to_borrow(ask(1, ANNA, MTSYRI, offline=True))
