"""The first of September and the end of May: sheet, ledger and tags tell the same counts."""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlmodel import Session

from circulation.class_sets import (
    TEXTBOOK_CLASS,
    TEXTBOOK_CONDITIONS,
    TEXTBOOK_SESSION,
    StackAnswer,
)
from circulation.policy import PatronCategory
from controller.patrons.wire import DEBTS
from controller.staff.rights import Role
from controller.tables import Patron
from tests.controller.conftest import ISIL, Running
from tests.controller.printing.read_back import texts
from tests.controller.staff.conftest import As, Browser
from tests.controller.textbooks.conftest import (
    TEACHER,
    YEAR,
    Pad,
    School,
    ask,
    make_class,
    put_set,
)

PUPILS, TITLES = 30, 12
ABSENT, ONE_MISSING, TORN = 7, 11, 3  # places in the class list


@dataclass
class Tags:
    """What is written on the tags; the pad writes only what the ledger has answered."""

    armed: dict[str, bool] = field(default_factory=dict)

    def write(self, pad: Pad, items: list[str], *, armed: bool) -> None:
        self.armed |= dict.fromkeys(items, armed)
        pad.sight(items, armed=armed)

    def count(self, *, armed: bool) -> int:
        return list(self.armed.values()).count(armed)


@dataclass
class Day:
    """One class on one day at one kiosk."""

    school: School
    class_name: str
    kiosk: httpx2.Client
    librarian: Browser
    pad: Pad
    tags: Tags

    def open_session(self, purpose: str) -> list[dict[str, Any]]:
        """The class teacher's card; the class list."""
        common = {"op_id": str(uuid4()), "at": self.school.running.clock().isoformat()}
        wish = common | {
            "class_name": self.class_name,
            "purpose": purpose,
            "patron_id": TEACHER,
        }
        assert self.kiosk.post(TEXTBOOK_SESSION, json=wish).status_code == 200
        return self.class_list()

    def class_list(self) -> list[dict[str, Any]]:
        pupils: list[dict[str, Any]] = self.kiosk.get(TEXTBOOK_CLASS).json()["pupils"]
        return pupils

    def issue(self, number: int, stack: list[str]) -> StackAnswer:
        """Card, stack, ticks, one act; then the tags are silenced."""
        pupil = self.school.pupils[number]
        answer = StackAnswer.model_validate(ask(self.kiosk, pupil, stack))
        items = [copy.item_id for copy in answer.take]
        done = self.pad.issue(pupil, items)
        assert {one["done"] for one in done} <= {"applied"}
        self.tags.write(self.pad, items, armed=False)
        return answer

    def collect(self, number: int, stack: list[str]) -> StackAnswer:
        """Armed and read back first, then recorded."""
        pupil = self.school.pupils[number]
        answer = StackAnswer.model_validate(ask(self.kiosk, pupil, stack, purpose="collect"))
        items = [copy.item_id for copy in answer.take]
        self.tags.write(self.pad, items, armed=True)
        self.pad.collect(items)
        return answer

    def sheet_total(self) -> int:
        """The figure at the end of the printed sheet."""
        query = {"class_name": self.class_name}
        pdf = self.librarian.get("/console/print/sheet.pdf", params=query).content
        row = re.search(r"Всего\s+([\d\s]+)", "\n".join(texts(pdf)))
        assert row
        return int(row[1].split()[TITLES])

    def ledger(self) -> dict[tuple[str, str], int]:
        """Textbooks of this class by state and security."""
        rows = self.school.running.rows(
            "SELECT state, security, count(*) FROM item WHERE title_id BETWEEN :first AND :last"
            " GROUP BY state, security",
            first=self.school.titles[0],
            last=self.school.titles[-1],
        )
        return {(state, security): count for state, security, count in rows}


@pytest.fixture
def librarian(signed_in: As) -> Browser:
    return signed_in(Role.LIBRARIAN)


