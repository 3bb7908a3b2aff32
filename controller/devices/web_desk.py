"""The librarian's browser as a place: what is done on a page stands in the log as done there.

Its row in `device` appears with the first act. It has no token and no device can take its name:
a device's name has no blank (`circulation.ids.parse_device_id`).
"""

from controller.devices.tokens import Caller
from controller.sql import Statement, Transaction
from controller.tables import DeviceKind

WEB_DESK = "web desk"

_FIND = Statement("SELECT id FROM device WHERE library = :library AND name = :name")
_ADD = Statement(
    "INSERT INTO device (library, name, kind, state) VALUES (:library, :name, :kind, '{}')"
    " RETURNING id"
)


def at_web_desk(transaction: Transaction, library: str, login: str) -> Caller:
    """This account at the browser, with a librarian's rights at a station."""
    place = {"library": library, "name": WEB_DESK}
    found = transaction.row(_FIND, place)
    row = found or transaction.row(_ADD, place | {"kind": DeviceKind.STATION.value})
    return Caller(int(row[0]), library, WEB_DESK, DeviceKind.STATION, operator=login)
