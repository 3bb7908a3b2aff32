"""Settings that can be used are read; any other are refused with a sentence."""

from datetime import datetime

import pytest

from kiosk.events import Key
from kiosk.settings import load_settings
from kiosk.settings_file import BadSettings

GOOD = """
device = "kiosk-1"
owner = "RU-10010033"
controller_url = "http://127.0.0.1:8000"
journal = "kiosk.sqlite"
reader_port = "/dev/ttyUSB0"
"""


@pytest.fixture
def write(tmp_path):
    """A settings file with this text."""

    def make(text):
        path = tmp_path / "kiosk.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return make


@pytest.fixture
def token(monkeypatch):
    """The device token in the environment."""
    monkeypatch.setenv("POLKA_KIOSK_TOKEN", "s3cret")


def test_file_and_environment_make_settings(write, token, monkeypatch):
    monkeypatch.setenv("POLKA_KIOSK_READER_PORT", "socket://127.0.0.1:4001")

    settings = load_settings(write(GOOD))

    assert settings.reader_port == "socket://127.0.0.1:4001"
    assert settings.read_token() == "s3cret"
    assert settings.allow_simulated is False
    assert settings.session.languages == ("ru", "en")
    assert (settings.session.idle_s, settings.session.warn_s) == (40, 20)


def test_token_is_not_shown_when_settings_are_printed(write, token):
    assert "s3cret" not in repr(load_settings(write(GOOD)))


def test_kiosk_language_comes_first(write, token):
    settings = load_settings(write(GOOD + 'language = "en"'))

    assert settings.session.languages == ("en", "ru")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("lenguage = 'ru'", "unknown key 'lenguage'"),
        ("language = 'fi'", "language 'fi'"),
        ("warn_s = 5", "warn_s"),
        ("afi_in_stock = 194", "in stock and on loan at once"),
        ("afi_in_stock = 300", "afi_in_stock"),
        ("token = 'x'", "token_file"),
        ("this is not toml", "not a TOML file"),
    ],
)
def test_bad_line_is_refused_with_a_sentence(write, token, line, sentence):
    with pytest.raises(BadSettings, match=sentence):
        load_settings(write(GOOD + line))


def test_missing_key_says_where_to_set_it(write, token):
    with pytest.raises(BadSettings, match="POLKA_KIOSK_OWNER"):
        load_settings(write(GOOD.replace('owner = "RU-10010033"', "")))


def test_missing_file_is_said(tmp_path):
    with pytest.raises(BadSettings, match="no such settings file"):
        load_settings(tmp_path / "none.toml")


def test_no_token_is_no_kiosk(write):
    with pytest.raises(BadSettings, match="POLKA_KIOSK_TOKEN"):
        load_settings(write(GOOD))


@pytest.mark.parametrize(
    ("mode", "content", "sentence"),
    [(0o644, "s3cret", "chmod 600"), (0o600, "  ", "empty")],
)
def test_token_file_that_others_may_read_or_is_empty_is_refused(
    write, tmp_path, mode, content, sentence
):
    secret = tmp_path / "token"
    secret.write_text(content)
    secret.chmod(mode)
    settings = load_settings(write(f'{GOOD}token_file = "{secret}"'))

    with pytest.raises(BadSettings, match=sentence):
        settings.read_token()


def test_token_file_of_its_owner_is_read(write, tmp_path):
    secret = tmp_path / "token"
    secret.write_text("s3cret\n")
    secret.chmod(0o600)

    assert load_settings(write(f'{GOOD}token_file = "{secret}"')).read_token() == "s3cret"


def test_a_keypad_of_another_make_is_a_table_in_the_settings(write, token):
    keypad = write(GOOD + "\n[keys]\nnext = [30]\npress = [31, 32]\n")

    assert load_settings(keypad).keys == {Key.NEXT: (30,), Key.PRESS: (31, 32)}


def test_one_key_for_two_things_is_refused(write, token):
    keypad = write(GOOD + "\n[keys]\nnext = [30]\npress = [30]\n")

    with pytest.raises(BadSettings, match="scancode 30 is next and press"):
        load_settings(keypad)


@pytest.fixture
def pin_file(tmp_path):
    """A file with the librarian's number that only its owner can read."""

    def make(text, mode=0o600):
        path = tmp_path / "pin"
        path.write_text(text)
        path.chmod(mode)
        return f'{GOOD}\nservice_pin_file = "{path}"\n'

    return make


def test_the_librarian_s_number_lies_in_a_file_of_its_own(write, token, pin_file):
    assert load_settings(write(pin_file("2704\n"))).read_service_pin() == "2704"
    assert load_settings(write(GOOD)).read_service_pin() == ""


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [("12", 0o600, "4 to 8 digits"), ("2704", 0o644, "chmod 600"), ("", 0o600, "it is empty")],
)
def test_a_number_that_is_none_or_open_to_others_is_refused(
    write, token, pin_file, text, mode, why
):
    settings = load_settings(write(pin_file(text, mode)))

    with pytest.raises(BadSettings, match=why):
        settings.read_service_pin()


HOURS = """
closed = ["2026-11-04", "06-12"]
screen_off = "20:00-07:30"
[opening]
1 = ["09:00-13:00", "14:00-18:00"]
2 = ["09:00-18:00"]
[volumes]
"13:00" = 0.3
"08:00" = 0.7
"""


def test_hours_are_those_of_the_file(write, token):
    hours = load_settings(write(GOOD + HOURS)).hours

    monday, holiday = datetime(2026, 10, 12, 12, 0), datetime(2026, 11, 4, 12, 0)  # noqa: DTZ001
    assert hours.house(monday).open
    assert not hours.house(monday.replace(hour=13)).open
    assert not hours.house(holiday).open
    assert hours.volume(monday, 0.5) == 0.7


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ('screen_off = "8 pm"', "09:00-18:00"),
        ('closed = ["2026-13-01"]', "2026-13-01"),
        ('[volumes]\n"8" = 0.5', "give a time"),
        ('[opening]\n8 = ["09:00-18:00"]', "opening.8"),
    ],
)
def test_hours_that_are_none_say_which_and_how(write, token, lines, why):
    with pytest.raises(BadSettings, match=why):
        load_settings(write(f"{GOOD}\n{lines}"))


def test_librarians_cards_lie_in_a_file_of_their_own(write, token, tmp_path):
    path = tmp_path / "cards"
    path.write_text("DEADBEEF\n04A1B2C3D4E5F6\n")
    path.chmod(0o600)
    settings = load_settings(write(f'{GOOD}\nstaff_cards_file = "{path}"'))

    assert settings.read_staff_cards() == {"DEADBEEF", "04A1B2C3D4E5F6"}
    path.write_text("Ольга\n")
    with pytest.raises(BadSettings, match="staff_cards_file"):
        settings.read_staff_cards()
