"""All tables of the ledger: ids only, and constraints that carry the promises.

`table=True` does not validate: build rows in services from values that `circulation` has checked.
Moments are UTC and aware. Nothing here is deleted by a patron's act; `event` is append-only, which
triggers of the first migration enforce.
"""

import secrets
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from circulation.loan import ItemState, SecurityState
from circulation.messages import Clock, Direction, GateEventKind, Verdict
from circulation.policy import ItemKind, PatronCategory
from controller.columns import UtcDateTime, word_column

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class DeviceKind(StrEnum):
    """What a device does."""

    KIOSK = "kiosk"
    GATE = "gate"
    DROP = "drop"
    STATION = "station"


class EventKind(StrEnum):
    """What the log records; all in the past tense."""

    CHECKED_OUT = "checked_out"
    RENEWED = "renewed"
    RETURNED = "returned"
    SECURITY_SEEN = "security_seen"
    GATE_ALARMED = "gate_alarmed"
    GATE_PASSED = "gate_passed"
    GATE_BEAM_FAILED = "gate_beam_failed"
    GATE_READER_LOST = "gate_reader_lost"
    GATE_READER_BACK = "gate_reader_back"
    GATE_TESTED = "gate_tested"
    GATE_DROPPED = "gate_dropped"
    GATE_MESSAGE_REFUSED = "gate_message_refused"
    DEVICE_CHANGED = "device_changed"
    CATALOGUE_IMPORTED = "catalogue_imported"
    ROSTER_IMPORTED = "roster_imported"
    HOLD_PLACED = "hold_placed"
    HOLD_READY = "hold_ready"
    HOLD_ENDED = "hold_ended"
    ITEM_MARKED = "item_marked"
    RULE_OVERRIDDEN = "rule_overridden"
    PATRON_BLOCKED = "patron_blocked"
    PATRON_UNBLOCKED = "patron_unblocked"
    SECURITY_ODD = "security_odd"
    CONFLICT_FOUND = "conflict_found"
    CONFLICT_SETTLED = "conflict_settled"
    OPERATION_CLASHED = "operation_clashed"


class Library(SQLModel, table=True):
    """An owner of copies."""

    isil: str = Field(primary_key=True, max_length=16)
    name: str = Field(unique=True, max_length=32)  # in topics: a-z, 0-9 and '-'
    display_name: str = ""


class Title(SQLModel, table=True):
    """A work in one edition, as the catalogue describes it."""

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        CheckConstraint("age_mark IN (0, 6, 12, 16, 18)", name="age_mark"),
    )

    id: int | None = Field(default=None, primary_key=True)
    title: str
    author: str = ""
    subtitle: str = ""
    publisher: str = ""
    place: str = ""  # of publication
    year: int | None = None
    isbn: str | None = Field(default=None, max_length=13, index=True)  # digits and X, no hyphens
    kind: ItemKind = Field(default=ItemKind.BOOK, sa_type=word_column(ItemKind))
    section: str = ""  # ББК
    udc: str = ""
    author_mark: str = ""  # авторский знак: with the section it is the place on the shelf
    subjects: str = ""  # headings and keywords, joined by "; "
    age_mark: int = 0  # 436-ФЗ: 0, 6, 12, 16 or 18
    grade: int | None = None  # the class a textbook is for
    source: str = Field(max_length=32)  # which import it came from ...
    source_key: str = Field(max_length=128)  # ... and its key there: importing twice updates


