"""What each kind of device may do over HTTP: a stolen drop's token opens no account."""

from collections.abc import Mapping

from circulation.api import (
    CheckoutRequest,
    Operation,
    RenewRequest,
    ReturnRequest,
    SightingRequest,
)
from circulation.class_sets import ConditionRequest, EndClassSession, OpenClassSession
from circulation.desk import CancelHoldRequest, HoldRequest, RenewAllRequest
from circulation.reasons import Reason
from circulation.selfservice import CallRequest, DamageRequest
from controller.answers import FORBIDDEN, Answer, refused
from controller.devices.tokens import Caller
from controller.tables import DeviceKind

_DROP_WRITES: frozenset[type[Operation]] = frozenset({ReturnRequest, SightingRequest})
_KIOSK_WRITES: frozenset[type[Operation]] = _DROP_WRITES.union(
    (
        *(CheckoutRequest, RenewRequest, RenewAllRequest, HoldRequest, CancelHoldRequest),
        *(OpenClassSession, EndClassSession, ConditionRequest),
        *(DamageRequest, CallRequest),
    )
)
_WRITES: Mapping[DeviceKind, frozenset[type[Operation]]] = {
    DeviceKind.KIOSK: _KIOSK_WRITES,
    DeviceKind.DROP: _DROP_WRITES,
    DeviceKind.GATE: frozenset(),  # a gate speaks MQTT
}
_SEES_PEOPLE = frozenset({DeviceKind.KIOSK, DeviceKind.STATION})


def may_write(kind: DeviceKind, request: Operation) -> bool:
    """May a device of this kind ask for this write? The librarian's station may ask for any."""
    return kind is DeviceKind.STATION or type(request) in _WRITES[kind]


def staff_only(caller: Caller) -> Answer | None:
    """403 for a device at which anybody may stand; None for the librarian's station."""
    return _refuse(allowed=caller.kind is DeviceKind.STATION)


def sees_people(caller: Caller) -> Answer | None:
    """403 for a device that has no business with cards and accounts; None for the others."""
    return _refuse(allowed=caller.kind in _SEES_PEOPLE)


def _refuse(*, allowed: bool) -> Answer | None:
    return None if allowed else refused(FORBIDDEN, Reason.STAFF_ONLY)
