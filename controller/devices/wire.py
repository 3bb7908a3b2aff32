"""What devices and the controller say about access and settings, version 1."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from circulation.api import API, Message
from circulation.configuration import AnySettings
from circulation.ids import parse_device_id
from controller.tables import DeviceKind

ENROLMENTS = f"{API}/enrolments"
DEVICES = f"{API}/devices"

DeviceName = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$"), AfterValidator(parse_device_id)]
CodeText = Annotated[str, Field(min_length=1, max_length=16)]


class EnrolmentRequest(Message):
    """A new device asks to be let in, and proposes its name."""

    kind: DeviceKind
    name: DeviceName
    version: Annotated[str, Field(min_length=1, max_length=32)]


class EnrolmentStarted(Message):
    """The device shows `code` on its screen, and asks with `secret` whether it was confirmed."""

    enrolment_id: str
    code: str  # 8 characters without 0, 1, I and O
    secret: str
    ends_at: datetime


class EnrolmentWaiting(Message):
    """Nobody has confirmed yet; ask again in some seconds."""

    ends_at: datetime


class DeviceCredentials(Message):
    """Given once. A gate has a password for the broker, every other device a token for HTTP."""

    device: str
    library: str
    token: str | None
    mqtt_password: str | None


class EnrolmentView(Message):
    """One device that waits, for staff; the code is only on its screen."""

    enrolment_id: str
    name: str
    kind: DeviceKind
    version: str
    address: str
    tries_left: int
    ends_at: datetime


class Enrolments(Message):
    """All devices that wait."""

    enrolments: tuple[EnrolmentView, ...]


class Confirmation(Message):
    """The code as staff reads it on the device; blanks, hyphens and letter case do not matter."""

    code: CodeText


class DeviceView(Message):
    """One device for staff. None: the device never said."""

    name: str
    kind: DeviceKind
    online: bool
    revoked: bool
    last_seen: datetime | None
    version: str | None
    queue: int | None
    state: dict[str, str | int | bool | None]
    errors: tuple["DeviceError", ...]  # the newest of a week, at most five
    settings_version: int
    settings_in_force: int | None
    settings_refused: int | None  # the version it cannot use ...
    settings_error: str  # ... and why: a field's name and a code


class DeviceError(Message):
    """Something a device had to complain about."""

    at: datetime
    kind: str


class Devices(Message):
    """All devices of the ledger."""

    devices: tuple[DeviceView, ...]


class SettingsChange(Message):
    """New settings, made from the version that staff saw."""

    seen_version: Annotated[int, Field(ge=0, lt=2**31 - 1)]
    settings: AnySettings
