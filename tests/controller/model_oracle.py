"""The oracle of the library's model: what must hold after every step, whoever did what.

At most one open loan per copy (I1); every answer is kept once (I2); what was not applied is a
visible question (I4); the file is whole (I5); the log only grows (I6); no name of a person is in
what leaves (I7); every alarm is in the gate's log and on the console (I8); what was sent is there
once and nothing else is (I9). The numbers are those of `reliability.md`, section 3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine, invariant

from circulation.loan import ItemState
from circulation.messages import GateEvent
from circulation.policy import Policy
from controller.answers import ACCEPTED, OK, Answer
from controller.live.feed import latest_events
from tests.controller.model_ledger import SECRET_NAME, Databases, Files, Ledger

POLICY = Policy(max_loans=2, max_holds=2, hold_days=2)
MOST_EVENTS = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """One act at one moment; done again on an empty ledger it must do the same."""

    at: datetime
    run: Callable[[Ledger], Any]


class Oracle(RuleBasedStateMachine):
    """A ledger, what was asked of it, and what must be true of both."""

    copies: Files | Databases

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger(self.copies, POLICY)
        self.steps: list[Step] = []
        self.answers: dict[UUID, tuple[Step, Answer]] = {}
        self.applied: set[UUID] = set()
        self.asked: set[UUID] = set()
        self.passages: dict[UUID, GateEvent] = {}
        self.alarms: set[UUID] = set()
        self.log: list[Any] = []
        self.seq = 0

    @invariant()
    def one_open_loan_per_copy_and_only_where_somebody_has_it(self) -> None:
        """I1, and the copy's state says the same as its loan."""
        found = self.ledger.rows(
            "SELECT i.state, count(l.id) FROM item i LEFT JOIN loan l"
            " ON l.item_id = i.id AND l.returned_at IS NULL GROUP BY i.id, i.state"
        )
        for state, open_loans in found:
            assert open_loans <= 1
            if state in (ItemState.ON_LOAN, ItemState.CLAIMED_RETURNED):
                assert open_loans == 1
            if state in (ItemState.IN_STOCK, ItemState.DAMAGED):
                assert open_loans == 0

    @invariant()
    def no_loan_ends_before_it_begins(self) -> None:
        assert self.ledger.rows("SELECT 1 FROM loan WHERE returned_at < lent_at") == []

    @invariant()
    def copy_on_the_hold_shelf_is_in_stock(self) -> None:
        sql = "SELECT i.state FROM hold h JOIN item i ON i.id = h.item_id WHERE h.state = 'ready'"
        assert {state for (state,) in self.ledger.rows(sql)} <= {ItemState.IN_STOCK}

    @invariant()
    def security_wants_what_the_loan_wants(self) -> None:
        sql = "SELECT state, security FROM item"
        for state, security in self.ledger.rows(sql):
            if state == ItemState.ON_LOAN:
                assert security in ("disarm_due", "disarmed")
            if state == ItemState.IN_STOCK:
                assert security in ("armed", "arm_due")

    @invariant()
    def every_answer_is_kept_once_and_every_fact_is_applied_or_asked_about(self) -> None:
        """I2 and I4."""
        kept = dict(self.ledger.rows("SELECT op_id, status FROM operation"))
        questions = {op for (op,) in self.ledger.rows("SELECT op_id FROM conflict")}
        assert kept.keys() == {str(op_id) for op_id in self.answers}
        assert questions == {str(op_id) for op_id in self.asked}
        assert {op for op, status in kept.items() if status == ACCEPTED} == questions
        assert all(kept[str(op_id)] == OK for op_id in self.applied)

    @invariant()
    def file_is_whole(self) -> None:
        """I5; a server has no such question."""
        if not self.ledger.is_file:
            return
        assert self.ledger.rows("PRAGMA integrity_check") == [("ok",)]
        assert self.ledger.rows("PRAGMA foreign_key_check") == []

    @invariant()
    def log_only_grows(self) -> None:
        """I6, as far as it goes: the log has no chain of hashes."""
        log = self.ledger.rows("SELECT * FROM event ORDER BY seq")
        assert log[: len(self.log)] == self.log
        self.log = log

    @invariant()
    def no_name_is_in_what_leaves(self) -> None:
        """I7."""
        for column in ("answer FROM operation", "detail FROM event", "evidence FROM conflict"):
            assert not any(SECRET_NAME in text for (text,) in self.ledger.rows(f"SELECT {column}"))

    @invariant()
    def alarms_are_in_the_gates_log_and_on_the_console(self) -> None:
        """I8, and I9 of the gate: admitted = sent, no stowaways."""
        stored = dict(self.ledger.rows("SELECT id, kind FROM gate_event"))
        assert stored.keys() == {str(one) for one in self.passages}
        assert {one for one, kind in stored.items() if kind == "alarm"} == {
            str(one) for one in self.alarms
        }
        shown = latest_events(self.ledger.transaction, MOST_EVENTS)
        assert sum(line.kind == "gate_alarmed" for line in shown) == len(self.alarms)
