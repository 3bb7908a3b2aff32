"""A person's record: seen (and that it was seen), added, changed; consents and wishes."""

from collections.abc import Iterable
from datetime import datetime

from circulation.policy import PatronCategory
from controller.columns import to_date, to_utc, utc_text
from controller.holds.queue import end_holds
from controller.patrons.tables import NumberKind, SeenPart
from controller.patrons.wire import (
    BlockView,
    CardView,
    ConsentFields,
    NewPatron,
    NumberView,
    PatronFields,
    PatronRecord,
    Seen,
    SeenList,
)
from controller.sql import Statement, Transaction
from controller.staff.refusals import Refused, StaffReason

_MOST_SEEN = 200
_FIND = Statement(
    "SELECT family_name, given_name, patronymic, class_name, category, has_left"
    " FROM patron WHERE id = :id AND family_name <> ''"
)
_ADD = Statement(
    "INSERT INTO patron (id, family_name, given_name, patronymic, class_name, category, has_left,"
    " library) VALUES (:id, :family_name, :given_name, :patronymic, :class_name, :category,"
    " :has_left, :library)"
)
_CHANGE = Statement(
    "UPDATE patron SET family_name = :family_name, given_name = :given_name,"
    " patronymic = :patronymic, class_name = :class_name, category = :category,"
    " has_left = :has_left WHERE id = :id"
)
_BLOCKS = Statement(  # those that ended by their own day are told as well, until they are lifted
    "SELECT id, note, staff, since, until FROM patron_block"
    " WHERE patron_id = :id AND lifted_at IS NULL ORDER BY id"
)
_CARDS = Statement("SELECT uid, blocked FROM card WHERE patron_id = :id ORDER BY blocked, uid")
_NUMBERS = Statement(
    "SELECT number, kind, blocked FROM card_number WHERE patron_id = :id ORDER BY blocked, number"
)
_CONSENTS = Statement(
    "SELECT kind, given_by, given_on, withdrawn_on FROM consent WHERE patron_id = :id ORDER BY id"
)
_READING = Statement("SELECT keep_history, past_loans FROM patron_reading WHERE patron_id = :id")
_END_CONSENT = Statement(
    "UPDATE consent SET withdrawn_on = :withdrawn_on WHERE patron_id = :id AND kind = :kind"
    " AND given_by = :given_by AND given_on = :given_on"
)
_CONSENT = Statement(
    "INSERT INTO consent (patron_id, kind, given_by, given_on, withdrawn_on, staff_id)"
    " VALUES (:id, :kind, :given_by, :given_on, :withdrawn_on, :staff_id)"
)
_WISH = Statement(
    "INSERT INTO patron_reading (patron_id, keep_history, past_loans) VALUES (:id, :keep, 0)"
    " ON CONFLICT (patron_id) DO UPDATE SET keep_history = excluded.keep_history"
)
_NOTE = Statement(
    "INSERT INTO patron_seen (at, staff_id, patron_id, part) VALUES (:at, :staff_id, :id, :part)"
)
_SEEN = Statement(
    "SELECT n.at, s.login, n.part FROM patron_seen n JOIN staff s ON s.id = n.staff_id"
    " WHERE n.patron_id = :id ORDER BY n.id DESC LIMIT :most"
)


def see_record(
    transaction: Transaction, patron_id: str, *, staff_id: int, now: datetime
) -> PatronRecord:
    """The record; it is not shown before it is noted who saw it."""
    record = read_record(transaction, patron_id)
    note_seen(transaction, [patron_id], SeenPart.RECORD, staff_id=staff_id, now=now)
    return record


