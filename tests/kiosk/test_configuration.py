"""Settings that a kiosk fetches: in force at once, kept, and refused without harm."""

import json
from pathlib import Path

import pytest
import structlog

from circulation.configuration import KioskSettings
from kiosk.configuration import Configuration
from kiosk.effects import SetVolume
from kiosk.events import Configured
from kiosk.last_error import LastError
from kiosk.session import step
from kiosk.state import Config, Stage, State
from kiosk.tuning import offered

SETTINGS = {"format": "kiosk-1", "languages": ["en", "ru"], "idle_s": 25, "volume_percent": 20}


class Ledger:
    """Answers like the controller: nothing when the version is the newest."""

    def __init__(self) -> None:
        self.version, self.settings = 0, SETTINGS
        self.asked: list[int | None] = []

    def set(self, **fields: object) -> None:
        self.version, self.settings = self.version + 1, SETTINGS | fields

    def __call__(self, have: int | None) -> str | None:
        self.asked.append(have)
        if have == self.version:
            return None
        settings = self.settings if self.version else None
        return json.dumps({"version": self.version, "settings": settings})


class Kiosk:
    """The configuration of one kiosk, without its thread."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self.changes: list[KioskSettings | None] = []
        self.configuration = Configuration(path / "settings.json", ledger, self.changes.append)

    def started_and_stopped(self) -> "Kiosk":
        self.configuration.start()
        self.configuration.stop(30)
        return self

    @property
    def idle_s(self) -> list[int | None]:
        return [change.idle_s if change else None for change in self.changes]


def test_kiosk_takes_what_is_new_and_asks_for_nothing_twice(tmp_path: Path) -> None:
    ledger = Ledger()
    kiosk = Kiosk(tmp_path, ledger)
    for new in (None, 25, 60, None):
        if new is not None:
            ledger.set(idle_s=new)
        kiosk.configuration.look()

    assert kiosk.idle_s == [None, 25, 60]
    assert ledger.asked == [None, 0, 1, 2]


def test_bad_settings_are_refused_said_and_the_last_good_ones_outlive_a_power_cut(
    tmp_path: Path,
) -> None:
    ledger = Ledger()
    kiosk = Kiosk(tmp_path, ledger)
    ledger.set()
    kiosk.configuration.look()
    ledger.set(idle_s=1)

    kiosk.configuration.look()
    kiosk.configuration.look()

    assert kiosk.configuration.state == {
        "settings_version": 1,
        "settings_refused": 2,
        "settings_error": "idle_s: greater_than_equal",
    }
    assert ledger.asked == [None, 1, 2]  # what cannot be used is not fetched again
    ledger.set(idle_s=40)
    later = Kiosk(tmp_path, ledger).started_and_stopped()
    assert later.idle_s == [25, 40]
    assert later.configuration.state["settings_refused"] is None


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'{"version": 3, "settings": 5}'])
def test_damaged_file_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "settings.json").write_bytes(damage)

    kiosk = Kiosk(tmp_path, Ledger()).started_and_stopped()

    assert kiosk.changes == [None]


def test_controller_that_is_away_leaves_what_was_known(tmp_path: Path) -> None:
    ledger = Ledger()
    ledger.set()
    Kiosk(tmp_path, ledger).configuration.look()
    away = Configuration(tmp_path / "settings.json", lambda _: None, lambda _: None)

    away.start()
    away.stop(30)

    assert away.state["settings_version"] == 1


def test_clocks_and_volume_change_at_once_and_words_for_the_next_person() -> None:
    config = Config(languages=("ru", "en"))
    idle = State(config=config, now=0.0, touched_at=0.0, language="ru")
    busy = State(config=config, now=0.0, touched_at=0.0, language="ru", stage=Stage.BORROW)
    event = Configured(languages=("en",), idle_s=25, volume=0.2, textbook_week=False)

    now_idle, effects = step(idle, event)
    now_busy, _ = step(busy, event)

    assert effects == (SetVolume(0.2),)
    assert (now_idle.language, now_busy.language) == ("en", "ru")
    assert {now_idle.config.idle_s, now_busy.config.idle_s} == {25}


@pytest.mark.parametrize(
    ("wished", "own", "there"),
    [
        (("en",), ("ru", "en"), ("en",)),
        (("en", "ru"), ("ru", "en", "tt"), ("en", "ru", "tt")),  # a language that was added here
    ],
)
def test_languages_are_those_of_the_server_and_what_only_this_kiosk_speaks(
    wished: tuple[str, ...], own: tuple[str, ...], there: tuple[str, ...]
) -> None:
    assert offered(wished, own) == there


def test_last_error_is_a_word_without_what_it_tells_of() -> None:
    last = LastError()
    log = structlog.wrap_logger(structlog.ReturnLogger(), processors=[last, lambda *_: ""])
    for say, event in ((log.warning, "device_lost"), (log.error, "fact_rejected")):
        say(event, card="04A1B2C3D4E5F6")
    log.error("Анна не вернула книгу")

    assert last.state["last_error"] == "fact_rejected"
    assert last.state["last_error_at"] is not None
