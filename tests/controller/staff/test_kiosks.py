"""What kiosks pass on beside lending, and what the librarian sees and says of it."""

from datetime import date
from typing import Any

import httpx2
import pytest

from circulation.api import CHECKOUTS, RETURNS
from circulation.reasons import Reason
from circulation.selfservice import CALLS, DAMAGES, USAGE
from controller.staff.rights import Role
from tests.controller.conftest import ANNA, MTSYRI, Body, Running
from tests.controller.staff.conftest import FORM, As, Open


@pytest.fixture
def returned(kiosk: httpx2.Client, body: Body) -> None:
    """Anna has borrowed «Мцыри» and brought it back."""
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    kiosk.post(RETURNS, json=body())


def plain(body: Body) -> dict[str, Any]:
    """The body of a write that is about no copy."""
    return {key: value for key, value in body().items() if key in ("op_id", "at")}


@pytest.mark.usefixtures("returned")
def test_a_damaged_book_is_lent_to_nobody_until_the_librarian_has_looked(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    told = kiosk.post(DAMAGES, json=body(harm="wet"))
    refused = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    assert (told.status_code, told.json()["state"]) == (200, "damaged")
    assert refused.json()["reasons"] == [Reason.NOT_LENDABLE]
    assert "читатель сообщил: промокла" in httpx2.get(f"{running.url}/live/rows").text
    assert running.scalar("SELECT state FROM item WHERE item_id = :id", id=MTSYRI) == "damaged"


def test_a_book_that_somebody_has_cannot_be_reported(kiosk: httpx2.Client, body: Body) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    told = kiosk.post(DAMAGES, json=body(harm="torn"))
    unknown = kiosk.post(DAMAGES, json=body(harm="torn", item_id="NONE"))

    assert (told.status_code, told.json()["reasons"]) == (409, [Reason.ON_LOAN_TO_OTHER])
    assert (unknown.status_code, unknown.json()["reasons"]) == (404, [Reason.ITEM_UNKNOWN])


def test_a_call_is_one_however_often_somebody_presses(kiosk: httpx2.Client, body: Body) -> None:
    first = kiosk.post(CALLS, json=plain(body)).json()["call_id"]
    second = kiosk.post(CALLS, json=plain(body)).json()["call_id"]

    assert first == second
    assert kiosk.get(f"{CALLS}/{first}").json() == {"call_id": first, "answered": False}


def test_the_librarian_answers_a_call_on_the_live_page(
    kiosk: httpx2.Client, body: Body, signed_in: As
) -> None:
    number = kiosk.post(CALLS, json=plain(body)).json()["call_id"]
    librarian = signed_in(Role.LIBRARIAN)
    page = librarian.get("/live/now").text
    form = FORM.search(page)
    assert form is not None

    answer = librarian.post(f"/live/calls/{number}", data={"form": form[1]})

    assert "<b>kiosk-1</b> зовёт" in page
    assert answer.status_code == 303
    assert kiosk.get(f"{CALLS}/{number}").json()["answered"] is True
    assert "зовёт" not in librarian.get("/live/now").text
    assert "Библиотекарь идёт" in librarian.get("/live/rows").text


def test_who_is_not_signed_in_sees_the_call_and_cannot_answer_it(
    kiosk: httpx2.Client, body: Body, new_browser: Open
) -> None:
    number = kiosk.post(CALLS, json=plain(body)).json()["call_id"]

    page = new_browser().get("/live/now").text
    forged = new_browser().post(f"/live/calls/{number}", data={"form": ""})

    assert "зовёт" in page
    assert "<button" not in page
    assert forged.status_code == 401
    assert kiosk.get(f"{CALLS}/{number}").json()["answered"] is False


def test_a_call_that_nobody_answered_leaves_the_page_and_may_be_made_again(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    first = kiosk.post(CALLS, json=plain(body)).json()["call_id"]
    running.clock.move(minutes=11)

    page = httpx2.get(f"{running.url}/live/now").text
    second = kiosk.post(CALLS, json=plain(body)).json()["call_id"]

    assert "зовёт" not in page
    assert first != second


def test_a_call_of_another_device_is_unknown(
    running: Running, kiosk: httpx2.Client, tokens: dict[str, str], body: Body
) -> None:
    number = kiosk.post(CALLS, json=plain(body)).json()["call_id"]
    other = {"Authorization": f"Bearer {tokens['kiosk-2']}"}

    asked = httpx2.get(f"{running.url}{CALLS}/{number}", headers=other)

    assert (asked.status_code, asked.json()["reasons"]) == (404, [Reason.CALL_UNKNOWN])


def test_counts_of_a_day_replace_earlier_ones_and_are_added_up_for_staff(
    kiosk: httpx2.Client, signed_in: As
) -> None:
    day = "2026-10-14"
    counts = {"sessions": 5, "timed": 2, "seconds": 41, "refused:limit_reached": 1}
    kiosk.post(USAGE, json={"day": day, "counts": {"sessions": 3}})
    kiosk.post(USAGE, json={"day": day, "counts": counts})
    kiosk.post(USAGE, json={"day": "2026-10-13", "counts": {"sessions": 10}})
    librarian = signed_in(Role.LIBRARIAN)

    page = librarian.get("/console/usage").text
    table = librarian.get("/console/usage.csv", params={"first": day, "last": day})

    assert '<td>Сеансы</td><td class="number">15</td>' in page
    assert '<td>В среднем от билета до «Готово», с</td><td class="number">20</td>' in page
    assert "limit_reached" in page
    assert table.content.decode("utf-8-sig").splitlines() == [
        "day;device;counter;number",
        "2026-10-14;kiosk-1;refused:limit_reached;1",
        "2026-10-14;kiosk-1;seconds;41",
        "2026-10-14;kiosk-1;sessions;5",
        "2026-10-14;kiosk-1;timed;2",
    ]


@pytest.mark.parametrize("counter", ["Анна", "sessions 04A1B2C3", "refused:", "x" * 65])
def test_a_counter_is_a_word_of_ours_and_cannot_hold_a_name(
    kiosk: httpx2.Client, counter: str
) -> None:
    report = {"day": date(2026, 10, 14).isoformat(), "counts": {counter: 1}}

    assert kiosk.post(USAGE, json=report).status_code == 422


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ENGINEER])
def test_usage_is_for_who_works_at_the_desk(signed_in: As, role: Role) -> None:
    assert signed_in(role).get("/console/usage").status_code == 403
