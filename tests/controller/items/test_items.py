"""A pad full of books is one question."""

import httpx2
import pytest

from circulation.api import CHECKOUTS, ITEMS_RESOLVE
from circulation.desk import STAFF_PARTS
from tests.controller.conftest import ANNA, GOGOL, ISIL, MTSYRI, MTSYRI_TAG, Body, Running


def test_pad_gets_titles_states_and_the_unknown(kiosk: httpx2.Client, body: Body) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    copies = [
        {"owner": ISIL, "item_id": GOGOL},
        {"owner": ISIL, "item_id": "NO-SUCH"},
        {"owner": ISIL, "item_id": MTSYRI, "uid": MTSYRI_TAG},
        {"owner": "RU-99999999", "item_id": MTSYRI},
    ]

    answer = kiosk.post(ITEMS_RESOLVE, json={"copies": copies})

    assert answer.status_code == 200
    found = [(item["title"], item["state"], item["security"]) for item in answer.json()["items"]]
    assert found == [("Вий", "in_stock", "armed"), ("Мцыри", "on_loan", "disarm_due")]
    assert answer.json()["unknown"] == ["NO-SUCH", MTSYRI]


@pytest.mark.parametrize("number", [0, 101])
def test_pad_holds_one_to_a_hundred(kiosk: httpx2.Client, number: int) -> None:
    copies = [{"owner": ISIL, "item_id": MTSYRI}] * number

    answer = kiosk.post(ITEMS_RESOLVE, json={"copies": copies})

    assert answer.status_code == 422


def test_parts_are_named_by_who_is_signed_in_and_told_to_the_kiosk(
    running: Running, kiosk: httpx2.Client, station: httpx2.Client, body: Body
) -> None:
    named = station.post(STAFF_PARTS, json=body(names=["книга", "диск"]))

    [item] = kiosk.post(
        ITEMS_RESOLVE, json={"copies": [{"owner": ISIL, "item_id": MTSYRI}]}
    ).json()["items"]
    again = station.post(STAFF_PARTS, json=body(names=["книга"]))
    [alone] = kiosk.post(
        ITEMS_RESOLVE, json={"copies": [{"owner": ISIL, "item_id": MTSYRI}]}
    ).json()["items"]

    assert (named.status_code, again.status_code) == (200, 200)
    assert (item["parts"], item["part_names"]) == (2, ["книга", "диск"])
    assert (alone["parts"], alone["part_names"]) == (1, [])
    details = running.rows("SELECT detail FROM event WHERE kind = 'item_marked' ORDER BY seq")
    assert ["olga" in detail for (detail,) in details] == [True, True]


def test_a_kiosk_names_no_parts(kiosk: httpx2.Client, body: Body) -> None:
    assert kiosk.post(STAFF_PARTS, json=body(names=["книга", "диск"])).status_code == 403
