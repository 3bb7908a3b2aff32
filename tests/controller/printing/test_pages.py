"""Printing from the console: labels of a batch, cards of a class; bad numbers are told."""

import httpx2
import pytest

from controller.staff.rights import Role
from tests.controller.conftest import ANNA, ISIL, MTSYRI, Running
from tests.controller.printing.read_back import codes, texts
from tests.controller.staff.conftest import FORM, As, Browser


@pytest.fixture
def librarian(signed_in: As) -> Browser:
    return signed_in(Role.LIBRARIAN)


def send(browser: Browser, form: str, **fields: str) -> httpx2.Response:
    token = FORM.search(browser.get("/console/print").text)
    assert token
    return browser.post(f"/console/print/{form}", data={"form": token[1]} | fields)


def test_labels_by_number_batch_and_title(librarian: Browser, running: Running) -> None:
    running.change(
        "INSERT INTO batch (id, owner, kind, number, reason)"
        " VALUES (1, :isil, 'arrival', '15/2026', '')",
        isil=ISIL,
    )
    running.change(
        "INSERT INTO batch_item (item_id, kind, batch_id)"
        " SELECT id, 'arrival', 1 FROM item WHERE item_id IN ('B-0002', 'R-0001')"
    )

    by_number = send(librarian, "labels", numbers=f"{MTSYRI} C-1 {MTSYRI}")
    of_batch = send(librarian, "labels", batch="15/2026", sheet="roll-43x25")
    of_title = send(librarian, "labels", title_id="2", sheet="a4-5x13", first="65")

    assert codes(by_number.content) == [MTSYRI, "C-1"]
    assert codes(of_batch.content) == ["B-0002", "R-0001"]
    assert len(texts(of_batch.content)) == 2
    assert codes(of_title.content) == ["B-0002"]
    assert by_number.headers["content-type"] == "application/pdf"


def test_a_spine_has_the_shelf_mark(librarian: Browser) -> None:
    answer = send(librarian, "labels", numbers=MTSYRI, kind="spine")

    assert texts(answer.content)[0].split() == ["84(2)", "Л"]


MISTAKES: tuple[tuple[dict[str, str], int, str], ...] = (
    ({"numbers": "R-0001 NOBODYS"}, 404, "NOBODYS"),
    ({"numbers": "DOUBLE-7"}, 409, "DOUBLE-7: B-0002 — Вий"),
    ({"batch": "99/2026"}, 404, "99/2026"),
    ({"title_id": "777"}, 404, "777"),
    ({}, 422, "Печатать нечего"),
)


def test_numbers_that_mean_no_book_or_two_are_told(librarian: Browser, running: Running) -> None:
    running.change(
        "UPDATE item SET inventory_no = 'DOUBLE-7' WHERE item_id IN ('B-0001', 'B-0002')"
    )

    for fields, status, said in MISTAKES:
        answer = send(librarian, "labels", **fields)

        assert (answer.status_code, said in answer.text) == (status, True), fields


def test_a_class_gets_cards_and_keeps_their_numbers(librarian: Browser, running: Running) -> None:
    first = send(librarian, "cards", class_name="7Б", kind="qr")
    again = send(librarian, "cards", class_name="7Б", kind="qr", whole_names="on")
    bars = send(librarian, "cards", patron_id=ANNA, sheet="card")

    kept = {kind: number for number, kind in running.rows("SELECT number, kind FROM card_number")}
    assert codes(first.content) == codes(again.content) == [kept["qr"]]
    assert codes(bars.content) == [kept["barcode"]]
    assert "Анна П." in texts(first.content)[0]
    assert "Петрова Анна" in texts(again.content)[0]
    assert "Петрова" not in texts(first.content)[0]


def test_a_class_without_pupils_prints_nothing(librarian: Browser) -> None:
    assert send(librarian, "cards", class_name="12Ъ").status_code == 404


def test_only_librarians_print(signed_in: As) -> None:
    for role in (Role.TEACHER, Role.ENGINEER):
        assert signed_in(role).get("/console/print").status_code == 403
