"""Kiosks, gates, staff and late facts in any order: what must never be false never is.

After each step `model_oracle` looks at the ledger; a repeat has no second effect (I2); at the end
the same operations on an empty ledger give the same ledger (I3).
"""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from circulation.api import (
    CheckoutRequest,
    Operation,
    RenewRequest,
    ReturnRequest,
    SightingRequest,
)
from circulation.desk import (
    BlockRequest,
    CancelHoldRequest,
    ExpireRequest,
    HoldRequest,
    LiftBlockRequest,
    MarkRequest,
    RenewAllRequest,
    ShelveRequest,
    StaffCheckoutRequest,
    StaffRenewRequest,
)
from circulation.loan import Act
from circulation.messages import Clock, Direction, GateEvent, GateEventKind, GateTag, Verdict
from circulation.offline import (
    Batch,
    BatchAnswer,
    Choice,
    ConflictKind,
    Done,
    LateCheckout,
    LateRenewal,
    LateReturn,
    LateSighting,
    SettleRequest,
)
from circulation.tags.afi import SecurityAfi
from controller.answers import OK, UNPROCESSABLE, Answer
from controller.gates.store import Stored, store_event
from controller.operations import once
from controller.security.passages import keep_findings
from controller.sql import Transaction
from tests.controller.conftest import Postgres
from tests.controller.model_ledger import (
    COPIES,
    DESK,
    GATE,
    ISIL,
    KIOSK_1,
    KIOSK_2,
    PATRONS,
    Databases,
    Files,
    Ledger,
    caller,
    make_empty,
    uid,
)
from tests.controller.model_oracle import POLICY, Oracle, Step

NAMESPACE = UUID(int=33)
copies, patrons = st.sampled_from(COPIES), st.sampled_from(PATRONS)
kiosks = st.sampled_from((KIOSK_1, KIOSK_2))
MARKS = (
    Act.MARK_LOST,
    Act.FIND,
    Act.MARK_DAMAGED,
    Act.MEND,
    Act.CLAIM_RETURNED,
)
NOTE: dict[str, Any] = {"note": "because"}


