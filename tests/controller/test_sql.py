"""One text per statement, in the form of each driver."""

import pytest

from controller.sql import Dialect, Statement


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
