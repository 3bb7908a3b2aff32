"""HTTP bodies of the proof: what happened to a copy between its loan and a gate, step by step.

It names devices and antennas, never a reader: the loan is the reader's own affair.
"""

from datetime import datetime
from enum import StrEnum

from circulation.api import API, Message
from circulation.loan import ItemState, SecurityState

SECURITY_PROOF = f"{API}/staff/security/proof"


class Finding(StrEnum):
    """A tag at a gate, held against the ledger at that moment."""

    LENT_DISARMED = "lent_disarmed"  # as it should be
    LENT_ARMED = "lent_armed"  # the loan stands, the tag was never disarmed
    STOCK_ARMED = "stock_armed"  # carried out without a loan
    STOCK_DISARMED = "stock_disarmed"  # the gate was silent and should not have been
    NOT_LENDABLE = "not_lendable"  # lost, damaged, written off: somebody has it
    FOREIGN = "foreign"  # no copy of this ledger, or a tag with another family's AFI


class StepKind(StrEnum):
    """One link of the chain."""

    LENT = "lent"
    RENEWED = "renewed"
    RETURNED = "returned"
    MARKED = "marked"  # lost, found, damaged ... by the librarian
    TAG_WRITTEN = "tag_written"  # an antenna wrote the tag and read it back
    TAG_SEEN = "tag_seen"  # the newest look at the tag, verified or only heard
    PASSED = "passed"  # through a gate, without alarm
    ALARMED = "alarmed"


class ProofStep(Message):
    """When, what, where. None: it has no meaning for this kind of step, or nobody said."""

    at: datetime
    kind: StepKind
    device: str
    antenna: int | None = None
    armed: bool | None = None  # the tag afterwards, or as it was heard
    verified: bool | None = None  # read back from the tag
    finding: Finding | None = None
    event_id: str | None = None  # the gate's event


class Conclusion(StrEnum):
    """What the steps prove of the copy as it is now."""

    LENT_AND_DISARMED = "lent_and_disarmed"  # an alarm is not the reader's fault
    LENT_NOT_DISARMED = "lent_not_disarmed"  # the loan stands, and an alarm was the library's fault
    IN_STOCK = "in_stock"
    IN_STOCK_DISARMED = "in_stock_disarmed"  # the gate cannot guard it
    CARRIED_OUT = "carried_out"  # it went through a gate since it came back, without a loan
    NOT_LENDABLE = "not_lendable"


class CopyProof(Message):
    """One copy: what is proved, and by which steps, the oldest first."""

    owner: str
    item_id: str
    title: str
    state: ItemState
    security: SecurityState
    conclusion: Conclusion
    tag_quality: int | None  # 0 to 100; None: no antenna has seen it yet
    since: datetime  # the steps begin here
    steps: tuple[ProofStep, ...]


class Proof(Message):
    """Of the copy asked for, or of every copy of ours in a gate's event."""

    copies: tuple[CopyProof, ...]
    foreign_tags: int = 0  # tags in the event that are no copy of ours
