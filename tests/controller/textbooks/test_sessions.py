"""A class session: opened by card or account, on one device, for a quarter of an hour."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from circulation.class_sets import (
    SESSION_MINUTES,
    TEXTBOOK_CLASS,
    TEXTBOOK_CONDITIONS,
    TEXTBOOK_LED,
    TEXTBOOK_SESSION,
    TEXTBOOK_SESSION_END,
)
from controller.staff.rights import Role
from tests.controller.conftest import ISIL, Body, Running
from tests.controller.staff.conftest import As
from tests.controller.textbooks.conftest import CLASS, TEACHER, Pad, School, class_set, put_set


@pytest.fixture
def lessons(school: School, signed_in: As) -> School:
    put_set(signed_in(Role.LIBRARIAN), class_set(school))
    return school


@pytest.fixture
def opened(lessons: School, kiosk: httpx2.Client, body: Body) -> School:
    """The class teacher's card lay on the kiosk."""
    answer = kiosk.post(TEXTBOOK_SESSION, json=opening(body, patron_id=TEACHER))
    assert answer.status_code == 200, answer.text
    return lessons


def opening(body: Body, **fields: Any) -> dict[str, Any]:
    wish = body(class_name=CLASS, **fields)
    return {key: value for key, value in wish.items() if key not in {"owner", "item_id"}}


def test_the_class_teacher_opens_the_class_list_by_card(
    opened: School, kiosk: httpx2.Client
) -> None:
    session = kiosk.get(TEXTBOOK_SESSION).json()
    found = kiosk.get(TEXTBOOK_CLASS).json()

    assert (session["class_name"], session["teacher"]) == (CLASS, "Ольга У.")
    assert [(p["number"], p["name"], p["wanted"], p["held"]) for p in found["pupils"]] == [
        (1, "Имя0 А.", 4, 0),
        (2, "Имя1 Б.", 3, 0),
        (3, "Имя2 В.", 4, 0),
    ]
    assert all(pupil["has_card"] for pupil in found["pupils"])


def test_the_card_alone_means_the_class_that_the_teacher_leads(
    lessons: School, kiosk: httpx2.Client, running: Running, body: Body
) -> None:
    wish = opening(body, patron_id=TEACHER)
    del wish["class_name"]
    one = kiosk.post(TEXTBOOK_SESSION, json=wish).json()
    running.change(
        "INSERT INTO class_teacher (library, class_name, patron_id) VALUES (:isil, '5Б', :id)",
        isil=ISIL,
        id=TEACHER,
    )
    two = kiosk.post(TEXTBOOK_SESSION, json=wish | {"op_id": str(uuid4())})
    led = kiosk.get(TEXTBOOK_LED.format(patron_id=TEACHER)).json()
    chosen = wish | {"op_id": str(uuid4()), "class_name": led["classes"][-1]}
    third = kiosk.post(TEXTBOOK_SESSION, json=chosen).json()

    assert one["session"]["class_name"] == CLASS
    assert (two.status_code, two.json()["reasons"]) == (404, ["class_unknown"])
    assert len(led["classes"]) == 2
    assert third["session"]["class_name"] == led["classes"][-1]


def test_only_a_teacher_leads_classes(lessons: School, kiosk: httpx2.Client) -> None:
    pupil = kiosk.get(TEXTBOOK_LED.format(patron_id="p-100-00"))
    teacher = kiosk.get(TEXTBOOK_LED.format(patron_id=TEACHER))

    assert pupil.json() == {"classes": []}
    assert teacher.json() == {"classes": [CLASS]}


def test_the_list_counts_what_a_pupil_has_of_his_set(
    opened: School, kiosk: httpx2.Client, pad: Pad
) -> None:
    pad.issue(opened.pupils[1], opened.stack(1)[:3])  # the third is not of his set

    held = [pupil["held"] for pupil in kiosk.get(TEXTBOOK_CLASS).json()["pupils"]]

    assert held == [0, 2, 0]


