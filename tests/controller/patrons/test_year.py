"""The year's end: classes move up once, and who still has books is on the list."""

import httpx2
import pytest

from controller.patrons.promotion import next_class
from controller.staff.rights import Role
from tests.controller.conftest import ANNA, BORIS, GOGOL, MTSYRI, Body, Running
from tests.controller.staff.conftest import As, Browser

PROMOTION, DEBTS = "/api/v1/promotion", "/api/v1/debts"


@pytest.fixture
def head(signed_in: As) -> Browser:
    return signed_in(Role.HEAD)


def classes(running: Running) -> dict[str, tuple[str, bool]]:
    rows = running.rows("SELECT id, class_name, has_left FROM patron")
    return {row[0]: (row[1], bool(row[2])) for row in rows}


@pytest.mark.parametrize(
    ("before", "after"),
    [("7Б", "8Б"), ("9А", "10А"), ("11А", None), ("12", None), ("", ""), ("подг.", "подг.")],
)
def test_class_moves_up(before: str, after: str | None) -> None:
    assert next_class(before) == after


def test_plan_is_applied_once(head: Browser, running: Running) -> None:
    running.change(f"UPDATE patron SET class_name = '11А' WHERE id = '{BORIS}'")
    plan = head.get(PROMOTION).json()
    order = {"school_year": plan["school_year"], "seen": plan["seen"]}

    done = [head.post(PROMOTION, json=order).json() for _ in range(2)]

    assert plan["moves"] == [
        {"class_name": "7Б", "becomes": "8Б", "pupils": 1},
        {"class_name": "11А", "becomes": None, "pupils": 1},
    ]
    assert done == [{"school_year": 2026, "promoted": 1, "leavers": 1}] * 2
    assert classes(running) == {ANNA: ("8Б", False), BORIS: ("11А", True)}
    assert head.get(PROMOTION).json()["applied"]


def test_plan_of_other_pupils_is_not_applied(head: Browser, running: Running) -> None:
    plan = head.get(PROMOTION).json()
    running.change(f"UPDATE patron SET class_name = '5А' WHERE id = '{BORIS}'")

    answer = head.post(PROMOTION, json={"school_year": 2026, "seen": plan["seen"]})

    assert (answer.status_code, answer.json()) == (409, {"reason": "changed_meanwhile"})
    assert classes(running)[ANNA] == ("7Б", False)


def test_another_year_is_not_applied(head: Browser) -> None:
    plan = head.get(PROMOTION).json()

    answer = head.post(PROMOTION, json={"school_year": 2027, "seen": plan["seen"]})

    assert answer.status_code == 409


def test_librarian_does_not_promote(signed_in: As) -> None:
    assert signed_in(Role.LIBRARIAN).get(PROMOTION).status_code == 403


@pytest.fixture
def lent(running: Running, kiosk: Browser, body: Body) -> Running:
    """Anna (7Б) has two books, Boris (3А), who leaves, has one."""
    for patron, item in ((ANNA, MTSYRI), (ANNA, GOGOL), (BORIS, "C-1")):
        wish = body(patron_id=patron, item_id=item)
        assert kiosk.post("/api/v1/checkouts", json=wish).status_code == 200
    running.change(f"UPDATE patron SET has_left = true WHERE id = '{BORIS}'")
    return running


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"3А": 1, "7Б": 2}),
        ("?class_name=7Б", {"7Б": 2}),
        ("?only_leavers=true", {"3А": 1}),
        ("?class_name=9Я", {}),
    ],
)
def test_clearance_list_names_who_has_books(
    lent: Running, signed_in: As, query: str, expected: dict[str, int]
) -> None:
    debtors = signed_in(Role.LIBRARIAN).get(DEBTS + query).json()["debtors"]

    assert {each["patron"]["class_name"]: len(each["debts"]) for each in debtors} == expected
    assert lent.scalar("SELECT count(*) FROM patron_seen") == len(expected)


@pytest.mark.parametrize("query", ["", "?class_name=3А", "?only_leavers=false"])
def test_teacher_sees_the_own_class_alone(lent: Running, signed_in: As, query: str) -> None:
    debtors = signed_in(Role.TEACHER).get(DEBTS + query).json()["debtors"]

    assert [each["patron"]["class_name"] for each in debtors] == ["7Б"]


def test_page_prints_the_list(lent: Running, signed_in: As) -> None:
    page = signed_in(Role.TEACHER).get("/console/debts").text

    assert ("Петрова Анна, 7Б" in page, "Мцыри" in page, "Орлов" in page) == (True, True, False)


def test_engineer_sees_no_debts(signed_in: As) -> None:
    assert signed_in(Role.ENGINEER).get("/console/debts").status_code == 403


@pytest.fixture
def neighbour(running: Running) -> str:
    """Vera of another library of the city, in a class of the same name."""
    running.change("INSERT INTO library (isil, name, display_name) VALUES ('RU-2', 'school-2', '')")
    running.change(
        "INSERT INTO patron (id, family_name, given_name, patronymic, class_name, category,"
        " has_left, library) VALUES ('p-vera', 'Петрова', 'Вера', '', '7Б', 'pupil', true, 'RU-2')"
    )
    return "p-vera"


def test_classes_of_another_library_stay(head: Browser, running: Running, neighbour: str) -> None:
    running.change("UPDATE patron SET has_left = false")
    plan = head.get(PROMOTION).json()

    head.post(PROMOTION, json={"school_year": 2026, "seen": plan["seen"]})

    assert [move["pupils"] for move in plan["moves"]] == [1, 1]
    assert classes(running)[neighbour] == ("7Б", False)
    assert classes(running)[ANNA] == ("8Б", False)


def test_leavers_and_debts_are_those_of_this_library(
    head: Browser, running: Running, kiosk: httpx2.Client, body: Body, neighbour: str
) -> None:
    for patron, item in ((ANNA, MTSYRI), (neighbour, GOGOL)):
        running.change("UPDATE patron SET has_left = false")
        kiosk.post("/api/v1/checkouts", json=body(patron_id=patron, item_id=item))
    running.change("UPDATE patron SET has_left = true")

    found = [head.get(DEBTS, params={"only_leavers": wish}).json() for wish in (False, True)]

    assert [[debtor["patron"]["patron_id"] for debtor in one["debtors"]] for one in found] == [
        [ANNA],
        [ANNA],
    ]
    by_name = head.post("/api/v1/patrons/find", json={"text": "Петрова"}).json()
    assert [line["patron_id"] for line in by_name["patrons"]] == [ANNA]
