"""What a kiosk needs to serve while the controller is away, signed for this one kiosk.

Four sections: the policy, rights by card, copies that must not be lent, holds that are ready. Each
has a digest; a kiosk says which digests it has and gets only the sections that differ. Cards stand
under a keyed hash, so a stolen disk tells nobody's card number, and no name is in it at all.
"""

import hashlib
import hmac
import json
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field, TypeAdapter

from circulation.api import Message
from circulation.loan import ItemState
from circulation.policy import ItemKind
from circulation.reasons import Reason

_SIGNING = b"polka snapshot signature v1"
_CARDS = b"polka snapshot cards v1"
_CARD_HASH_DIGITS = 32  # 128 bits: no two of a city's cards meet


class BadSnapshot(ValueError):
    """A snapshot that was not made by the controller for this device, or was changed since."""


class PolicyPart(Message):
    """The numbers that a kiosk may decide by alone."""

    version: str
    max_loans: int
    loan_days: dict[ItemKind, int]


class CardRights(Message):
    """What the holder of one card may do."""

    patron_id: str
    can_still_borrow: int
    age_years: int | None = None  # for age marks; None: not known, then none is enforced
    refused: tuple[Reason, ...] = ()


class CopyState(Message):
    """A copy that cannot simply be lent: any other copy of the ledger can."""

    owner: str
    item_id: str
    state: ItemState
    reading_room_only: bool
    age_mark: int


class ReadyCopy(Message):
    """A copy on the hold shelf, and the one patron who may take it."""

    owner: str
    item_id: str
    patron_id: str
    until: date


class Sections(Message):
    """What changed; a section that is None is the one the kiosk has already."""

    policy: PolicyPart | None = None
    cards: dict[str, CardRights] | None = None
    copies: tuple[CopyState, ...] | None = None
    holds: tuple[ReadyCopy, ...] | None = None


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Digests(Message):
    """SHA-256 of each section's JSON; None: the kiosk has none yet."""

    policy: Digest | None = None
    cards: Digest | None = None
    copies: Digest | None = None
    holds: Digest | None = None


class Snapshot(Message):
    """The sections that changed, and the digests of all four: together they are the whole."""

    at: AwareDatetime
    device: str
    seq: Annotated[int, Field(ge=0)]  # the last line of the log that is in it
    digests: Digests
    sections: Sections


class SignedSnapshot(Message):
    """`snapshot` is the JSON that was signed, byte for byte."""

    snapshot: str
    signature: Digest


_CARDS_JSON: TypeAdapter[dict[str, CardRights]] = TypeAdapter(dict[str, CardRights])
_COPIES_JSON: TypeAdapter[tuple[CopyState, ...]] = TypeAdapter(tuple[CopyState, ...])
_HOLDS_JSON: TypeAdapter[tuple[ReadyCopy, ...]] = TypeAdapter(tuple[ReadyCopy, ...])


def signing_key(token_hash: str) -> bytes:
    """The key of one device, from the hash of its token, which both sides know."""
    return hmac.digest(bytes.fromhex(token_hash), _SIGNING, "sha256")


def card_hash(token_hash: str, card: str) -> str:
    """Under which name a card (its UID, or its printed number) stands in one device's snapshots."""
    key = hmac.digest(bytes.fromhex(token_hash), _CARDS, "sha256")
    return hmac.digest(key, card.encode(), "sha256").hex()[:_CARD_HASH_DIGITS]


def digest_all(sections: Sections) -> Digests:
    """The digests of the sections that are there."""
    policy, cards = sections.policy, sections.cards
    copies, holds = sections.copies, sections.holds
    return Digests(
        policy=None if policy is None else _digest(policy.model_dump(mode="json")),
        cards=None if cards is None else _digest(_CARDS_JSON.dump_python(cards, mode="json")),
        copies=None if copies is None else _digest(_COPIES_JSON.dump_python(copies, mode="json")),
        holds=None if holds is None else _digest(_HOLDS_JSON.dump_python(holds, mode="json")),
    )


def changed(sections: Sections, now: Digests, known: Digests) -> Sections:
    """Only the sections whose digest the kiosk does not have."""
    return Sections(
        policy=sections.policy if now.policy != known.policy else None,
        cards=sections.cards if now.cards != known.cards else None,
        copies=sections.copies if now.copies != known.copies else None,
        holds=sections.holds if now.holds != known.holds else None,
    )


def sign(snapshot: Snapshot, key: bytes) -> SignedSnapshot:
    """Seal it for the device that has this key."""
    text = snapshot.model_dump_json()
    return SignedSnapshot(snapshot=text, signature=_signature(text, key))


def open_snapshot(signed: SignedSnapshot, key: bytes, known: Sections) -> tuple[Snapshot, Sections]:
    """The snapshot and the whole of its sections, or `BadSnapshot`.

    `known` is what the kiosk has from before; what was left out is taken from there and checked.
    """
    if not hmac.compare_digest(_signature(signed.snapshot, key), signed.signature):
        raise BadSnapshot("the signature is not this device's")
    snapshot = Snapshot.model_validate_json(signed.snapshot)
    new = snapshot.sections
    whole = Sections(
        policy=known.policy if new.policy is None else new.policy,
        cards=known.cards if new.cards is None else new.cards,
        copies=known.copies if new.copies is None else new.copies,
        holds=known.holds if new.holds is None else new.holds,
    )
    if digest_all(whole) != snapshot.digests:
        raise BadSnapshot("a section is missing or old: ask for the whole snapshot")
    return snapshot, whole


def _signature(text: str, key: bytes) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()


def _digest(value: object) -> str:
    """Of canonical JSON, so that both sides come to the same."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
