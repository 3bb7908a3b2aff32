"""A controller's side of snapshots for unit tests: sections in, signed answers out."""

from datetime import UTC, datetime

from circulation.policy import Policy
from circulation.policy_part import policy_part
from circulation.snapshot import (
    CardRights,
    CopyState,
    Digests,
    Sections,
    SignedSnapshot,
    Snapshot,
    ask,
    card_hash,
    changed,
    in_order,
    sign,
    signing_key,
    token_hash,
    without_buckets,
)
from tests.kiosk.conftest import CARD, OWNER

TOKEN = "s3cret"
KNOWN_AS = token_hash(TOKEN)
AT = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)


def sections(*copies: dict, policy: Policy | None = None, **rights: object) -> Sections:
    """Anna's card, and these copies."""
    anna = CardRights(patron_id="p-1", **rights)
    return Sections(
        policy=policy_part(policy or Policy()),
        cards={card_hash(KNOWN_AS, CARD): anna},
        copies=in_order(CopyState(owner=OWNER, **copy) for copy in copies),
        holds=(),
    )


def signed(
    whole: Sections, known: Digests | None = None, *, at: datetime = AT, token: str = TOKEN
) -> SignedSnapshot:
    """The answer to a kiosk that has this."""
    now = ask(whole)
    part, patches = changed(whole, now, known or Digests())
    digests = without_buckets(now)
    snapshot = Snapshot(
        at=at, device="kiosk-1", seq=1, digests=digests, sections=part, patches=patches
    )
    return sign(snapshot, signing_key(token_hash(token)))
