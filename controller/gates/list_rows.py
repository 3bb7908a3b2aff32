"""What belongs on a gate's local list, read from the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from circulation.ids import DeviceId
from circulation.messages import ListKind
from controller.sql import Statement, Transaction
from controller.tables import DeviceKind

_GATES = Statement(
    "SELECT l.isil, l.name, d.name FROM device d JOIN library l ON l.isil = d.library"
    " WHERE d.kind = :kind"
)
_VERSION = Statement("SELECT coalesce(max(seq), 0) FROM event")
_LISTS: Final[Mapping[ListKind, Statement]] = {
    ListKind.ARMED_LOANS: Statement(
        "SELECT i.tag_uid FROM item i JOIN loan l ON l.item_id = i.id AND l.returned_at IS NULL"
        " WHERE i.owner = :owner AND i.security = 'disarm_due' AND i.tag_uid IS NOT NULL"
    ),
    ListKind.LENT: Statement(
        "SELECT i.tag_uid FROM item i JOIN loan l ON l.item_id = i.id AND l.returned_at IS NULL"
        " WHERE i.owner = :owner AND i.tag_uid IS NOT NULL"
    ),
    ListKind.OURS: Statement(
        "SELECT tag_uid FROM item WHERE owner = :owner AND tag_uid IS NOT NULL"
    ),
}


@dataclass(frozen=True, slots=True)
class GateName:
    """A gate as its topics name it, and the library whose copies it guards."""

    owner: str
    library: DeviceId
    device: DeviceId


def known_gates(transaction: Transaction) -> list[GateName]:
    """Every gate in the ledger."""
    rows = transaction.rows(_GATES, {"kind": DeviceKind.GATE.value})
    return [GateName(isil, DeviceId(library), DeviceId(name)) for isil, library, name in rows]


def list_version(transaction: Transaction) -> int:
    """The log's last number: whatever changes a list is logged, so it only grows."""
    return int(transaction.row(_VERSION, {})[0])


def listed(transaction: Transaction, owner: str, kind: ListKind) -> frozenset[str]:
    """The tags on this library's list."""
    return frozenset(row[0] for row in transaction.rows(_LISTS[kind], {"owner": owner}))
