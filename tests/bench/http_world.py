"""A ledger for load: many copies and patrons, a kiosk with a token, settings to serve it with."""

import json
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert

from circulation.policy import ItemKind
from controller.db import make_engine, sqlite_url, upgrade
from controller.devices.registry import add_device, ensure_library
from controller.tables import DeviceKind, Item, Patron, Title
from hw_sim.ports import free_port

ISIL = "RU-00320001"
BOOKS, TEXTBOOKS, PATRONS = 12_979, 19_199, 1_180  # copies, and the pupils they are for
BOOK_TITLES, TEXTBOOK_TITLES = 500, 160


@dataclass(frozen=True, slots=True)
class World:
    """A prepared database file that every round copies."""

    folder: Path
    database: Path
    token: str
    port: int

    def item_id(self, number: int) -> str:
        return f"B{number:09d}"

    def patron_id(self, number: int) -> str:
        return f"p{number % PATRONS:016d}"

    def class_sets(self) -> list[tuple[str, range]]:
        """Every textbook goes to a pupil: 16 to each, and a 17th to the first."""
        each, more = divmod(TEXTBOOKS, PATRONS)
        stacks, first = [], BOOKS
        for pupil in range(PATRONS):
            count = each + (pupil < more)
            stacks.append((self.patron_id(pupil), range(first, first + count)))
            first += count
        return stacks

    def write_settings(self, database_url: str) -> Path:
        """Settings for this ledger; the limit is lifted so that every checkout is granted."""
        policy = self.folder / "policy.toml"
        policy.write_text("max_loans = 100\n")
        values = {
            "library_isil": ISIL,
            "library_name": "school",
            "database_url": database_url,
            "policy_file": str(policy),
        }
        path = self.folder / f"controller-{self.port}.toml"
        lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        path.write_text("\n".join([*lines, f"port = {self.port}"]) + "\n")
        return path

    def wait_until_it_listens(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=0.2).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("the controller did not start")


def make_world(folder: Path, database_url: str | None = None) -> World:
    """The school's stock and pupils, all in stock; in a file unless another ledger is named."""
    database = folder / "school.db"
    engine = make_engine(database_url or sqlite_url(database))
    upgrade(engine)
    ensure_library(engine, isil=ISIL, name="school", display_name="School")
    token = add_device(engine, isil=ISIL, name="kiosk1", kind=DeviceKind.KIOSK) or ""
    world = World(folder, database, token, free_port())
    with engine.begin() as connection:
        titles = [_title(n) for n in range(1, BOOK_TITLES + TEXTBOOK_TITLES + 1)]
        connection.execute(insert(Title), titles)
        connection.execute(insert(Patron), [_patron(world, n) for n in range(PATRONS)])
        connection.execute(insert(Item), [_item(world, n) for n in range(BOOKS + TEXTBOOKS)])
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
    return world


def _title(number: int) -> dict[str, object]:
    key = str(number)
    kind = ItemKind.BOOK if number <= BOOK_TITLES else ItemKind.TEXTBOOK
    name = f"Книга {number}"
    return {"id": number, "title": name, "kind": kind, "source": "bench", "source_key": key}


def _patron(world: World, number: int) -> dict[str, object]:
    name = {"family_name": f"Фамилия{number}", "given_name": "Анна", "class_name": "11Б"}
    return {"id": world.patron_id(number), **name}


def _item(world: World, number: int) -> dict[str, object]:
    uid = f"E00401{number:010X}"
    title = number % BOOK_TITLES + 1
    if number >= BOOKS:
        title = BOOK_TITLES + 1 + number % TEXTBOOK_TITLES
    return {"owner": ISIL, "item_id": world.item_id(number), "title_id": title, "tag_uid": uid}
