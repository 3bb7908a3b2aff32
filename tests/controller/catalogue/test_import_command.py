"""`polka import`: looks, asks, writes; exit codes and the JSON answer are for programs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text
from sqlmodel import Session, func, select
from typer.testing import CliRunner

from controller.catalogue.preview import Progress
from controller.db import make_engine, sqlite_url
from controller.sql import Dialect
from controller.tables import Item, Patron, Title
from deploy.commands.importing import app
from tests.controller.conftest import Postgres

ROSTER = "Класс;ФИО;UID\n5А;Иванов Пётр;04A1B2C3\n"
Run = Callable[..., Result]


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    """A file that is not there yet."""
    return sqlite_url(tmp_path / "ledger.db")


@pytest.fixture(params=list(Dialect), ids=str)
def either(request: pytest.FixtureRequest) -> str:
    """A ledger on each engine in turn."""
    name = "ledger" if request.param is Dialect.SQLITE else "postgres_ledger"
    return str(request.getfixturevalue(name))


@pytest.fixture
def run(tmp_path: Path, ledger: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")

    def command(text: str, *options: str, answer: str = "") -> Result:
        file = tmp_path / "export.txt"
        file.write_text(text, encoding="utf-8")
        given = [str(file), "--owner", "RU-10010033", "--database", ledger, *options]
        return CliRunner().invoke(app, given, input=answer)

    return command


def count(ledger: str, table: type[Title] | type[Item] | type[Patron]) -> int:
    engine = make_engine(ledger)
    with Session(engine) as session:
        number = session.exec(select(func.count()).select_from(table)).one()
    engine.dispose()
    return number


def test_roster_without_problems_ends_with_0(run: Run, either: str) -> None:
    result = run(ROSTER, "--yes", "--database", either)

    assert result.exit_code == 0
    assert "новых учеников: 1" in result.stdout
    assert count(either, Patron) == 1


def test_catalogue_with_warnings_ends_with_1_and_names_them(
    run: Run, either: str, irbis: str
) -> None:
    result = run(irbis, "--yes", "--database", either)

    assert result.exit_code == 1
    assert "кодировка: utf-8" in result.stdout
    assert "внимание: запись 1, строка 1, поле 910" in result.stdout
    assert (count(either, Title), count(either, Item)) == (2, 3)


def test_import_again_updates_and_doubles_nothing(run: Run, either: str, irbis: str) -> None:
    run(irbis, "--yes", "--database", either)

    again = run(irbis, "--yes", "--database", either)

    assert again.exit_code == 1
    assert (count(either, Title), count(either, Item)) == (2, 3)


def test_server_that_is_away_is_said_in_a_sentence(
    run: Run, postgres: Postgres, postgres_ledger: str
) -> None:
    with postgres.server.away():
        result = run(ROSTER, "--yes", "--database", postgres_ledger)

    assert result.exit_code == 2
    assert result.stderr.startswith("база не читается: ")
    assert result.stderr.count("\n") == 1


def test_server_that_goes_in_the_middle_is_said_with_what_to_do(
    run: Run, postgres_ledger: str, irbis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver's own error, which SQLAlchemy never sees."""

    def cut(_act: str) -> Progress:
        def end_all(_titles: int) -> None:
            engine = make_engine(postgres_ledger)
            with engine.connect() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
            engine.dispose()

        return end_all

    monkeypatch.setattr("deploy.commands.importing._progress", cut)
    monkeypatch.setattr("controller.catalogue.writing.BATCH_TITLES", 1)

    result = run(irbis, "--yes", "--database", postgres_ledger)

    assert result.exit_code == 2
    assert "--resume" in result.stderr
    monkeypatch.setattr("deploy.commands.importing._progress", lambda _act: None)
    assert run(irbis, "--yes", "--resume", "--database", postgres_ledger).exit_code == 1
    assert (count(postgres_ledger, Title), count(postgres_ledger, Item)) == (2, 3)


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("", 2)])
def test_question_is_asked_before_anything_is_written(
    run: Run, tmp_path: Path, answer: str, code: int
) -> None:
    result = run(ROSTER, answer=answer)

    assert result.exit_code == code
    assert "Загрузить?" in result.stdout
    assert (tmp_path / "ledger.db").exists() is (code == 0)


def test_dry_run_only_looks(run: Run, tmp_path: Path, irbis: str) -> None:
    result = run(irbis, "--dry-run")

    assert result.exit_code == 1
    assert "Ничего не записано." in result.stdout
    assert not (tmp_path / "ledger.db").exists()


def test_json_answer_holds_counts_problems_and_what_was_written(run: Run, irbis: str) -> None:
    result = run(irbis, "--yes", "--json")

    answer = json.loads(result.stdout)
    assert (answer["format"], answer["charset"]) == ("irbis", "utf-8")
    assert answer["counts"]["copies"] == 4
    assert answer["written"]["items_new"] == 3
    assert [problem["code"] for problem in answer["problems"]] == ["no_number"]
    assert answer["problems"][0]["record"] == 1


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--charset", "cp1251", "--yes"), "укажите другую"),
        (("--kind", "marc", "--yes"), "формат не узнан"),
        (("--owner", "10010033", "--yes"), "не ISIL"),
        (("--json",), "--yes"),
        (("--database", "", "--yes"), "--database"),
        (("--database", "nowhere.toml", "--yes"), "nowhere.toml"),
    ],
)
def test_wrong_file_or_option_ends_with_2_and_writes_nothing(
    run: Run, tmp_path: Path, irbis: str, options: tuple[str, ...], reason: str
) -> None:
    result = run(irbis, *options)

    assert result.exit_code == 2
    assert reason in result.output
    assert not (tmp_path / "ledger.db").exists()


def test_database_is_found_through_the_controllers_settings(
    run: Run, tmp_path: Path, ledger: str
) -> None:
    settings = tmp_path / "controller.toml"
    settings.write_text(
        f'library_isil = "RU-10010033"\nlibrary_name = "school-1"\ndatabase_url = "{ledger}"\n',
        encoding="utf-8",
    )

    result = run(ROSTER, "--yes", "--database", str(settings))

    assert result.exit_code == 0
    assert count(ledger, Patron) == 1


def test_english_is_spoken_where_the_locale_is_not_russian(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    result = run(ROSTER, "--yes")

    assert "new pupils: 1" in result.stdout
