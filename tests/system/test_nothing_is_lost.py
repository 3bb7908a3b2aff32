"""Broker, controller and gate are killed while people walk; every event arrives exactly once."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from hw_sim.aisle import Direction
from hw_sim.client import WorldClient
from hw_sim.evidence import Book, Ledger
from hw_sim.messages import NewTag
from hw_sim.stage import Stage
from hw_sim.stage_files import GATE

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

SECURED, ON_LOAN = 0x07, 0xC2


@dataclass(frozen=True, slots=True)
class Scene:
    """A running library, with books in bags."""

    stage: Stage
    world: WorldClient
    ledger: Ledger
    books: list[Book]

    def walk(self, book: Book) -> None:
        number = self.world.walk(GATE, [book.uid], Direction.OUT, speed_m_s=3.0)
        wait_for(lambda: any(w.walk_id == number and w.ended for w in self.walks()))

    def walks(self) -> list:
        return self.world.gate(GATE).walks

    def kinds(self, book: Book) -> list[str]:
        return [event["kind"] for event in self.ledger.gate_events(book)]

    def seqs(self) -> list[int]:
        return [row["seq"] for row in self.ledger.all("SELECT seq FROM gate_event ORDER BY seq")]


@pytest.fixture(scope="module")
def scene(library: Stage) -> Scene:
    world, ledger = library.world(), Ledger(library.database)
    books = ledger.books(8)
    world.make_tags([NewTag(uid=book.uid, afi=SECURED) for book in books])
    return Scene(library, world, ledger, books)


def wait_for(ask: Callable[[], bool], patience_s: float = 30.0) -> None:
    end = time.monotonic() + patience_s
    while not ask():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


def test_the_gate_alarms_without_a_broker_and_reports_when_it_is_back(scene: Scene) -> None:
    book, other = scene.books[:2]
    scene.stage.broker.kill()

    scene.walk(book)
    scene.walk(other)
    alarmed = [walk.lamp_on_at is not None for walk in scene.walks()[-2:]]
    unheard = scene.kinds(book)
    scene.stage.broker.start()
    wait_for(lambda: scene.kinds(other) == ["alarm", "passage"])

    assert any(alarmed)
    assert unheard == []
    assert scene.kinds(book) == ["alarm", "passage"]


def test_a_killed_gate_reports_what_it_had_seen(scene: Scene) -> None:
    book = scene.books[2]
    scene.stage.broker.kill()
    scene.walk(book)
    time.sleep(0.5)  # the passage is on the gate's disk
    scene.stage.end("gate", kill=True)

    scene.stage.broker.start()
    scene.stage.start_gate()
    wait_for(lambda: "passage" in scene.kinds(book))

    assert scene.kinds(book) == ["alarm", "passage"]


def test_a_killed_controller_takes_what_happened_while_it_was_away(scene: Scene) -> None:
    before, during = scene.books[3:5]
    wait_for(lambda: scene.world.gate(GATE).pins_connected)
    scene.walk(before)
    scene.stage.end("controller", kill=True)

    scene.walk(during)
    scene.stage.start_controller()
    wait_for(lambda: "passage" in scene.kinds(during))

    assert scene.kinds(before) == ["alarm", "passage"]
    assert scene.kinds(during) == ["alarm", "passage"]


def test_after_all_this_every_event_is_there_exactly_once(scene: Scene) -> None:
    seqs = scene.seqs()

    assert seqs == list(range(1, len(seqs) + 1))
    logged = scene.ledger.one(
        "SELECT count(*) AS n FROM event WHERE kind IN ('gate_alarmed', 'gate_passed')"
    )
    assert logged["n"] == len(seqs)
    assert scene.stage.dead() == []
