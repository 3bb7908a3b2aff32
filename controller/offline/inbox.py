"""The conflict inbox: facts that could not be applied, each with a question, evidence, choices."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from circulation.offline import (
    CHOICES,
    ConflictKind,
    Conflicts,
    ConflictView,
    Done,
    LateAnswer,
    LateCheckout,
    LateDamage,
    LateRenewal,
    LateReturn,
)
from circulation.reasons import Reason
from controller import journal
from controller.answers import ACCEPTED, Answer, granted
from controller.clock import LibraryTime
from controller.columns import to_date, to_utc, utc_text
from controller.devices.kinds import staff_only
from controller.devices.tokens import Caller
from controller.loans.facts import CopyRecord, find_copy
from controller.patrons.service import masked_name
from controller.sql import Statement, Transaction
from controller.tables import EventKind

DECIDE_WITHIN = timedelta(days=7)
MAX_LINES = 200

_ASK = Statement(
    "INSERT INTO conflict (op_id, owner, kind, device_id, item_id, happened_at, clock, fact,"
    " evidence, found_at, decide_by) VALUES (:op_id, :owner, :kind, :device_id, :item_id,"
    " :happened_at, :clock, :fact, :evidence, :found_at, :decide_by) RETURNING id"
)
_OPEN = Statement(
    "SELECT c.id, c.kind, d.name, i.item_id, t.title, c.happened_at, c.clock, c.fact, c.evidence,"
    " c.found_at, c.decide_by FROM conflict c JOIN device d ON d.id = c.device_id"
    " LEFT JOIN item i ON i.id = c.item_id LEFT JOIN title t ON t.id = i.title_id"
    " WHERE c.owner = :owner AND c.settled_at IS NULL ORDER BY c.decide_by, c.id LIMIT :most"
)
_NAME = Statement("SELECT family_name, given_name, class_name FROM patron WHERE id = :id")
_DEVICE = Statement("SELECT name FROM device WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Question:
    """A fact and why it could not be applied."""

    kind: ConflictKind
    late: LateCheckout | LateReturn | LateRenewal | LateDamage
    at: datetime
    reasons: tuple[Reason, ...]


def ask(transaction: Transaction, caller: Caller, question: Question, time: LibraryTime) -> Answer:
    """Put it into the inbox of the device's library: 202 with the number of the question."""
    request = question.late.request
    copy = find_copy(transaction, request.owner, request.item_id)
    now = time.now()
    parameters = {
        "op_id": str(request.op_id),
        "owner": caller.library,
        "kind": question.kind.value,
        "device_id": caller.device_id,
        "item_id": None if copy is None else copy.id,
        "happened_at": utc_text(question.at),
        "clock": question.late.clock.value,
        "fact": question.late.model_dump_json(),
        "evidence": json.dumps(_evidence(transaction, copy, question)),
        "found_at": utc_text(now),
        "decide_by": (time.day(now) + DECIDE_WITHIN).isoformat(),
    }
    number = int(transaction.row(_ASK, parameters)[0])
    journal.append(
        transaction,
        EventKind.CONFLICT_FOUND,
        now,
        device_id=caller.device_id,
        item_id=None if copy is None else copy.id,
        title_id=None if copy is None else copy.title_id,
        detail={"conflict": number, "question": question.kind.value},
    )
    answer = LateAnswer(
        op_id=request.op_id, done=Done.CONFLICT, conflict_id=number, conflict=question.kind
    )
    return Answer(ACCEPTED, answer.model_dump_json())


def open_conflicts(transaction: Transaction, caller: Caller) -> Answer:
    """The inbox of the caller's library, for staff, what is due first."""
    if refusal := staff_only(caller):
        return refusal
    return granted(list_conflicts(transaction, caller.library))


def list_conflicts(transaction: Transaction, library: str) -> Conflicts:
    """The inbox of a library, what is due first."""
    found = transaction.rows(_OPEN, {"owner": library, "most": MAX_LINES})
    return Conflicts(conflicts=tuple(_view(row) for row in found))


def names_in(transaction: Transaction, conflicts: Conflicts) -> dict[str, str]:
    """Whom the open questions are about, masked («Анна П., 7Б»), by patron id."""
    said = (one.fact | one.evidence for one in conflicts.conflicts)
    ids = {facts.get(key) for facts in said for key in ("patron_id", "holder", "held_for")}
    names: dict[str, str] = {}
    for patron_id in ids:
        row = transaction.row(_NAME, {"id": patron_id})
        if isinstance(patron_id, str) and row is not None:
            names[patron_id] = ", ".join(part for part in (masked_name(*row[:2]), row[2]) if part)
    return names


def _evidence(
    transaction: Transaction, copy: CopyRecord | None, question: Question
) -> dict[str, str | int | bool | None]:
    """What the ledger held against the fact at this moment; ids only."""
    evidence: dict[str, str | int | bool | None] = {"reasons": ", ".join(question.reasons)}
    if copy is None:
        return evidence
    evidence["state"] = copy.facts.state.value
    if copy.hold is not None:
        evidence |= {"held_for": copy.hold.patron, "held_until": copy.hold.until.isoformat()}
    if copy.loan_id is not None and copy.lent_at is not None:
        device = transaction.row(_DEVICE, {"id": copy.lent_by})
        evidence |= {
            "loan_id": copy.loan_id,
            "holder": copy.facts.holder,
            "lent_at": utc_text(copy.lent_at),
            "lent_by": None if device is None else device[0],
        }
    return evidence


def _view(
    row: tuple[
        int,
        str,
        str,
        str | None,
        str | None,
        str | datetime,
        str,
        str,
        str,
        str | datetime,
        str,
    ],
) -> ConflictView:
    number, kind, device, item_id, title, at, clock, fact, evidence, found_at, decide_by = row
    late = json.loads(fact)
    flat = {**late.pop("request"), **late}
    return ConflictView.model_validate(
        {
            "conflict_id": number,
            "kind": kind,
            "device": device,
            "item_id": item_id,
            "title": title,
            "happened_at": to_utc(at),
            "clock": clock,
            "fact": flat,
            "evidence": json.loads(evidence),
            "choices": CHOICES,
            "found_at": to_utc(found_at),
            "decide_by": to_date(decide_by),
        }
    )
