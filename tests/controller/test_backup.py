"""A copy made under load is whole and comes back; a damaged one is refused, and nothing is lost."""

import fcntl
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from controller.backup import BackupFailed, at_work, back_up, check, restore, sqlite_file
from deploy.commands.controller import app
from tests.controller.conftest import ANNA, ISIL, LIBRARY, Body, Running


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    """A copy of a file: PostgreSQL has its own tools."""
    return sqlite_ledger


@pytest.fixture
def ledger(engine: Engine) -> Path:
    return sqlite_file(str(engine.url))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy.db"


def count(file: Path, sql: str) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute(sql).fetchone()[0])


def test_copy_under_load_is_whole_and_holds_all_that_was_answered(
    running: Running, kiosk: httpx2.Client, body: Body, ledger: Path, copy: Path
) -> None:
    answered, stop = [], threading.Event()

    def work() -> None:
        while not stop.is_set():
            for request in (body(patron_id=ANNA), body()):
                path = "/api/v1/checkouts" if "patron_id" in request else "/api/v1/returns"
                answered.append(kiosk.post(path, json=request).status_code)

    desk = threading.Thread(target=work)
    desk.start()
    while len(answered) < 20:
        stop.wait(0.01)
    before = len(answered)
    checked = back_up(ledger, copy)
    stop.set()
    desk.join()

    assert set(answered) == {200}
    assert before <= checked.rows["operation"] <= len(answered)
    assert checked == check(copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not copy.with_name("copy.db.part").exists()


def test_restored_ledger_is_the_copy_and_the_old_one_is_kept(
    engine: Engine, tokens: dict[str, str], ledger: Path, copy: Path
) -> None:
    back_up(ledger, copy)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE patron SET family_name = 'Смирнова'")

    checked = restore(copy, ledger)

    renamed = "SELECT count(*) FROM patron WHERE family_name = 'Смирнова'"
    assert checked.rows["patron"] == 2
    assert count(ledger, renamed) == 0
    assert count(ledger.with_name("polka.db.before-restore"), renamed) == 2


def test_running_controller_is_not_restored_over(
    running: Running, ledger: Path, copy: Path
) -> None:
    back_up(ledger, copy)

    with pytest.raises(BackupFailed, match="stop it first"):
        restore(copy, ledger)

    assert running.scalar("SELECT count(*) FROM patron") == 2


def test_controller_does_not_start_into_a_restore(engine: Engine, ledger: Path) -> None:
    url = str(engine.url)
    with ledger.with_name("polka.db.lock").open("w") as restoring:
        fcntl.flock(restoring, fcntl.LOCK_EX)

        with pytest.raises(BackupFailed, match="is being restored"), at_work(url):
            pytest.fail("it started")

    with at_work(url), at_work(url) as second:  # two controllers are no conflict
        assert second is None


@pytest.mark.parametrize("at", [100, 5_000, 40_000])
def test_damaged_copy_is_refused(ledger: Path, tokens: dict[str, str], copy: Path, at: int) -> None:
    assert tokens
    back_up(ledger, copy)
    damaged = bytearray(copy.read_bytes())
    damaged[at : at + 4_096] = b"\xff" * 4_096
    copy.write_bytes(damaged)

    with pytest.raises(BackupFailed):
        restore(copy, ledger)

    assert count(ledger, "SELECT count(*) FROM patron") == 2


def test_cut_copy_is_refused(ledger: Path, copy: Path) -> None:
    back_up(ledger, copy)
    copy.write_bytes(copy.read_bytes()[:10_000])

    with pytest.raises(BackupFailed, match=r"damaged|not a ledger"):
        check(copy)


def test_copy_with_a_reference_to_nothing_is_refused(ledger: Path, copy: Path) -> None:
    back_up(ledger, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("INSERT INTO card VALUES ('04A1B2C3D4E5F6', 'p-nobody', 0)")
        connection.commit()

    with pytest.raises(BackupFailed, match="a row of card refers to nothing"):
        check(copy)


def test_file_that_is_no_ledger_is_refused(tmp_path: Path, ledger: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE t (x)")

    with pytest.raises(BackupFailed, match="not a ledger"):
        restore(other, ledger)


def test_failed_copy_leaves_the_older_one(ledger: Path, copy: Path, tmp_path: Path) -> None:
    back_up(ledger, copy)
    before = copy.read_bytes()

    with pytest.raises(BackupFailed):
        back_up(tmp_path / "nowhere.db", copy)

    assert copy.read_bytes() == before


def test_copy_never_replaces_the_ledger(ledger: Path) -> None:
    with pytest.raises(BackupFailed, match="give another file"):
        back_up(ledger, ledger)


def test_postgresql_is_left_to_its_own_tools() -> None:
    with pytest.raises(BackupFailed, match="pg_dump"):
        sqlite_file("postgresql+psycopg://localhost/polka")


def test_commands_copy_and_put_back(
    engine: Engine, tokens: dict[str, str], tmp_path: Path, copy: Path
) -> None:
    settings = tmp_path / "controller.toml"
    settings.write_text(
        f'library_isil = "{ISIL}"\nlibrary_name = "{LIBRARY}"\ndatabase_url = "{engine.url}"\n',
        encoding="utf-8",
    )

    outcomes = [
        CliRunner().invoke(app, [act, str(copy), "--settings", str(settings)])
        for act in ("backup", "restore")
    ]
    missing = CliRunner().invoke(app, ["restore", "nowhere.db", "--settings", str(settings)])

    assert [outcome.exit_code for outcome in outcomes] == [0, 0]
    assert all("2 patron" in outcome.output for outcome in outcomes)
    assert (missing.exit_code, missing.output) == (1, "there is no copy at nowhere.db\n")
