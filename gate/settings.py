"""What is set at a gate: one validated TOML file, and the secret apart from it."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from circulation.ids import DeviceId, parse_device_id

Pin = Annotated[int, Field(ge=0, le=27)]  # BCM numbers of the 40-pin header
Afi = Annotated[int, Field(ge=0, le=255)]


class BadSettings(ValueError):
    """A settings file that cannot be used; the message names the key and what it may be."""


class Pins(BaseModel):
    """BCM numbers of beams, lamp and sounder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    beam_inner: Pin = 17
    beam_outer: Pin = 27
    lamp: Pin = 22
    sounder: Pin = 23


class GateSettings(BaseModel):
    """One gate. The MQTT password stands in a file of its own, never here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    library: DeviceId
    device: DeviceId
    reader_url: str
    reader_model: str = "feig-lr2500"
    state_dir: Path
    mqtt_host: str
    mqtt_port: Annotated[int, Field(ge=1, le=65535)] = 1883
    mqtt_password_file: Path
    afi_in_stock: Afi = 0x07
    alarm_seconds: Annotated[float, Field(gt=0, le=10)] = 3.0
    allow_simulated: bool = False
    pins: Pins = Pins()

    @property
    def mqtt_password(self) -> SecretStr:
        """The password, read now; `BadSettings` when the file is missing or empty."""
        try:
            text = self.mqtt_password_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSettings(f"mqtt_password_file: cannot be read: {error}") from error
        if not text:
            raise BadSettings(f"mqtt_password_file: {self.mqtt_password_file} is empty")
        return SecretStr(text)


def load_settings(path: Path) -> GateSettings:
    """Settings from a TOML file, or `BadSettings` that says which key is wrong and why."""
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path}: not a TOML file: {error}") from error
    try:
        settings = GateSettings.model_validate(raw)
        parse_device_id(settings.library)
        parse_device_id(settings.device)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadSettings(f"{path}: {key}: {first['msg']}") from error
    except ValueError as error:
        raise BadSettings(f"{path}: {error}") from error
    return settings
