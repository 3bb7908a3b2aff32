"""Many races in the writer itself: one copy for two kiosks, one patron at eight kiosks."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from circulation.api import CheckoutRequest, Refusal
from circulation.policy import Policy
from circulation.reasons import Reason
from controller.answers import OK, Answer
from controller.clock import LibraryTime
from controller.devices.tokens import hash_token
from controller.loans.service import Loans
from controller.operations import perform
from controller.sql import Dialect, Transaction
from controller.tables import Item, Patron
from controller.writer import Writer
from tests.controller.conftest import ISIL

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
LIMIT, KIOSKS = 5, 8
COPIES_OF_ONE_RACE = 8
Wishes = list[tuple[str, str]]  # patron, copy


@pytest.fixture
def race(engine: Engine, tokens: dict[str, str]) -> Iterator[Callable[[Wishes], list[Answer]]]:
    """Check these out at the same instant, each from a thread of its own."""
    writer = Writer(engine)
    writer.start()
    loans = Loans(Policy(max_loans=LIMIT), LibraryTime(lambda: NOW, ZoneInfo("Europe/Moscow")))
    token = hash_token(tokens["kiosk-1"])
    threads = ThreadPoolExecutor(KIOSKS)

    def checkout(barrier: threading.Barrier, patron: str, copy: str) -> Answer:
        request = CheckoutRequest(op_id=uuid4(), at=NOW, patron_id=patron, owner=ISIL, item_id=copy)

        def command(transaction: Transaction) -> Answer:
            return perform(
                transaction,
                token_hash=token,
                request=request,
                act=lambda inside, caller: loans.checkout(inside, caller, request),
                now=NOW,
            )

        barrier.wait(10)
        return writer.submit(command).result(10)

    def all_at_once(wishes: Wishes) -> list[Answer]:
        barrier = threading.Barrier(len(wishes))
        running = [threads.submit(checkout, barrier, *wish) for wish in wishes]
        return [one.result() for one in running]

    yield all_at_once
    threads.shutdown()
    writer.stop()


def stock(engine: Engine, *, patrons: int, copies: int) -> None:
    with Session(engine) as session:
        session.add_all(Patron(id=f"p-{n}", family_name="X") for n in range(patrons))
        session.add_all(Item(owner=ISIL, item_id=f"R{n}", title_id=1) for n in range(copies))
        session.commit()


def race_for_one_copy(engine: Engine, race: Callable[[Wishes], list[Answer]], races: int) -> None:
    stock(engine, patrons=2 * races, copies=races)

    for number in range(races):
        wishes = [(f"p-{2 * number}", f"R{number}"), (f"p-{2 * number + 1}", f"R{number}")]
        answers = race(wishes)

        assert Counter(answer.status for answer in answers) == {OK: 1, 409: 1}
        [loser] = [answer for answer in answers if answer.status != OK]
        assert Refusal.model_validate_json(loser.body).reasons == (Reason.ON_LOAN_TO_OTHER,)

    with engine.connect() as connection:
        open_loans = "SELECT count(*) FROM loan WHERE returned_at IS NULL"
        assert connection.scalar(text(open_loans)) == races


def race_for_the_limit(engine: Engine, race: Callable[[Wishes], list[Answer]], races: int) -> None:
    stock(engine, patrons=races, copies=races * COPIES_OF_ONE_RACE)

    for number in range(races):
        first = number * COPIES_OF_ONE_RACE
        answers = race([(f"p-{number}", f"R{first + copy}") for copy in range(KIOSKS)])

        assert Counter(answer.status for answer in answers) == {OK: LIMIT, 409: KIOSKS - LIMIT}
        refusals = [answer.body for answer in answers if answer.status != OK]
        reasons = {Refusal.model_validate_json(body).reasons for body in refusals}
        assert reasons == {(Reason.LIMIT_REACHED,)}


def test_one_copy_is_lent_once_in_a_hundred_races(
    engine: Engine, race: Callable[[Wishes], list[Answer]]
) -> None:
    race_for_one_copy(engine, race, 100)


def test_no_patron_of_fifty_gets_over_the_limit(
    engine: Engine, race: Callable[[Wishes], list[Answer]]
) -> None:
    race_for_the_limit(engine, race, 50)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_one_copy_is_lent_once_in_a_thousand_races(
    engine: Engine, race: Callable[[Wishes], list[Answer]]
) -> None:
    race_for_one_copy(engine, race, 1_000)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_no_patron_of_thousands_gets_over_the_limit(
    engine: Engine, race: Callable[[Wishes], list[Answer]]
) -> None:
    # what is raced is the rule; a server adds round trips and nothing to decide
    on_a_server = engine.dialect.name == Dialect.POSTGRESQL
    race_for_the_limit(engine, race, 1_000 if on_a_server else 10_000)
