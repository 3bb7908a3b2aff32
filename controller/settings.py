"""What is set at a controller: one TOML file, environment variables over it, one frozen class.

`POLKA_CONTROLLER_PORT=8081` overrides `port`; `POLKA_CONTROLLER_MQTT__PASSWORD` is the broker's
password, which has no default and need not stand in the file.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from circulation.ids import parse_device_id, parse_isil
from circulation.policy import BadPolicy, Policy, parse_policy
from circulation.tags.afi import AFI_PROFILES, SecurityAfi
from controller.broker import CONTROLLER_USER
from controller.encoding.sru_settings import SruSettings
from controller.gates.camera_settings import CameraSettings
from controller.printing.author_marks import AuthorMarks, BadMarks, load_marks


class BadSettings(ValueError):
    """Settings that cannot be used; the message names the key and what it may be."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(
            f"{name!r} is not a time zone; give one such as 'Europe/Moscow'"
        ) from error
    return name


def _known_security_profile(name: str) -> str:
    if name not in AFI_PROFILES:
        raise ValueError(f"{name!r} is not one of {', '.join(AFI_PROFILES)}")
    return name


def _in_a_folder(url: str) -> str:
    folder = Path(url.removeprefix("sqlite:///")).parent
    if url.startswith("sqlite") and not folder.is_dir():
        raise ValueError(f"the folder {folder} does not exist; create it first")
    return url


Port = Annotated[int, Field(ge=1, le=65_535)]
Secret = Annotated[SecretStr, Field(min_length=1)]
IsilText = Annotated[str, AfterValidator(parse_isil)]
LibraryName = Annotated[str, AfterValidator(parse_device_id)]
ZoneName = Annotated[str, AfterValidator(_known_zone)]
SecurityProfile = Annotated[str, AfterValidator(_known_security_profile)]
DatabaseUrl = Annotated[
    str,
    StringConstraints(pattern=r"^(sqlite:///|postgresql\+psycopg://).+"),
    AfterValidator(_in_a_folder),
]


class MqttSettings(BaseModel):
    """The broker that gates speak through."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: Port = 1883
    username: str = CONTROLLER_USER
    password: Secret
    client_name: LibraryName = CONTROLLER_USER  # each controller at one broker needs its own
    ca_file: Path | None = None  # the broker's authority: turns TLS on
    kept_days: Annotated[int, Field(ge=1, le=3_650)] = 365  # a passage; visits stay for ever
    access_folder: Path | None = None  # the broker's own; None: its files are kept by hand


class Settings(BaseSettings):
    """One controller. Without `mqtt` there are no gates."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="POLKA_CONTROLLER_", env_nested_delimiter="__"
    )

    library_isil: IsilText
    library_name: LibraryName
    library_display_name: str = ""
    database_url: DatabaseUrl
    policy_file: Path | None = None
    author_marks_file: Path | None = None  # a table of author marks, for spines without one
    host: str = "127.0.0.1"
    port: Port = 8080
    timezone: ZoneName = "Europe/Moscow"
    security_profile: SecurityProfile = "iso"
    mqtt: MqttSettings | None = None
    camera: CameraSettings | None = None
    sru: SruSettings | None = None  # without it a title that is not in the ledger is typed

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, which comes in as keyword arguments."""
        return env_settings, init_settings

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which due dates are dates."""
        return ZoneInfo(self.timezone)

    @property
    def security_afi(self) -> SecurityAfi:
        """What the tags of this library say when they are armed, and when they are not."""
        return AFI_PROFILES[self.security_profile]


def load_settings(path: Path) -> Settings:
    """Settings from a TOML file and the environment, or `BadSettings` in one sentence."""
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path} is not a TOML file: {error}") from error
    try:
        return Settings(**raw)
    except ValidationError as error:
        raise BadSettings(f"{path}: {_sentence(error)}") from error


def load_policy(settings: Settings) -> Policy:
    """The librarian's numbers, or the defaults; `BadSettings` for a file that cannot be used."""
    if settings.policy_file is None:
        return Policy()
    try:
        return parse_policy(settings.policy_file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(f"policy_file: {settings.policy_file}: {error.strerror}") from error
    except (BadPolicy, UnicodeDecodeError) as error:
        raise BadSettings(f"policy_file: {settings.policy_file}: {error}") from error


def load_author_marks(settings: Settings) -> AuthorMarks | None:
    """The library's table, or None without one; `BadSettings` for one that cannot be used."""
    if settings.author_marks_file is None:
        return None
    try:
        return load_marks(settings.author_marks_file)
    except BadMarks as error:
        raise BadSettings(f"author_marks_file: {error}") from error


def _sentence(error: ValidationError) -> str:
    """The first problem, without the value: it may be the secret."""
    problem = error.errors(include_url=False, include_input=False)[0]
    key = ".".join(str(part) for part in problem["loc"])
    match problem["type"]:
        case "extra_forbidden":
            known = MqttSettings if key.startswith("mqtt.") else Settings
            return f"unknown key {key!r}; known keys: {', '.join(sorted(known.model_fields))}"
        case "missing":
            variable = f"POLKA_CONTROLLER_{key.upper().replace('.', '__')}"
            return f"{key} is missing: set it in the file or as {variable}"
        case _:
            return f"{key}: {problem['msg']}"
