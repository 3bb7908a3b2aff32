"""Many checkouts in one act: a stack on the pad, a class set of textbooks.

Each line is an operation of its own, asked of the same rules, in its turn. Copies and patrons are
read once, and the lines that are granted are written together, which costs about half of lending
them one after the other. Whatever is not the usual grant (a refusal, a hold, a repeated operation,
a copy that comes twice) goes the way of a single checkout, after what was granted before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from circulation.api import CheckoutRequest
from circulation.loan import Act
from circulation.rules import Facts, PatronFacts, decide
from controller import journal
from controller.answers import Answer
from controller.devices.kinds import may_write
from controller.devices.tokens import Caller
from controller.loans import rows
from controller.loans.facts import CopyRecord, find_copies, find_patrons, with_parts
from controller.loans.grant import Grant
from controller.loans.service import Loans
from controller.operations import Numbered, keep_each, known, note_numbers, once
from controller.sql import Transaction
from controller.tables import EventKind

_CopyId = tuple[str, str]  # owner and item id


@dataclass(frozen=True, slots=True)
class Sets:
    """One act inside the caller's transaction."""

    loans: Loans

    def lend(
        self, transaction: Transaction, caller: Caller, wishes: Sequence[Numbered[CheckoutRequest]]
    ) -> list[Answer]:
        """The answer to each line; every operation is kept under its own id."""
        lending = _Lending(self.loans, transaction, caller, self.loans.time.now())
        if may_write(caller.kind, wishes[0].request):
            lending.look_up([wish.request for wish in wishes])
        for wish in wishes:
            lending.take(wish)
        lending.write()
        return lending.answers


@dataclass(slots=True)
class _Lending:
    """A set under way: what is known of copies and patrons, what is granted, what was said."""

    loans: Loans
    transaction: Transaction
    caller: Caller
    now: datetime
    answers: list[Answer] = field(default_factory=list)
    _today: date = field(init=False)
    _copies: dict[_CopyId, CopyRecord] = field(default_factory=dict)  # not asked for yet
    _patrons: dict[str, PatronFacts] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _grants: list[tuple[Numbered[CheckoutRequest], Grant]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._today = self.loans.time.day(self.now)

    def look_up(self, requests: Sequence[CheckoutRequest]) -> None:
        """What the usual line needs, for all lines."""
        self._known = known(self.transaction, requests)
        self._copies = find_copies(self.transaction, {(r.owner, r.item_id) for r in requests})
        self._look_up_patrons({request.patron_id for request in requests})

    def take(self, wish: Numbered[CheckoutRequest]) -> None:
        """Grant the line, or ask for it singly once those before it are written."""
        grant = self._grant(wish.request)
        if grant is not None:
            self._grants.append((wish, grant))
            return
        self.write()
        self.answers.append(self._ask_singly(wish))
        self._look_up_patrons({wish.request.patron_id})

    def write(self) -> None:
        """The rows and answers of what is granted so far."""
        if not self._grants:
            return
        wishes, grants = zip(*self._grants, strict=True)
        self._grants = []
        policy = self.loans.policy
        loans = [grant.loan(policy, self.caller, self.now) for grant in grants]
        loan_ids = rows.insert_loans(self.transaction, loans)
        rows.move_items(self.transaction, [grant.move() for grant in grants])
        for grant in grants:
            rows.learn_tag(self.transaction, grant.copy, grant.request.uid)
        lines = [grant.line() for grant in grants]
        device = self.caller.device_id
        journal.append_each(
            self.transaction, EventKind.CHECKED_OUT, self.now, lines, device_id=device
        )
        answers = [grant.receipt(number) for grant, number in zip(grants, loan_ids, strict=True)]
        self._keep(wishes, answers)

    def _keep(self, wishes: Sequence[Numbered[CheckoutRequest]], answers: Sequence[Answer]) -> None:
        note_numbers(self.transaction, self.caller, wishes, self.now)
        done = [(wish.request, answer) for wish, answer in zip(wishes, answers, strict=True)]
        keep_each(self.transaction, self.caller, done, self.now)
        self.answers += answers

    def _grant(self, request: CheckoutRequest) -> Grant | None:
        """None for what is not usual; a grant counts when the patron's next line is decided."""
        copy = self._copies.pop((request.owner, request.item_id), None)
        patron = self._patrons.get(request.patron_id)
        if copy is None or patron is None or str(request.op_id) in self._known:
            return None
        kind, policy = copy.facts.kind, self.loans.policy
        if copy.has_holds or kind in policy.terms(patron.category).kind_limits:
            return None  # more must be asked than was looked up
        facts = with_parts(Facts(Act.CHECKOUT, copy.facts, patron), request.parts_seen)
        decision = decide(facts, policy, self._today)
        if decision.due is None:
            return None
        self._known.add(str(request.op_id))
        if policy.counts(kind):
            counted = replace(patron, counted_loans=patron.counted_loans + 1)
            self._patrons[request.patron_id] = counted
        return Grant(request, copy, decision.due)

    def _ask_singly(self, wish: Numbered[CheckoutRequest]) -> Answer:
        def act(inside: Transaction, caller: Caller) -> Answer:
            note_numbers(inside, caller, (wish,), self.now)
            return self.loans.checkout(inside, caller, wish.request)

        return once(self.transaction, self.caller, wish.request, act, self.now)

    def _look_up_patrons(self, ids: set[str]) -> None:
        found = find_patrons(self.transaction, ids, self._today)
        self._patrons |= {patron_id: patron.facts for patron_id, patron in found.items()}
