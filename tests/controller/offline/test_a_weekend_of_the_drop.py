"""Friday evening to Monday morning without a line: 400 books, some seen twice, and a power cut.

The drop's own session, disk and courier on virtual time; the ledger is a real one behind HTTP.
"""

import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from circulation.ids import Copy, Isil, ItemId, TagUid
from circulation.loan import ItemState, SecurityState
from circulation.messages import Clock
from controller.devices.registry import add_device
from controller.tables import DeviceKind, Item, Loan
from kiosk.client import ControllerClient
from kiosk.drop.moments import Moments
from kiosk.drop.outbox import Outbox
from kiosk.drop.settings import Settings
from kiosk.drop.shell import Drop, Ports
from kiosk.events import BookTag, Event, ItemLifted, ItemPlaced, ReaderBack, SecurityWritten
from kiosk.vault import Vault
from tests.controller.conftest import ANNA, ISIL, Running

BOOKS = 400
SEED = 20_261_016
FRIDAY = datetime(2026, 10, 16, 15, 0, tzinfo=UTC)
HOURS = 62
PATIENCE_S = 60


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    """One engine: what differs between the two is proved where batches are."""
    return sqlite_ledger


@dataclass
class Slot:
    """The antenna under the slot: it arms whatever it is told to."""

    post: "object" = None

    def start(self) -> None:
        self.post(ReaderBack(simulated=False))

    def stop(self) -> None:
        """Nothing to give back."""

    def order(self, uid: TagUid, *, armed: bool) -> None:
        self.post(SecurityWritten(uid, armed=armed, ok=True, changed=True))


@dataclass
class Weekend:
    """Virtual time around a drop that nobody answers."""

    settings: Settings
    client: ControllerClient
    instant: float = 1_000.0
    wall: datetime = FRIDAY
    came_at: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.power_on()

    def power_on(self) -> None:
        self.slot = Slot()
        self.drop = Drop(self.settings, self.ports(), "0")
        self.slot.start()
        self.work()

    def ports(self) -> Ports:
        def opened(post: object) -> Slot:
            self.slot.post = post
            return self.slot

        def moments(last: datetime | None) -> Moments:
            return Moments(
                has_clock=True,
                not_before=last,
                is_set=lambda: False,
                wall=lambda: self.wall,
                monotonic=lambda: self.instant,
            )

        vault = Vault(self.settings.read_token())
        return Ports(opened, self.client, vault, moments, clock=lambda: self.instant)

    def power_cut(self, off_s: float) -> None:
        """Nothing is said goodbye to: the file is as it is."""
        self.drop.close()
        self.pass_time(off_s, working=False)
        self.power_on()

    def pass_time(self, seconds: float, *, working: bool = True) -> None:
        self.instant += seconds
        self.wall += timedelta(seconds=seconds)
        if working:
            self.work()

    def until(self, moment: datetime) -> None:
        if moment > self.wall:
            self.pass_time((moment - self.wall).total_seconds())

    def happens(self, event: Event) -> None:
        self.slot.post(event)
        self.work()

    def work(self) -> None:
        """The loop goes round until nothing waits: what an order posts is there in one turn."""
        for _ in range(3):
            assert self.drop.turn(0)

    def put_in(self, number: int) -> None:
        self.came_at.setdefault(item(number), self.wall)
        self.happens(ItemPlaced(uid(number), BookTag(Copy(Isil(ISIL), ItemId(item(number))))))

    def falls(self, number: int) -> None:
        self.happens(ItemLifted(uid(number)))


def item(number: int) -> str:
    return f"W-{number}"


def uid(number: int) -> TagUid:
    return TagUid(f"E00401{number:010X}")


@pytest.fixture
def settings(running: Running, tmp_path: Path) -> Settings:
    token = tmp_path / "token"
    token.write_text(
        add_device(running.engine, isil=ISIL, name="drop-1", kind=DeviceKind.DROP) or ""
    )
    token.chmod(0o600)
    lend(running)
    return Settings(
        device="drop-1",
        owner=ISIL,
        controller_url=running.url,
        token_file=token,
        outbox=tmp_path / "drop" / "outbox.db",
        reader_port="nowhere",
    )


