"""Every device as staff wants to see it: there or not, its version, what waits, what failed."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from controller.columns import to_utc, utc_text
from controller.devices.wire import DeviceError, Devices, DeviceView
from controller.live.feed import devices_now
from controller.sql import Statement, Transaction
from controller.tables import EventKind

_MOST_ERRORS = 5
_ERRORS_OF = timedelta(days=7)
_TROUBLE = (
    EventKind.GATE_READER_LOST,
    EventKind.GATE_BEAM_FAILED,
    EventKind.GATE_MESSAGE_REFUSED,
)
_ACCESS = Statement(
    "SELECT d.name, a.revoked_at, s.version FROM device d"
    " LEFT JOIN device_access a ON a.device_id = d.id"
    " LEFT JOIN device_settings s ON s.device_id = d.id"
)
_ERRORS = Statement(
    "SELECT d.name, e.at, e.kind FROM event e JOIN device d ON d.id = e.device_id"
    " WHERE e.at >= :since AND e.kind IN (:reader, :beam, :refused) ORDER BY e.seq DESC LIMIT 1000"
)


def list_devices(transaction: Transaction, now: datetime) -> Devices:
    """All devices, by kind and name."""
    access = {row[0]: row[1:] for row in transaction.rows(_ACCESS, {})}
    errors = _errors(transaction, now)
    views = []
    for device in devices_now(transaction, now):
        revoked_at, version = access[device.name]
        views.append(
            DeviceView(
                name=device.name,
                kind=device.kind,
                online=device.online and revoked_at is None,
                revoked=revoked_at is not None,
                last_seen=device.last_seen,
                version=_text(device.state.get("version")),
                queue=_number(device.state.get("queue")),
                state=device.state,
                errors=_newest([*errors[device.name], *_own_error(device.state, now)]),
                settings_version=version or 0,
                settings_in_force=_number(device.state.get("settings_version")),
                settings_refused=_number(device.state.get("settings_refused")),
                settings_error=_text(device.state.get("settings_error")) or "",
            )
        )
    return Devices(devices=tuple(views))


def _errors(transaction: Transaction, now: datetime) -> defaultdict[str, list[DeviceError]]:
    reader, beam, refused = _TROUBLE
    parameters = {
        "since": utc_text(now - _ERRORS_OF),
        "reader": reader.value,
        "beam": beam.value,
        "refused": refused.value,
    }
    found: defaultdict[str, list[DeviceError]] = defaultdict(list)
    for name, at, kind in transaction.rows(_ERRORS, parameters):
        found[name].append(DeviceError(at=to_utc(at), kind=kind))
    return found


def _own_error(
    state: Mapping[str, str | int | bool | None], now: datetime
) -> tuple[DeviceError, ...]:
    """What a kiosk said last of itself."""
    word, at = _text(state.get("last_error")), _text(state.get("last_error_at"))
    if not word or not at or to_utc(at) < now - _ERRORS_OF:
        return ()
    return (DeviceError(at=to_utc(at), kind=word),)


def _newest(errors: list[DeviceError]) -> tuple[DeviceError, ...]:
    return tuple(sorted(errors, key=lambda one: one.at, reverse=True)[:_MOST_ERRORS])


def _text(value: str | int | bool | None) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: str | int | bool | None) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
