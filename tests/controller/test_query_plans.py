"""What is asked about one copy or one person never walks through the log or the loans of a city."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from controller.db import open_transaction
from controller.patrons import service
from controller.security import proof
from controller.sql import Dialect, Statement, Transaction
from controller.tables import Event, EventKind, Item, Loan, Patron
from tests.controller.conftest import ANNA, ISIL, SettableClock

COPIES, LINES = 2_000, 3  # so many lines of the log for each copy
OF_ANNA = 200
OF_COPY = {"id": 700, "since": "2026-01-01T00:00:00.000000+00:00", "most": 200}
QUESTIONS = {
    "log of a copy": (proof._LOG, OF_COPY),
    "passages of a copy": (proof._PASSAGES, OF_COPY),
    "account": (service._LOANS, {"patron_id": ANNA}),
}


@pytest.fixture
def ledger(engine: Engine, tokens: dict[str, str], clock: SettableClock) -> Iterator[Transaction]:
    """A log that a scan would feel, and a person with 200 loans among all others'."""
    assert tokens
    first = 1_000
    items = [Item(id=first + n, owner=ISIL, item_id=f"X-{n}", title_id=1) for n in range(COPIES)]
    with Session(engine) as session:
        session.add(Patron(id="p-many", family_name="X"))
        session.add_all(items)
        session.flush()
        session.add_all(_loan(first + n, clock) for n in range(COPIES))
        session.add_all(
            Event(at=clock(), kind=EventKind.RETURNED, item_id=first + n)
            for _ in range(LINES)
            for n in range(COPIES)
        )
        session.commit()
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    transaction = open_transaction(engine)
    transaction.begin_read()
    yield transaction
    transaction.close()


def _loan(item: int, clock: SettableClock) -> Loan:
    patron = ANNA if item < 1_000 + OF_ANNA else "p-many"
    return Loan(
        item_id=item,
        patron_id=patron,
        lent_at=clock(),
        due=clock().date(),
        policy_version="1",
        device_id=1,
    )


def plan(ledger: Transaction, statement: Statement, parameters: dict[str, Any]) -> list[str]:
    """One line for each table that is read from its beginning to its end."""
    question = statement.texts[ledger.dialect]
    if ledger.dialect is Dialect.SQLITE:
        rows = ledger.rows(_as_said(ledger, f"EXPLAIN QUERY PLAN {question}"), parameters)
        return [row[3] for row in rows if row[3].startswith("SCAN")]
    rows = ledger.rows(_as_said(ledger, f"EXPLAIN (FORMAT JSON) {question}"), parameters)
    said = rows[0][0] if isinstance(rows[0][0], list) else json.loads(rows[0][0])
    return [node["Relation Name"] for node in _nodes(said[0]["Plan"]) if _is_scan(node)]


def _as_said(ledger: Transaction, sql: str) -> Statement:
    statement = Statement("")
    statement.texts = {ledger.dialect: sql}
    return statement


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _is_scan(node: dict[str, Any]) -> bool:
    """A small table is read whole because that is faster; these two grow with every loan."""
    return node["Node Type"] == "Seq Scan" and node["Relation Name"] in ("event", "loan")


@pytest.mark.parametrize("name", QUESTIONS)
def test_question_is_answered_from_an_index(ledger: Transaction, name: str) -> None:
    statement, parameters = QUESTIONS[name]

    assert plan(ledger, statement, parameters) == []


def test_log_of_a_copy_uses_the_index_by_copy(ledger: Transaction) -> None:
    explain = "EXPLAIN QUERY PLAN" if ledger.dialect is Dialect.SQLITE else "EXPLAIN"
    question = _as_said(ledger, f"{explain} {proof._LOG.texts[ledger.dialect]}")

    said = str(ledger.rows(question, OF_COPY))

    assert "ix_event_item" in said
    assert len(ledger.rows(proof._LOG, OF_COPY | {"id": 1_500})) == LINES


def test_account_of_200_loans_is_read_by_its_open_loans(ledger: Transaction) -> None:
    explain = "EXPLAIN QUERY PLAN" if ledger.dialect is Dialect.SQLITE else "EXPLAIN"
    question = _as_said(ledger, f"{explain} {service._LOANS.texts[ledger.dialect]}")

    said = str(ledger.rows(question, {"patron_id": ANNA}))

    assert "ix_loan_open_patron" in said
    assert len(ledger.rows(service._LOANS, {"patron_id": ANNA})) == OF_ANNA
