"""Whose card it is, and what a patron has; a name leaves only masked."""

from dataclasses import dataclass

from circulation.api import Account, CardQuery, LoanView, PatronView
from circulation.ids import CardUid, is_random_uid
from circulation.loan import Act, ItemState
from circulation.policy import ItemKind, Policy
from circulation.reasons import Reason
from circulation.rules import Facts, ItemFacts, decide
from controller.answers import CONFLICT, NOT_FOUND, Answer, granted, refused
from controller.clock import LibraryTime
from controller.columns import to_date
from controller.devices.kinds import sees_people
from controller.devices.tokens import Caller
from controller.loans.facts import PatronRecord, find_patron
from controller.patrons.numbers import uid_candidates
from controller.sql import Statement, Transaction

_PLAIN_BOOK = ItemFacts(kind=ItemKind.BOOK, state=ItemState.IN_STOCK)

_CARD = Statement("SELECT patron_id, blocked FROM card WHERE uid = :uid")
_NUMBER = Statement("SELECT patron_id, blocked FROM card_number WHERE number = :number")
_LOANS = Statement(
    "SELECT l.id, i.owner, i.item_id, t.title, t.author, t.section, l.due, l.renewals, i.security"
    " FROM loan l JOIN item i ON i.id = l.item_id JOIN title t ON t.id = i.title_id"
    " WHERE l.patron_id = :patron_id AND l.returned_at IS NULL"
    " ORDER BY l.due, l.id"  # overdue first follows from this
)


@dataclass(frozen=True, slots=True)
class Patrons:
    """Questions about people, answered with as little as a screen needs."""

    policy: Policy
    time: LibraryTime

    def resolve_card(self, transaction: Transaction, caller: Caller, query: CardQuery) -> Answer:
        """The patron of a card; 404 for a card of nobody, 409 for a blocked one."""
        if refusal := sees_people(caller):
            return refusal
        if query.uid is not None and is_random_uid(CardUid(query.uid)):
            return refused(NOT_FOUND, Reason.CARD_RANDOM_UID)
        card = _find_card(transaction, query)
        if card is None:
            return refused(NOT_FOUND, Reason.CARD_UNKNOWN)
        patron_id, blocked = card
        if blocked:
            return refused(CONFLICT, Reason.CARD_BLOCKED)
        patron = find_patron(transaction, patron_id, self.time.day(self.time.now()))
        if patron is None:
            return refused(NOT_FOUND, Reason.CARD_UNKNOWN)
        return granted(self.view(patron))

    def account(self, transaction: Transaction, caller: Caller, patron_id: str) -> Answer:
        """The patron and his open loans, overdue first."""
        if refusal := sees_people(caller):
            return refusal
        account = self.account_of(transaction, patron_id)
        return refused(NOT_FOUND, Reason.CARD_UNKNOWN) if account is None else granted(account)

    def account_of(self, transaction: Transaction, patron_id: str) -> Account | None:
        """The same for the controller's own pages; None for nobody."""
        patron = find_patron(transaction, patron_id, self.time.day(self.time.now()))
        if patron is None:
            return None
        rows = transaction.rows(_LOANS, {"patron_id": patron_id})
        most = self.policy.terms(patron.facts.category).max_renewals
        loans = tuple(self._loan(row, most) for row in rows)
        return Account(patron=self.view(patron), loans=loans)

    def view(self, patron: PatronRecord) -> PatronView:
        """As a screen may show him; `blocked` is what the rules would say to a plain book now."""
        today = self.time.day(self.time.now())
        decision = decide(Facts(Act.CHECKOUT, _PLAIN_BOOK, patron.facts), self.policy, today)
        return PatronView(
            patron_id=patron.id,
            masked_name=masked_name(patron.family_name, patron.given_name),
            class_name=patron.class_name,
            blocked=decision.reasons,
            open_loans=patron.open_loans,
            overdue_loans=patron.overdue_loans,
            can_still_borrow=decision.can_still_borrow or 0,
        )

    def _loan(
        self, row: tuple[int, str, str, str, str, str, str, int, str], max_renewals: int
    ) -> LoanView:
        loan_id, owner, item_id, title, author, section, due_text, renewals, security = row
        due = to_date(due_text)
        return LoanView.model_validate(
            {
                "loan_id": str(loan_id),
                "owner": owner,
                "item_id": item_id,
                "title": title,
                "author": author,
                "section": section,
                "due": due,
                "overdue": due < self.time.day(self.time.now()),
                "renewals_left": max(0, max_renewals - renewals),
                "security": security,
            }
        )


def _find_card(transaction: Transaction, query: CardQuery) -> tuple[str, bool] | None:
    """Whose card, and whether it is blocked; None when nobody's, or of two people."""
    if query.uid is not None:
        found: tuple[str, bool] | None = transaction.row(_CARD, {"uid": query.uid})
        return found
    number = query.number or ""
    printed: tuple[str, bool] | None = transaction.row(_NUMBER, {"number": number})
    if printed is not None:
        return printed
    chips = [transaction.row(_CARD, {"uid": uid}) for uid in uid_candidates(number)]
    meant = [chip for chip in chips if chip is not None]
    return meant[0] if len(meant) == 1 else None


def masked_name(family_name: str, given_name: str) -> str:
    """«Анна П.»: enough to see that the card is one's own, too little for the neighbour."""
    initial = f"{family_name[:1]}." if family_name else ""
    return f"{given_name} {initial}".strip()
