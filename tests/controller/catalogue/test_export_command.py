"""`polka export` writes a whole file or none."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from controller.catalogue.preview import preview
from deploy.commands import exporting, importing

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, engine: Engine, irbis: str) -> Run:
    """The command on a ledger with two titles."""
    file = tmp_path / "catalogue.txt"
    file.write_text(irbis, encoding="utf-8")
    ledger = ["--owner", "RU-10010033", "--database", str(engine.url)]
    CliRunner().invoke(importing.app, [str(file), *ledger, "--yes"])

    def command(*options: str) -> Result:
        target = str(tmp_path / "export.mrc")
        given = [target, "--owner", "RU-10010033", "--database", str(engine.url), *options]
        return CliRunner().invoke(exporting.app, given)

    return command


def test_export_is_a_file_that_can_be_imported(run: Run, tmp_path: Path) -> None:
    result = run("--format", "rusmarc")

    assert result.exit_code == 0
    assert "2 titles" in result.stdout
    assert preview(tmp_path / "export.mrc").counts.titles == 2


def test_existing_file_is_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "export.mrc").write_text("precious")

    result = run("--format", "rusmarc")

    assert result.exit_code == 2
    assert (tmp_path / "export.mrc").read_text() == "precious"


def test_wrong_owner_leaves_no_file(run: Run, tmp_path: Path) -> None:
    result = run("--format", "csv", "--owner", "school")

    assert result.exit_code == 2
    assert not list(tmp_path.glob("export*"))