def test_a_session_ends_by_itself_and_by_the_teacher(
    opened: School, kiosk: httpx2.Client, running: Running, body: Body
) -> None:
    running.clock.move(minutes=SESSION_MINUTES)
    over = kiosk.get(TEXTBOOK_CLASS)
    kiosk.post(TEXTBOOK_SESSION, json=opening(body, patron_id=TEACHER))
    again = kiosk.get(TEXTBOOK_SESSION).json()
    ending = opening(body)
    del ending["class_name"]
    ended = kiosk.post(TEXTBOOK_SESSION_END, json=ending)

    assert (over.status_code, over.json()["reasons"]) == (409, ["no_class_session"])
    assert again["class_name"] == CLASS
    assert ended.json()["session"]["class_name"] is None
    assert kiosk.get(TEXTBOOK_CLASS).status_code == 409


STRANGERS: tuple[tuple[dict[str, str], int, str], ...] = (
    ({"patron_id": "p-100-00"}, 409, "not_class_teacher"),
    ({}, 409, "not_class_teacher"),
    ({"patron_id": TEACHER, "class_name": "5Б"}, 409, "not_class_teacher"),
    ({"patron_id": TEACHER, "class_name": "12Ъ"}, 404, "class_unknown"),
)


def test_nobody_else_opens_it_at_a_kiosk(lessons: School, kiosk: httpx2.Client, body: Body) -> None:
    for fields, status, reason in STRANGERS:
        answer = kiosk.post(TEXTBOOK_SESSION, json=opening(body) | fields)

        assert (answer.status_code, answer.json()["reasons"]) == (status, [reason])
    assert kiosk.get(TEXTBOOK_SESSION).json()["class_name"] is None


def test_the_librarian_opens_any_class_and_on_that_device_alone(
    lessons: School, station: httpx2.Client, kiosk: httpx2.Client, body: Body
) -> None:
    answer = station.post(TEXTBOOK_SESSION, json=opening(body) | {"class_name": "5Б"})

    assert answer.json()["session"]["teacher"] == "olga"
    assert [pupil["name"] for pupil in station.get(TEXTBOOK_CLASS).json()["pupils"]] == ["Пётр Ч."]
    assert kiosk.get(TEXTBOOK_SESSION).json()["class_name"] is None


def test_a_mark_of_condition_follows_the_return(
    opened: School, kiosk: httpx2.Client, pad: Pad, running: Running, body: Body
) -> None:
    whole, torn, kept = opened.stack(0)[:3]
    pad.issue(opened.pupils[0], [whole, torn, kept])
    pad.collect([whole, torn])

    def mark(item: str, condition: str) -> httpx2.Response:
        wish = body(item_id=item, condition=condition, note="нет обложки")
        return kiosk.post(TEXTBOOK_CONDITIONS, json=wish)

    answers = [mark(whole, "worn"), mark(torn, "damaged"), mark(kept, "worn")]

    assert [answer.status_code for answer in answers] == [200, 200, 409]
    states = dict(running.rows("SELECT item_id, state FROM item WHERE item_id LIKE 'T%-0'"))
    assert (states[whole], states[torn], states[kept]) == ("in_stock", "damaged", "on_loan")
    marks = running.rows(
        "SELECT i.item_id, m.condition, l.patron_id FROM condition_mark m"
        " JOIN item i ON i.id = m.item_id JOIN loan l ON l.id = m.loan_id ORDER BY m.id"
    )
    pupil = opened.pupils[0]
    assert marks == [(whole, "worn", pupil), (torn, "damaged", pupil)]


def test_without_a_session_a_kiosk_marks_nothing(
    lessons: School, kiosk: httpx2.Client, body: Body
) -> None:
    answer = kiosk.post(
        TEXTBOOK_CONDITIONS, json=body(item_id=lessons.stack(0)[0], condition="damaged")
    )

    assert (answer.status_code, answer.json()["reasons"]) == (409, ["no_class_session"])