class LibraryMachine(Oracle):
    """Everything that can be done, by anybody, late or now."""

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
        request = StaffCheckoutRequest(**self._copy(copy), patron_id=patron, **NOTE)
        self._do(lambda ledger: ledger.ask(ledger.desk.checkout, DESK, request), request)

    @rule(copy=copies, patron=patrons)
    def renew_by_staff(self, copy: str, patron: str) -> None:
        request = StaffRenewRequest(**self._copy(copy), patron_id=patron, **NOTE)
        self._do(lambda ledger: ledger.ask(ledger.desk.renew, DESK, request), request)

    @rule(patron=patrons, device=kiosks)
    def renew_all(self, patron: str, device: int) -> None:
        request = RenewAllRequest(**self._next(), patron_id=patron)
        self._do(lambda ledger: ledger.ask(ledger.desk.renew_all, device, request), request)

    @rule(patron=patrons, days=st.integers(-1, 3))
    def block(self, patron: str, days: int) -> None:
        until = self.ledger.moment.date() + timedelta(days=days) if days else None
        request = BlockRequest(**self._next(), patron_id=patron, until=until, **NOTE)
        self._do(lambda ledger: ledger.ask(ledger.desk.block, DESK, request), request)

    @rule(number=st.integers(1, 3))
    def lift_block(self, number: int) -> None:
        request = LiftBlockRequest(**self._next(), block_id=number, **NOTE)
        self._do(lambda ledger: ledger.ask(ledger.desk.lift, DESK, request), request)

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
        kind=st.sampled_from((LateCheckout, LateReturn, LateRenewal, LateSighting)),
        hours_ago=st.integers(0, 60),
        clock=st.sampled_from(Clock),
        offline=st.booleans(),
    )
    def late(
        self,
        copy: str,
        patron: str,
        device: int,
        kind: Any,
        hours_ago: int,
        clock: Clock,
        offline: bool,
    ) -> None:
        """What a kiosk did alone, or wished for and could not ask."""
        common = self._copy(copy)
        common["at"] -= timedelta(hours=hours_ago)
        request: Any
        match kind.__name__:
            case "LateCheckout":
                request = CheckoutRequest(**common, patron_id=patron)
            case "LateReturn":
                request = ReturnRequest(**common)
            case "LateRenewal":
                request = RenewRequest(**common, patron_id=patron)
            case _:
                request = SightingRequest(**common, armed=hours_ago % 2 == 0)
        late = kind(request=request, seq=self.seq, clock=clock, offline=offline)
        batch = Batch(operations=(late,))

        def run(ledger: Ledger) -> Answer:
            answer = ledger.commit(
                lambda inside: ledger.batches.take(inside, caller(device), batch)
            )
            assert isinstance(answer, Answer)
            return answer

        answer = self._do(run, request)
        [one] = BatchAnswer.model_validate_json(answer.body).answers
        if one.done is Done.CONFLICT:
            self.asked.add(request.op_id)
        elif one.done is Done.APPLIED:
            self.applied.add(request.op_id)
        assert one.done is not (Done.REFUSED if offline else Done.CONFLICT)

    @rule(number=st.integers(1, 4), choice=st.sampled_from(Choice))
    def settle(self, number: int, choice: Choice) -> None:
        request = SettleRequest(**self._next(), conflict_id=number, choice=choice, note="seen")
        answer = self._do(lambda ledger: ledger.ask(ledger.settling.settle, DESK, request), request)
        if "choice_impossible" in answer.body:  # no copy here is unknown or written off
            asked = self.ledger.rows(f"SELECT kind FROM conflict WHERE id = {number}")
            assert asked == [(ConflictKind.RENEWAL_NOT_ALLOWED,)]  # of a loan that is over

    @rule(copy=copies, afi=st.sampled_from((0x07, 0xC2)))
    def walk_out(self, copy: str, afi: int) -> None:
        """A passage, or an alarm where the tag is armed; and the gate says it twice."""
        request = self._next()
        armed = bool(SecurityAfi().is_armed(afi))
        tag = GateTag(
            uid=uid(copy),
            afi=afi,
            antenna=1,
            verdict=Verdict.ALARM if armed else Verdict.SILENT,
        )
        event = GateEvent(
            id=request["op_id"],
            seq=self.seq,
            at=request["at"],
            clock=Clock.SURE,
            kind=GateEventKind.ALARM if armed else GateEventKind.PASSAGE,
            direction=Direction.OUT,
            tags=(tag,),
            count_in=0,
            count_out=self.seq,
        )
        self.passages[event.id] = event
        if armed:
            self.alarms.add(event.id)

        def run(ledger: Ledger) -> Stored:
            def store(inside: Transaction) -> Stored:
                stored = store_event(inside, GATE, event, ledger.moment)
                if stored is Stored.NEW:
                    keep_findings(inside, GATE, event, SecurityAfi(), ledger.moment)
                return stored

            return Stored(ledger.commit(store))

        self.steps.append(Step(self.ledger.moment, run))
        assert [run(self.ledger), run(self.ledger)] == [Stored.NEW, Stored.AGAIN]

    @rule(minutes=st.integers(1, 3_000))
    def set_the_clock_back(self, minutes: int) -> None:
        self.ledger.moment -= timedelta(minutes=minutes)

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

    @rule(data=st.data())
    def ask_with_another_body(self, data: st.DataObject) -> None:
        """The id of another act: refused, an alert, and nothing else."""
        if not self.answers:
            return
        op_id = data.draw(st.sampled_from(list(self.answers)))
        forged = SightingRequest(
            op_id=op_id, at=self.ledger.moment, owner=ISIL, item_id="NOWHERE", armed=True
        )
        before = self.ledger.dump()

        answer = self._forge(forged)

        after = self.ledger.dump()
        alerts = after.pop("event")[len(before.pop("event")) :]
        assert (answer.status, len(alerts)) == (UNPROCESSABLE, 1)
        assert after == before

    def _forge(self, forged: SightingRequest) -> Answer:
        def run(ledger: Ledger) -> Answer:
            answer = ledger.commit(
                lambda inside: once(
                    inside, caller(KIOSK_1), forged, _must_not_be_done, ledger.moment
                )
            )
            assert isinstance(answer, Answer)
            return answer

        self.steps.append(Step(self.ledger.moment, run))
        return run(self.ledger)

    def _replay(self) -> None:
        """I3."""
        second = Ledger(self.copies, POLICY)
        for step in self.steps:
            second.moment = step.at
            step.run(second)
        assert second.dump() == self.ledger.dump()
        second.close()


def _must_not_be_done(_transaction: Transaction, _caller: object) -> Answer:
    raise AssertionError("an id that is known was done again")


def files(folder: Path) -> Files:
    return Files(folder, make_empty(folder))


def play(copies: Files | Databases, *, examples: int, steps: int) -> None:
    machine = type("Machine", (LibraryMachine,), {"copies": copies})
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
        play(files(Path(folder)), examples=25, steps=30)


def test_nothing_that_must_hold_breaks_on_a_server(postgres: Postgres) -> None:
    play(Databases(postgres.server, postgres.template), examples=5, steps=25)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_nothing_that_must_hold_breaks_in_a_long_campaign() -> None:
    with tempfile.TemporaryDirectory(prefix="polka-model-") as folder:
        play(files(Path(folder)), examples=2_000, steps=50)
