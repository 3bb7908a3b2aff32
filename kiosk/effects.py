"""What a session orders from the world, as values; the shell carries them out on its threads.

A `slot` names one operation for its whole life. The shell makes the operation id when it first sees
the slot and uses the same id when the same slot comes again.
"""

from dataclasses import dataclass

from circulation.ids import CardUid, Copy, PatronId, TagUid
from circulation.textbooks import Purpose
from kiosk.errands import Errand
from kiosk.receipt import Receipt
from kiosk.sounds import Sound


@dataclass(frozen=True, slots=True)
class ResolveCard:
    """Ask whose card this is."""

    session: int
    uid: CardUid


@dataclass(frozen=True, slots=True)
class ResolveItems:
    """Ask what the ledger knows of these copies; each with the UID of one of its tags."""

    session: int
    copies: tuple[tuple[Copy, TagUid], ...]


@dataclass(frozen=True, slots=True)
class FetchAccount:
    """Ask for the patron's open loans."""

    session: int
    patron_id: PatronId


@dataclass(frozen=True, slots=True)
class AskStack:
    """Ask how these textbooks compare with the patron's set; without any: what the set is."""

    session: int
    patron_id: PatronId
    copies: tuple[Copy, ...]
    purpose: Purpose = Purpose.ISSUE


@dataclass(frozen=True, slots=True)
class RequestCheckout:
    """A wish: lend this copy to this patron. It ends with the session that asked."""

    session: int
    slot: int
    patron_id: PatronId
    copy: Copy
    uid: TagUid
    parts_seen: tuple[int, ...] | None = None  # of a set; None: it is none


@dataclass(frozen=True, slots=True)
class RequestCheckouts:
    """Wishes that became ready in one moment: one message, and an answer to each of them."""

    wishes: tuple[RequestCheckout, ...]


@dataclass(frozen=True, slots=True)
class RequestRenewal:
    """A wish: renew this patron's loan of this copy."""

    session: int
    slot: int
    patron_id: PatronId
    copy: Copy


@dataclass(frozen=True, slots=True)
class RequestReturn:
    """A fact: this copy is back and its tag is armed. Kept on disk until the ledger has it."""

    session: int
    slot: int
    copy: Copy
    uid: TagUid


@dataclass(frozen=True, slots=True)
class RecordSighting:
    """A fact: every tag of this copy was read as armed, or as disarmed. Kept like a return."""

    session: int
    copy: Copy
    uid: TagUid
    armed: bool


@dataclass(frozen=True, slots=True)
class ArmTag:
    """Make the gate sound for this tag, and read back."""

    uid: TagUid


@dataclass(frozen=True, slots=True)
class DisarmTag:
    """Make the gate silent for this tag, and read back."""

    uid: TagUid


@dataclass(frozen=True, slots=True)
class PlaySound:
    """Let a sound be heard."""

    sound: Sound


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """Put this on paper."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class LookAround:
    """Tell how sound, outbox and clock are."""


@dataclass(frozen=True, slots=True)
class RestartReaders:
    """Close and open pad and card reader, as after a loss."""


@dataclass(frozen=True, slots=True)
class SetVolume:
    """From now on sounds are this loud: from 0 to 1 of the sound card's own setting."""

    volume: float


Effect = (
    ResolveCard
    | ResolveItems
    | FetchAccount
    | AskStack
    | RequestCheckout
    | RequestCheckouts
    | RequestRenewal
    | RequestReturn
    | RecordSighting
    | ArmTag
    | DisarmTag
    | PlaySound
    | PrintReceipt
    | LookAround
    | RestartReaders
    | Errand
    | SetVolume
)
