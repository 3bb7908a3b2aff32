"""What a kiosk needs to serve while the controller is away, signed for this one kiosk.

Four sections: the policy, rights by card, copies that are not plain books in stock, holds that are
ready: the facts of `circulation.rules`, so that a kiosk alone decides by the very rules. Each has a
digest, the sum of its pieces' digests; a kiosk says which digests it has and gets only the sections
that differ. Of the two long ones, cards and copies, it gets only the buckets of rows that differ: a
snapshot however old costs what has changed since, and nobody need remember what it was. Cards stand
under a keyed hash, so a stolen disk tells nobody's card number, and no name is in it at all.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import date
from operator import itemgetter
from typing import Annotated, TypeVar
from zlib import crc32

from pydantic import AwareDatetime, Field, TypeAdapter

from circulation.api import Message
from circulation.loan import ItemState
from circulation.policy import ItemKind, PatronCategory
from circulation.policy_part import PolicyPart

_SIGNING = b"polka snapshot signature v1"
_CARDS = b"polka snapshot cards v1"
_CARD_HASH_DIGITS = 32  # 128 bits: no two of a city's cards meet


M = TypeVar("M", bound=Message)


class BadSnapshot(ValueError):
    """A snapshot that was not made by the controller for this device, or was changed since."""


class CardRights(Message):
    """The facts of the holder of one card; `circulation.rules` say what he may do."""

    patron_id: str
    category: PatronCategory = PatronCategory.PUPIL
    card_blocked: bool = False
    blocked: bool = False
    left: bool = False
    counted_loans: int = 0
    overdue_loans: int = 0
    loans_of_kind: dict[ItemKind, int] = Field(default_factory=dict)  # of limited kinds
    age_years: int | None = None  # for age marks; None: not known, then none is enforced


class CopyState(Message):
    """The facts of a copy that is not simply a book in stock: any other copy of the ledger is."""

    owner: str
    item_id: str
    state: ItemState
    kind: ItemKind = ItemKind.BOOK
    reading_room_only: bool = False
    age_mark: int = 0
    holder: str | None = None  # the patron of the open loan
    due: date | None = None
    renewals: int = 0
    waiting: tuple[str, ...] = ()  # patrons who wait for the title, the longest first
    free_besides: int = 0  # with `waiting`: other copies of the title in stock and not held


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


# Few buckets make a question short and an answer long; for 1,200 cards and 20,000 copies on loan
# a day's changes cost least with about these.
CARD_BUCKETS, COPY_BUCKETS = 256, 1024
_BUCKET_DIGITS = 8  # a meeting of two is found by the section's own digest, and costs a whole one
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
CardBuckets = Annotated[str, Field(pattern=rf"^[0-9a-f]{{{CARD_BUCKETS * _BUCKET_DIGITS}}}$")]
CopyBuckets = Annotated[str, Field(pattern=rf"^[0-9a-f]{{{COPY_BUCKETS * _BUCKET_DIGITS}}}$")]


class Digests(Message):
    """SHA-256 of each section's JSON; None: the kiosk has none yet.

    With the buckets of what it has (`ask`) the kiosk gets rows in place of sections.
    """

    policy: Digest | None = None
    cards: Digest | None = None
    copies: Digest | None = None
    holds: Digest | None = None
    card_buckets: CardBuckets | None = None
    copy_buckets: CopyBuckets | None = None


class Patches(Message):
    """Whole buckets by their number; what is not in its bucket any more is gone."""

    cards: dict[int, dict[str, CardRights]] | None = None
    copies: dict[int, tuple[CopyState, ...]] | None = None


class Snapshot(Message):
    """The sections that changed, and the digests of all four: together they are the whole."""

    at: AwareDatetime
    device: str
    seq: Annotated[int, Field(ge=0)]  # the last line of the log that is in it
    digests: Digests
    sections: Sections
    patches: Patches = Patches()


class SignedSnapshot(Message):
    """`snapshot` is the JSON that was signed, byte for byte."""

    snapshot: str
    signature: Digest


_CARDS_JSON: TypeAdapter[dict[str, CardRights]] = TypeAdapter(dict[str, CardRights])
_COPIES_JSON: TypeAdapter[tuple[CopyState, ...]] = TypeAdapter(tuple[CopyState, ...])
_HOLDS_JSON: TypeAdapter[tuple[ReadyCopy, ...]] = TypeAdapter(tuple[ReadyCopy, ...])


def token_hash(token: str) -> str:
    """What the controller keeps in place of a device's token (SHA-256, hex)."""
    return hashlib.sha256(token.encode()).hexdigest()


