"""HTTP bodies between devices and the controller, version 1: facts and reason codes, no sentences.

Every write carries an operation id made on the device. The same id twice gives the first answer;
the same id with another body is 422 `operation_changed`. Business refusals are 409 with a
`Refusal`; a malformed body is 422.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from circulation.loan import ItemState, SecurityState
from circulation.policy import ItemKind
from circulation.reasons import Reason

API = "/api/v1"
CARDS_RESOLVE = f"{API}/cards/resolve"
ITEMS_RESOLVE = f"{API}/items/resolve"
CHECKOUTS = f"{API}/checkouts"
RETURNS = f"{API}/returns"
RENEWALS = f"{API}/renewals"
SIGHTINGS = f"{API}/sightings"
DEVICE_STATE = f"{API}/device-state"
ACCOUNTS = f"{API}/accounts"  # + /{patron_id}
EVENTS = f"{API}/events"  # the live stream (server-sent events)

ItemIdText = Annotated[str, Field(min_length=1, max_length=16)]
OwnerText = Annotated[str, Field(min_length=1, max_length=16)]
UidText = Annotated[str, Field(pattern=r"^E0[0-9A-F]{14}$")]
CardText = Annotated[str, Field(pattern=r"^([0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})$")]
DeviceTime = Annotated[  # a clock that woke up in 1970 is heard; the year 1 has no UTC
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
]
NumberText = Annotated[str, Field(pattern=r"^[!-~]{1,40}$")]  # as a code has: ASCII, no blanks
PatronText = Annotated[str, Field(min_length=1, max_length=40)]
PartNumber = Annotated[int, Field(ge=1, le=255)]
Version = Annotated[int, Field(ge=0, lt=2**31)]
WhyText = Annotated[str, Field(max_length=120)]


class Message(BaseModel):
    """Base of every body: immutable, and an unknown field is an error, not silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CardQuery(Message):
    """Whose card is this? Its chip's UID, or what stands on it as a barcode or QR code.

    A reader of another make may send the UID itself as such a number (decimal, or the bytes in
    another order): it is found as long as it can mean one card only.
    """

    uid: CardText | None = None
    number: NumberText | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "CardQuery":
        if (self.uid is None) == (self.number is None):
            raise ValueError("give either the uid or the number of the card")
        return self


class PatronView(Message):
    """What a screen may know of a patron: a masked name («Анна П.»), the class, and the rights."""

    patron_id: str
    masked_name: str
    class_name: str
    blocked: tuple[Reason, ...]
    open_loans: int
    overdue_loans: int
    can_still_borrow: int


class CopyQuery(Message):
    """One copy as its tag says."""

    owner: OwnerText
    item_id: ItemIdText
    uid: UidText | None = None


class ItemsQuery(Message):
    """Which books lie on the pad?"""

    copies: Annotated[tuple[CopyQuery, ...], Field(min_length=1, max_length=100)]


class ItemView(Message):
    """One copy for a screen. `security` says what its tag should be (`circulation.loan`)."""

    owner: str
    item_id: str
    title: str
    author: str
    kind: ItemKind
    section: str  # ББК section, colours the typographic cover
    parts: int
    state: ItemState
    security: SecurityState
    part_names: tuple[str, ...] = ()  # of a set, by number; empty: nobody named them


class ItemsAnswer(Message):
    """The known copies, and the ids that the ledger does not know."""

    items: tuple[ItemView, ...]
    unknown: tuple[str, ...]


class Operation(Message):
    """What every write carries."""

    op_id: UUID
    at: DeviceTime  # the device's own time of the act


class CheckoutRequest(Operation):
    """Lend this copy to this patron."""

    patron_id: PatronText
    owner: OwnerText
    item_id: ItemIdText
    uid: UidText | None = None
    # the parts of a set that lie there; None: nobody looked. Left out then, so that an operation
    # of before this field is still the same operation.
    parts_seen: Annotated[
        tuple[PartNumber, ...] | None,
        Field(max_length=255, exclude_if=lambda seen: seen is None),
    ] = None


