"""Settings that staff gives a device: one JSON document, numbered, never overwritten unseen."""

from datetime import datetime

from circulation.configuration import AnySettings, GateSettings, KioskSettings, VersionedSettings
from controller import journal
from controller.columns import utc_text
from controller.devices.wire import SettingsChange
from controller.sql import Statement, Transaction
from controller.staff.refusals import Refused, StaffReason
from controller.staff.sessions import StaffCaller
from controller.tables import DeviceKind, EventKind

_FIND = Statement(
    "SELECT d.id, d.kind, s.version, s.document FROM device d"
    " LEFT JOIN device_settings s ON s.device_id = d.id"
    " WHERE d.library = :library AND d.name = :name"
)
_OF_DEVICE = Statement("SELECT version, document FROM device_settings WHERE device_id = :device_id")
_SET = Statement(
    "INSERT INTO device_settings (device_id, version, document, changed_at, staff_id)"
    " VALUES (:device_id, :version, :document, :now, :staff_id)"
    " ON CONFLICT (device_id) DO UPDATE SET version = excluded.version,"
    " document = excluded.document, changed_at = excluded.changed_at, staff_id = excluded.staff_id"
)


def settings_of(transaction: Transaction, device_id: int) -> VersionedSettings:
    """What this device should be set to."""
    row = transaction.row(_OF_DEVICE, {"device_id": device_id})
    return _versioned(*(row or (None, None)))


def settings_by_name(transaction: Transaction, library: str, name: str) -> VersionedSettings:
    """The same for staff; `Refused` (unknown) for no such device."""
    _, _, version, document = _find(transaction, library, name)
    return _versioned(version, document)


def change_settings(
    transaction: Transaction,
    library: str,
    name: str,
    change: SettingsChange,
    *,
    staff: StaffCaller,
    now: datetime,
) -> VersionedSettings:
    """The next version. The same settings again change nothing.

    `Refused`: unknown, or changed_meanwhile when staff saw another version or another kind.
    """
    device, kind, version, document = _find(transaction, library, name)
    current = _versioned(version, document)
    if current.settings == change.settings:
        return current
    if current.version != change.seen_version or not _fits(DeviceKind(kind), change.settings):
        raise Refused(StaffReason.CHANGED_MEANWHILE)
    new = VersionedSettings(version=current.version + 1, settings=change.settings)
    parameters = {
        "device_id": device,
        "version": new.version,
        "document": new.model_dump_json(),
        "now": utc_text(now),
        "staff_id": staff.staff_id,
    }
    transaction.run(_SET, parameters)
    detail: journal.Detail = {"settings_version": new.version, "staff": staff.login}
    journal.append(transaction, EventKind.DEVICE_CHANGED, now, device_id=device, detail=detail)
    return new


def _find(
    transaction: Transaction, library: str, name: str
) -> tuple[int, str, int | None, str | None]:
    row: tuple[int, str, int | None, str | None] | None = transaction.row(
        _FIND, {"library": library, "name": name}
    )
    if row is None:
        raise Refused(StaffReason.UNKNOWN)
    return row


def _versioned(version: int | None, document: str | None) -> VersionedSettings:
    if version is None or document is None:
        return VersionedSettings(version=0, settings=None)
    return VersionedSettings.model_validate_json(document)


def _fits(kind: DeviceKind, settings: AnySettings) -> bool:
    """A drop and a station ask for none: what was set would wait for ever."""
    match settings:
        case KioskSettings():
            return kind is DeviceKind.KIOSK
        case GateSettings():
            return kind is DeviceKind.GATE
