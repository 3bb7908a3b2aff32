"""A batch of a device's operations: each once, in their order, all in one commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from circulation.offline import (
    Batch,
    Done,
    LateCheckout,
    LateDamage,
    LateOperation,
    LateRenewal,
    LateReturn,
    LateSighting,
)
from controller.answers import ACCEPTED, OK, UNAUTHORIZED, Answer
from controller.devices.tokens import Caller
from controller.loans.sets import Line, Sets
from controller.offline.facts import Facts
from controller.operations import Asked, note_numbers, once
from controller.sql import Transaction


@dataclass(frozen=True, slots=True)
class Batches:
    """One command of the writer per batch."""

    facts: Facts

    def take(self, transaction: Transaction, caller: Caller, batch: Batch) -> Answer:
        """200 with one answer per operation; each is kept under its own id."""
        answers: list[str] = []
        for wished, run in groupby(batch.operations, _is_wish_to_borrow):
            take = self._lend if wished else self._each
            answers += take(transaction, caller, tuple(run))
        return _joined(answers)

    def take_together(
        self, transaction: Transaction, asked: Sequence[tuple[str, Batch]]
    ) -> list[Answer]:
        """The same for several batches of wishes to borrow, as one act.

        They come with the hashes of their tokens; 401 for a stranger's.
        """
        lines = [
            Line(token, late.request, late.seq)
            for token, batch in asked
            for late in batch.operations
            if isinstance(late, LateCheckout)
        ]
        answers = iter(Sets(self.facts.loans).lend_lines(transaction, lines))
        return [
            _batch_answer(batch.operations, list(islice(answers, len(batch.operations))))
            for _, batch in asked
        ]

    def _lend(
        self, transaction: Transaction, caller: Caller, run: Sequence[LateOperation]
    ) -> list[str]:
        """A stack on the pad, a class set: all in one act."""
        wishes = [
            Asked(caller, late.request, late.seq) for late in run if isinstance(late, LateCheckout)
        ]
        answers = Sets(self.facts.loans).lend(transaction, wishes)
        return [_late_answer(late, answer) for late, answer in zip(run, answers, strict=True)]

    def _each(
        self, transaction: Transaction, caller: Caller, run: Sequence[LateOperation]
    ) -> list[str]:
        return [self._once(transaction, caller, late) for late in run]

    def _once(self, transaction: Transaction, caller: Caller, late: LateOperation) -> str:
        now = self.facts.loans.time.now()

        def act(inside: Transaction, who: Caller) -> Answer:
            note_numbers(inside, (Asked(who, late.request, late.seq),), now)
            if late.offline:
                return self.facts.apply(inside, who, late)
            return self._ask(inside, who, late)

        return _late_answer(late, once(transaction, caller, late.request, act, now))

    def _ask(self, transaction: Transaction, caller: Caller, late: LateOperation) -> Answer:
        """A wish: the rules may refuse it."""
        loans = self.facts.loans
        match late:
            case LateReturn():
                return loans.take_back(transaction, caller, late.request)
            case LateRenewal():
                return loans.renew(transaction, caller, late.request)
            case LateSighting():
                return loans.sight(transaction, caller, late.request)
            case LateCheckout():
                return loans.checkout(transaction, caller, late.request)
            case LateDamage():
                return self.facts.apply(transaction, caller, late)  # it was said, whoever waits


def are_wishes_to_borrow(batch: Batch) -> bool:
    """True when such batches may be taken together."""
    return all(map(_is_wish_to_borrow, batch.operations))


def _batch_answer(operations: Sequence[LateOperation], answers: Sequence[Answer]) -> Answer:
    if answers[0].status == UNAUTHORIZED:
        return answers[0]
    lines = [_late_answer(late, answer) for late, answer in zip(operations, answers, strict=True)]
    return _joined(lines)


def _joined(answers: Sequence[str]) -> Answer:
    return Answer(OK, f'{{"answers":[{",".join(answers)}]}}')


def _is_wish_to_borrow(late: LateOperation) -> bool:
    return isinstance(late, LateCheckout) and not late.offline


def _late_answer(late: LateOperation, answer: Answer) -> str:
    """A `LateAnswer` as JSON, around the kept answer byte for byte.

    Reading each receipt again only to write it again was a tenth of what a class set costs.
    """
    if answer.status == ACCEPTED:
        return answer.body  # it is one
    done, name = (Done.APPLIED, "receipt") if answer.status == OK else (Done.REFUSED, "refusal")
    return f'{{"op_id":"{late.request.op_id}","done":"{done.value}","{name}":{answer.body}}}'