def lend(running: Running) -> None:
    """All 400 are with Anna, by a loan of September."""
    state = {"state": ItemState.ON_LOAN, "security": SecurityState.DISARMED}
    with Session(running.engine) as session:
        copies = [
            Item(owner=ISIL, item_id=item(n), title_id=1, tag_uid=uid(n), **state)
            for n in range(BOOKS)
        ]
        session.add_all(copies)
        session.flush()
        session.add_all(
            Loan(
                item_id=copy.id,
                patron_id=ANNA,
                lent_at=datetime(2026, 9, 10, tzinfo=UTC),
                due=date(2026, 10, 10),
                policy_version="t",
                device_id=1,
            )
            for copy in copies
        )
        session.commit()


def a_weekend(weekend: Weekend, chance: random.Random) -> int:
    """Everybody brings a book; how many came a second time within the minute."""
    moments = sorted(chance.uniform(0, HOURS * 3_600) for _ in range(BOOKS))
    cut_at, seen_twice = chance.randrange(BOOKS // 3, BOOKS), 0
    for number, seconds in enumerate(moments):
        weekend.until(FRIDAY + timedelta(seconds=seconds))
        weekend.put_in(number)
        weekend.pass_time(2.0)
        if number == cut_at:  # while it lies there; minutes later it still does
            weekend.power_cut(off_s=600)
            weekend.put_in(number)
        weekend.falls(number)
        if chance.random() < 0.2:
            seen_twice += 1
            weekend.pass_time(chance.uniform(0.5, 50))
            weekend.put_in(number)
            weekend.falls(number)
    return seen_twice


def test_four_hundred_books_are_four_hundred_returns_once_each_at_their_own_times(
    running: Running, settings: Settings
) -> None:
    nobody = ControllerClient("http://127.0.0.1:9", "no-line")
    weekend = Weekend(settings, nobody)
    seen_twice = a_weekend(weekend, random.Random(SEED))
    weekend.drop.close()
    nobody.close()

    running.clock.moment = FRIDAY + timedelta(hours=HOURS + 2)
    line = ControllerClient(running.url, settings.read_token())
    weekend.client = line
    weekend.pass_time(2 * 3_600, working=False)
    weekend.power_on()
    on_monday = threading.Thread(target=weekend.drop.run)
    on_monday.start()
    try:
        assert eventually(lambda: open_loans(running) == 0)
    finally:
        weekend.drop.finish()
        on_monday.join(PATIENCE_S)
        line.close()

    assert not on_monday.is_alive()
    assert seen_twice > BOOKS // 10
    assert returned_at(running) == {
        name: at.replace(microsecond=0) for name, at in weekend.came_at.items()
    }
    [(events,)] = running.rows("SELECT count(*) FROM event WHERE kind = 'returned'")
    [(questions,)] = running.rows("SELECT count(*) FROM conflict")
    assert (events, questions) == (BOOKS, 0)


def open_loans(running: Running) -> int:
    return int(running.scalar("SELECT count(*) FROM loan WHERE returned_at IS NULL"))


def returned_at(running: Running) -> dict[str, datetime]:
    rows = running.rows(
        "SELECT i.item_id, l.returned_at FROM loan l JOIN item i ON i.id = l.item_id"
    )
    return {name: datetime.fromisoformat(at).replace(microsecond=0) for name, at in rows}


def eventually(is_so: object) -> bool:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_a_drop_whose_clock_cannot_be_believed_says_so(settings: Settings) -> None:
    nobody = ControllerClient("http://127.0.0.1:9", "no-line")
    weekend = Weekend(settings, nobody)
    weekend.put_in(1)
    weekend.drop.close()
    weekend.wall -= timedelta(days=200)  # a board that woke up in the past
    weekend.power_on()

    weekend.put_in(2)
    weekend.drop.close()
    nobody.close()
    outbox = Outbox(settings.outbox, Vault(settings.read_token()))
    clocks = [row.clock for row in outbox.all_rows()]
    outbox.close()

    assert clocks == [Clock.SURE, Clock.UNSURE]
