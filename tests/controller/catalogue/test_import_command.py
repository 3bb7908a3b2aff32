"""`polka import`: looks, asks, writes; exit codes and the JSON answer are for programs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlmodel import Session, func, select
from typer.testing import CliRunner

from controller.db import make_engine, sqlite_url
from controller.tables import Item, Patron, Title
from deploy.commands.importing import app

ROSTER = "Класс;ФИО;UID\n5А;Иванов Пётр;04A1B2C3\n"
Run = Callable[..., Result]


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "ledger.db")


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


def test_roster_without_problems_ends_with_0(run: Run, ledger: str) -> None:
    result = run(ROSTER, "--yes")

    assert result.exit_code == 0
    assert "новых учеников: 1" in result.stdout
    assert count(ledger, Patron) == 1


def test_ledger_on_a_server_is_written_as_well(run: Run, postgres_ledger: str) -> None:
    result = run(ROSTER, "--yes", "--database", postgres_ledger)

    assert result.exit_code == 0
    assert count(postgres_ledger, Patron) == 1


def test_catalogue_with_warnings_ends_with_1_and_names_them(
    run: Run, ledger: str, irbis: str
) -> None:
    result = run(irbis, "--yes")

    assert result.exit_code == 1
    assert "кодировка: utf-8" in result.stdout
    assert "внимание: запись 1, строка 1, поле 910" in result.stdout
    assert (count(ledger, Title), count(ledger, Item)) == (2, 3)


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
