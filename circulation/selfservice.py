"""HTTP bodies of what a kiosk passes on beside lending; rules of the wire as in `circulation.api`.

No body here names a person: a call comes from a place, counts are of a day.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from circulation.api import API, ItemIdText, Message, Operation, OwnerText
from circulation.loan import ItemState

DAMAGES = f"{API}/damages"
CALLS = f"{API}/calls"  # + /{call_id}
USAGE = f"{API}/usage"

MAX_COUNTERS = 200
Counter = Annotated[str, Field(pattern=r"^[a-z]+(_[a-z]+)*(:[a-z]+(_[a-z]+)*)?$", max_length=64)]
"""What is counted, e.g. `sessions`; of several kinds the kind follows: `refused:limit_reached`."""


class Harm(StrEnum):
    """What a reader says of a book he brings back; three pictures on the screen."""

    TORN = "torn"
    WET = "wet"
    PAGES_MISSING = "pages_missing"


class DamageRequest(Operation):
    """A reader says that this copy, just returned, is damaged."""

    owner: OwnerText
    item_id: ItemIdText
    harm: Harm


class DamageReceipt(Message):
    """The copy is with the librarian until it is mended or written off."""

    op_id: UUID
    item_id: str
    state: ItemState


class CallRequest(Operation):
    """Somebody at this device wants the librarian. A call that still waits is not made twice."""


class CallReceipt(Message):
    """The librarian sees it on the live page; ask after it by its number."""

    op_id: UUID
    call_id: int


class CallView(Message):
    """Has the librarian said "I am coming"?"""

    call_id: int
    answered: bool


class UsageReport(Message):
    """A day's counts of one device so far. A later report of the same day replaces an earlier."""

    day: date
    counts: Annotated[
        dict[Counter, Annotated[int, Field(ge=0, lt=2**31)]], Field(max_length=MAX_COUNTERS)
    ]