def signing_key(token_hash: str) -> bytes:
    """The key of one device, from the hash of its token, which both sides know."""
    return hmac.digest(bytes.fromhex(token_hash), _SIGNING, "sha256")


def card_hash(token_hash: str, card: str) -> str:
    """Under which name a card (its UID, or its printed number) stands in one device's snapshots."""
    key = hmac.digest(bytes.fromhex(token_hash), _CARDS, "sha256")
    return hmac.digest(key, card.encode(), "sha256").hex()[:_CARD_HASH_DIGITS]


def piece_digest(text: str) -> str:
    """SHA-256 of a piece, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def digests_of(pieces: Mapping[str, str]) -> Digests:
    """The digests of the sections whose pieces have these digests, with the buckets."""
    cards = [pieces.get(f"cards/{number}", "") for number in range(CARD_BUCKETS)]
    copies = [pieces.get(f"copies/{number}", "") for number in range(COPY_BUCKETS)]
    return Digests(
        policy=pieces.get("policy"),
        cards=piece_digest("".join(cards)) if all(cards) else None,
        copies=piece_digest("".join(copies)) if all(copies) else None,
        holds=pieces.get("holds"),
        card_buckets=_digits(cards) if all(cards) else None,
        copy_buckets=_digits(copies) if all(copies) else None,
    )


def ask(known: Sections) -> Digests:
    """The question of a kiosk that has these sections: what has changed since?"""
    return digests_of({name: piece_digest(text) for name, text in in_pieces(known).items()})


def without_buckets(digests: Digests) -> Digests:
    """As a snapshot carries them."""
    return digests.model_copy(update={"card_buckets": None, "copy_buckets": None})


def changed(sections: Sections, now: Digests, known: Digests) -> tuple[Sections, Patches]:
    """Only the sections whose digest the kiosk does not have, as rows where it said which.

    `now` is what `ask` makes of these sections.
    """
    cards = sections.cards if now.cards != known.cards else None
    copies = sections.copies if now.copies != known.copies else None
    new_cards = new_copies = None
    if cards is not None and now.card_buckets and known.cards and known.card_buckets:
        numbers = _differing(now.card_buckets, known.card_buckets)
        rows = _card_rows(cards)
        new_cards, cards = {number: dict(rows[number]) for number in numbers}, None
    if copies is not None and now.copy_buckets and known.copies and known.copy_buckets:
        numbers = _differing(now.copy_buckets, known.copy_buckets)
        found = _copy_rows(copies)
        new_copies = {number: tuple(copy for _, copy in found[number]) for number in numbers}
        copies = None
    whole = Sections(
        policy=sections.policy if now.policy != known.policy else None,
        cards=cards,
        copies=copies,
        holds=sections.holds if now.holds != known.holds else None,
    )
    return whole, Patches(cards=new_cards, copies=new_copies)


def in_order(copies: Iterable[CopyState]) -> tuple[CopyState, ...]:
    """The one order of the copies of a section, which its digest depends on."""
    return tuple(sorted(copies, key=lambda copy: (copy.owner, copy.item_id)))


def in_pieces(whole: Sections) -> dict[str, str]:
    """The sections as small JSON texts by name: who keeps them writes only what changed."""
    pieces: dict[str, str] = {}
    if whole.policy is not None:
        pieces["policy"] = whole.policy.model_dump_json()
    if whole.holds is not None:
        pieces["holds"] = _HOLDS_JSON.dump_json(whole.holds).decode()
    if whole.cards is not None:
        for number, cards in enumerate(_card_rows(whole.cards)):
            pieces[f"cards/{number}"] = _cards_piece(dict(cards))
    if whole.copies is not None:
        for number, rows in enumerate(_copy_rows(whole.copies)):
            pieces[f"copies/{number}"] = _copies_piece(tuple(copy for _, copy in rows))
    return pieces


def of_pieces(pieces: Mapping[str, str]) -> Sections:
    """The sections that these were made of; `ValueError` when they are not such pieces."""
    cards: dict[str, CardRights] = {}
    copies: list[CopyState] = []
    for name, text in pieces.items():
        if name.startswith("cards/"):
            cards |= _CARDS_JSON.validate_json(text)
        elif name.startswith("copies/"):
            copies += _COPIES_JSON.validate_json(text)
    policy, holds = pieces.get("policy"), pieces.get("holds")
    return Sections(
        policy=None if policy is None else PolicyPart.model_validate_json(policy),
        cards=cards,
        copies=in_order(copies),
        holds=None if holds is None else _HOLDS_JSON.validate_json(holds),
    )


def sign(snapshot: Snapshot, key: bytes) -> SignedSnapshot:
    """Seal it for the device that has this key."""
    text = snapshot.model_dump_json()
    return SignedSnapshot(snapshot=text, signature=_signature(text, key))


def open_signed(signed: SignedSnapshot, key: bytes) -> Snapshot:
    """What was signed for the device with this key, or `BadSnapshot`. Its sum is not checked."""
    if not hmac.compare_digest(_signature(signed.snapshot, key), signed.signature):
        raise BadSnapshot("the signature is not this device's")
    return Snapshot.model_validate_json(signed.snapshot)


def new_pieces(snapshot: Snapshot) -> dict[str, str]:
    """The pieces that it brings; all others are as the kiosk has them."""
    pieces = in_pieces(snapshot.sections)
    for number, cards in (snapshot.patches.cards or {}).items():
        pieces[f"cards/{number % CARD_BUCKETS}"] = _cards_piece(cards)
    for number, copies in (snapshot.patches.copies or {}).items():
        pieces[f"copies/{number % COPY_BUCKETS}"] = _copies_piece(copies)
    return pieces


def check_sum(snapshot: Snapshot, pieces: Mapping[str, str]) -> None:
    """`BadSnapshot` when pieces with these digests are not the whole that it speaks of."""
    if without_buckets(digests_of(pieces)) != snapshot.digests:
        raise BadSnapshot("a section is missing or old: ask for the whole snapshot")


def completed(snapshot: Snapshot, known: Sections) -> Sections:
    """The whole of its sections: what was left out is taken from what is known."""
    new, rows = snapshot.sections, _patched(known, snapshot.patches)
    return Sections(
        policy=known.policy if new.policy is None else new.policy,
        cards=rows.cards if new.cards is None else new.cards,
        copies=rows.copies if new.copies is None else new.copies,
        holds=known.holds if new.holds is None else new.holds,
    )


_Rows = list[list[tuple[str, M]]]  # by bucket; the rows of a bucket by their key


def _patched(known: Sections, patches: Patches) -> Sections:
    cards, copies = known.cards, known.copies
    if patches.cards is not None and cards is not None:
        kept_cards = _card_rows(cards)
        for number, rights in patches.cards.items():
            kept_cards[number % CARD_BUCKETS] = list(rights.items())
        cards = {key: rights for bucket in kept_cards for key, rights in bucket}
    if patches.copies is not None and copies is not None:
        kept_copies = _copy_rows(copies)
        for number, states in patches.copies.items():
            kept_copies[number % COPY_BUCKETS] = [("", state) for state in states]
        copies = in_order(copy for bucket in kept_copies for _, copy in bucket)
    return Sections(cards=cards, copies=copies)


def _card_rows(cards: Mapping[str, CardRights]) -> _Rows[CardRights]:
    return _in_buckets(cards.items(), CARD_BUCKETS)


def _copy_rows(copies: Iterable[CopyState]) -> _Rows[CopyState]:
    return _in_buckets(((f"{c.owner}/{c.item_id}", c) for c in copies), COPY_BUCKETS)


def _in_buckets(rows: Iterable[tuple[str, M]], count: int) -> _Rows[M]:
    buckets: _Rows[M] = [[] for _ in range(count)]
    for key, row in rows:
        buckets[crc32(key.encode()) % count].append((key, row))
    for bucket in buckets:
        bucket.sort(key=itemgetter(0))
    return buckets


def _cards_piece(cards: dict[str, CardRights]) -> str:
    return _CARDS_JSON.dump_json(cards).decode()


def _copies_piece(copies: tuple[CopyState, ...]) -> str:
    return _COPIES_JSON.dump_json(copies).decode()


def _digits(digests: Iterable[str]) -> str:
    return "".join(digest[:_BUCKET_DIGITS] for digest in digests)


def _differing(now: str, known: str) -> list[int]:
    width = _BUCKET_DIGITS
    return [
        place // width
        for place in range(0, len(now), width)
        if now[place : place + width] != known[place : place + width]
    ]


def _signature(text: str, key: bytes) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()
