"""A class set: many lines in one act, and each line is answered as if it had come alone."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from circulation.api import CheckoutRequest
from circulation.policy import Policy, parse_policy
from controller.answers import Answer
from controller.clock import LibraryTime
from controller.db import raw_connection
from controller.devices.tokens import Caller, find_caller, hash_token
from controller.loans.service import Loans
from controller.loans.sets import Sets
from controller.operations import Asked, note_numbers, once
from controller.sql import Dialect, Statement, Transaction
from tests.controller.conftest import ANNA, BORIS, DICTIONARY, GOGOL, ISIL, MTSYRI, SettableClock

Wish = Asked[CheckoutRequest]
COPIES = (MTSYRI, GOGOL, DICTIONARY, "NO-SUCH", *(f"C-{n}" for n in range(8)))
PATRONS = (ANNA, BORIS, "p-blocked", "p-overdue", "p-left", "p-nobody")
PREPARE = (
    "INSERT INTO patron (id, family_name, given_name, patronymic, class_name, category, has_left)"
    " SELECT column1, 'Иванова', 'Вера', '', '9А', 'pupil', column2"
    " FROM (VALUES ('p-blocked', FALSE), ('p-overdue', FALSE), ('p-left', TRUE)) AS people",
    "INSERT INTO patron_block (patron_id, note, staff, since)"
    " VALUES ('p-blocked', 'долг', 'Иванова', '2026-10-01T00:00:00+00:00')",
    "INSERT INTO loan (item_id, patron_id, lent_at, due, renewals, counted, policy_version,"
    " device_id) SELECT id, 'p-overdue', '2026-09-01T00:00:00+00:00', '2026-09-15', 0, TRUE, 'v',"
    " 1 FROM item WHERE item_id = 'C-7'",
    "UPDATE item SET state = 'on_loan', security = 'disarmed' WHERE item_id = 'C-7'",
)
HOLD_ON_GOGOL = (
    "INSERT INTO hold (title_id, owner, patron_id, state, placed_at)"
    f" VALUES (2, '{ISIL}', '{ANNA}', 'waiting', '2026-10-01T00:00:00+00:00')",
)
LOANS = Statement("SELECT item_id, patron_id, lent_at, due, counted FROM loan ORDER BY id")
ITEMS = Statement("SELECT id, state, security, tag_uid FROM item ORDER BY id")
LOG = Statement("SELECT kind, device_id, item_id, title_id, detail FROM event ORDER BY seq")
KEPT = Statement(
    "SELECT op_id, device_id, kind, body_hash, status, answer, device_time FROM operation"
    " ORDER BY op_id"
)
NUMBERS = Statement("SELECT seq, op_id FROM device_sequence ORDER BY seq")
HOLDS = Statement("SELECT patron_id, state FROM hold ORDER BY id")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of the fixtures in a transaction that is never kept."""

    transaction: Transaction
    caller: Caller
    clock: SettableClock

    def loans(self, policy: Policy) -> Loans:
        return Loans(policy, LibraryTime(self.clock, ZoneInfo("Europe/Moscow")))

    def change(self, *steps: str) -> None:
        for step in steps:
            self.transaction.run(Statement(step), {})

    def in_a_set(self, wishes: list[Wish], policy: Policy) -> list[Answer]:
        return Sets(self.loans(policy)).lend(self.transaction, wishes)

    def one_by_one(self, wishes: list[Wish], policy: Policy) -> list[Answer]:
        loans = self.loans(policy)
        return [self._one(loans, wish) for wish in wishes]

    def _one(self, loans: Loans, wish: Wish) -> Answer:
        def act(inside: Transaction, caller: Caller) -> Answer:
            note_numbers(inside, (wish,), self.clock())
            return loans.checkout(inside, caller, wish.request)

        return once(self.transaction, self.caller, wish.request, act, self.clock())

    def everything(self) -> list[list[tuple[Any, ...]]]:
        """All that lending may touch, with loans under no number."""
        asked = (LOANS, ITEMS, LOG, NUMBERS, HOLDS)
        found = [[tuple(row) for row in self.transaction.rows(one, {})] for one in asked]
        kept = [
            (*row[:5], without_number(row[5]), row[6]) for row in self.transaction.rows(KEPT, {})
        ]
        return [*found, kept]


