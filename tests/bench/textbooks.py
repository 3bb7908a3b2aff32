"""The textbook week at one kiosk: real session, driver, line, air, HTTP and ledger; no window.

A pupil's time begins when card and stack are laid down and ends when the last tag was read back as
silenced. The card's own time of some hundred milliseconds is part of it; the five seconds in which
a class changes places are added, not waited for.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session

from circulation.ids import CardUid, Isil, ItemId
from circulation.policy import ItemKind
from circulation.tags.afi import AFI_PROFILES
from circulation.tags.codec import encode
from circulation.tags.item_tag import TagContent
from circulation.textbooks import Audience, school_year
from controller.app import create_app
from controller.clock import LibraryTime, system_clock
from controller.db import make_engine, sqlite_url, upgrade
from controller.devices.registry import add_device, ensure_library
from controller.server import make_server
from controller.settings import Settings as ControllerSettings
from controller.tables import Card, DeviceKind, Item, Patron, Title
from controller.textbooks.tables import TextbookLine
from drivers.card import CardPoll, CardPollKind
from drivers.reader import Identity
from drivers.registry import open_reader
from hw_sim.client import WorldClient
from hw_sim.messages import NewTag
from kiosk.client import ControllerClient
from kiosk.settings import Settings
from kiosk.shell import Ports, Shell
from kiosk.view import ScreenName, Tone, View
from tests.bench.result import Result, at_most
from tests.bench.simulator import started
from tests.bench.workspace import workspace

OWNER, NAME, PAD = Isil("RU-10010033"), "school-33", "feig-mr102"
PUPILS, BOOKS, MANY_BOOKS = 30, 12, 15
HANDLING_S = 5.0
_PUPIL_WITHIN_S, _CLASS_WITHIN_S = 6.0, 360.0
_MANY = PUPILS  # the number of the pupil with the larger set, in a class of one
_LOOK_S = 0.01


def measure() -> list[Result]:
    """One pupil with 15 books, and a class of 30 with 12 each, pupil after pupil."""
    with workspace() as folder, _kiosk(folder) as desk:
        desk.wait_until_free()
        desk.serve(0)  # the first pupil of a day opens connections and files
        single = desk.serve(_MANY)
        pupils = [desk.serve(number) for number in range(1, PUPILS)]
    whole = sum(pupils) * PUPILS / len(pupils) + PUPILS * HANDLING_S
    return [
        at_most("textbooks.pupil_15_books", single, "s", limit=_PUPIL_WITHIN_S),
        at_most("textbooks.class_30x12", whole, "s", limit=_CLASS_WITHIN_S),
    ]


class _Cards:
    """A card reader on which the bench lays a card."""

    def __init__(self) -> None:
        self.uid = ""

    def identify(self) -> Identity:
        return Identity("bench", "1", "bench", simulated=True)

    def poll(self) -> CardPoll:
        time.sleep(0.05)
        return CardPoll(CardPollKind.ONE, self.uid) if self.uid else CardPoll(CardPollKind.NONE)

    def close(self) -> None:
        """There is nothing to give back."""


@dataclass
class _Desk:
    shell: Shell
    world: WorldClient
    cards: _Cards

    def serve(self, number: int) -> float:
        """Seconds from card and stack to the last silenced tag."""
        books = _books(number)
        began = time.perf_counter()
        self.cards.uid = _card(number)
        self.world.place(PAD, [_uid(number, book) for book in range(books)])
        self._until(lambda: self._done() == books)
        seconds = time.perf_counter() - began
        self.cards.uid = ""
        self.world.lift(PAD)
        self._until(lambda: self._done() == 0)
        return seconds

    def wait_until_free(self) -> None:
        """The pad answers, and the kiosk waits for somebody: a card before that is not heard."""
        self._until(lambda: self._view().screen is ScreenName.START)

    def _view(self) -> View:
        self.shell.tick()
        return self.shell.drain()

    def _done(self) -> int:
        return sum(row.tone is Tone.DONE for row in self._view().rows)

    def _until(self, happened) -> None:
        end = time.perf_counter() + 60
        while not happened():
            if time.perf_counter() > end:
                raise AssertionError(f"not done: {self.shell.drain()}")
            time.sleep(_LOOK_S)


@contextmanager
def _kiosk(folder: Path) -> Iterator[_Desk]:
    with _controller(folder) as (url, token), started(timing="real") as (world, wiring):
        world.make_tags([_tag(n, book) for n in range(PUPILS + 1) for book in range(_books(n))])
        settings = Settings(
            device="kiosk-1",
            owner=OWNER,
            controller_url=url,
            token=token,
            journal=folder / "kiosk.db",
            reader_port=wiring["pads"][PAD]["pty"],
            allow_simulated=True,
            textbook_week=True,
            clear_s=2,
        )
        cards = _Cards()
        ports = Ports(
            open_reader=lambda: open_reader(PAD, settings.reader_port),
            open_card_reader=lambda: cards,
            client=ControllerClient(url, token),
            play=lambda _sound: None,
        )
        shell = Shell(settings, ports)
        shell.start()
        try:
            yield _Desk(shell, world, cards)
        finally:
            shell.stop()


@contextmanager
def _controller(folder: Path) -> Iterator[tuple[str, str]]:
    database = sqlite_url(folder / "polka.db")
    token = _fill(database)
    settings = ControllerSettings(library_isil=OWNER, library_name=NAME, database_url=database)
    server = make_server(create_app(settings), host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(_LOOK_S)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", token
    finally:
        server.should_exit = True
        thread.join(15)


def _fill(database: str) -> str:
    """A class of thirty and one more pupil, with their sets and books; the kiosk's token."""
    engine = make_engine(database)
    upgrade(engine)
    ensure_library(engine, isil=OWNER, name=NAME, display_name="")
    year = school_year(LibraryTime(system_clock, ZoneInfo("Europe/Moscow")).day(system_clock()))
    with Session(engine) as session:
        session.add_all(_title(number) for number in range(1, MANY_BOOKS + 1))
        session.add_all(_patron(number) for number in range(PUPILS + 1))
        session.flush()
        for name, count in (("5А", BOOKS), ("11Б", MANY_BOOKS)):
            session.add_all(
                TextbookLine(
                    library=OWNER,
                    school_year=year,
                    class_name=name,
                    title_id=title,
                    audience=Audience.CLASS,
                )
                for title in range(1, count + 1)
            )
        for number in range(PUPILS + 1):
            session.add(Card(uid=_card(number), patron_id=f"p-{number}"))
            session.add_all(
                Item(owner=OWNER, item_id=_item(number, book), title_id=book + 1)
                for book in range(_books(number))
            )
        session.commit()
    token = add_device(engine, isil=OWNER, name="kiosk-1", kind=DeviceKind.KIOSK)
    engine.dispose()
    assert token is not None
    return token


def _title(number: int) -> Title:
    return Title(
        id=number,
        title=f"Учебник {number}",
        kind=ItemKind.TEXTBOOK,
        source="bench",
        source_key=str(number),
    )


def _patron(number: int) -> Patron:
    return Patron(
        id=f"p-{number}",
        family_name=f"Ученик-{number:02d}",
        given_name="Анна",
        class_name="5А" if number < PUPILS else "11Б",
        library=OWNER,
    )


def _books(number: int) -> int:
    return BOOKS if number < PUPILS else MANY_BOOKS


def _card(number: int) -> CardUid:
    return CardUid(f"04A1B2C3D4{number:04X}")


def _item(number: int, book: int) -> str:
    return f"2{number:03d}{book:04d}"


def _uid(number: int, book: int) -> str:
    return f"E00401005{number:03X}{book:04X}"


def _tag(number: int, book: int) -> NewTag:
    content = TagContent(item_id=ItemId(_item(number, book)), owner=OWNER)
    in_stock = AFI_PROFILES["iso"].in_stock
    return NewTag(
        uid=_uid(number, book), blocks_hex=encode(content).hex(), afi=in_stock, dsfid=0x3E
    )
