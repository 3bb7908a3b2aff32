"""A gate's settings are checked before anything is switched on, and the message says what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from circulation.messages import ListKind
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
        ("security = 'list'", "afi, eas or both"),
        ("security = 'eas'", "host mode"),
        ("= broken", "not a TOML file"),
    ],
)
def test_a_bad_key_is_named(write, extra: str, named: str) -> None:
    with pytest.raises(BadSettings, match=named):
        load_settings(write(extra))


AISLE = 'name = "left"\nreader_url = "socket://10.0.0.5:10001"\n'
BEAMS = "beam_inner = 5\nbeam_outer = 6\n"


@pytest.fixture
def aisles(write) -> Callable[[str], Path]:
    """A gate that is described aisle by aisle, with this after the first aisle's lines."""
    text = GOOD.replace('reader_url = "socket://127.0.0.1:10001"\n', "")
    return lambda extra: write(f"[[aisles]]\n{AISLE}{extra}", text=text)


def test_a_gate_of_one_aisle_needs_no_list_of_aisles(write) -> None:
    [aisle] = load_settings(write()).all_aisles

    assert (aisle.name, aisle.reader_url) == ("main", "socket://127.0.0.1:10001")
    assert (aisle.beam_inner, aisle.beam_outer) == (17, 27)


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ("", "needs beam_inner and beam_outer"),
        (BEAMS + f"[[aisles]]\n{AISLE}ways = 'none'\n", "two aisles have one name"),
        ("beam_inner = 5\nbeam_outer = 22\n", "one pin has two uses"),
        (BEAMS + "reader_model = 'abacus'\n", "reader_model is one of"),
        (BEAMS + "reader_model = 'chafon-288'\n", "epc_prefix"),
    ],
)
def test_aisles_that_cannot_be_are_named(aisles, extra: str, named: str) -> None:
    with pytest.raises(BadSettings, match=named):
        load_settings(aisles(extra))


@pytest.mark.parametrize(
    ("extra", "lists"),
    [
        ("", [ListKind.ARMED_LOANS]),
        ("reader_model = 'chafon-288'\nepc_prefix = '30'\n", [ListKind.LENT]),
    ],
)
def test_a_gate_asks_for_the_lists_that_its_readers_need(aisles, extra, lists) -> None:
    assert list(load_settings(aisles("ways = 'none'\n" + extra)).lists_needed) == lists


def test_a_gate_that_spares_strangers_asks_for_all_that_is_ours(write) -> None:
    settings = load_settings(write("spare_strangers = true"))

    assert set(settings.lists_needed) == {ListKind.ARMED_LOANS, ListKind.OURS}


def test_one_afi_for_both_states_is_refused(write) -> None:
    with pytest.raises(BadSettings, match="nothing would be lent"):
        load_settings(write("afi_on_loan = 7"))


def test_a_device_name_that_would_break_topics_is_refused(write) -> None:
    text = GOOD.replace('"gate1"', '"gate/+"')

    with pytest.raises(BadSettings, match="device name"):
        load_settings(write(text=text))


def test_a_missing_password_file_says_so(write, tmp_path: Path) -> None:
    settings = load_settings(write())
    (tmp_path / "password").unlink()

    with pytest.raises(BadSettings, match="mqtt_password_file"):
        _ = settings.mqtt_password
