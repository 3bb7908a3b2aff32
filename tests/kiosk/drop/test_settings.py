"""A drop's settings: checked before a pin moves, and every mistake is named."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from circulation.messages import Clock
from kiosk.drop.__main__ import main
from kiosk.drop.events import Way
from kiosk.drop.outbox import Outbox
from kiosk.drop.settings import Settings, load_settings
from kiosk.settings_file import BadSettings
from kiosk.vault import Vault
from tests.kiosk.drop.conftest import copy, uid

GOOD = """
device = "drop-1"
owner = "RU-10010033"
controller_url = "http://controller:8000"
token_file = "{folder}/token"
outbox = "{folder}/outbox.db"
reader_port = "socket://10.0.0.7:10001"
"""
TWO_BINS = """
[[bins]]
name = "shelf"
ways = ["shelf"]
[[bins]]
name = "desk"
ways = ["staff", "hold"]
"""


@pytest.fixture
def write(tmp_path: Path):
    token = tmp_path / "token"
    token.write_text("secret\n")
    token.chmod(0o600)

    def _write(extra: str = "") -> Path:
        path = tmp_path / "drop.toml"
        path.write_text(GOOD.format(folder=tmp_path) + extra, encoding="utf-8")
        return path

    return _write


def test_a_drop_with_one_bin_needs_no_word_about_it(write) -> None:
    settings = load_settings(write())

    assert set(settings.session.bins.values()) == {"bin"}
    assert settings.read_token() == "secret"


def test_a_way_that_is_named_nowhere_goes_to_the_librarian(write) -> None:
    ways = load_settings(write(TWO_BINS)).session.bins

    assert ways == {
        Way.SHELF: "shelf",
        Way.HOLD: "desk",
        Way.STAFF: "desk",
        Way.OTHER: "desk",
        Way.UNSORTED: "desk",
    }


@pytest.mark.parametrize(
    ("extra", "advice"),
    [
        ("colour = 'red'", "colour"),
        ("reader_model = 'toaster'", "reader_model is one of"),
        ("language = 'xx'", "there are ru, en"),
        ("flap = 5\nslot = 5", "pin is named twice: 5"),
        ("[[bins]]\nname = 'a'\nways = ['shelf']", "the librarian's"),
        (f"{TWO_BINS}[[bins]]\nname = 'desk'\nways = []", "bin is named twice"),
        (f"{TWO_BINS}[[bins]]\nname = 'x'\nways = ['hold']", "way is named twice: hold"),
        ("afi_on_loan = 7", "cannot mean"),
        ("= broken", "not a TOML file"),
    ],
)
def test_what_makes_no_sense_is_said(write, extra: str, advice: str) -> None:
    with pytest.raises(BadSettings, match=advice):
        load_settings(write(extra))


def test_a_token_that_others_can_read_is_refused(write) -> None:
    settings: Settings = load_settings(write())
    settings.token_file.chmod(0o644)

    with pytest.raises(BadSettings, match="chmod 600"):
        settings.read_token()


def test_the_command_checks_and_lists(write, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(write())

    checked = main(["--settings", file, "--check"])
    listed = main(["--settings", file, "--list"])
    missing = main(["--settings", "nowhere.toml"])

    told = capsys.readouterr()
    assert (checked, listed, missing) == (0, 0, 2)
    assert '"device": "drop-1"' in told.out
    assert "secret" not in told.out
    assert told.out.rstrip().endswith("at,clock,uid,item,outcome,detail")
    assert "cannot be read" in told.err


def test_returns_under_another_token_are_not_lost_and_the_command_says_what_to_do(
    write, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write()
    settings: Settings = load_settings(file)
    outbox = Outbox(settings.outbox, Vault("an earlier token"))
    outbox.keep(uuid4(), copy(1), uid(1), datetime.now(UTC), Clock.SURE)
    outbox.close()

    refused = main(["--settings", str(file), "--list"])

    assert refused == 2
    assert "earlier_token_files" in capsys.readouterr().err
