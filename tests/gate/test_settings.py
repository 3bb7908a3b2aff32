"""A gate's settings are checked before anything is switched on, and the message says what to do."""

from pathlib import Path

import pytest

from gate.settings import BadSettings, load_settings

GOOD = """
library = "school"
device = "gate1"
reader_url = "socket://127.0.0.1:10001"
state_dir = "state"
mqtt_host = "127.0.0.1"
mqtt_password_file = "{password}"
"""


@pytest.fixture
def write(tmp_path: Path) -> object:
    password = tmp_path / "password"
    password.write_text("secret\n", encoding="utf-8")

    def _write(extra: str = "", text: str = GOOD) -> Path:
        path = tmp_path / "gate.toml"
        path.write_text(text.format(password=password) + extra, encoding="utf-8")
        return path

    return _write


def test_a_good_file_gives_settings_and_keeps_the_password_out_of_sight(write) -> None:
    settings = load_settings(write())

    assert settings.afi_in_stock == 0x07
    assert settings.mqtt_password.get_secret_value() == "secret"
    assert "secret" not in repr(settings)
    assert not settings.allow_simulated


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ("colour = 'red'", "colour"),
        ("alarm_seconds = 60", "alarm_seconds"),
        ("[pins]\nlamp = 99", "pins.lamp"),
        ("mqtt_port = 'many'", "mqtt_port"),
        ("= broken", "not a TOML file"),
    ],
)
def test_a_bad_key_is_named(write, extra: str, named: str) -> None:
    with pytest.raises(BadSettings, match=named):
        load_settings(write(extra))


def test_a_device_name_that_would_break_topics_is_refused(write) -> None:
    text = GOOD.replace('"gate1"', '"gate/+"')

    with pytest.raises(BadSettings, match="device name"):
        load_settings(write(text=text))


def test_a_missing_password_file_says_so(write, tmp_path: Path) -> None:
    settings = load_settings(write())
    (tmp_path / "password").unlink()

    with pytest.raises(BadSettings, match="mqtt_password_file"):
        _ = settings.mqtt_password
