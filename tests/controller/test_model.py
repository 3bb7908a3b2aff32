"""Kiosks, gates, staff and late facts in any order: what must never be false never is.

After each step: at most one open loan per copy (I1); every answer is kept once and given again
(I2); the same operations on an empty ledger give the same ledger (I3); what was not applied is a
visible question (I4). The oracle is `reliability.md`, section 3, of the project's references.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import Session

from circulation.api import (
    CheckoutRequest,
    Operation,
    RenewRequest,
    ReturnRequest,
    SightingRequest,
)
from circulation.desk import (
    CancelHoldRequest,
    ExpireRequest,
    HoldRequest,
    MarkRequest,
    ShelveRequest,
    StaffCheckoutRequest,
)
from circulation.loan import Act, ItemState
from circulation.messages import Clock, Direction, GateEvent, GateEventKind, GateTag, Verdict
from circulation.offline import (
    Batch,
    BatchAnswer,
    Choice,
    Done,
    LateCheckout,
    LateReturn,
    SettleRequest,
)
from circulation.policy import Policy
from circulation.tags.afi import SecurityAfi
from controller.answers import ACCEPTED, OK, Answer
from controller.clock import LibraryTime
from controller.db import make_engine, raw_connection, sqlite_url, upgrade
from controller.devices.registry import add_device, ensure_library
from controller.devices.tokens import Caller
from controller.gates.store import store_event
from controller.holds.service import Holds
from controller.loans.desk import Desk
from controller.loans.service import Loans
from controller.offline.batches import Batches
from controller.offline.facts import Facts
from controller.offline.settle import Settling
from controller.operations import once
from controller.security.passages import keep_findings
from controller.sql import Dialect, Statement, Transaction
from controller.tables import DeviceKind, Item, Patron, Title

ISIL = "RU-10010033"
NAMESPACE = UUID(int=33)
COPIES = ("A-1", "A-2", "B-1")  # two copies of one title, one of another
PATRONS = ("p-anna", "p-boris", "p-vera")
POLICY = Policy(max_loans=2, max_holds=2, hold_days=2)
TABLES = ("loan", "hold", "item", "conflict", "event", "operation", "item_sighting", "gate_tag")
KIOSK_1, KIOSK_2, DESK, GATE = 1, 2, 3, 4
copies, patrons = st.sampled_from(COPIES), st.sampled_from(PATRONS)
kiosks = st.sampled_from((KIOSK_1, KIOSK_2))
MARKS = (
    Act.MARK_LOST,
    Act.FIND,
    Act.MARK_DAMAGED,
    Act.MEND,
    Act.CLAIM_RETURNED,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One act at one moment; done again on an empty ledger it must do the same."""

    at: datetime
    run: Callable[["Ledger"], Any]


class Ledger:
    """Services on a copy of a prepared database, without HTTP; a clock that stands still."""

    def __init__(self, folder: Path, empty: Path) -> None:
        path = folder / f"{len(list(folder.iterdir()))}.db"
        shutil.copy(empty, path)
        self.moment = datetime(2026, 10, 14, 9, tzinfo=UTC)
        self._engine = make_engine(sqlite_url(path))
        self.transaction = Transaction(raw_connection(self._engine), Dialect.SQLITE)
        self.rows("PRAGMA synchronous = OFF")
        time = LibraryTime(lambda: self.moment, ZoneInfo("Europe/Moscow"))
        self.loans = Loans(POLICY, time)
        self.desk = Desk(self.loans)
        self.holds = Holds(POLICY, time)
        self.batches = Batches(Facts(self.loans))
        self.settling = Settling(Facts(self.loans))

    def close(self) -> None:
        self.transaction.close()
        self._engine.dispose()

    def rows(self, sql: str) -> list[Any]:
        return self.transaction.rows(Statement(sql), {})

    def commit(self, act: Callable[[Transaction], Any]) -> Any:
        self.transaction.begin_write()
        done = act(self.transaction)
        self.transaction.commit()
        return done

    def ask(self, act: Callable[..., Answer], device: int, request: Operation) -> Answer:
        """What `perform` does after it has found the device."""

        def inner(transaction: Transaction) -> Answer:
            return once(
                transaction,
                caller(device),
                request,
                lambda inside, who: act(inside, who, request),
                self.moment,
            )

        answer = self.commit(inner)
        assert isinstance(answer, Answer)
        return answer

    def dump(self) -> dict[str, list[Any]]:
        return {table: self.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}


