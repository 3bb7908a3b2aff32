"""A page of the console waits for a card on a station's reader; without a page nothing is told.

The wish stands in the ledger for some seconds and is renewed by the page that asks again, so any
controller serves either side. The card's UID is there until the page fetched it, once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from circulation.encoding import CardWish
from circulation.ids import CardUid
from controller.columns import to_utc, utc_text
from controller.devices.tokens import Caller
from controller.sql import Statement, Transaction

STANDS = timedelta(seconds=10)  # a page that was closed is forgotten after that
_RENEWED_BELOW = timedelta(seconds=5)
_HEARD_FOR = timedelta(seconds=5)  # a station that works asks every second
_NOTED_AFTER = timedelta(seconds=2)

_STATIONS = Statement(
    "SELECT d.name FROM device d LEFT JOIN device_access a ON a.device_id = d.id"
    " WHERE d.library = :library AND d.kind = 'station' AND a.revoked_at IS NULL ORDER BY d.name"
)
_STATION = Statement(
    "SELECT d.id, w.staff_id, w.until, w.heard_at, w.uid FROM device d"
    " LEFT JOIN card_wish w ON w.device_id = d.id"
    " LEFT JOIN device_access a ON a.device_id = d.id WHERE d.library = :library"
    " AND d.kind = 'station' AND a.revoked_at IS NULL AND d.name = :name"
)
_WISH = Statement(
    "INSERT INTO card_wish (device_id, staff_id, until) VALUES (:device_id, :staff_id, :until)"
    " ON CONFLICT (device_id) DO UPDATE SET staff_id = excluded.staff_id, until = excluded.until"
)
_BEGIN = Statement("UPDATE card_wish SET uid = NULL, heard_at = :now WHERE device_id = :device_id")
_FETCHED = Statement("UPDATE card_wish SET uid = NULL WHERE device_id = :device_id")
_FIND = Statement("SELECT until, heard_at FROM card_wish WHERE device_id = :device_id")
_HEARD = Statement("UPDATE card_wish SET heard_at = :now WHERE device_id = :device_id")
_TELL = Statement("UPDATE card_wish SET uid = :uid, heard_at = :now WHERE device_id = :device_id")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the console: of which library, for which station, and who looks at it."""

    library: str
    station: str
    staff_id: int


class Waiting(StrEnum):
    """Why there is no card yet."""

    LISTENING = "listening"
    SILENT = "silent"  # the station asks for no wishes: it is off, or has no card reader
    TAKEN = "taken"  # somebody else's page waits for that reader
    NO_STATION = "no_station"


@dataclass(frozen=True, slots=True)
class Look:
    """What a page hears; `writes`: the wish must be renewed, or the card is fetched with it."""

    found: CardUid | Waiting
    writes: bool = False


def stations(transaction: Transaction, library: str) -> tuple[str, ...]:
    """The stations whose reader a page may wait for."""
    return tuple(row[0] for row in transaction.rows(_STATIONS, {"library": library}))


def look(transaction: Transaction, page: Page, now: datetime) -> Look:
    """How the wish of this page stands; nothing is written."""
    row = transaction.row(_STATION, {"library": page.library, "name": page.station})
    if row is None:
        return Look(Waiting.NO_STATION)
    _, holder, until, heard_at, uid = row
    left = to_utc(until) - now if until is not None else timedelta(0)
    if left <= timedelta(0):
        return Look(Waiting.LISTENING, writes=True)
    if holder != page.staff_id:
        return Look(Waiting.TAKEN)
    if uid is not None:
        return Look(CardUid(uid), writes=True)
    heard = heard_at is not None and now - to_utc(heard_at) < _HEARD_FOR
    return Look(Waiting.LISTENING if heard else Waiting.SILENT, writes=left < _RENEWED_BELOW)


def ask(transaction: Transaction, page: Page, now: datetime) -> Look:
    """The same, with what it needs to be written: the wish goes on, the card is given out once."""
    seen = look(transaction, page, now)
    if not seen.writes:
        return seen
    device_id, _, until, *_ = transaction.row(
        _STATION, {"library": page.library, "name": page.station}
    )
    device = {"device_id": device_id}
    transaction.run(_WISH, device | {"staff_id": page.staff_id, "until": utc_text(now + STANDS)})
    if until is None or to_utc(until) <= now:
        transaction.run(_BEGIN, device | {"now": utc_text(now)})  # it has yet to hear of it
    elif not isinstance(seen.found, Waiting):
        transaction.run(_FETCHED, device)
    return seen


def is_wished(transaction: Transaction, caller: Caller, now: datetime) -> tuple[bool, bool]:
    """Whether a page waits at this station, and whether it is time to note that it was heard."""
    row = transaction.row(_FIND, {"device_id": caller.device_id})
    if row is None or to_utc(row[0]) <= now:
        return False, False
    return True, row[1] is None or now - to_utc(row[1]) >= _NOTED_AFTER


def note_heard(transaction: Transaction, caller: Caller, now: datetime) -> None:
    """The station knows of the wish."""
    transaction.run(_HEARD, {"device_id": caller.device_id, "now": utc_text(now)})


def tell(transaction: Transaction, caller: Caller, uid: CardUid, now: datetime) -> CardWish:
    """This card was laid down; forgotten at once when nobody waits for it."""
    wished, _ = is_wished(transaction, caller, now)
    if wished:
        values = {"device_id": caller.device_id, "uid": uid, "now": utc_text(now)}
        transaction.run(_TELL, values)
    return CardWish(asked=wished)
