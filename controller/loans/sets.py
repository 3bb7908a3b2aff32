"""Many checkouts in one act: a stack on the pad, a class set of textbooks.

Each line is an operation of its own, asked of the same rules, in its turn. Copies and patrons are
read once, and the lines that are granted are written together, which costs about half of lending
them one after the other. Whatever is not the usual grant (a refusal, a hold, a repeated operation,
a copy that comes twice) goes the way of a single checkout, after what was granted before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from circulation.api import CheckoutRequest
from circulation.loan import Act
from circulation.rules import Facts, PatronFacts, decide
from controller import journal
from controller.answers import Answer
from controller.devices.kinds import may_write
from controller.devices.tokens import Caller, which_callers
from controller.edge import stranger
from controller.loans import rows
from controller.loans.facts import (
    CopyRecord,
    PatronRecord,
    which_copies,
    which_patrons,
    with_parts,
)
from controller.loans.grant import Grant
from controller.loans.service import Loans
from controller.operations import Asked, keep_each, note_numbers, once, which_are_known
from controller.sql import Question, Transaction
from controller.tables import EventKind

_CopyId = tuple[str, str]  # owner and item id


class Line(NamedTuple):
    """A wish to borrow, as it came with the hash of a token and the device's own number."""

    token: str
    request: CheckoutRequest
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Sets:
    """One act inside the caller's transaction."""

    loans: Loans

    def lend(
        self, transaction: Transaction, wishes: Sequence[Asked[CheckoutRequest]]
    ) -> list[Answer]:
        """The answer to each line; every operation is kept under its own id."""
        lending = _Lending(self.loans, transaction, self.loans.time.now())
        lending.look_up([wish.request for wish in wishes if _may_ask(wish)], which_callers(()))
        return lending.answer(wishes)

    def lend_to_devices(
        self, transaction: Transaction, wishes: Sequence[tuple[str, CheckoutRequest]]
    ) -> list[Answer]:
        """The same for what came with the hash of a token; 401 for a stranger."""
        lines = [Line(token, request) for token, request in wishes]
        return self.lend_lines(transaction, lines)

    def lend_lines(self, transaction: Transaction, lines: Sequence[Line]) -> list[Answer]:
        """The same for lines of several devices' batches."""
        lending = _Lending(self.loans, transaction, self.loans.time.now())
        tokens = which_callers({line.token for line in lines})
        callers = lending.look_up([line.request for line in lines], tokens)
        asked = [
            Asked(callers[line.token], line.request, line.seq)
            for line in lines
            if line.token in callers
        ]
        answers = iter(lending.answer(asked))
        return [next(answers) if line.token in callers else stranger() for line in lines]


def _may_ask(wish: Asked[CheckoutRequest]) -> bool:
    return may_write(wish.caller.kind, wish.request)


@dataclass(slots=True)
class _Lending:
    """A set under way: what is known of copies and patrons, what is granted, what was said."""

    loans: Loans
    transaction: Transaction
    now: datetime
    _today: date = field(init=False)
    _copies: dict[_CopyId, CopyRecord] = field(default_factory=dict)  # not asked for yet
    _patrons: dict[str, PatronFacts] = field(default_factory=dict)
    _answers: list[Answer] = field(default_factory=list)
    _loan_ids: Sequence[int] = ()  # not used yet
    _known: set[UUID] = field(default_factory=set)
    _grants: list[tuple[Asked[CheckoutRequest], Grant]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._today = self.loans.time.day(self.now)

    def look_up(
        self, requests: Sequence[CheckoutRequest], tokens: Question[dict[str, Caller]]
    ) -> dict[str, Caller]:
        """What the usual line needs, for all lines; and who has these tokens."""
        self._known, self._copies, patrons, self._loan_ids, callers = self.transaction.ask(
            which_are_known(requests),
            which_copies({(request.owner, request.item_id) for request in requests}),
            which_patrons({request.patron_id for request in requests}, self._today),
            rows.next_loan_ids(len(requests)),
            tokens,
        )
        self._learn(patrons)
        return dict(callers)

    def answer(self, wishes: Sequence[Asked[CheckoutRequest]]) -> list[Answer]:
        """What each gets, in their order."""
        for wish in wishes:
            self._take(wish)
        self._write()
        return self._answers

    def _take(self, wish: Asked[CheckoutRequest]) -> None:
        """Grant the line, or ask for it singly once those before it are written."""
        grant = self._grant(wish) if _may_ask(wish) else None
        if grant is not None:
            self._grants.append((wish, grant))
            return
        self._write()
        self._answers.append(self._ask_singly(wish))
        self._loan_ids = ()  # the single loan took one
        [patrons] = self.transaction.ask(which_patrons({wish.request.patron_id}, self._today))
        self._learn(patrons)

    def _write(self) -> None:
        """The rows and answers of what is granted so far."""
        if not self._grants:
            return
        wishes, grants = zip(*self._grants, strict=True)
        self._grants = []
        loan_ids = self._next_loan_ids(len(grants))
        answers = [grant.receipt(number) for grant, number in zip(grants, loan_ids, strict=True)]
        loans = [grant.loan(self.loans.policy) for grant in grants]
        rows.insert_loans(self.transaction, loan_ids, loans, self.now)
        rows.move_items(self.transaction, [grant.move() for grant in grants])
        for grant in grants:
            rows.learn_tag(self.transaction, grant.copy, grant.request.uid)
        lines = [grant.line() for grant in grants]
        journal.append_each(self.transaction, EventKind.CHECKED_OUT, self.now, lines)
        keep_each(self.transaction, list(zip(wishes, answers, strict=True)), self.now)
        note_numbers(self.transaction, wishes, self.now)
        self._answers += answers

    def _grant(self, wish: Asked[CheckoutRequest]) -> Grant | None:
        """None for what is not usual; a grant counts when the patron's next line is decided."""
        request = wish.request
        copy = self._copies.pop((request.owner, request.item_id), None)
        patron = self._patrons.get(request.patron_id)
        if copy is None or patron is None or request.op_id in self._known:
            return None
        kind, policy = copy.facts.kind, self.loans.policy
        if copy.has_holds or kind in policy.terms(patron.category).kind_limits:
            return None  # more must be asked than was looked up
        facts = with_parts(Facts(Act.CHECKOUT, copy.facts, patron), request.parts_seen)
        decision = decide(facts, policy, self._today)
        if decision.due is None:
            return None
        self._known.add(request.op_id)
        if policy.counts(kind):
            counted = replace(patron, counted_loans=patron.counted_loans + 1)
            self._patrons[request.patron_id] = counted
        return Grant(wish.caller, request, copy, decision.due)

    def _ask_singly(self, wish: Asked[CheckoutRequest]) -> Answer:
        def act(inside: Transaction, caller: Caller) -> Answer:
            note_numbers(inside, (wish,), self.now)
            return self.loans.checkout(inside, caller, wish.request)

        return once(self.transaction, wish.caller, wish.request, act, self.now)

    def _next_loan_ids(self, count: int) -> Sequence[int]:
        if len(self._loan_ids) < count:
            [self._loan_ids] = self.transaction.ask(rows.next_loan_ids(count))
        taken, self._loan_ids = self._loan_ids[:count], self._loan_ids[count:]
        return taken

    def _learn(self, found: dict[str, PatronRecord]) -> None:
        self._patrons |= {patron_id: patron.facts for patron_id, patron in found.items()}
