"""The librarian's pages in a browser's hands: what to mend, what happened, what to decide."""

import json
from uuid import uuid4

import httpx2
import pytest

from circulation.api import CHECKOUTS
from circulation.offline import OPERATIONS
from controller.staff.rights import Role
from tests.controller.conftest import ANNA, BORIS, ISIL, MTSYRI, Body, Running
from tests.controller.staff.conftest import As, Open

PAGES = ("/console/repairs", "/console/proof", "/console/conflicts")


@pytest.fixture
def conflict(running: Running, kiosk: httpx2.Client, body: Body) -> int:
    """Anna has the book; a kiosk without connection lent it to Boris. The question's number."""
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    late = {"kind": "checkout", "seq": 1, "clock": "sure", "offline": True}
    answer = kiosk.post(
        OPERATIONS, json={"operations": [late | {"request": body(patron_id=BORIS)}]}
    )
    return int(answer.json()["answers"][0]["conflict_id"])


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_signed_in_is_sent_to_the_door(new_browser: Open, path: str) -> None:
    answer = new_browser().get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in?lang=ru")


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.TEACHER])
def test_who_has_no_desk_sees_none_of_it(signed_in: As, role: Role) -> None:
    browser = signed_in(role)

    assert [browser.get(path).status_code for path in PAGES] == [403, 403, 403]
    assert "/console/conflicts" not in browser.get("/console").text


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_copy_to_mend_leads_to_what_happened(
    signed_in: As, kiosk: httpx2.Client, body: Body, language: str
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    browser = signed_in(Role.LIBRARIAN)

    mend = browser.get(f"/console/repairs?lang={language}").text
    proof = browser.get(f"/console/proof?number={MTSYRI}&lang={language}").text

    assert f"/console/proof?number={MTSYRI}&amp;lang={language}" in mend
    assert {"ru": "метка отключится", "en": "will be disarmed"}[language] in mend
    assert {"ru": "не вина читателя", "en": "reader&#39;s fault"}[language] in proof


def test_an_unknown_number_says_what_to_do(signed_in: As) -> None:
    page = signed_in(Role.LIBRARIAN).get("/console/proof", params={"number": "<b>"}).text

    assert "Такого экземпляра нет" in page
    assert "<b>" not in page


def test_the_question_shows_both_readers_masked_and_the_answer_carries_the_account(
    running: Running, signed_in: As, conflict: int
) -> None:
    browser = signed_in(Role.LIBRARIAN)
    page = browser.get("/console/conflicts").text
    form = {"form": browser.headers["X-Form-Token"], "choice": "record", "note": "видела сама"}

    done = browser.post(f"/console/conflicts/{conflict}", data=form)
    again = browser.post(f"/console/conflicts/{conflict}", data=form)

    assert "Анна П., 7Б" in page
    assert "Борис О., 3А" in page
    assert "Петрова" not in page
    assert done.status_code == 303
    assert running.rows(
        "SELECT l.patron_id, d.name FROM loan l JOIN device d ON d.id = l.device_id"
        " WHERE l.returned_at IS NULL"
    ) == [(BORIS, "kiosk-1")]
    [(detail,)] = running.rows("SELECT detail FROM event WHERE kind = 'conflict_settled'")
    assert json.loads(detail)["staff"] == "librarian"
    assert (again.status_code, "уже решён" in again.text) == (409, True)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"choice": "record", "note": " "}, 422),
        ({"choice": "burn", "note": "так"}, 422),
        ({"choice": "keep", "note": "так", "form": "0" * 64}, 403),
    ],
)
def test_a_decision_without_reason_or_from_elsewhere_decides_nothing(
    running: Running, signed_in: As, conflict: int, fields: dict[str, str], status: int
) -> None:
    browser = signed_in(Role.HEAD)

    answer = browser.post(
        f"/console/conflicts/{conflict}", data={"form": browser.headers["X-Form-Token"]} | fields
    )

    assert answer.status_code == status
    assert running.scalar("SELECT count(*) FROM conflict WHERE settled_at IS NULL") == 1


def test_a_question_of_another_library_is_unknown_here(
    running: Running, signed_in: As, conflict: int
) -> None:
    running.change("UPDATE conflict SET owner = 'RU-2'")
    browser = signed_in(Role.LIBRARIAN)
    form = {"form": browser.headers["X-Form-Token"], "choice": "keep", "note": str(uuid4())}

    answer = browser.post(f"/console/conflicts/{conflict}", data=form)

    assert answer.status_code == 404
    assert ISIL not in browser.get("/console/conflicts").text
