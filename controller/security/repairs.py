"""Lists for mending: copies whose tag is not what the loan wants, and tags that wear out."""

from datetime import datetime

from circulation.desk import RepairLine, Repairs, WornTag, WornTags
from circulation.loan import ItemState, SecurityState, propose_repair
from controller.answers import Answer, granted
from controller.columns import to_utc
from controller.devices.kinds import staff_only
from controller.devices.tokens import Caller
from controller.security.ledger import tag_quality
from controller.sql import Statement, Transaction

MAX_LINES = 500
POOR_QUALITY = 80  # a new tag scores 90: two failures in its first ten tries bring it here

_REPAIRS = (
    "SELECT i.owner, i.item_id, t.title, i.place, i.state, i.security, s.at, d.name, s.antenna,"
    " s.verified, s.sightings, s.failed_writes"
    " FROM item i JOIN title t ON t.id = i.title_id"
    " LEFT JOIN item_sighting s ON s.item_id = i.id LEFT JOIN device d ON d.id = s.device_id"
    " WHERE i.owner = :owner AND i.security = '{security}'"
    " AND i.state <> 'withdrawn' ORDER BY i.place, i.id LIMIT :most"
)
_TO_ARM = Statement(_REPAIRS.format(security="arm_due"))
_TO_DISARM = Statement(_REPAIRS.format(security="disarm_due"))
_WORN = Statement(
    "SELECT i.owner, i.item_id, t.title, i.place, s.sightings, s.failed_writes"
    " FROM item_sighting s JOIN item i ON i.id = s.item_id JOIN title t ON t.id = i.title_id"
    " WHERE i.owner = :owner AND s.failed_writes > 0"
    " ORDER BY s.failed_writes * 1.0 / (s.sightings + s.failed_writes) DESC, i.id LIMIT :most"
)
_Row = tuple[
    str,
    str,
    str,
    str,
    str,
    str,
    str | datetime | None,
    str | None,
    int | None,
    bool | None,
    int | None,
    int | None,
]


def repairs(transaction: Transaction, caller: Caller) -> Answer:
    """What to lay on a pad, for staff: `arm_due` first, for the gate lets those pass."""
    if refusal := staff_only(caller):
        return refusal
    return granted(list_repairs(transaction, caller.library))


def worn_tags(transaction: Transaction, caller: Caller) -> Answer:
    """Tags worth replacing, for staff."""
    if refusal := staff_only(caller):
        return refusal
    return granted(list_worn_tags(transaction, caller.library))


def list_repairs(transaction: Transaction, library: str) -> Repairs:
    """One proposal for each pair of loan and tag that disagree."""
    parameters = {"owner": library, "most": MAX_LINES}
    found = transaction.rows(_TO_ARM, parameters) + transaction.rows(_TO_DISARM, parameters)
    return Repairs(copies=tuple(_repair(row) for row in found[:MAX_LINES]))


def list_worn_tags(transaction: Transaction, library: str) -> WornTags:
    """The worst tags first."""
    found = transaction.rows(_WORN, {"owner": library, "most": MAX_LINES})
    tags = (_worn(*row) for row in found)
    return WornTags(tags=tuple(t for t in tags if t.tag_quality <= POOR_QUALITY))


def _repair(row: _Row) -> RepairLine:
    owner, item_id, title, place, state, security, at, device, antenna, verified, *counts = row
    sightings, failed = counts
    quality = None
    if sightings is not None and failed is not None:
        quality = tag_quality(sightings, failed)
    return RepairLine.model_validate(
        {
            "owner": owner,
            "item_id": item_id,
            "title": title,
            "place": place,
            "state": state,
            "security": security,
            "repair": propose_repair(ItemState(state), SecurityState(security)),
            "seen_at": None if at is None else to_utc(at),
            "seen_by": device,
            "antenna": antenna,
            "verified": verified,
            "tag_quality": quality,
        }
    )


def _worn(owner: str, item_id: str, title: str, place: str, sightings: int, failed: int) -> WornTag:
    return WornTag(
        owner=owner,
        item_id=item_id,
        title=title,
        place=place,
        tag_quality=tag_quality(sightings, failed),
        sightings=sightings,
        failed_writes=failed,
    )
