"""The librarian names the parts of a set, and nobody borrows half of it any more."""

import httpx2
import pytest

from circulation.api import CHECKOUTS, ITEMS_RESOLVE
from circulation.offline import OPERATIONS
from controller.staff.rights import Role
from tests.controller.conftest import ANNA, ISIL, MTSYRI, Body, Running
from tests.controller.staff.conftest import As, Open

PAGE = "/console/parts"


def name_parts(browser: httpx2.Client, number: str, names: str, **more: str) -> httpx2.Response:
    fields = {"form": browser.headers["X-Form-Token"], "number": number, "names": names}
    return browser.post(PAGE, data=fields | more)


def parts(kiosk: httpx2.Client, item_id: str) -> tuple[int, list[str]]:
    asked = {"copies": [{"owner": ISIL, "item_id": item_id}]}
    [item] = kiosk.post(ITEMS_RESOLVE, json=asked).json()["items"]
    return item["parts"], item["part_names"]


def test_named_parts_reach_the_kiosk_and_the_page_shows_them(
    running: Running, signed_in: As, kiosk: httpx2.Client
) -> None:
    librarian = signed_in(Role.LIBRARIAN)

    answer = name_parts(librarian, MTSYRI, " книга \r\n\r\nдиск\r\nкарта")

    assert (answer.status_code, "Записано" in answer.text) == (200, True)
    assert parts(kiosk, MTSYRI) == (3, ["книга", "диск", "карта"])
    assert "диск" in librarian.get(f"{PAGE}?number={MTSYRI}").text
    said = running.rows("SELECT detail FROM event WHERE kind = 'item_marked'")
    assert ["librarian" in detail for (detail,) in said] == [True]


def test_all_copies_of_an_edition_are_named_at_once(signed_in: As, kiosk: httpx2.Client) -> None:
    name_parts(signed_in(Role.LIBRARIAN), MTSYRI, "книга\nдиск", all="yes")

    assert parts(kiosk, "C-7") == (2, ["книга", "диск"])


def test_one_name_makes_it_a_book_again(signed_in: As, kiosk: httpx2.Client) -> None:
    librarian = signed_in(Role.LIBRARIAN)
    name_parts(librarian, MTSYRI, "книга\nдиск")

    name_parts(librarian, MTSYRI, "книга")

    assert parts(kiosk, MTSYRI) == (1, [])


@pytest.mark.parametrize(
    ("number", "names", "status", "said"),
    [
        (MTSYRI, "", 422, "от 1 до 20"),
        (MTSYRI, "\n".join(["x"] * 21), 422, "от 1 до 20"),
        (MTSYRI, "x" * 81, 422, "от 1 до 20"),
        (MTSYRI, "книга\x07", 422, "от 1 до 20"),
        ("nothing", "книга\nдиск", 404, "Такого экземпляра нет"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    running: Running, signed_in: As, number: str, names: str, status: int, said: str
) -> None:
    answer = name_parts(signed_in(Role.LIBRARIAN), number, names)

    assert (answer.status_code, said in answer.text) == (status, True)
    assert running.scalar("SELECT count(*) FROM item WHERE parts > 1") == 0


def test_page_is_for_who_edits_the_catalogue(signed_in: As, new_browser: Open) -> None:
    engineer = signed_in(Role.ENGINEER)

    assert new_browser().get(PAGE).status_code == 303
    assert engineer.get(PAGE).status_code == 403
    assert name_parts(engineer, MTSYRI, "книга\nдиск").status_code == 403


def test_half_a_set_is_not_lent_and_the_whole_is(
    signed_in: As, kiosk: httpx2.Client, body: Body
) -> None:
    name_parts(signed_in(Role.LIBRARIAN), MTSYRI, "книга\nдиск")

    half = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, parts_seen=[1]))
    whole = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, parts_seen=[1, 2]))

    assert (half.status_code, half.json()["reasons"]) == (409, ["set_incomplete"])
    assert whole.status_code == 200


def test_half_a_set_in_a_stack_is_refused_alone(
    signed_in: As, kiosk: httpx2.Client, body: Body
) -> None:
    name_parts(signed_in(Role.LIBRARIAN), MTSYRI, "книга\nдиск", all="yes")
    wishes = [
        body(patron_id=ANNA, item_id="C-1", parts_seen=[2]),
        body(patron_id=ANNA, item_id="C-2", parts_seen=[1, 2]),
    ]
    lines = [
        {"kind": "checkout", "seq": n, "clock": "sure", "offline": False, "request": wish}
        for n, wish in enumerate(wishes, start=1)
    ]

    answers = kiosk.post(OPERATIONS, json={"operations": lines}).json()["answers"]

    assert answers[0]["refusal"]["reasons"] == ["set_incomplete"]
    assert answers[1]["receipt"]["item_id"] == "C-2"
