"""Every statement about textbooks, printing and the desk's pages, on the other engine."""

from uuid import uuid4

import httpx2
import pytest

from circulation.class_sets import TEXTBOOK_CLASS, TEXTBOOK_CONDITIONS, TEXTBOOK_SESSION
from controller.staff.rights import Role
from controller.textbooks.wire import TEXTBOOK_PROVISION
from tests.controller.conftest import ANNAS_CARD, ISIL, MTSYRI, Running
from tests.controller.staff.conftest import FORM, As, Browser
from tests.controller.textbooks.conftest import (
    CLASS,
    TEACHER,
    YEAR,
    Pad,
    School,
    ask,
    class_set,
    put_set,
)

PAGES = (
    "/console/textbooks",
    f"/console/textbooks/class/{CLASS}",
    "/console/textbooks/provision",
    "/console/holds",
    f"/console/print/sheet.pdf?class_name={CLASS}&purpose=collect",
    f"/console/print/clearance.pdf?class_name={CLASS}",
)


@pytest.fixture
def database_url(postgres_ledger: str) -> str:
    return postgres_ledger


def send(browser: Browser, path: str, **fields: str) -> httpx2.Response:
    token = FORM.search(browser.get("/console/textbooks").text)
    assert token
    return browser.post(f"/console/{path}", data={"form": token[1]} | fields)


def test_a_class_is_served_from_set_to_sheet(
    school: School, signed_in: As, kiosk: httpx2.Client, pad: Pad, running: Running
) -> None:
    librarian = signed_in(Role.LIBRARIAN)
    put_set(librarian, class_set(school))
    opening = {"op_id": str(uuid4()), "at": running.clock().isoformat(), "class_name": CLASS}
    session = kiosk.post(TEXTBOOK_SESSION, json=opening | {"patron_id": TEACHER})
    asked = ask(kiosk, school.pupils[0], school.stack(0), numbers=[MTSYRI])
    pad.issue(school.pupils[0], [copy["item_id"] for copy in asked["take"]])
    pad.collect([school.stack(0)[0]])
    mark = {"op_id": str(uuid4()), "at": running.clock().isoformat(), "owner": ISIL}
    marked = kiosk.post(
        TEXTBOOK_CONDITIONS, json=mark | {"item_id": school.stack(0)[0], "condition": "damaged"}
    )

    assert (session.status_code, marked.status_code) == (200, 200)
    assert [pupil["held"] for pupil in kiosk.get(TEXTBOOK_CLASS).json()["pupils"]] == [2, 0, 0]
    assert librarian.get(TEXTBOOK_PROVISION).status_code == 200
    assert [librarian.get(page).status_code for page in PAGES] == [200] * len(PAGES)


def test_the_forms_of_the_desk_are_understood(
    school: School, signed_in: As, running: Running
) -> None:
    browser = signed_in(Role.LIBRARIAN)
    of_class = {"class_name": CLASS, "year": str(YEAR)}
    answers = [
        send(browser, "textbooks/lines", text="учебник 100", **of_class),
        send(browser, "textbooks/lines", text=school.copy(101, 0), **of_class),
        send(browser, "textbooks/copy", from_class=CLASS, class_name="5Б", year=str(YEAR)),
        send(browser, "textbooks/copy-year", year=str(YEAR + 1)),
        send(browser, "textbooks/provision", title_id="100", last_year="2027"),
        send(browser, "textbooks/provision", title_id="100", last_year=""),
        send(browser, "holds"),
        send(browser, "holds", number=MTSYRI),
        send(browser, "cards", text=ANNAS_CARD),
        send(browser, "print/labels", numbers=MTSYRI),
        send(browser, "print/labels", title_id="100"),
        send(browser, "print/labels", batch="15/2026"),
        send(browser, "print/cards", class_name=CLASS),
        send(browser, "print/cards", patron_id=school.pupils[0]),
    ]

    assert [answer.status_code for answer in answers] == [
        *(303, 303, 303, 303, 303, 303),
        *(200, 409, 200),
        *(200, 200, 404, 200, 200),
    ]
    assert running.scalar("SELECT count(*) FROM textbook_line") == 8
