"""Settings: the file, the environment over it, and one sentence when something is wrong."""

from pathlib import Path

import pytest

from controller.settings import BadSettings, Settings, load_policy, load_settings

GOOD = """
library_isil = "RU-10010033"
library_name = "school-33"
database_url = "sqlite:///polka.db"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "controller.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_small_file_is_enough(file: Path) -> None:
    settings = load_settings(file)

    assert (settings.host, settings.port, settings.timezone) == ("127.0.0.1", 8080, "Europe/Moscow")
    assert settings.mqtt is None


def test_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(GOOD + 'port = 8081\n[mqtt]\nhost = "broker"\n', encoding="utf-8")
    monkeypatch.setenv("POLKA_CONTROLLER_PORT", "9000")
    monkeypatch.setenv("POLKA_CONTROLLER_MQTT__PASSWORD", "s3cret")

    settings = load_settings(file)

    assert settings.port == 9000
    assert settings.mqtt is not None
    assert (settings.mqtt.host, settings.mqtt.password.get_secret_value()) == ("broker", "s3cret")


def test_printed_settings_keep_the_secret(file: Path) -> None:
    file.write_text(GOOD + '[mqtt]\npassword = "s3cret"\n', encoding="utf-8")

    printed = load_settings(file).model_dump_json()

    assert "s3cret" not in printed


@pytest.mark.parametrize(
    ("addition", "sentence"),
    [
        (
            'colour = "red"',
            "unknown key 'colour'; known keys: author_marks_file, camera, database_url",
        ),
        (
            '[mqtt]\nuser = "x"\npassword = "y"',
            "unknown key 'mqtt.user'; known keys: access_folder, ca_file, clien",
        ),
        ("[mqtt]", "mqtt.password is missing: set it in the file or as POLKA_CONTROLLER_MQTT__P"),
        ('[mqtt]\npassword = ""', "mqtt.password"),
        ("port = 0", "port: Input should be greater than or equal to 1"),
        ('timezone = "Europe/Moskva"', "not a time zone; give one such as 'Europe/Moscow'"),
        ("port = ", "is not a TOML file"),
    ],
)
def test_wrong_settings_are_one_sentence(file: Path, addition: str, sentence: str) -> None:
    file.write_text(f"{GOOD}{addition}\n", encoding="utf-8")

    with pytest.raises(BadSettings) as error:
        load_settings(file)

    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("library_isil", "school 33"),
        ("library_name", "School/33"),
        ("database_url", "mysql://x"),
        ("database_url", "sqlite:////no/such/folder/polka.db"),
    ],
)
def test_unusable_value_names_its_key(file: Path, key: str, value: str) -> None:
    lines = [line for line in GOOD.splitlines() if not line.startswith(key)]
    file.write_text("\n".join([*lines, f'{key} = "{value}"']), encoding="utf-8")

    with pytest.raises(BadSettings, match=key):
        load_settings(file)


def test_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read: No such file"):
        load_settings(tmp_path / "nowhere.toml")


def test_policy_file_decides_the_numbers(file: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('version = "2026-autumn"\nmax_loans = 7\n', encoding="utf-8")
    file.write_text(f'{GOOD}policy_file = "{policy}"\n', encoding="utf-8")

    loaded = load_policy(load_settings(file))

    assert (loaded.version, loaded.max_loans) == ("2026-autumn", 7)


@pytest.mark.parametrize("content", ["max_loans = 1000", None])
def test_unusable_policy_file_is_said(file: Path, tmp_path: Path, content: str | None) -> None:
    policy = tmp_path / "policy.toml"
    if content is not None:
        policy.write_text(content, encoding="utf-8")
    file.write_text(f'{GOOD}policy_file = "{policy}"\n', encoding="utf-8")

    with pytest.raises(BadSettings, match="policy_file"):
        load_policy(load_settings(file))


def test_settings_are_frozen(file: Path) -> None:
    settings: Settings = load_settings(file)

    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]