def make_day(
    running: Running, librarian: Browser, kiosk: httpx2.Client, pad: Pad, *, place: int = 0
) -> Day:
    """A class with a set and a teacher."""
    name = f"{5 + place % 5}{'ВГДЕЖЗИК'[place // 5]}"
    school = make_class(
        running, pupils=PUPILS, titles=TITLES, class_name=name, first_title=100 + TITLES * place
    )
    wish = {
        "class_name": name,
        "school_year": YEAR,
        "lines": [{"title_id": title} for title in school.titles],
        "teacher_id": TEACHER,
    }
    put_set(librarian, wish)
    return Day(school, name, kiosk, librarian, pad, Tags())


def add_teacher(running: Running) -> None:
    with Session(running.engine) as session:
        session.add(
            Patron(
                id=TEACHER,
                family_name="Учителева",
                given_name="Ольга",
                category=PatronCategory.TEACHER,
                library=ISIL,
            )
        )
        session.commit()


def play_september(day: Day) -> None:
    """One pupil is ill; one stack lacks its last book; everything else is there."""
    assert [pupil["wanted"] for pupil in day.open_session("issue")] == [TITLES] * PUPILS
    for number in range(PUPILS):
        if number != ABSENT:
            stack = day.school.stack(number)
            lacks = number == ONE_MISSING
            answer = day.issue(number, stack[:-1] if lacks else stack)
            assert (answer.complete, len(answer.take)) == (not lacks, TITLES - lacks)


def play_may(day: Day) -> None:
    """Everybody brings everything; one book is torn; the pupil who was ill brings nothing."""
    day.open_session("collect")
    for number in range(PUPILS):
        stack = day.school.stack(number)
        answer = day.collect(number, stack[:-1] if number == ONE_MISSING else stack)
        assert answer.complete
    torn = {"op_id": str(uuid4()), "at": day.school.running.clock().isoformat(), "owner": ISIL}
    torn |= {"item_id": day.school.copy(day.school.titles[0], TORN), "condition": "damaged"}
    assert day.kiosk.post(TEXTBOOK_CONDITIONS, json=torn).status_code == 200


def check_september(day: Day) -> None:
    issued = (PUPILS - 1) * TITLES - 1
    held = [pupil["held"] for pupil in day.class_list()]
    ledger = day.ledger()
    assert day.sheet_total() == sum(held) == ledger["on_loan", "disarmed"] == issued
    assert day.tags.count(armed=False) == issued
    assert (held[ABSENT], held[ONE_MISSING]) == (0, TITLES - 1)
    assert ("on_loan", "disarm_due") not in ledger


def check_may(day: Day) -> None:
    copies = (PUPILS + 1) * TITLES
    assert day.ledger() == {("in_stock", "armed"): copies - 1, ("damaged", "armed"): 1}
    assert day.tags.count(armed=False) == 0
    assert day.sheet_total() == 0
    debts = day.librarian.get(DEBTS, params={"class_name": day.class_name}).json()
    assert debts == {"debtors": []}


def test_one_class_gets_its_books_and_brings_them_back(
    running: Running, librarian: Browser, kiosk: httpx2.Client, pad: Pad
) -> None:
    add_teacher(running)
    day = make_day(running, librarian, kiosk, pad)

    play_september(day)
    check_september(day)
    play_may(day)

    check_may(day)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_whole_school_gets_its_books_and_brings_them_back(
    running: Running, librarian: Browser, kiosk: httpx2.Client, pad: Pad
) -> None:
    """Forty classes: 13,900 loans and as many returns."""
    add_teacher(running)
    days = [make_day(running, librarian, kiosk, pad, place=place) for place in range(40)]

    for day in days:
        play_september(day)
    for day in days:
        check_september(day)
    assert days[0].school.open_loans() == 40 * ((PUPILS - 1) * TITLES - 1)
    for day in days:
        play_may(day)

    assert days[0].school.open_loans() == 0
    for day in days:
        check_may(day)
