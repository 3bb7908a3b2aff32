"""Eight hours without the controller: two kiosks lend on, and nothing of it is lost or silent.

Meanwhile the librarian's desk goes on at the controller, so that some of what the kiosks do must
contradict the ledger: exactly those acts become questions, and all others are in the ledger.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2
import pytest
from sqlmodel import Session

from circulation.api import CHECKOUTS, RETURNS
from circulation.desk import HOLDS, HOLDS_SHELVE
from controller.tables import Card, Item, Patron, Title
from kiosk.alone import Trust
from kiosk.courier import REPORT_S
from kiosk.journal import Kind, Outcome
from kiosk.state import Phase
from tests.controller.conftest import ISIL, Body, Running, sign_in_at_the_desk
from tests.controller.offline.virtual_kiosk import VirtualKiosk

HOURS = 8
SEED = 20261014
CONFLICTS = (
    "patron_not_allowed",
    "copy_not_lendable",
    "lent_twice",
    "unknown",
    "returned_before_lent",
    "hold_overtaken",
    "renewal_not_allowed",
)


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    """The kiosks' side is the same on either engine, and batches are proved on both."""
    return sqlite_ledger


RESERVED = 14  # of the books lent before, and as many cards and free books: for contradictions


@dataclass
class World:
    """Readers and books of one kiosk's corner, and what the plan says that it does."""

    kiosk: VirtualKiosk
    cards: list[str]
    books: list[str]
    lent: dict[str, str] = field(default_factory=dict)  # book -> card
    renewed: Counter[str] = field(default_factory=Counter)
    touched: set[str] = field(default_factory=set)  # books and cards that are left alone now
    asked_about: set[str] = field(default_factory=set)  # books of planned conflicts


@pytest.fixture
def corners(running: Running, tokens: dict[str, str], tmp_path) -> Iterator[list[World]]:
    """Two kiosks that share a house, each with readers and books of its own."""
    tags: dict = {}
    trust = Trust(books=50, operations=5000, age=timedelta(hours=24))
    worlds = []
    for place, name in enumerate(("kiosk-1", "kiosk-2")):
        kiosk = VirtualKiosk(
            tmp_path / name,
            url=running.url,
            token=tokens[name],
            owner=ISIL,
            now=running.clock,
            tags=tags,
            trust=trust,
        )
        cards = [f"{place + 10:02X}{n:06X}" for n in range(160)]
        books = [f"{'KL'[place]}{n:05}" for n in range(400)]
        fill(running, cards, books, title=10 + place * 1000)
        worlds.append(World(kiosk, cards, books))
    yield worlds
    for world in worlds:
        world.kiosk.close()


def fill(running: Running, cards: list[str], books: list[str], title: int) -> None:
    """A title of its own for every book, so that a hold on one waits for no other."""
    with Session(running.engine) as session:
        for card in cards:
            name = {"family_name": "Ф", "given_name": "И", "class_name": "9А"}
            session.add(Patron(id=patron_of(card), **name))
        for n in range(len(books)):
            key = str(title + n)
            session.add(Title(id=title + n, title="Т", author="А", source="x", source_key=key))
        session.flush()
        session.add_all(Card(uid=card, patron_id=patron_of(card)) for card in cards)
        session.add_all(
            Item(owner=ISIL, item_id=book, title_id=title + n) for n, book in enumerate(books)
        )
        session.commit()


def patron_of(card: str) -> str:
    return f"p-{card}"


