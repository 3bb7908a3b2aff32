"""What is set at a gate: one validated TOML file, and the secret apart from it."""

import tomllib
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from circulation.api import UidText
from circulation.ids import DeviceId, parse_device_id
from circulation.messages import AisleText, ListKind
from drivers.registry import GATE_READERS, READERS, UHF_READERS
from gate.schedule import Quiet
from gate.security import Security

Pin = Annotated[int, Field(ge=0, le=27)]  # BCM numbers of the 40-pin header
Afi = Annotated[int, Field(ge=0, le=255)]
EpcPrefix = Annotated[str, Field(pattern=r"^[0-9A-F]{2,62}$")]
_HOST_MODE = "feig-lr2500-host"
_MODELS = sorted(GATE_READERS | READERS | UHF_READERS)


class BadSettings(ValueError):
    """A settings file that cannot be used; the message names the key and what it may be."""


class Ways(StrEnum):
    """What tells which way a person goes."""

    BEAMS = "beams"
    COUNTER = "counter"  # the reader's own people counter
    NONE = "none"


class Part(BaseModel):
    """Base of every table of the file: an unknown key is an error, not silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Pins(Part):
    """BCM numbers of lamp, sounder and button, and of the beams of a gate with one aisle."""

    beam_inner: Pin = 17
    beam_outer: Pin = 27
    lamp: Pin = 22
    sounder: Pin = 23
    blind: Pin | None = None  # amber lamp: on while a reader is lost
    reset: Pin | None = None  # button to ground: silences lamp and sounder


class AisleSettings(Part):
    """One way through, with a reader of its own (which may have several antennas)."""

    name: AisleText = "main"
    reader_url: str
    reader_model: str = "feig-lr2500"
    ways: Ways = Ways.BEAMS
    counter: Annotated[int, Field(ge=1, le=2)] = 1  # which of the reader's two people counters
    beam_inner: Pin | None = None
    beam_outer: Pin | None = None
    epc_prefix: EpcPrefix | None = None  # UHF: with what the library's own EPCs begin

    @property
    def is_uhf(self) -> bool:
        """True for a reader whose tags have no AFI, so that the local list decides."""
        return self.reader_model in UHF_READERS

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.reader_model not in _MODELS:
            raise ValueError(f"reader_model is one of {', '.join(_MODELS)}")
        if self.ways is Ways.BEAMS and (self.beam_inner is None or self.beam_outer is None):
            raise ValueError("ways = 'beams' needs beam_inner and beam_outer")
        if self.is_uhf and self.epc_prefix is None:
            raise ValueError("a UHF reader needs epc_prefix, or every shop label would be judged")
        return self


class QuietHours(Part):
    """When the sounder is silent; the lamp is not. `start` above `end` goes over midnight."""

    start: time
    end: time


class GateSettings(Part):
    """One gate. The MQTT password stands in a file of its own, never here."""

    library: DeviceId
    device: DeviceId
    reader_url: str | None = None  # a gate with one aisle; else `aisles`
    reader_model: str = "feig-lr2500"
    aisles: tuple[AisleSettings, ...] = ()
    state_dir: Path
    max_journal_mb: Annotated[int, Field(ge=1, le=4_096)] = 64
    mqtt_host: str
    mqtt_port: Annotated[int, Field(ge=1, le=65535)] = 1883
    mqtt_password_file: Path
    mqtt_ca_file: Path | None = None  # the broker's authority: turns TLS on
    security: Security = Security.AFI  # what the library arms its tags with; UHF: always by list
    afi_in_stock: Afi = 0x07
    afi_on_loan: Afi = 0xC2  # any other is a stranger's: noted, never an alarm
    spare_strangers: bool = False  # an armed tag that is none of ours does not alarm, either
    alarm_seconds: Annotated[float, Field(gt=0, le=10)] = 3.0
    monitor_only: bool = False
    quiet_hours: QuietHours | None = None
    test_tag: UidText | None = None
    board_watchdog: Path | None = None  # e.g. /dev/watchdog, when systemd does not feed it
    allow_simulated: bool = False
    pins: Pins = Pins()

    @model_validator(mode="after")
    def _make_sense_together(self) -> Self:
        if (self.reader_url is None) == (not self.aisles):
            raise ValueError("set either reader_url (one aisle) or aisles, not both")
        names = [aisle.name for aisle in self.aisles]
        if len(set(names)) != len(names):
            raise ValueError("two aisles have one name")
        used = self._pins_used()
        if len(set(used)) != len(used):
            raise ValueError(f"one pin has two uses: {sorted(used)}")
        self._hears_its_security()
        if self.afi_in_stock == self.afi_on_loan:
            raise ValueError("afi_in_stock and afi_on_loan are the same: nothing would be lent")
        return self

    def _hears_its_security(self) -> None:
        if self.security is Security.LIST:
            raise ValueError("security is afi, eas or both; a UHF reader goes by the list anyway")
        if self.security is Security.AFI:
            return
        deaf = [aisle for aisle in self.all_aisles if aisle.reader_model in GATE_READERS]
        if deaf:
            raise ValueError(
                f"the buffer of {deaf[0].reader_model} tells no EAS: set the reader to host mode "
                f"and reader_model to {_HOST_MODE}, or security to 'afi'"
            )

    def _pins_used(self) -> list[int]:
        pins = [self.pins.lamp, self.pins.sounder, self.pins.blind, self.pins.reset]
        for aisle in self.all_aisles:
            pins += [aisle.beam_inner, aisle.beam_outer] if aisle.ways is Ways.BEAMS else []
        return [pin for pin in pins if pin is not None]

    @property
    def all_aisles(self) -> tuple[AisleSettings, ...]:
        """The aisles, also of a gate that was described as one."""
        if self.reader_url is None:
            return self.aisles
        return (
            AisleSettings(
                reader_url=self.reader_url,
                reader_model=self.reader_model,
                beam_inner=self.pins.beam_inner,
                beam_outer=self.pins.beam_outer,
            ),
        )

    @property
    def lists_needed(self) -> tuple[ListKind, ...]:
        """What to ask the controller for."""
        is_uhf = {aisle.is_uhf for aisle in self.all_aisles}
        needed = {
            ListKind.ARMED_LOANS: False in is_uhf,
            ListKind.LENT: True in is_uhf,
            ListKind.OURS: self.spare_strangers and False in is_uhf,
        }
        return tuple(kind for kind, is_needed in needed.items() if is_needed)

    @property
    def quiet(self) -> Quiet | None:
        """The sounder's quiet time."""
        hours = self.quiet_hours
        return None if hours is None else Quiet(hours.start, hours.end)

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
        key = ".".join(str(part) for part in first["loc"]) or "settings"
        raise BadSettings(f"{path}: {key}: {first['msg']}") from error
    except ValueError as error:
        raise BadSettings(f"{path}: {error}") from error
    return settings
