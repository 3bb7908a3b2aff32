"""What each kind of device may do over HTTP: a stolen drop's token opens no account."""

from collections.abc import Mapping

from circulation.api import Operation, ReturnRequest, SightingRequest
from controller.tables import DeviceKind

_DROP_WRITES: tuple[type[Operation], ...] = (ReturnRequest, SightingRequest)

WRITES: Mapping[DeviceKind, tuple[type[Operation], ...]] = {
    DeviceKind.KIOSK: (Operation,),  # every write there is
    DeviceKind.STATION: (Operation,),
    DeviceKind.DROP: _DROP_WRITES,
    DeviceKind.GATE: (),  # a gate speaks MQTT
}
SEES_PEOPLE = frozenset({DeviceKind.KIOSK, DeviceKind.STATION})


def may_write(kind: DeviceKind, request: Operation) -> bool:
    """May a device of this kind ask for this write?"""
    return isinstance(request, WRITES[kind])
