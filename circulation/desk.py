"""HTTP bodies of holds and of the librarian's desk; rules of the wire as in `circulation.api`.

Paths under `/staff` are for devices of the kind *station*; any other gets 403 `staff_only`. Who
decided is never in a body: a write needs a person signed in at that station (`OPERATOR`), without
whom it is 403 `nobody_signed_in`, and that person's account stands in the log.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from circulation.api import (
    ACCOUNTS,
    API,
    RENEWALS,
    CardText,
    CheckoutRequest,
    ItemIdText,
    Message,
    Operation,
    OwnerText,
    PatronText,
    RenewRequest,
)
from circulation.holds import HoldState
from circulation.loan import Act, ItemState, Repair, SecurityState
from circulation.reasons import Reason

RENEW_ALL = f"{RENEWALS}/all"
HOLDS = f"{API}/holds"
HOLDS_CANCEL = f"{HOLDS}/cancel"
PATRON_HOLDS = ACCOUNTS + "/{patron_id}/holds"
STAFF = f"{API}/staff"
HOLDS_SHELVE = f"{STAFF}/holds/shelve"
HOLDS_EXPIRE = f"{STAFF}/holds/expire"
PICK_LIST = f"{STAFF}/holds/pick-list"
HOLD_SHELF = f"{STAFF}/holds/shelf"
OPERATOR = f"{STAFF}/operator"
OPERATOR_CARD = f"{OPERATOR}/card"
OPERATOR_LEAVE = f"{OPERATOR}/leave"
STAFF_CHECKOUTS = f"{STAFF}/checkouts"
STAFF_RENEWALS = f"{STAFF}/renewals"
STAFF_MARKS = f"{STAFF}/marks"
STAFF_PARTS = f"{STAFF}/parts"
STAFF_BLOCKS = f"{STAFF}/blocks"
STAFF_BLOCKS_LIFT = f"{STAFF_BLOCKS}/lift"

SECURITY_REPAIRS = f"{STAFF}/security/repairs"
SECURITY_WORN_TAGS = f"{STAFF}/security/worn-tags"

NoteText = Annotated[str, Field(min_length=1, max_length=400)]
MarkAct = Literal[
    Act.MARK_LOST, Act.FIND, Act.MARK_DAMAGED, Act.MEND, Act.CLAIM_RETURNED, Act.WITHDRAW
]


class OperatorSignIn(Message):
    """A member of staff begins to work at this station."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256, repr=False)]


class OperatorCard(Message):
    """A card of the staff was laid on this station's reader."""

    uid: CardText


class OperatorView(Message):
    """Who works at this station now; nobody: no `login`."""

    login: str | None = None
    overrides: bool = False  # may set aside rules of the house


class RenewAllRequest(Operation):
    """Renew whatever this patron may renew."""

    patron_id: PatronText


class RenewalLine(Message):
    """One loan: its new due date, or why it keeps the old one."""

    loan_id: str
    owner: str
    item_id: str
    title: str
    due: date
    reasons: tuple[Reason, ...] = ()


class RenewAllReceipt(Message):
    """Every open loan of the patron, overdue first."""

    op_id: UUID
    loans: tuple[RenewalLine, ...]


class HoldRequest(Operation):
    """This patron waits for a copy of this title."""

    patron_id: PatronText
    title_id: Annotated[int, Field(ge=1, lt=2**31)]


class CancelHoldRequest(Operation):
    """This patron waits no longer."""

    patron_id: PatronText
    hold_id: Annotated[int, Field(ge=1, lt=2**31)]


class HoldView(Message):
    """One hold. `ahead` counts those who wait before it; `code` stands on the slip in the book."""

    hold_id: int
    title_id: int
    title: str
    author: str
    state: HoldState
    ahead: int
    code: str
    ready_until: date | None = None


class HoldReceipt(Message):
    """How the hold stands now."""

    op_id: UUID
    hold: HoldView


class PatronHolds(Message):
    """What a patron waits for, the oldest hold first."""

    holds: tuple[HoldView, ...]


class ShelveRequest(Operation):
    """Staff took this copy for the hold shelf: it goes to who waits longest."""

    owner: OwnerText
    item_id: ItemIdText


class ExpireRequest(Operation):
    """End the holds that were not taken in time; their copies go to the next who wait."""


class ShelfLine(Message):
    """One copy on the hold shelf; no name: the code is on the slip."""

    hold_id: int
    code: str
    owner: str
    item_id: str
    title: str
    ready_until: date


class ExpireReceipt(Message):
    """Copies for their own place again, and copies that stay for the next patron."""

    op_id: UUID
    put_back: tuple[ShelfLine, ...]
    stay: tuple[ShelfLine, ...]


class Shelf(Message):
    """Everything on the hold shelf, what must go first."""

    copies: tuple[ShelfLine, ...]


class PickLine(Message):
    """One copy to be fetched from its place, with how many copies of it are wanted and there."""

    title_id: int
    title: str
    author: str
    waiting: int
    free: int
    owner: str
    item_id: str
    place: str


class PickList(Message):
    """What to fetch, in the order of the shelves."""

    copies: tuple[PickLine, ...]


class StaffCheckoutRequest(CheckoutRequest):
    """Lend although a rule of the house speaks against it."""

    note: NoteText


class StaffRenewRequest(RenewRequest):
    """Renew although a rule of the house speaks against it."""

    note: NoteText


class MarkRequest(Operation):
    """What the librarian says of a copy."""

    owner: OwnerText
    item_id: ItemIdText
    act: MarkAct
    note: Annotated[str, Field(max_length=400)] = ""


class MarkReceipt(Message):
    """Where the copy stands now."""

    op_id: UUID
    item_id: str
    state: ItemState
    security: SecurityState


PartText = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


class PartsRequest(Operation):
    """What the parts of this copy are called, the first is number 1: «книга», «диск», «атлас»."""

    owner: OwnerText
    item_id: ItemIdText
    names: Annotated[tuple[PartText, ...], Field(min_length=1, max_length=255)]


class PartsReceipt(Message):
    """The parts as they are named now."""

    op_id: UUID
    item_id: str
    names: tuple[str, ...]


class BlockRequest(Operation):
    """Lend nothing to this patron until that day, or until it is lifted."""

    patron_id: PatronText
    note: NoteText
    until: date | None = None  # the last blocked day


class LiftBlockRequest(Operation):
    """Lend to this patron again."""

    block_id: Annotated[int, Field(ge=1, lt=2**31)]
    note: Annotated[str, Field(max_length=400)] = ""


class BlockReceipt(Message):
    """A block that stands, or was lifted."""

    op_id: UUID
    block_id: int
    until: date | None
    lifted: bool


class RepairLine(Message):
    """A copy whose tag is not what its loan wants: lay it on a pad, and who saw it last where."""

    owner: str
    item_id: str
    title: str
    place: str
    state: ItemState
    security: SecurityState
    repair: Repair
    seen_at: datetime | None
    seen_by: str | None  # the device
    antenna: int | None
    verified: bool | None  # read back by a pad, or only heard by a gate
    tag_quality: Annotated[int, Field(ge=0, le=100)] | None


class Repairs(Message):
    """In stock first: those a gate would let pass."""

    copies: tuple[RepairLine, ...]


class WornTag(Message):
    """A tag that often fails to take a write."""

    owner: str
    item_id: str
    title: str
    place: str
    tag_quality: int
    sightings: int
    failed_writes: int


class WornTags(Message):
    """The worst first."""

    tags: tuple[WornTag, ...]
