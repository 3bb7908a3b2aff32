"""A class with a set: pupils, titles with copies, a class teacher; and how a device issues."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlmodel import Session

from circulation.class_sets import TEXTBOOK_STACKS
from circulation.offline import OPERATIONS
from circulation.policy import ItemKind, PatronCategory
from controller.tables import Card, Item, Patron, Title
from controller.textbooks.wire import TEXTBOOK_SETS
from tests.controller.conftest import ISIL, Running
from tests.controller.staff.conftest import Browser, new_browser, password_hash, signed_in

__all__ = ["new_browser", "password_hash", "signed_in"]

CLASS, YEAR = "5А", 2027  # October 2026 is of the school year that ends in 2027
TEACHER, LEFT, STRANGER = "p-teacher", "p-left", "p-stranger"


@dataclass(frozen=True, slots=True)
class School:
    """What `make_class` put into the ledger."""

    running: Running
    pupils: tuple[str, ...]
    titles: tuple[int, ...]

    def copy(self, title: int, number: int) -> str:
        """The item id of a copy; as many copies of each title as pupils and one more."""
        return f"T{title}-{number}"

    def stack(self, number: int) -> list[str]:
        """A whole set: of each title the copy with this number."""
        return [self.copy(title, number) for title in self.titles]

    def open_loans(self) -> int:
        return int(self.running.scalar("SELECT count(*) FROM loan WHERE returned_at IS NULL"))


def make_class(
    running: Running, *, pupils: int, titles: int, class_name: str = CLASS, first_title: int = 100
) -> School:
    """A class with a teacher, one who left and a pupil of another class; copies for all and one."""
    family = ["Абрамова", "Белов", "Волкова", "Громов", "Дёмина", "Ершов"]
    ids = tuple(f"p-{first_title}-{n:02d}" for n in range(pupils))
    numbers = tuple(range(first_title, first_title + titles))
    with Session(running.engine) as session:
        for n, patron_id in enumerate(ids):
            name = family[n] if pupils <= len(family) else f"Ученик-{n:02d}"
            session.add(_patron(patron_id, name, f"Имя{n}", class_name))
        for number in numbers:
            session.add(
                Title(
                    id=number,
                    title=f"Учебник {number}",
                    author="Автор А. А.",
                    kind=ItemKind.TEXTBOOK,
                    section="74.2",
                    source="t",
                    source_key=str(number),
                )
            )
        session.flush()
        for n, patron_id in enumerate(ids):
            session.add(Card(uid=f"04{first_title:04X}{n:08X}", patron_id=patron_id))
        session.add_all(
            Item(owner=ISIL, item_id=f"T{title}-{n}", title_id=title, inventory_no=f"{title}/{n}")
            for title in numbers
            for n in range(pupils + 1)
        )
        session.commit()
    return School(running, ids, numbers)


def _patron(patron_id: str, family: str, given: str, class_name: str, **more: Any) -> Patron:
    return Patron(
        id=patron_id,
        family_name=family,
        given_name=given,
        class_name=class_name,
        library=ISIL,
        **more,
    )


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    """What the statements mean on the other engine is told by `test_on_postgres`."""
    return sqlite_ledger


@pytest.fixture
def school(running: Running) -> School:
    """5А: three pupils and four titles, with a teacher, a leaver and a pupil of 5Б around it."""
    school = make_class(running, pupils=3, titles=4)
    with Session(running.engine) as session:
        teacher = PatronCategory.TEACHER
        session.add(_patron(TEACHER, "Учителева", "Ольга", "", category=teacher))
        session.add(_patron(LEFT, "Ушедший", "Олег", CLASS, has_left=True))
        session.add(_patron(STRANGER, "Чужой", "Пётр", "5Б"))
        session.commit()
    return school


def class_set(school: School, **changes: Any) -> dict[str, Any]:
    """The first title for all, two of the second; a title for a group, one for the last pupil."""
    first, second, german, atlas = school.titles[:4]
    return {
        "class_name": CLASS,
        "school_year": YEAR,
        "lines": [
            {"title_id": first},
            {"title_id": second, "quantity": 2},
            {"title_id": german, "audience": "group", "group": "немецкий"},
            {"title_id": atlas, "audience": "person", "patron_id": school.pupils[-1]},
        ],
        "groups": [{"name": "немецкий", "patron_ids": [school.pupils[0]]}],
        "teacher_id": TEACHER,
    } | changes


def put_set(browser: Browser, wish: dict[str, Any]) -> None:
    browser.remember_form_token()
    answer = browser.put(TEXTBOOK_SETS, json=wish)
    assert answer.status_code == 200, answer.text


def ask(
    client: httpx2.Client, pupil: str, items: Sequence[str], purpose: str = "issue", **more: Any
) -> dict[str, Any]:
    """What the stack lacks."""
    copies = [{"owner": ISIL, "item_id": item} for item in items]
    query = {"patron_id": pupil, "copies": copies, "purpose": purpose, **more}
    answer = client.post(TEXTBOOK_STACKS, json=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class Pad:
    """A device that writes what a stack takes, numbering its operations."""

    def __init__(self, client: httpx2.Client, at: str) -> None:
        self._client, self._at, self._seq = client, at, 0

    def issue(self, pupil: str, items: Sequence[str]) -> list[dict[str, Any]]:
        """One act; the answer to each line."""
        return self._batch("checkout", [{"item_id": item, "patron_id": pupil} for item in items])

    def collect(self, items: Sequence[str]) -> list[dict[str, Any]]:
        """The tags are armed and read back; now the ledger hears of it."""
        return self._batch("return", [{"item_id": item} for item in items])

    def sight(self, items: Sequence[str], *, armed: bool) -> list[dict[str, Any]]:
        """The tags were written and read back."""
        return self._batch("sighting", [{"item_id": item, "armed": armed} for item in items])

    def _batch(self, kind: str, requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        if not requests:
            return []  # nothing lies there: a device sends nothing
        operations = []
        for request in requests:
            self._seq += 1
            common = {"op_id": str(uuid4()), "at": self._at, "owner": ISIL}
            operations.append(
                {
                    "seq": self._seq,
                    "clock": "sure",
                    "offline": False,
                    "kind": kind,
                    "request": common | request,
                }
            )
        answer = self._client.post(OPERATIONS, json={"operations": operations})
        assert answer.status_code == 200, answer.text
        answers: list[dict[str, Any]] = answer.json()["answers"]
        return answers


@pytest.fixture
def pad(kiosk: httpx2.Client, running: Running) -> Pad:
    return Pad(kiosk, running.clock().isoformat())