def read_record(transaction: Transaction, patron_id: str) -> PatronRecord:
    """`Refused` (unknown) for nobody and for who was erased."""
    row = transaction.row(_FIND, {"id": patron_id})
    if row is None:
        raise Refused(StaffReason.UNKNOWN)
    wanted = {"id": patron_id}
    keeps, past = transaction.row(_READING, wanted) or (False, 0)
    consents = transaction.rows(_CONSENTS, wanted)
    return PatronRecord(
        patron_id=patron_id,
        fields=PatronFields(
            family_name=row[0],
            given_name=row[1],
            patronymic=row[2],
            class_name=row[3],
            category=PatronCategory(row[4]),
            has_left=bool(row[5]),
        ),
        blocks=tuple(_block(*block) for block in transaction.rows(_BLOCKS, wanted)),
        cards=tuple(CardView(uid=r[0], blocked=r[1]) for r in transaction.rows(_CARDS, wanted)),
        numbers=tuple(
            NumberView(number=r[0], kind=NumberKind(r[1]), blocked=r[2])
            for r in transaction.rows(_NUMBERS, wanted)
        ),
        consents=tuple(_consent(*consent) for consent in consents),
        keeps_history=bool(keeps),
        past_loans=past,
    )


def add_patron(transaction: Transaction, wish: NewPatron, library: str) -> PatronRecord:
    """The new person, at home in this library.

    The id comes from the operation, so asking twice adds nobody twice.
    """
    patron_id = f"p{wish.op_id.hex}"
    if transaction.row(_FIND, {"id": patron_id}) is None:
        transaction.run(
            _ADD, {"id": patron_id, "library": library, **wish.fields.model_dump(mode="json")}
        )
    elif read_record(transaction, patron_id).fields != wish.fields:
        raise Refused(StaffReason.TAKEN)
    return read_record(transaction, patron_id)


def change_patron(
    transaction: Transaction, patron_id: str, fields: PatronFields, now: datetime
) -> PatronRecord:
    """The record as it is now. Who has left waits for nothing: others are next in the queues."""
    read_record(transaction, patron_id)
    transaction.run(_CHANGE, {"id": patron_id, **fields.model_dump(mode="json")})
    if fields.has_left:
        end_holds(transaction, patron_id, now)
    return read_record(transaction, patron_id)


def note_consent(
    transaction: Transaction, patron_id: str, consent: ConsentFields, staff_id: int
) -> PatronRecord:
    """A new consent, or the end of one that is there."""
    read_record(transaction, patron_id)
    parameters = {"id": patron_id, "staff_id": staff_id, **consent.model_dump(mode="json")}
    if transaction.run(_END_CONSENT, parameters) == 0:
        transaction.run(_CONSENT, parameters)
    return read_record(transaction, patron_id)


def wish_history(transaction: Transaction, patron_id: str, keep: bool) -> PatronRecord:
    """From now on past titles are kept, or forgotten again at the next upkeep."""
    read_record(transaction, patron_id)
    transaction.run(_WISH, {"id": patron_id, "keep": keep})
    return read_record(transaction, patron_id)


def note_seen(
    transaction: Transaction,
    patrons: Iterable[str],
    part: SeenPart,
    *,
    staff_id: int,
    now: datetime,
) -> None:
    """This member of staff saw these people's records."""
    for patron_id in patrons:
        parameters = {
            "at": utc_text(now),
            "staff_id": staff_id,
            "id": patron_id,
            "part": part.value,
        }
        transaction.run(_NOTE, parameters)


def seen_by(transaction: Transaction, patron_id: str) -> SeenList:
    """Who saw this person's record, also after it was erased."""
    rows = transaction.rows(_SEEN, {"id": patron_id, "most": _MOST_SEEN})
    seen = (Seen(at=to_utc(at), login=login, part=SeenPart(part)) for at, login, part in rows)
    return SeenList(seen=tuple(seen))


def _block(number: int, note: str, staff: str, since: str, until: str | None) -> BlockView:
    return BlockView(
        block_id=number,
        note=note,
        staff=staff,
        since=to_utc(since),
        until=None if until is None else to_date(until),
    )


def _consent(kind: str, given_by: str, given_on: str, withdrawn_on: str | None) -> ConsentFields:
    return ConsentFields.model_validate(
        {
            "kind": kind,
            "given_by": given_by,
            "given_on": to_date(given_on),
            "withdrawn_on": None if withdrawn_on is None else to_date(withdrawn_on),
        }
    )