@pytest.fixture
def ledger(engine: Engine, tokens: dict[str, str], clock: SettableClock) -> Iterator[Ledger]:
    transaction = Transaction(raw_connection(engine), Dialect(engine.dialect.name))
    transaction.begin_write()
    caller = find_caller(transaction, hash_token(tokens["desk-1"]))
    assert caller is not None
    yield Ledger(transaction, caller, clock)
    transaction.rollback()
    transaction.close()


def wish(ledger: Ledger, number: int, patron: str, copy: str, uid: str | None = None) -> Wish:
    request = CheckoutRequest(
        op_id=UUID(int=number),
        at=ledger.clock(),
        patron_id=patron,
        owner=ISIL,
        item_id=copy,
        uid=uid,
    )
    return Asked(ledger.caller, request, number)


def without_number(answer: str) -> dict[str, Any]:
    return {key: value for key, value in json.loads(answer).items() if key != "loan_id"}


def outcomes(answers: list[Answer]) -> list[str]:
    """The state of the copy's security after a loan, or the first reason against it."""
    bodies = [json.loads(answer.body) for answer in answers]
    return [body.get("security") or body["reasons"][0] for body in bodies]


def test_every_line_of_a_class_set_becomes_a_loan(ledger: Ledger) -> None:
    wishes = [wish(ledger, 1 + n, (ANNA, BORIS)[n % 2], f"C-{n}") for n in range(4)]

    answers = ledger.in_a_set(wishes, Policy())

    assert outcomes(answers) == ["disarm_due"] * 4
    patrons = [row[1] for row in ledger.transaction.rows(LOANS, {})]
    assert patrons == [ANNA, BORIS, ANNA, BORIS]


def test_refused_line_does_not_stop_the_others(ledger: Ledger) -> None:
    lines = [(ANNA, "C-0"), (BORIS, GOGOL), (ANNA, "NO-SUCH"), (BORIS, DICTIONARY), (BORIS, "C-1")]
    wishes = [wish(ledger, 1 + n, *line) for n, line in enumerate(lines)]

    answers = ledger.in_a_set(wishes, Policy())

    assert outcomes(answers) == [
        "disarm_due",
        "age_mark",
        "item_unknown",
        "reading_room_only",
        "disarm_due",
    ]


def test_limit_is_reached_within_the_set_by_books_and_never_by_textbooks(ledger: Ledger) -> None:
    ledger.change("UPDATE title SET kind = 'textbook' WHERE id = 2")
    wishes = [
        wish(ledger, 1 + n, ANNA, copy) for n, copy in enumerate(["C-0", GOGOL, "C-1", "C-2"])
    ]

    answers = ledger.in_a_set(wishes, Policy(max_loans=2))

    assert outcomes(answers) == ["disarm_due"] * 3 + ["limit_reached"]


def test_copy_that_comes_twice_is_lent_to_the_first(ledger: Ledger) -> None:
    lines = [(ANNA, "C-0"), (BORIS, "C-0"), (ANNA, "C-0")]
    wishes = [wish(ledger, 1 + n, *line) for n, line in enumerate(lines)]

    answers = ledger.in_a_set(wishes, Policy())

    assert outcomes(answers) == ["disarm_due", "on_loan_to_other", "already_yours"]


def test_set_sent_again_with_more_lines_does_the_new_ones_only(ledger: Ledger) -> None:
    wishes = [wish(ledger, 1 + n, ANNA, f"C-{n}") for n in range(4)]
    first = ledger.in_a_set(wishes[:2], Policy())

    answers = ledger.in_a_set(wishes, Policy())

    assert answers[:2] == first
    assert len(ledger.transaction.rows(LOANS, {})) == 4


