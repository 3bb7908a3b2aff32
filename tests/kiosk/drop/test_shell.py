"""The shell around the session: disk, display, paper and report, with a pad that obeys."""

import socket
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from circulation.ids import TagUid
from kiosk.client import ControllerClient
from kiosk.drop.display import Shown
from kiosk.drop.events import BinChanged
from kiosk.drop.moments import Moments
from kiosk.drop.outbox import Outbox
from kiosk.drop.settings import Settings
from kiosk.drop.shell import Drop, Ports
from kiosk.drop.state import Trouble
from kiosk.events import (
    BookTag,
    Event,
    ItemLifted,
    ItemPlaced,
    ReaderBack,
    ReaderLost,
    SecurityWritten,
)
from tests.kiosk.drop.conftest import OWNER, VAULT, copy, uid, until
from tests.kiosk.drop.ledger import Ledger

Answers = Callable[[httpx2.Request], httpx2.Response]


def _nobody(_request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(503)


class Room:
    """A drop in the hand: time stands until it is moved, and everything it says is kept."""

    def __init__(self, folder: Path, ledger: Answers = _nobody, *, plugged: bool = True) -> None:
        self.folder = folder
        self.plugged = plugged
        self.now = 100.0
        self.glass: list[Shown] = []
        self.paper: list[str] = []
        self.post: Callable[[Event | BinChanged], None]
        transport = httpx2.MockTransport(ledger)
        self.client = ControllerClient("http://controller", "token", transport=transport)
        settings = Settings(
            device="drop-1",
            owner=OWNER,
            controller_url="http://controller",
            token_file=folder / "token",
            outbox=folder / "outbox.db",
            reader_port="nowhere",
            library_name="Библиотека № 7",
        )
        ports = Ports(self._pad, self.client, VAULT, self._moments, lambda: self.now, self, self)
        self.drop = Drop(settings, ports, "0")

    def _pad(self, post: Callable[[Event], None]) -> "Room":
        self.post = post
        return self

    def _moments(self, last: object) -> Moments:
        return Moments(has_clock=True, not_before=None, monotonic=lambda: self.now)

    # The pad, the display and the paper

    def start(self) -> None:
        self.post(ReaderBack(simulated=True) if self.plugged else ReaderLost())

    def stop(self) -> None:
        """Nothing to give back."""

    def order(self, tag: TagUid, *, armed: bool) -> None:
        self.post(SecurityWritten(tag, armed=armed, ok=True, changed=True))

    def show(self, now: Shown) -> None:
        self.glass.append(now)

    def print_text(self, text: str) -> None:
        self.paper.append(text)

    # What happens

    def happens(self, event: Event) -> None:
        self.post(event)
        self.turn()

    def turn(self) -> None:
        for _ in range(3):
            assert self.drop.turn(0)

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self.now += 1
            self.turn()

    def put_in(self, number: int) -> None:
        self.happens(ItemPlaced(uid(number), BookTag(copy(number))))

    def kept(self) -> list[str]:
        outbox = Outbox(self.folder / "outbox.db", VAULT)
        rows = [str(row.copy.item) for row in outbox.all_rows()]
        outbox.close()
        return rows


@pytest.fixture
def room(tmp_path: Path):
    made = Room(tmp_path)
    made.start()
    made.turn()
    yield made
    made.drop.close()
    made.client.close()


def test_a_book_is_counted_on_the_display_when_it_is_on_the_disk(room: Room) -> None:
    room.put_in(1)
    room.wait(2)

    assert room.kept() == ["A1"]
    assert room.glass[-1] == Shown(1, "Спасибо! Следующая книга?")


def test_a_receipt_ends_the_visit_and_names_nobody(room: Room) -> None:
    for number in (1, 2):
        room.put_in(number)
        room.happens(ItemLifted(uid(number)))

    room.wait(20)

    [receipt] = room.paper
    assert "Приняты 2 книги" in receipt
    assert "Библиотека № 7" in receipt
    assert "A1" not in receipt


def test_who_puts_nothing_in_gets_no_paper(room: Room) -> None:
    room.wait(60)

    assert room.paper == []


def test_a_disk_that_fails_shuts_the_slot_until_it_takes_the_book(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Outbox, "keep", full)
        room.put_in(1)
        shut, said = room.drop.state.shut, room.glass[-1]

    room.wait(4)

    assert shut
    assert said == Shown(0, "Приём закрыт. Обратитесь, пожалуйста, к библиотекарю")
    assert room.kept() == ["A1"]
    assert not room.drop.state.shut


def test_what_lay_in_the_slot_is_the_same_return_after_a_power_cut(tmp_path: Path) -> None:
    before = Room(tmp_path)
    before.start()
    before.put_in(1)
    before.drop.close()
    after = Room(tmp_path)
    after.start()

    after.put_in(1)
    after.put_in(2)
    after.drop.close()
    for room in (before, after):
        room.client.close()

    assert after.kept() == ["A1", "A2"]


def test_what_was_kept_is_told_to_the_ledger_while_the_reader_is_still_gone(
    tmp_path: Path,
) -> None:
    before = Room(tmp_path)
    before.start()
    before.put_in(1)
    before.drop.close()
    before.client.close()
    ledger = Ledger()
    room = Room(tmp_path, ledger, plugged=False)
    working = threading.Thread(target=room.drop.run)

    working.start()
    until(lambda: ledger.heard and ledger.state)

    assert room.drop.state.reader is Trouble.READER_LOST
    room.drop.finish()
    working.join(30)
    room.client.close()
    assert ledger.heard == [["A1"]]
    assert ledger.state["pad"] == "lost"


def test_the_librarian_hears_at_once_that_the_slot_is_shut_and_why(tmp_path: Path) -> None:
    ledger = Ledger()
    room = Room(tmp_path, ledger)
    working = threading.Thread(target=room.drop.run)
    working.start()
    until(lambda: ledger.state.get("slot") == "open")

    room.post(BinChanged("bin", full=True))
    until(lambda: ledger.state["slot"] == "full")
    room.post(BinChanged("bin", full=False))
    until(lambda: ledger.state["slot"] == "open")

    room.drop.finish()
    working.join(30)
    room.client.close()
    assert not working.is_alive()


def test_systemd_hears_of_a_drop_that_works_and_of_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        room = Room(tmp_path)
        for _ in range(3):
            room.post(ItemLifted(uid(1)))
        room.drop.finish()

        room.drop.run()

        words = [supervisor.recv(64) for _ in range(5)]
    room.client.close()
    assert words[0] == b"READY=1"
    assert words[1:-1] == [b"WATCHDOG=1"] * 3
    assert words[-1] == b"STOPPING=1"
