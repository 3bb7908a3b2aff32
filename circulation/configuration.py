"""What staff sets at a device from afar: what the controller says, and how a device checks it.

A kiosk asks for it (`DEVICE_SETTINGS`, with the version it has as ETag), a gate is told on its
topic `down/config`, retained. A device that cannot use what it gets keeps what it had and says so
in its state; text on its way never leaves the field's name and a code.
"""

import json
from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from circulation.api import API, Message

DEVICE_SETTINGS = f"{API}/device-settings"
MAX_VERSION = 2**31 - 1
DAYS_OF_WEEK = 7
SpanText = Annotated[
    str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")
]
"""From one time of the wall clock to another: «09:00-18:00»."""
DayText = Annotated[tuple[SpanText, ...], Field(max_length=4)]
SETTABLE_LANGUAGES = ("ru", "en")  # that the page of a kiosk's settings knows
MOST_BOOKS_ALONE, MOST_OPERATIONS_ALONE, MOST_HOURS_ALONE = 100, 5000, 168
_MAX_WHY = 120  # of DeviceState and GateState


def _left_out(value: object) -> bool:
    """An older kiosk goes on reading settings that use none of what it does not know."""
    return value is None


class BadConfiguration(ValueError):
    """Settings that this device cannot use. `version`: theirs, None when not even that is there."""

    def __init__(self, version: int | None, why: str) -> None:
        super().__init__(why)
        self.version = version


class KioskSettings(Message):
    """What staff sets at a kiosk from afar. What is left out stays as the kiosk's own file says.

    The three `offline_` fields are how far the kiosk may lend while the controller is away.
    """

    format: Literal["kiosk-1"]
    languages: Annotated[tuple[Literal["ru", "en"], ...], Field(min_length=1, max_length=2)]
    idle_s: Annotated[int, Field(ge=10, le=300)]  # until the kiosk asks whether somebody is there
    volume_percent: Annotated[int, Field(ge=0, le=100)]
    offline_books: Annotated[  # per patron and outage; 0: none
        int | None, Field(ge=0, le=MOST_BOOKS_ALONE, exclude_if=_left_out)
    ] = None
    offline_operations: Annotated[  # kept alone, not yet delivered
        int | None, Field(ge=0, le=MOST_OPERATIONS_ALONE, exclude_if=_left_out)
    ] = None
    offline_hours: Annotated[  # age of the snapshot; 0: never alone
        float | None, Field(ge=0, le=MOST_HOURS_ALONE, allow_inf_nan=False, exclude_if=_left_out)
    ] = None
    textbook_week: Annotated[bool | None, Field(exclude_if=_left_out)] = None
    opening: Annotated[  # Monday first; a day without hours is closed
        tuple[DayText, ...] | None,
        Field(min_length=DAYS_OF_WEEK, max_length=DAYS_OF_WEEK, exclude_if=_left_out),
    ] = None

    @model_validator(mode="after")
    def _each_language_once(self) -> Self:
        if len(set(self.languages)) != len(self.languages):
            raise ValueError("a language is named twice")
        return self


class QuietTime(Message):
    """When a sounder is silent, by the wall clock; over midnight when `end` is the smaller."""

    start: time
    end: time

    @model_validator(mode="after")
    def _are_wall_times(self) -> Self:
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("times of the wall clock have no zone")
        if self.start == self.end:
            raise ValueError("quiet hours that end when they start: leave them out")
        return self


class GateSettings(Message):
    """What staff sets at a gate. Its sounder is a pin: on or off, so there is no volume."""

    format: Literal["gate-1"]
    alarm_s: Annotated[int, Field(ge=1, le=10)]
    quiet_hours: QuietTime | None = None


AnySettings = Annotated[KioskSettings | GateSettings, Field(discriminator="format")]


class VersionedSettings(Message):
    """The newest settings; version 0 with none: the device's own defaults stand."""

    version: Annotated[int, Field(ge=0, le=MAX_VERSION)]
    settings: AnySettings | None


class KioskVersion(Message):
    """What a kiosk can use."""

    version: Annotated[int, Field(ge=0, le=MAX_VERSION)]
    settings: KioskSettings | None


class GateVersion(Message):
    """What a gate can use."""

    version: Annotated[int, Field(ge=0, le=MAX_VERSION)]
    settings: GateSettings | None


def read_kiosk_settings(body: bytes | str) -> KioskVersion:
    """Settings for a kiosk, or `BadConfiguration`."""
    try:
        return KioskVersion.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(body, error) from error


def read_gate_settings(body: bytes | str) -> GateVersion:
    """Settings for a gate, or `BadConfiguration`."""
    try:
        return GateVersion.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(body, error) from error


def _refusal(body: bytes | str, error: ValidationError) -> BadConfiguration:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "settings") or "settings"
    return BadConfiguration(_version(body), f"{place}: {first['type']}"[:_MAX_WHY])


def _version(body: bytes | str) -> int | None:
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    version = said.get("version") if isinstance(said, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        return None
    return version if 0 <= version <= MAX_VERSION else None
