"""The ledger of a command: opened, closed, and a sentence instead of a stack when it fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from controller.db import failures, make_engine

NOT_DONE = 2
NO_ANSWER = "the database does not answer"


@contextmanager
def opened(url: str, otherwise: str = NO_ANSWER) -> Iterator[Engine]:
    """The command ends with this word and 2 when the database fails, however it says so."""
    try:
        engine = make_engine(url)
    except SQLAlchemyError as error:
        _end(otherwise, error)
    try:
        yield engine
    except failures(engine) as error:
        _end(otherwise, error)
    finally:
        engine.dispose()


def _end(word: str, error: Exception) -> NoReturn:
    """With the driver's own first line, which holds no password."""
    told = str(getattr(error, "orig", None) or error).strip()
    typer.echo(f"{word}: {told.splitlines()[0] if told else type(error).__name__}", err=True)
    raise typer.Exit(NOT_DONE) from error
