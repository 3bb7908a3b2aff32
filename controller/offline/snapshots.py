"""Build a kiosk's snapshot from the ledger: what it may decide by while nobody answers."""

from dataclasses import dataclass
from datetime import date

from circulation.ids import PatronId
from circulation.loan import Act, ItemState
from circulation.policy import ItemKind, PatronCategory, Policy
from circulation.reasons import Reason
from circulation.rules import Facts, ItemFacts, PatronFacts, decide
from circulation.snapshot import (
    CardRights,
    CopyState,
    Digests,
    PolicyPart,
    ReadyCopy,
    Sections,
    Snapshot,
    card_hash,
    changed,
    digest_all,
    sign,
    signing_key,
)
from controller.answers import Answer, granted
from controller.clock import LibraryTime
from controller.columns import to_date
from controller.devices.kinds import sees_people
from controller.devices.tokens import Caller
from controller.loans.facts import age_of_class
from controller.sql import Statement, Transaction

_PLAIN_BOOK = ItemFacts(kind=ItemKind.BOOK, state=ItemState.IN_STOCK)

_CARDS = Statement(
    "SELECT c.uid, c.blocked, p.id, p.has_left, p.class_name, p.category,"
    " EXISTS (SELECT 1 FROM patron_block b WHERE b.patron_id = p.id"
    " AND b.lifted_at IS NULL AND (b.until IS NULL OR b.until >= :today)),"
    " (SELECT count(*) FROM loan l WHERE l.patron_id = p.id AND l.returned_at IS NULL"
    " AND l.counted),"
    " (SELECT count(*) FROM loan l WHERE l.patron_id = p.id AND l.returned_at IS NULL"
    " AND l.due < :today AND l.claimed_at IS NULL)"
    " FROM (SELECT uid, blocked, patron_id FROM card"
    " UNION ALL SELECT number, blocked, patron_id FROM card_number) c"
    " JOIN patron p ON p.id = c.patron_id"
)
_COPIES = Statement(
    "SELECT i.owner, i.item_id, i.state, i.reading_room_only, t.age_mark"
    " FROM item i JOIN title t ON t.id = i.title_id WHERE i.owner = :owner"
    " AND (i.state <> 'in_stock' OR i.reading_room_only OR t.age_mark > 0) ORDER BY i.id"
)
_HOLDS = Statement(
    "SELECT i.owner, i.item_id, h.patron_id, h.ready_until FROM hold h"
    " JOIN item i ON i.id = h.item_id WHERE h.owner = :owner AND h.state = 'ready'"
    " AND h.ready_until >= :today ORDER BY h.id"
)
_LAST = Statement("SELECT coalesce(max(seq), 0) FROM event")


@dataclass(frozen=True, slots=True)
class Snapshots:
    """One question per kiosk, now and then; every section that did not change is left out."""

    policy: Policy
    time: LibraryTime

    def make(
        self, transaction: Transaction, caller: Caller, token_hash: str, known: Digests
    ) -> Answer:
        """Signed for the device with this token: the sections that it does not have yet."""
        if refusal := sees_people(caller):
            return refusal
        now = self.time.now()
        sections = self._sections(transaction, caller, token_hash, self.time.day(now))
        digests = digest_all(sections)
        snapshot = Snapshot(
            at=now,
            device=caller.name,
            seq=int(transaction.row(_LAST, {})[0]),
            digests=digests,
            sections=changed(sections, digests, known),
        )
        return granted(sign(snapshot, signing_key(token_hash)))

    def _sections(
        self, transaction: Transaction, caller: Caller, token_hash: str, today: date
    ) -> Sections:
        parameters = {"owner": caller.library, "today": today.isoformat()}
        fields = ("owner", "item_id", "state", "reading_room_only", "age_mark")
        copies = (
            dict(zip(fields, row, strict=True))
            for row in transaction.rows(_COPIES, {"owner": caller.library})
        )
        return Sections(
            policy=PolicyPart(
                version=self.policy.version,
                max_loans=self.policy.max_loans,
                loan_days=dict(self.policy.loan_days),
            ),
            cards=self._cards(transaction, token_hash, today),
            copies=tuple(CopyState.model_validate(copy) for copy in copies),
            holds=tuple(
                ReadyCopy(owner=owner, item_id=item_id, patron_id=patron, until=to_date(until))
                for owner, item_id, patron, until in transaction.rows(_HOLDS, parameters)
            ),
        )

    def _cards(
        self, transaction: Transaction, token_hash: str, today: date
    ) -> dict[str, CardRights]:
        rows = transaction.rows(_CARDS, {"today": today.isoformat()})
        return {
            card_hash(token_hash, uid): self._rights(blocked, today, *patron)
            for uid, blocked, *patron in rows
        }

    def _rights(
        self,
        card_blocked: bool,
        today: date,
        patron: str,
        left: bool,
        class_name: str,
        category: str,
        blocked: bool,
        counted: int,
        overdue: int,
    ) -> CardRights:
        """What the rules would say to a plain book now."""
        facts = PatronFacts(
            patron=PatronId(patron),
            blocked=bool(blocked),
            left=bool(left),
            counted_loans=counted,
            overdue_loans=overdue,
            age_years=age_of_class(class_name),
            category=PatronCategory(category),
        )
        decision = decide(Facts(Act.CHECKOUT, _PLAIN_BOOK, facts), self.policy, today)
        refused = (Reason.CARD_BLOCKED,) if card_blocked else ()
        return CardRights(
            patron_id=patron,
            can_still_borrow=decision.can_still_borrow or 0,
            age_years=facts.age_years,
            refused=refused + decision.reasons,
        )