class Plan:
    """Chooses acts until the numbers are reached; seeded, so that a failure comes again."""

    def __init__(self, running: Running, corners: list[World], station: httpx2.Client, body: Body):
        self.running = running
        self.corners = corners
        self.station = station
        self.body = body
        self.random = random.Random(SEED)
        self.done = 0

    def before_the_outage(self, loans: int) -> None:
        """Lent while all is well, by the same sessions."""
        for world in self.corners:
            for n in range(loans):
                self.lend(world, world.books[n], world.cards[n % 40])

    def lend(self, world: World, book: str, card: str) -> None:
        line = world.kiosk.borrow(card, book)[book]
        assert line.phase is Phase.LENT, line
        world.lent[book] = card
        self.done += 1

    def take_back(self, world: World, book: str) -> None:
        line = world.kiosk.give_back(book)[book]
        assert line.phase is Phase.RETURNED, line
        world.lent.pop(book, None)
        world.renewed.pop(book, None)
        self.done += 1

    def renew(self, world: World, book: str) -> None:
        assert world.kiosk.renew(world.lent[book], book)
        world.renewed[book] += 1
        self.done += 1

    def ordinary(self, world: World) -> None:
        """One act that contradicts nothing; one in twenty crosses over to the other kiosk."""
        usable = [book for book in world.books[RESERVED:200] if book not in world.touched]
        free = [book for book in usable if book not in world.lent]
        out = [book for book in usable if book in world.lent]
        roll = self.random.random()
        if roll < 0.5 or not out:
            loans = Counter(world.lent.values())
            cards = [card for card in world.cards[:100] if loans[card] < 4]
            self.lend(world, self.random.choice(free), self.random.choice(cards))
        elif roll < 0.85:
            self.take_back(world, self.random.choice(out))
        elif roll < 0.9:
            self.crossing(world, self.random.choice(out))
        else:
            fresh = [book for book in out if not world.renewed[book]]
            self.renew(world, self.random.choice(fresh or out))

    def crossing(self, world: World, book: str) -> None:
        """Lent at one kiosk, brought back to the other, which knows nothing of the loan."""
        other = next(one for one in self.corners if one is not world)
        line = other.kiosk.give_back(book)[book]
        assert line.phase is Phase.RETURNED
        world.lent.pop(book)
        world.touched.add(book)  # this kiosk still believes it lent
        self.done += 1

    def contradict(self, world: World, kind: str) -> None:
        """The desk does something, and then the kiosk does what no longer fits to it."""
        book = next(book for book in world.books[200:] if book not in world.touched)
        card, other, *_ = [card for card in world.cards[100:] if card not in world.touched]
        world.touched |= {book, card, other}
        match kind:
            case "patron_not_allowed":
                self.running.block(patron_of(card))
            case "copy_not_lendable":
                self.running.change(
                    "UPDATE item SET state = 'withdrawn' WHERE item_id = :b", b=book
                )
            case "lent_twice":
                self.at_desk(CHECKOUTS, item_id=book, patron_id=patron_of(other))
            case "hold_overtaken":
                title = self.running.scalar("SELECT title_id FROM item WHERE item_id = :b", b=book)
                self.at_desk(HOLDS, title_id=title, patron_id=patron_of(other))
                self.at_desk(HOLDS_SHELVE, item_id=book)
            case "unknown":
                book = f"NEW-{self.done}"
            case "returned_before_lent":
                return self.return_late(world, other)
            case "renewal_not_allowed":
                return self.renew_too_often(world)
        world.asked_about.add(book)
        self.lend(world, book, card)
        world.lent.pop(book)
        return None

    def return_late(self, world: World, other: str) -> None:
        """Brought back to the kiosk, put on the shelf, and lent at the desk to somebody else."""
        book = next(book for book in world.books[:RESERVED] if book not in world.touched)
        world.touched.add(book)
        world.asked_about.add(book)
        self.take_back(world, book)
        self.running.clock.move(minutes=1)
        self.at_desk(RETURNS, item_id=book)
        self.at_desk(CHECKOUTS, item_id=book, patron_id=patron_of(other))

    def renew_too_often(self, world: World) -> None:
        book = next(book for book in world.books[:RESERVED] if book not in world.touched)
        world.touched.add(book)
        world.asked_about.add(book)
        self.running.change(
            "UPDATE loan SET renewals = 2 WHERE returned_at IS NULL AND item_id ="
            " (SELECT id FROM item WHERE item_id = :b)",
            b=book,
        )
        self.renew(world, book)

    def at_desk(self, path: str, **fields: object) -> None:
        request = self.body(**fields)
        if "title_id" in fields:
            del request["owner"], request["item_id"]
        sign_in_at_the_desk(self.running)  # hours have passed
        answer = self.station.post(path, json=request)
        assert answer.status_code == 200, answer.text


def cut(running: Running, corners: list[World]) -> None:
    """The controller goes away for the kiosks; they find out, and not at the first failure."""
    for world in corners:
        assert world.kiosk.refresher.refresh()
        world.kiosk.network.cut = True
    running.clock.move(seconds=REPORT_S)
    for _ in range(3):
        assert not any(world.kiosk.state.alone for world in corners)
        running.clock.move(seconds=2)
        for world in corners:
            world.kiosk.courier.deliver_all()
            world.kiosk.happens()
    assert all(world.kiosk.state.alone for world in corners)


def mend(running: Running, corners: list[World]) -> None:
    for world in corners:
        world.kiosk.network.cut = False
    for _ in range(6):
        running.clock.move(seconds=5)
        for world in corners:
            world.kiosk.courier.deliver_all()
            world.kiosk.happens()
    assert not any(world.kiosk.link.alone for world in corners)


@pytest.mark.parametrize(
    ("operations", "conflicts"),
    [(60, 14), pytest.param(600, 40, marks=[pytest.mark.long, pytest.mark.timeout(900)])],
    ids=["short", "8 h, 600 operations, 40 conflicts"],
)
def test_a_day_without_the_controller_is_in_the_ledger_or_in_the_inbox(
    running: Running,
    corners: list[World],
    station: httpx2.Client,
    body: Body,
    operations: int,
    conflicts: int,
) -> None:
    plan = Plan(running, corners, station, body)
    plan.before_the_outage(loans=30)
    cut(running, corners)
    plan.done = 0
    wrong = set(random.Random(SEED).sample(range(operations), conflicts))
    kinds: Counter[str] = Counter()

    for number in range(operations):
        running.clock.move(seconds=HOURS * 3600 / operations)
        world = corners[number % 2]
        if number in wrong:
            kind = CONFLICTS[sum(kinds.values()) % len(CONFLICTS)]
            kinds[kind] += 1
            plan.contradict(world, kind)
        else:
            plan.ordinary(world)
    assert plan.done == operations
    assert sum(world.kiosk.journal.waiting() for world in corners) >= operations
    mend(running, corners)

    found = running.rows("SELECT kind, count(*) FROM conflict GROUP BY kind")
    assert dict(found) == dict(kinds)
    assert outcomes(corners) == {Outcome.DONE: operations - conflicts, Outcome.CONFLICT: conflicts}
    assert all(world.kiosk.journal.waiting() == 0 for world in corners)
    asked = {book for world in corners for book in world.asked_about}
    ledger = {book: patron for book, patron in open_loans(running).items() if book not in asked}
    assert ledger == {
        book: patron_of(card)
        for world in corners
        for book, card in world.lent.items()
        if book not in asked
    }


def outcomes(corners: list[World]) -> Counter[Outcome]:
    """What became of everything that was decided alone; what antennas saw is not counted."""
    return Counter(
        entry.outcome
        for world in corners
        for outcome in Outcome
        for entry in world.kiosk.journal.with_outcome(outcome)
        if entry.alone and entry.kind is not Kind.SIGHTING
    )


def open_loans(running: Running) -> dict[str, str]:
    return dict(
        running.rows(
            "SELECT i.item_id, l.patron_id FROM loan l JOIN item i ON i.id = l.item_id"
            " WHERE l.returned_at IS NULL"
        )
    )
