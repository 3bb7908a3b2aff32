"""One text per statement, in the form of each driver; many rows in one trip."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from controller.arrays import over_arrays
from controller.db import open_transaction
from controller.sql import Dialect, Question, Statement, Transaction

ADD = Statement(
    "INSERT INTO library (isil, name, display_name) VALUES (:isil, :name, '')"
    " ON CONFLICT (isil) DO NOTHING",
    types={"isil": "text", "name": "text"},
)
SHOW = Statement(
    "UPDATE library SET display_name = :name WHERE isil = :isil",
    types={"isil": "text", "name": "text"},
)
FIND = Statement(
    "SELECT name, display_name FROM library WHERE isil = :isil", types={"isil": "text"}
)
QUOTED = 'школа "33" \\ 100 %'


@pytest.fixture
def transaction(engine: Engine) -> Iterator[Transaction]:
    transaction = open_transaction(engine)
    transaction.begin_write()
    yield transaction
    transaction.rollback()
    transaction.close()


def libraries(*isils: str) -> list[dict[str, str]]:
    return [{"isil": isil, "name": f"n{isil}"} for isil in isils]


@pytest.mark.parametrize(
    ("text", "postgresql"),
    [
        ("SELECT 1 WHERE a = :a AND b = :b_c", "SELECT 1 WHERE a = %(a)s AND b = %(b_c)s"),
        ("SELECT :a::text", "SELECT %(a)s::text"),
        ("SELECT a LIKE 'x%' AND b = :b", "SELECT a LIKE 'x%%' AND b = %(b)s"),
    ],
)
def test_statement_is_rendered_for_psycopg(text: str, postgresql: str) -> None:
    statement = Statement(text)

    assert statement.texts[Dialect.POSTGRESQL] == postgresql
    assert statement.texts[Dialect.SQLITE] == text


def test_rows_come_in_the_order_of_the_questions(transaction: Transaction) -> None:
    added = transaction.run_each(ADD, libraries("A", "B", "C", "A"))

    found = transaction.row_each(FIND, [{"isil": isil} for isil in ("C", "none", "A", "C")])

    assert added == 3
    assert [row and row[0] for row in found] == ["nC", None, "nA", "nC"]


def test_each_row_is_changed_as_its_own_element_says(transaction: Transaction) -> None:
    transaction.run_each(ADD, libraries("A", "B"))

    transaction.run_each(SHOW, [{"isil": "B", "name": QUOTED}, {"isil": "A", "name": ""}])

    found = transaction.row_each(FIND, [{"isil": "A"}, {"isil": "B"}])
    assert [row[1] for row in found] == ["", QUOTED]


def test_several_questions_are_answered_at_once(transaction: Transaction) -> None:
    transaction.run_each(ADD, libraries("A", "B"))
    names = Question(FIND, [{"isil": "B"}, {"isil": "A"}], lambda rows: [row[0] for row in rows])
    nobody: Question[list[object]] = Question(FIND, [], list)

    assert transaction.ask(names, nobody) == [["nB", "nA"], []]


def add_in_one_trip(transaction: Transaction, names: dict[str, str]) -> None:
    for isil, name in names.items():
        transaction.run_later(ADD, [{"isil": isil, "name": name}])
    transaction.settle()


def test_what_fails_in_one_trip_is_raised_and_undone(transaction: Transaction) -> None:
    transaction.save()

    with pytest.raises(Exception, match=r"(?i)unique"):
        add_in_one_trip(transaction, {"A": "same", "B": "same", "C": "other"})
    transaction.undo()

    assert transaction.row_each(FIND, [{"isil": "A"}, {"isil": "C"}]) == [None, None]


def test_what_is_put_off_is_done_before_what_is_said_next(transaction: Transaction) -> None:
    transaction.run_later(ADD, libraries("A"))
    transaction.run_later(SHOW, [{"isil": "A", "name": QUOTED}])

    assert transaction.row(FIND, {"isil": "A"}) == ("nA", QUOTED)


def test_what_was_put_off_is_undone_and_committed_like_the_rest(engine: Engine) -> None:
    transaction = open_transaction(engine)
    transaction.begin_group()
    transaction.save()
    transaction.run_later(ADD, libraries("A"))
    transaction.keep()
    transaction.save()
    transaction.run_later(ADD, libraries("B"))
    transaction.undo()
    transaction.run_later(ADD, libraries("C"))

    transaction.commit()

    transaction.begin_read()
    found = transaction.row_each(FIND, [{"isil": isil} for isil in "ABC"])
    transaction.close()
    assert [row is not None for row in found] == [True, False, True]


def test_group_that_asks_nothing_leaves_the_ledger_free(engine: Engine) -> None:
    idle, busy = open_transaction(engine), open_transaction(engine)
    idle.begin_group()
    idle.commit()

    busy.begin_write()  # waits 5 s and raises where the lock is taken

    busy.rollback()
    idle.close()
    busy.close()


def test_second_mark_forgets_the_first(transaction: Transaction) -> None:
    transaction.save()
    transaction.run_each(ADD, libraries("A"))
    transaction.keep()
    transaction.save()
    transaction.run_each(ADD, libraries("B"))

    transaction.undo()

    found = transaction.row_each(FIND, [{"isil": "A"}, {"isil": "B"}])
    assert [row is not None for row in found] == [True, False]


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("SELECT 1 WHERE a = :a AND b = :b", {"a": "text"}),
        ("SELECT 1 WHERE a = :a", {"a": "text", "b": "text"}),
        ("DELETE FROM loan WHERE id = :id", {"id": "bigint"}),
        ("UPDATE loan SET due = :due", {"due": "date"}),
    ],
)
def test_statement_that_cannot_be_one_over_arrays_is_refused(
    text: str, types: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"not a SELECT|type of each parameter"):
        over_arrays(text, types)
