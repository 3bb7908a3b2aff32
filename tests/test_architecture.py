"""What a linter does not hold: file lengths, stray names, places of this machine."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("circulation", "drivers", "kiosk", "gate", "controller", "hw_sim", "deploy")
MODULES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
NAMELESS = {"utils", "helpers", "common", "manager", "misc", "core", "base"}
MOST_LINES = 400


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("module", MODULES, ids=short)
def test_a_module_has_one_topic(module: Path) -> None:
    text = module.read_text(encoding="utf-8")

    assert text.count("\n") <= MOST_LINES
    assert module.stem not in NAMELESS
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "no docstring"


def test_packages_hand_nothing_on() -> None:
    passing = [
        short(path)
        for path in MODULES
        if path.name == "__init__.py" and re.search(r"^(from|import) ", path.read_text(), re.M)
    ]

    assert passing == []


def test_no_file_names_a_machine_or_an_index() -> None:
    """Only what a stranger's machine has, too."""
    forbidden = re.compile(r"(/work/|/farm/|--index-url|--find-links|files\.pythonhosted)")
    texts = [path for path in tracked() if path.suffix in {".py", ".toml", ".md", ".lock", ".sh"}]
    found = [
        short(path)
        for path in texts
        if path != Path(__file__) and forbidden.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_every_locked_package_has_a_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    packages = re.findall(r"^[a-z0-9][^ ]*==", lock, re.M)
    unhashed = re.findall(r"^[a-z0-9][^\\\n]*==[^\\\n]*$", lock, re.M)

    assert len(packages) > 50
    assert unhashed == []


def test_the_product_does_not_depend_on_gpl_code() -> None:
    """mfrc522 carries a GPL classifier: an extra on the Pi, and a tool of the tests."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {"": project["dependencies"], **project["optional-dependencies"]}

    naming = {name for name, needs in extras.items() if any("mfrc522" in need for need in needs)}

    assert naming == {"pi", "dev"}


def test_make_test_leaves_no_test_out() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.search(r"^TESTS := ((?:.*\\\n)*.*)$", makefile, re.M)
    assert named
    listed = named[1].replace("\\\n", " ").split()
    every = [path for path in tracked() if path.match("tests/**/test_*.py")]

    assert [short(path) for path in every if not short(path).startswith(tuple(listed))] == []