class RenewRequest(Operation):
    """Renew this patron's loan of this copy."""

    patron_id: PatronText
    owner: OwnerText
    item_id: ItemIdText


class ReturnRequest(Operation):
    """This copy is back; its tag has been armed and read back before."""

    owner: OwnerText
    item_id: ItemIdText
    uid: UidText | None = None


class SightingRequest(Operation):
    """An antenna verified what this copy's tag is now."""

    owner: OwnerText
    item_id: ItemIdText
    uid: UidText | None = None
    armed: bool
    antenna: Annotated[int, Field(ge=0, le=255)] | None = None
    verified: bool = True  # read back from the tag, not only heard
    failed_writes: Annotated[int, Field(ge=0, le=100)] = 0  # tries before this that did not hold


class LoanReceipt(Message):
    """A loan stands (checkout, renewal). `security` is `disarm_due` until the tag is verified."""

    op_id: UUID
    loan_id: str
    item_id: str
    title: str
    due: date
    renewals: int
    security: SecurityState


class Destination(StrEnum):
    """Where a returned copy is put."""

    SHELF = "shelf"
    HOLD_SHELF = "hold_shelf"
    STAFF = "staff"


class ReturnReceipt(Message):
    """The copy is back in stock."""

    op_id: UUID
    item_id: str
    title: str
    was_on_loan: bool
    overdue_days: int
    destination: Destination
    security: SecurityState
    hold_code: str | None = None  # with `hold_shelf`: what to write on the slip


class SightingReceipt(Message):
    """What the ledger now holds of this copy's security."""

    op_id: UUID
    security: SecurityState


class Refusal(Message):
    """Not done, and why; the first reason is the one to show.

    Body of 401, 404, 409 and of 422 `operation_changed`.
    """

    reasons: Annotated[tuple[Reason, ...], Field(min_length=1)]
    can_still_borrow: int | None = None
    due: date | None = None  # with `already_yours`: until when
    blocked_until: date | None = None  # with `patron_blocked`: the last blocked day, if it ends


class LoanView(Message):
    """One open loan in an account."""

    loan_id: str
    owner: str
    item_id: str
    title: str
    author: str
    section: str
    due: date
    overdue: bool
    renewals_left: int
    security: SecurityState


class Account(Message):
    """A patron and his open loans, overdue first, then by due date."""

    patron: PatronView
    loans: tuple[LoanView, ...]


class ReaderState(StrEnum):
    """How a device's reader is."""

    OK = "ok"
    LOST = "lost"
    UNKNOWN = "unknown"


class SlotState(StrEnum):
    """Whether a book drop takes books, and what a librarian must do when it does not."""

    OPEN = "open"
    FULL = "full"
    JAMMED = "jammed"
    FLAP_JAMMED = "flap_jammed"
    STORAGE = "storage"  # its disk takes nothing
    NO_READER = "no_reader"  # gone, or one that may not be used


class DeviceState(Message):
    """A kiosk says how it is; the controller shows it and remembers when it last heard."""

    at: AwareDatetime
    version: str
    pad: ReaderState
    card_reader: ReaderState
    simulated: bool
    queue: Annotated[int, Field(ge=0, lt=2**31)] | None = None  # facts not yet handed over
    settings_version: Version | None = None  # the settings from afar that are in force
    settings_refused: Version | None = None  # those this kiosk cannot use ...
    settings_error: WhyText = ""  # ... and why: a field's name and a code
    last_error: Annotated[str, Field(pattern=r"^[a-z0-9_]{0,64}$")] = ""  # a word of its log
    last_error_at: AwareDatetime | None = None
    slot: SlotState | None = None  # of a book drop


class LiveEvent(Message):
    """One line of what happens in the library now; no person in it."""

    seq: int
    at: datetime
    kind: str
    device: str
    item_id: str | None = None
    title: str | None = None
    detail: dict[str, str | int | bool | None] = {}