class Item(SQLModel, table=True):
    """One copy. `state` and `security` move only by the tables of `circulation.loan`."""

    __table_args__ = (
        UniqueConstraint("owner", "item_id"),
        CheckConstraint("parts >= 1", name="parts"),
        Index(
            "ix_item_disarm_due",
            "owner",
            "tag_uid",
            sqlite_where=text("security = 'disarm_due'"),
            postgresql_where=text("security = 'disarm_due'"),
        ),
        Index(
            "ix_item_arm_due",
            "owner",
            "id",
            sqlite_where=text("security = 'arm_due'"),
            postgresql_where=text("security = 'arm_due'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    owner: str = Field(foreign_key="library.isil", max_length=16)
    item_id: str = Field(max_length=16)  # unique per owner; 16 bytes on the tag
    inventory_no: str | None = Field(default=None, max_length=32, index=True)
    tag_uid: str | None = Field(default=None, max_length=16, unique=True)
    title_id: int = Field(foreign_key="title.id", index=True)
    place: str = ""
    price: int | None = None  # kopecks
    condition: str = ""
    parts: int = 1
    state: ItemState = Field(
        default=ItemState.IN_STOCK,
        sa_type=word_column(ItemState),
    )
    security: SecurityState = Field(
        default=SecurityState.ARMED,
        sa_type=word_column(SecurityState),
    )
    reading_room_only: bool = False


class ItemPart(SQLModel, table=True):
    """What one part of a set is called: «диск», «атлас»; number 1 is the book itself."""

    __tablename__ = "item_part"
    __table_args__ = (CheckConstraint("number BETWEEN 1 AND 255", name="number"),)

    item_id: int = Field(primary_key=True, foreign_key="item.id")
    number: int = Field(primary_key=True)
    name: str = Field(max_length=80)


class Patron(SQLModel, table=True):
    """A person. The id is opaque; names stay in the controller."""

    id: str = Field(default_factory=lambda: new_patron_id(), primary_key=True, max_length=40)
    family_name: str
    given_name: str = ""
    patronymic: str = ""
    class_name: str = Field(default="", max_length=16)  # '7Б'; empty for grown-ups
    category: PatronCategory = Field(
        default=PatronCategory.PUPIL,
        sa_type=word_column(PatronCategory),
    )
    has_left: bool = False
    library: str | None = Field(default=None, max_length=16, index=True)  # ISIL of the home library


class Card(SQLModel, table=True):
    """A card by its whole UID."""

    uid: str = Field(primary_key=True, max_length=20)
    patron_id: str = Field(foreign_key="patron.id", index=True)
    blocked: bool = False


class Device(SQLModel, table=True):
    """A kiosk, gate, drop or station that may talk to the controller."""

    __table_args__ = (UniqueConstraint("library", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    library: str = Field(foreign_key="library.isil")
    name: str = Field(max_length=32)
    kind: DeviceKind = Field(sa_type=word_column(DeviceKind))
    token_hash: str | None = Field(default=None, max_length=64, unique=True)  # SHA-256, hex
    state: str = Field(default="{}", sa_type=Text)  # JSON of the last DeviceState or GateState
    last_seen: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Loan(SQLModel, table=True):
    """A copy with a patron. Open while `returned_at` is empty: at most one per copy."""

    __table_args__ = (
        Index(
            "uq_loan_open_item",
            "item_id",
            unique=True,
            sqlite_where=text("returned_at IS NULL"),
            postgresql_where=text("returned_at IS NULL"),
        ),
        Index(
            "ix_loan_open_patron",
            "patron_id",
            sqlite_where=text("returned_at IS NULL"),
            postgresql_where=text("returned_at IS NULL"),
        ),
        CheckConstraint("renewals >= 0", name="renewals"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="item.id")
    patron_id: str = Field(foreign_key="patron.id")
    lent_at: datetime = Field(sa_type=UtcDateTime)
    due: date
    returned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    renewals: int = 0
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # "I brought it back"
    counted: bool = True  # uses up the patron's limit, as the policy said when it was lent
    policy_version: str = Field(max_length=64)
    device_id: int = Field(foreign_key="device.id")


class Operation(SQLModel, table=True):
    """A device's write and its answer: asked twice, answered alike, done once."""

    op_id: str = Field(primary_key=True, max_length=36)
    device_id: int = Field(foreign_key="device.id")
    kind: str = Field(max_length=32)  # the name of the request
    body_hash: str = Field(max_length=64)  # SHA-256 of the canonical body, hex
    status: int  # HTTP
    answer: str = Field(sa_type=Text)  # the body as it was sent, byte for byte
    device_time: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)


class Event(SQLModel, table=True):
    """One line of the log. Append-only; no names of people in it."""

    __table_args__ = (
        Index(
            "ix_event_item",
            "item_id",
            "seq",
            sqlite_where=text("item_id IS NOT NULL"),
            postgresql_where=text("item_id IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    kind: EventKind = Field(sa_type=word_column(EventKind, guarded=False))
    device_id: int | None = Field(default=None, foreign_key="device.id")
    item_id: int | None = Field(default=None, foreign_key="item.id")
    title_id: int | None = Field(default=None, foreign_key="title.id")
    detail: str = Field(default="{}", sa_type=Text)  # JSON, flat


class GateEventRow(SQLModel, table=True):
    """One event of a gate, stored exactly once: by its id, and by (device, seq)."""

    __tablename__ = "gate_event"
    __table_args__ = (UniqueConstraint("device_id", "seq"),)

    id: str = Field(primary_key=True, max_length=36)
    device_id: int = Field(foreign_key="device.id")
    seq: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcDateTime)
    clock: Clock = Field(sa_type=word_column(Clock))
    kind: GateEventKind = Field(sa_type=word_column(GateEventKind, guarded=False))
    passage: str | None = Field(default=None, max_length=36, index=True)
    direction: Direction = Field(sa_type=word_column(Direction))
    verdict: Verdict = Field(sa_type=word_column(Verdict))
    tags: str = Field(default="[]", sa_type=Text)  # JSON of the GateTags
    count_in: int = Field(sa_type=BigInteger)
    count_out: int = Field(sa_type=BigInteger)
    reaction_ms: float | None = None
    received_at: datetime = Field(sa_type=UtcDateTime)
    aisle: str | None = Field(default=None, max_length=32)
    monitored: bool = False  # burn-in: nothing sounded


class Job(SQLModel, table=True):
    """Periodic work that one controller does for all; `claim` is set while one is at it."""

    name: str = Field(primary_key=True, max_length=32)
    due_at: datetime = Field(sa_type=UtcDateTime)  # while claimed: the end of the lease
    claim: str | None = Field(default=None, max_length=36)


def new_patron_id() -> str:
    """An opaque id that says nothing about the person: 'p' and 16 random hex digits."""
    return f"p{secrets.token_hex(8)}"
