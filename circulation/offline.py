"""HTTP bodies of what happened while the controller was away, and of the librarian's decisions.

A device sends its operations in the order of its own numbers. `offline` says that the act is done:
it is a fact and not a wish, so it is applied or becomes a conflict, and never refused.

A stack on the pad and a class set of textbooks are batches as well: checkouts that are wishes, for
one patron or for many. All lines are one act and one commit, each has its own operation id and its
own answer, and a line that is refused does not stop the others.
"""

from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from circulation.api import (
    API,
    CheckoutRequest,
    LoanReceipt,
    Message,
    Operation,
    Refusal,
    RenewRequest,
    ReturnReceipt,
    ReturnRequest,
    SightingReceipt,
    SightingRequest,
)
from circulation.desk import STAFF, NoteText
from circulation.messages import Clock
from circulation.reasons import Reason
from circulation.selfservice import DamageReceipt, DamageRequest

OPERATIONS = f"{API}/operations"
CONFLICTS = f"{STAFF}/conflicts"
CONFLICTS_SETTLE = f"{CONFLICTS}/settle"
SNAPSHOT = f"{API}/snapshot"
MAX_BATCH = 512  # a class: thirty pupils with seventeen textbooks each
MAX_BATCH_BYTES = 262_144

Seq = Annotated[int, Field(ge=1, lt=2**63)]


class _Late(Message):
    """What a device adds to an operation it kept: its number, its clock, whether it is done."""

    seq: Seq
    clock: Clock
    offline: bool


class LateCheckout(_Late):
    """A checkout, asked for now or done while the controller was away."""

    kind: Literal["checkout"] = "checkout"
    request: CheckoutRequest


class LateReturn(_Late):
    """A return."""

    kind: Literal["return"] = "return"
    request: ReturnRequest


class LateRenewal(_Late):
    """A renewal."""

    kind: Literal["renewal"] = "renewal"
    request: RenewRequest


class LateSighting(_Late):
    """A sighting."""

    kind: Literal["sighting"] = "sighting"
    request: SightingRequest


class LateDamage(_Late):
    """What a reader said of a book he had brought back: a fact, also when it is told at once."""

    kind: Literal["damage"] = "damage"
    request: DamageRequest


LateOperation = Annotated[
    LateCheckout | LateReturn | LateRenewal | LateSighting | LateDamage,
    Field(discriminator="kind"),
]


class Batch(Message):
    """Operations in the order of their numbers."""

    operations: Annotated[tuple[LateOperation, ...], Field(min_length=1, max_length=MAX_BATCH)]

    @model_validator(mode="after")
    def _in_order(self) -> "Batch":
        numbers = [operation.seq for operation in self.operations]
        if any(later <= earlier for earlier, later in pairwise(numbers)):
            raise ValueError("give the operations in the order of their numbers, each once")
        return self


class ConflictKind(StrEnum):
    """Which question a fact raised."""

    LENT_TWICE = "lent_twice"  # the ledger has it with somebody else
    RETURNED_BEFORE_LENT = "returned_before_lent"  # taken back here, lent elsewhere since
    PATRON_NOT_ALLOWED = "patron_not_allowed"  # blocked, left, over a limit, too young
    HOLD_OVERTAKEN = "hold_overtaken"  # it waited for somebody else
    COPY_NOT_LENDABLE = "copy_not_lendable"  # lost, damaged, written off, reading room only
    RENEWAL_NOT_ALLOWED = "renewal_not_allowed"
    DAMAGED_AND_LENT = "damaged_and_lent"  # said to be damaged when it came back, and lent since
    UNKNOWN = "unknown"  # the copy or the patron is not in the ledger


class Choice(StrEnum):
    """What a librarian may decide."""

    RECORD = "record"  # it happened: write it down as the device says
    KEEP = "keep"  # the ledger stays as it is; the fact stays in the log


CHOICES: tuple[Choice, ...] = (Choice.RECORD, Choice.KEEP)


class Done(StrEnum):
    """What became of one operation of a batch."""

    APPLIED = "applied"
    CONFLICT = "conflict"
    REFUSED = "refused"  # a wish that the rules refuse, or an id that came with another body


class LateAnswer(Message):
    """One operation's answer, in the place of the operation."""

    op_id: UUID
    done: Done
    receipt: LoanReceipt | ReturnReceipt | SightingReceipt | DamageReceipt | None = None
    refusal: Refusal | None = None
    conflict_id: int | None = None
    conflict: ConflictKind | None = None


class BatchAnswer(Message):
    """All answers are durable when this is read; the device may forget these operations."""

    answers: tuple[LateAnswer, ...]


class ConflictView(Message):
    """One open question, the evidence and the choices. Ids only: the desk knows the names."""

    conflict_id: int
    kind: ConflictKind
    device: str
    item_id: str | None
    title: str | None
    happened_at: datetime
    clock: Clock
    fact: dict[str, str | int | bool | None]
    evidence: dict[str, str | int | bool | None]
    choices: tuple[Choice, ...]
    found_at: datetime
    decide_by: date


class Conflicts(Message):
    """The inbox, what is due first."""

    conflicts: tuple[ConflictView, ...]


class SettleRequest(Operation):
    """A librarian's decision."""

    conflict_id: Annotated[int, Field(ge=1, lt=2**31)]
    choice: Choice
    note: NoteText


class SettleReceipt(Message):
    """The question is closed; `reasons` are the rules that the decision set aside."""

    op_id: UUID
    conflict_id: int
    choice: Choice
    reasons: tuple[Reason, ...] = ()