def caller(device: int) -> Caller:
    kind = DeviceKind.STATION if device == DESK else DeviceKind.KIOSK
    return Caller(device, ISIL, f"device-{device}", kind)


def make_empty(folder: Path) -> Path:
    path = folder / "empty.db"
    engine = make_engine(sqlite_url(path))
    upgrade(engine)
    ensure_library(engine, isil=ISIL, name="school")
    kinds = (DeviceKind.KIOSK, DeviceKind.KIOSK, DeviceKind.STATION, DeviceKind.GATE)
    for number, kind in enumerate(kinds, start=1):
        add_device(engine, isil=ISIL, name=f"device-{number}", kind=kind)
    with Session(engine) as session:
        session.add_all(
            [Title(id=n, title=f"T{n}", source="t", source_key=str(n)) for n in (1, 2)]
            + [Patron(id=patron, family_name="X") for patron in PATRONS]
        )
        session.flush()
        session.add_all(
            Item(owner=ISIL, item_id=copy, title_id=1 + copy.startswith("B"), tag_uid=uid(copy))
            for copy in COPIES
        )
        session.commit()
    engine.dispose()
    return path


def uid(copy: str) -> str:
    return f"E0040150000000{COPIES.index(copy):02X}"


class LibraryMachine(RuleBasedStateMachine):
    """Everything that can be done, by anybody, late or now."""

    folder: Path
    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger(self.folder, self.empty)
        self.steps: list[Step] = []
        self.answers: dict[UUID, tuple[Step, Answer]] = {}
        self.applied: set[UUID] = set()
        self.asked: set[UUID] = set()
        self.seq = 0

    def teardown(self) -> None:
        self._replay()
        self.ledger.close()

    def _next(self) -> dict[str, Any]:
        self.seq += 1
        return {"op_id": uuid5(NAMESPACE, str(self.seq)), "at": self.ledger.moment}

    def _copy(self, copy: str) -> dict[str, Any]:
        return self._next() | {"owner": ISIL, "item_id": copy}

    def _do(self, run: Callable[[Ledger], Answer], request: Operation) -> Answer:
        step = Step(self.ledger.moment, run)
        self.steps.append(step)
        answer = run(self.ledger)
        self.answers[request.op_id] = (step, answer)
        return answer

    @rule(copy=copies, patron=patrons, device=kiosks)
    def checkout(self, copy: str, patron: str, device: int) -> None:
        request = CheckoutRequest(**self._copy(copy), patron_id=patron, uid=uid(copy))
        self._do(lambda ledger: ledger.ask(ledger.loans.checkout, device, request), request)

    @rule(copy=copies, device=kiosks)
    def take_back(self, copy: str, device: int) -> None:
        request = ReturnRequest(**self._copy(copy))
        answer = self._do(
            lambda ledger: ledger.ask(ledger.loans.take_back, device, request), request
        )
        assert answer.status == OK  # no copy here is ever written off

    @rule(copy=copies, patron=patrons, device=kiosks)
    def renew(self, copy: str, patron: str, device: int) -> None:
        request = RenewRequest(**self._copy(copy), patron_id=patron)
        self._do(lambda ledger: ledger.ask(ledger.loans.renew, device, request), request)

    @rule(copy=copies, armed=st.booleans(), device=kiosks)
    def sight(self, copy: str, armed: bool, device: int) -> None:
        request = SightingRequest(**self._copy(copy), armed=armed)
        self._do(lambda ledger: ledger.ask(ledger.loans.sight, device, request), request)

    @rule(copy=copies, patron=patrons)
    def lend_by_staff(self, copy: str, patron: str) -> None:
        request = StaffCheckoutRequest(**self._copy(copy), patron_id=patron, note="because")
        self._do(lambda ledger: ledger.ask(ledger.desk.checkout, DESK, request), request)

    @rule(copy=copies, act=st.sampled_from(MARKS))
    def mark(self, copy: str, act: Any) -> None:
        request = MarkRequest(**self._copy(copy), act=act)
        self._do(lambda ledger: ledger.ask(ledger.desk.mark, DESK, request), request)

    @rule(title=st.sampled_from((1, 2)), patron=patrons, device=kiosks)
    def hold(self, title: int, patron: str, device: int) -> None:
        request = HoldRequest(**self._next(), patron_id=patron, title_id=title)
        self._do(lambda ledger: ledger.ask(ledger.holds.place, device, request), request)

    @rule(number=st.integers(1, 5), patron=patrons)
    def cancel_hold(self, number: int, patron: str) -> None:
        request = CancelHoldRequest(**self._next(), patron_id=patron, hold_id=number)
        self._do(lambda ledger: ledger.ask(ledger.holds.cancel, KIOSK_1, request), request)

    @rule(copy=copies)
    def shelve(self, copy: str) -> None:
        request = ShelveRequest(**self._copy(copy))
        self._do(lambda ledger: ledger.ask(ledger.holds.shelve, DESK, request), request)

    @rule()
    def expire_holds(self) -> None:
        request = ExpireRequest(**self._next())
        self._do(lambda ledger: ledger.ask(ledger.holds.expire, DESK, request), request)

    @rule(
        copy=copies,
        patron=patrons,
        device=kiosks,
        back=st.booleans(),
        hours_ago=st.integers(0, 60),
        clock=st.sampled_from(Clock),
    )
    def late_fact(
        self, copy: str, patron: str, device: int, back: bool, hours_ago: int, clock: Clock
    ) -> None:
        common = self._copy(copy)
        common["at"] -= timedelta(hours=hours_ago)
        flags: dict[str, Any] = {"seq": self.seq, "clock": clock, "offline": True}
        late = (
            LateReturn(request=ReturnRequest(**common), **flags)
            if back
            else LateCheckout(request=CheckoutRequest(**common, patron_id=patron), **flags)
        )
        batch = Batch(operations=(late,))

        def run(ledger: Ledger) -> Answer:
            answer = ledger.commit(
                lambda inside: ledger.batches.take(inside, caller(device), batch)
            )
            assert isinstance(answer, Answer)
            return answer

        answer = self._do(run, late.request)
        [one] = BatchAnswer.model_validate_json(answer.body).answers
        assert one.done is not Done.REFUSED  # a fact is never refused
        (self.asked if one.done is Done.CONFLICT else self.applied).add(late.request.op_id)

    @rule(number=st.integers(1, 4), choice=st.sampled_from(Choice))
    def settle(self, number: int, choice: Choice) -> None:
        request = SettleRequest(**self._next(), conflict_id=number, choice=choice, note="seen")
        answer = self._do(lambda ledger: ledger.ask(ledger.settling.settle, DESK, request), request)
        assert "choice_impossible" not in answer.body  # no copy here is unknown or written off

    @rule(copy=copies, afi=st.sampled_from((0x07, 0xC2)))
    def walk_out(self, copy: str, afi: int) -> None:
        request = self._next()
        tag = GateTag(uid=uid(copy), afi=afi, antenna=1, verdict=Verdict.SILENT)
        event = GateEvent(
            id=request["op_id"],
            seq=self.seq,
            at=request["at"],
            clock=Clock.SURE,
            kind=GateEventKind.PASSAGE,
            direction=Direction.OUT,
            tags=(tag,),
            count_in=0,
            count_out=self.seq,
        )

        def run(ledger: Ledger) -> None:
            def store(inside: Transaction) -> None:
                store_event(inside, GATE, event, ledger.moment)
                keep_findings(inside, GATE, event, SecurityAfi(), ledger.moment)

            ledger.commit(store)

        self.steps.append(Step(self.ledger.moment, run))
        run(self.ledger)

    @rule(hours=st.integers(1, 100))
    def wait(self, hours: int) -> None:
        self.ledger.moment += timedelta(hours=hours)

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """I2: asked again, however late, it is the first answer and no second effect."""
        if not self.answers:
            return
        step, first = data.draw(st.sampled_from(list(self.answers.values())))
        before = self.ledger.dump()

        again = step.run(self.ledger)

        assert (again.status, again.body) == (first.status, first.body)
        assert self.ledger.dump() == before

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

    def _replay(self) -> None:
        """I3."""
        second = Ledger(self.folder, self.empty)
        for step in self.steps:
            second.moment = step.at
            step.run(second)
        assert second.dump() == self.ledger.dump()
        second.close()


def play(folder: Path, *, examples: int, steps: int) -> None:
    machine = type("Machine", (LibraryMachine,), {"folder": folder, "empty": make_empty(folder)})
    profile = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=profile)


def test_nothing_that_must_hold_breaks_in_a_short_campaign() -> None:
    with tempfile.TemporaryDirectory(prefix="polka-model-") as folder:
        play(Path(folder), examples=25, steps=30)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_nothing_that_must_hold_breaks_in_a_long_campaign() -> None:
    with tempfile.TemporaryDirectory(prefix="polka-model-") as folder:
        play(Path(folder), examples=2_000, steps=50)
