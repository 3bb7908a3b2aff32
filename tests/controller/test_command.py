"""`polka controller`: what an administrator types."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from typer.testing import CliRunner

from controller.__main__ import main
from controller.db import make_engine, sqlite_url
from controller.devices.tokens import hash_token
from controller.sql import Dialect
from controller.staff.passwords import is_password
from deploy.commands.controller import app


@pytest.fixture(params=list(Dialect), ids=str)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A ledger on each engine in turn: a file that is not there yet, a database on a server."""
    if request.param is Dialect.SQLITE:
        return sqlite_url(tmp_path / "polka.db")
    return str(request.getfixturevalue("postgres_ledger"))


@pytest.fixture
def file(tmp_path: Path, url: str) -> Path:
    path = tmp_path / "controller.toml"
    path.write_text(
        f'library_isil = "RU-10010033"\nlibrary_name = "school-33"\ndatabase_url = "{url}"\n',
        encoding="utf-8",
    )
    return path


@contextmanager
def asking(url: str) -> Iterator[Connection]:
    engine = make_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_add_device_prints_a_token_once_and_keeps_its_hash(file: Path, url: str) -> None:
    arguments = ["add-device", "kiosk-1", "--kind", "kiosk", "--settings", str(file)]

    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 0, result.output
    token = result.output.strip()
    with asking(url) as connection:
        kept = connection.execute(text("SELECT name, token_hash FROM device")).all()
    assert kept == [("kiosk-1", hash_token(token))]


def test_add_device_as_json(file: Path) -> None:
    arguments = ["add-device", "gate-1", "--kind", "gate", "--settings", str(file)]

    result = CliRunner().invoke(app, [*arguments, "--json"])

    assert json.loads(result.output) == {"device": "gate-1", "kind": "gate", "token": None}


@pytest.mark.parametrize(
    "arguments",
    [
        ["add-device", "Kiosk 1", "--kind", "kiosk", "--settings", "FILE"],
        ["add-device", "kiosk-1", "--kind", "toaster", "--settings", "FILE"],
        ["check-config", "--settings", "nowhere.toml"],
        ["run", "--settings", "nowhere.toml"],
    ],
)
def test_unusable_input_ends_with_two(file: Path, arguments: list[str]) -> None:
    given = [str(file) if argument == "FILE" else argument for argument in arguments]

    result = CliRunner().invoke(app, given)

    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_migrate_makes_the_ledger(file: Path, url: str) -> None:
    result = CliRunner().invoke(app, ["migrate", "--settings", str(file)])

    assert result.exit_code == 0, result.output
    with asking(url) as connection:
        assert connection.scalar(text("SELECT count(*) FROM loan")) == 0


def test_check_config_of_the_process(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--settings", str(file), "--check-config"])

    assert status == 0
    assert json.loads(capsys.readouterr().out)["library_name"] == "school-33"


def test_process_refuses_bad_settings_in_a_sentence(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("colour = 1\n", encoding="utf-8")

    status = main(["--settings", str(file)])

    assert status == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_first_account_gets_its_password_from_the_input(file: Path, url: str) -> None:
    arguments = ["add-staff", "Ольга", "--role", "head", "--settings", str(file)]

    result = CliRunner().invoke(app, arguments, input="тихо в читальном\n")

    assert (result.exit_code, result.output) == (0, "Ольга may sign in as head\n")
    with asking(url) as connection:
        kept = connection.execute(text("SELECT login, role, password_hash FROM staff")).one()
    assert kept[:2] == ("ольга", "head")
    assert is_password("тихо в читальном", kept[2])


@pytest.mark.parametrize(
    ("arguments", "password"),
    [
        (["add-staff", "olga", "--role", "head"], ""),
        (["add-staff", "olga", "--role", "head"], "short"),
        (["add-staff", "o/g", "--role", "head"], "long enough to be one"),
        (["add-staff", "olga", "--role", "teacher"], "long enough to be one"),
        (["end-staff", "olga"], ""),
    ],
)
def test_account_that_cannot_be_ends_with_two(
    file: Path, arguments: list[str], password: str
) -> None:
    CliRunner().invoke(app, ["migrate", "--settings", str(file)])

    result = CliRunner().invoke(app, [*arguments, "--settings", str(file)], input=f"{password}\n")

    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_ended_account_stays_for_the_logs(file: Path, url: str) -> None:
    arguments = ["add-staff", "olga", "--role", "head", "--settings", str(file)]
    CliRunner().invoke(app, arguments, input="long enough to be one\n")

    result = CliRunner().invoke(app, ["end-staff", "olga", "--settings", str(file)])

    assert result.exit_code == 0, result.output
    with asking(url) as connection:
        assert connection.execute(text("SELECT login, active FROM staff")).all() == [("olga", 0)]


@pytest.mark.parametrize(
    "arguments",
    [["migrate"], ["add-device", "kiosk-1", "--kind", "kiosk"], ["revoke-device", "kiosk-1"]],
)
def test_database_that_is_away_is_said_in_a_sentence(tmp_path: Path, arguments: list[str]) -> None:
    settings = tmp_path / "controller.toml"
    nowhere = f"postgresql+psycopg://polka@/ledger?host={tmp_path}"
    settings.write_text(
        f'library_isil = "RU-10010033"\nlibrary_name = "school-33"\ndatabase_url = "{nowhere}"\n',
        encoding="utf-8",
    )

    result = CliRunner().invoke(app, [*arguments, "--settings", str(settings)])

    assert result.exit_code == 2
    assert result.stderr.startswith("the database does not answer: ")
    assert result.stderr.count("\n") == 1