def test_drop_may_not_lend_and_nothing_is_kept_of_it(ledger: Ledger) -> None:
    ledger.change("UPDATE device SET kind = 'drop' WHERE name = 'desk-1'")
    drop = Ledger(ledger.transaction, replaced(ledger.caller, "drop"), ledger.clock)

    answers = drop.in_a_set([wish(drop, 1, ANNA, "C-0")], Policy())

    assert outcomes(answers) == ["staff_only"]
    assert ledger.transaction.rows(KEPT, {}) == []


def test_devices_that_ask_at_once_are_answered_each_by_its_own_rights(
    ledger: Ledger, tokens: dict[str, str]
) -> None:
    hashes = {name: hash_token(token) for name, token in tokens.items()}
    ledger.change("UPDATE device SET kind = 'drop' WHERE name = 'kiosk-1'")
    requests = [wish(ledger, 1 + n, ANNA, f"C-{n}").request for n in range(4)]
    whose = (hashes["desk-1"], "0" * 64, hashes["kiosk-1"], hashes["desk-1"])
    sets = Sets(ledger.loans(Policy()))

    answers = sets.lend_to_devices(ledger.transaction, list(zip(whose, requests, strict=True)))

    assert [answer.status for answer in answers] == [200, 401, 403, 200]
    assert len(ledger.transaction.rows(LOANS, {})) == len(ledger.transaction.rows(KEPT, {})) == 2


def test_two_devices_want_one_copy_and_the_first_has_it(
    ledger: Ledger, tokens: dict[str, str]
) -> None:
    token = hash_token(tokens["desk-1"])
    lines = [(ANNA, "C-0"), (BORIS, "C-0"), (BORIS, "C-1"), (ANNA, "NO-SUCH"), (ANNA, "C-2")]
    requests = [wish(ledger, 1 + n, *line).request for n, line in enumerate(lines)]
    sets = Sets(ledger.loans(Policy()))

    answers = sets.lend_to_devices(ledger.transaction, [(token, one) for one in requests])

    assert outcomes(answers) == [
        "disarm_due",
        "on_loan_to_other",
        "disarm_due",
        "item_unknown",
        "disarm_due",
    ]


def replaced(caller: Caller, kind: str) -> Caller:
    return Caller(caller.device_id, caller.library, caller.name, type(caller.kind)(kind))


@pytest.mark.parametrize("seed", range(12))
def test_set_does_and_says_what_its_lines_would_one_by_one(ledger: Ledger, seed: int) -> None:
    chance = random.Random(seed)
    policy = parse_policy("max_loans = 4\n[kind_limits]\nreference = 1" if seed % 3 else "")
    ledger.change(*PREPARE, *(HOLD_ON_GOGOL if seed % 2 else ()))
    wishes = some_wishes(ledger, chance)
    ledger.transaction.save()
    answers = ledger.in_a_set(wishes, policy)
    after = ledger.everything()
    ledger.transaction.undo()

    expected = ledger.one_by_one(wishes, policy)

    assert [(one.status, without_number(one.body)) for one in answers] == [
        (one.status, without_number(one.body)) for one in expected
    ]
    assert sorted_log(after) == sorted_log(ledger.everything())


def some_wishes(ledger: Ledger, chance: random.Random) -> list[Wish]:
    """Lines as wild as they come: unknown and repeated copies, patrons, operations, numbers."""
    lines: list[Wish] = []
    for number in range(1, 25):
        patron, copy = chance.choice(PATRONS), chance.choice(COPIES)
        uid = f"E00401000000{number:04}" if chance.random() < 0.3 else None
        lines.append(wish(ledger, number, patron, copy, uid))
        if chance.random() < 0.15:
            again = chance.choice(lines)
            number_again = chance.choice([again.seq, number + 100])
            lines.append(Asked(ledger.caller, again.request, number_again))
    return lines


def sorted_log(ledger: list[list[tuple[Any, ...]]]) -> list[list[tuple[Any, ...]]]:
    """Of one set, the order of its lines in the log means nothing."""
    return [sorted(rows, key=repr) for rows in ledger]
