"""A title is waited for: queue, hold shelf, pick list, expiry."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from circulation.api import CHECKOUTS, RENEWALS, RETURNS
from circulation.desk import (
    HOLD_SHELF,
    HOLDS,
    HOLDS_CANCEL,
    HOLDS_EXPIRE,
    HOLDS_SHELVE,
    PATRON_HOLDS,
    PICK_LIST,
    STAFF_CHECKOUTS,
    STAFF_MARKS,
)
from tests.controller.conftest import (
    ANNA,
    BORIS,
    DICTIONARY,
    GOGOL,
    MTSYRI,
    Body,
    Running,
    sign_in_at_the_desk,
)

MTSYRI_TITLE, GOGOL_TITLE, DICTIONARY_TITLE = 1, 2, 3
VERA = "p-vera"
Post = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def one_copy_of_gogol_and_a_third_reader(running: Running) -> None:
    running.change(
        "INSERT INTO patron (id, family_name, given_name, patronymic, class_name, category,"
        " has_left) VALUES (:id, 'Ким', 'Вера', '', '8А', 'pupil', false)",
        id=VERA,
    )
    running.change("UPDATE patron SET class_name = '8А'")


@pytest.fixture
def hold(kiosk: httpx2.Client, body: Body) -> Post:
    """Place a hold on the one copy's title and give its view."""

    def place(patron: str, title: int = GOGOL_TITLE) -> dict[str, Any]:
        request = {"op_id": body()["op_id"], "at": body()["at"]}
        answer = kiosk.post(HOLDS, json=request | {"patron_id": patron, "title_id": title})
        assert answer.status_code == 200, answer.text
        return answer.json()["hold"]

    return place


def act(body: Body, **fields: object) -> dict[str, Any]:
    request = body()
    return {"op_id": request["op_id"], "at": request["at"]} | fields


def test_returned_copy_goes_to_who_waits_longest(
    running: Running, kiosk: httpx2.Client, body: Body, hold: Post
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=VERA, item_id=GOGOL))
    first, second = hold(ANNA), hold(BORIS)

    receipt = kiosk.post(RETURNS, json=body(item_id=GOGOL)).json()

    assert (first["ahead"], second["ahead"]) == (0, 1)
    assert (receipt["destination"], receipt["hold_code"]) == ("hold_shelf", first["code"])
    assert running.rows("SELECT patron_id, state, ready_until FROM hold ORDER BY id") == [
        (ANNA, "ready", "2026-10-19"),
        (BORIS, "waiting", None),
    ]


def test_copy_on_the_hold_shelf_is_lent_to_its_patron_only(
    running: Running, kiosk: httpx2.Client, body: Body, hold: Post
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=VERA, item_id=GOGOL))
    hold(ANNA)
    kiosk.post(RETURNS, json=body(item_id=GOGOL))

    other = kiosk.post(CHECKOUTS, json=body(patron_id=BORIS, item_id=GOGOL))
    own = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=GOGOL))

    assert (other.status_code, other.json()["reasons"]) == (409, ["held_for_other"])
    assert own.status_code == 200
    assert running.rows("SELECT state FROM hold") == [("taken",)]


def test_last_free_copy_is_for_the_queue_and_one_more_is_for_anybody(
    kiosk: httpx2.Client, body: Body, hold: Post
) -> None:
    hold(ANNA)
    hold(BORIS, MTSYRI_TITLE)  # there are nine copies of it

    waited = kiosk.post(CHECKOUTS, json=body(patron_id=VERA, item_id=GOGOL))
    plenty = kiosk.post(CHECKOUTS, json=body(patron_id=VERA, item_id=MTSYRI))
    first_of_queue = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=GOGOL))

    assert (waited.status_code, waited.json()["reasons"]) == (409, ["held_for_other"])
    assert (plenty.status_code, first_of_queue.status_code) == (200, 200)


def test_loan_is_not_renewed_while_another_waits(
    kiosk: httpx2.Client, body: Body, hold: Post
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=VERA, item_id=GOGOL))
    hold(ANNA)

    answer = kiosk.post(RENEWALS, json=body(patron_id=VERA, item_id=GOGOL))

    assert (answer.status_code, answer.json()["reasons"]) == (409, ["renewal_waited_for"])


@pytest.mark.parametrize(
    ("patron", "title", "status", "reason"),
    [
        (ANNA, GOGOL_TITLE, 409, "already_held"),
        (VERA, GOGOL_TITLE, 409, "already_yours"),
        (ANNA, DICTIONARY_TITLE, 409, "not_holdable"),
        (ANNA, 99, 404, "item_unknown"),
        ("p-nobody", GOGOL_TITLE, 404, "card_unknown"),
    ],
)
def test_hold_is_refused(
    kiosk: httpx2.Client,
    body: Body,
    hold: Post,
    patron: str,
    title: int,
    status: int,
    reason: str,
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=VERA, item_id=GOGOL))
    hold(ANNA)

    answer = kiosk.post(HOLDS, json=act(body, patron_id=patron, title_id=title))

    assert (answer.status_code, answer.json()["reasons"]) == (status, [reason])


def test_cancelled_hold_gives_its_copy_to_the_next(
    running: Running, kiosk: httpx2.Client, body: Body, hold: Post
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=VERA, item_id=GOGOL))
    first = hold(ANNA)
    hold(BORIS)
    kiosk.post(RETURNS, json=body(item_id=GOGOL))

    answer = kiosk.post(HOLDS_CANCEL, json=act(body, patron_id=ANNA, hold_id=first["hold_id"]))

    assert answer.json()["hold"]["state"] == "cancelled"
    assert running.rows("SELECT state FROM hold ORDER BY id") == [("cancelled",), ("ready",)]


@pytest.mark.parametrize(("patron", "status"), [(BORIS, 404), (ANNA, 409)])
def test_only_ones_own_open_hold_is_cancelled(
    kiosk: httpx2.Client, body: Body, hold: Post, patron: str, status: int
) -> None:
    hold_id = hold(ANNA)["hold_id"]
    kiosk.post(HOLDS_CANCEL, json=act(body, patron_id=ANNA, hold_id=hold_id))

    again = kiosk.post(HOLDS_CANCEL, json=act(body, patron_id=patron, hold_id=hold_id))

    assert again.status_code == status


def test_pick_list_names_copies_to_fetch_and_shelving_takes_them_off(
    station: httpx2.Client, body: Body, hold: Post
) -> None:
    hold(ANNA)
    hold(BORIS)

    to_fetch = station.get(PICK_LIST).json()["copies"]
    shelved = station.post(HOLDS_SHELVE, json=body(item_id=GOGOL)).json()["hold"]

    assert [(line["item_id"], line["waiting"], line["free"]) for line in to_fetch] == [
        (GOGOL, 2, 1)
    ]
    assert (shelved["state"], shelved["ahead"]) == ("ready", 0)
    assert station.get(PICK_LIST).json()["copies"] == []
    assert [line["code"] for line in station.get(HOLD_SHELF).json()["copies"]] == [shelved["code"]]


@pytest.mark.parametrize(
    ("item", "reason"), [(MTSYRI, "nobody_waits"), (DICTIONARY, "not_lendable")]
)
def test_copy_that_nobody_waits_for_is_not_shelved(
    station: httpx2.Client, body: Body, item: str, reason: str
) -> None:
    answer = station.post(HOLDS_SHELVE, json=body(item_id=item))

    assert (answer.status_code, answer.json()["reasons"]) == (409, [reason])


def test_hold_that_was_not_taken_in_time_passes_to_the_next_and_then_back_to_the_shelf(
    running: Running, station: httpx2.Client, body: Body, hold: Post
) -> None:
    hold(ANNA)
    second = hold(BORIS)
    station.post(HOLDS_SHELVE, json=body(item_id=GOGOL))

    on_time = station.post(HOLDS_EXPIRE, json=act(body)).json()
    running.clock.move(days=6)
    sign_in_at_the_desk(running)
    passed_on = station.post(HOLDS_EXPIRE, json=act(body)).json()
    running.clock.move(days=6)
    sign_in_at_the_desk(running)
    over = station.post(HOLDS_EXPIRE, json=act(body)).json()

    assert (on_time["stay"], on_time["put_back"]) == ([], [])
    assert [line["hold_id"] for line in passed_on["stay"]] == [second["hold_id"]]
    assert [line["item_id"] for line in over["put_back"]] == [GOGOL]
    assert running.rows("SELECT DISTINCT state FROM hold") == [("expired",)]


def test_late_hold_keeps_nobody_waiting_though_nobody_ended_it(
    running: Running, kiosk: httpx2.Client, station: httpx2.Client, body: Body, hold: Post
) -> None:
    hold(ANNA)
    station.post(HOLDS_SHELVE, json=body(item_id=GOGOL))
    running.clock.move(days=6)
    sign_in_at_the_desk(running)

    answer = kiosk.post(CHECKOUTS, json=body(patron_id=BORIS, item_id=GOGOL))

    assert answer.status_code == 200
    assert running.rows("SELECT state FROM hold") == [("expired",)]


def test_held_copy_lent_by_staff_to_another_leaves_the_patron_his_place(
    running: Running, station: httpx2.Client, body: Body, hold: Post
) -> None:
    hold(ANNA)
    station.post(HOLDS_SHELVE, json=body(item_id=GOGOL))

    by_staff = body(patron_id=BORIS, item_id=GOGOL, note="к уроку")
    answer = station.post(STAFF_CHECKOUTS, json=by_staff)

    assert answer.status_code == 200
    assert running.rows("SELECT state, item_id FROM hold") == [("waiting", None)]


def test_lost_copy_leaves_the_hold_shelf(
    running: Running, station: httpx2.Client, body: Body, hold: Post
) -> None:
    hold(ANNA)
    station.post(HOLDS_SHELVE, json=body(item_id=GOGOL))

    station.post(STAFF_MARKS, json=body(item_id=GOGOL, act="mark_lost"))

    assert running.rows("SELECT state FROM hold") == [("waiting",)]


def test_patron_sees_what_he_waits_for(kiosk: httpx2.Client, hold: Post) -> None:
    hold(ANNA)
    hold(BORIS)

    answer = kiosk.get(PATRON_HOLDS.format(patron_id=BORIS))

    assert [(one["title"], one["ahead"]) for one in answer.json()["holds"]] == [("Вий", 1)]
    assert kiosk.get(PATRON_HOLDS.format(patron_id="p-nobody")).status_code == 404


@pytest.mark.parametrize("path", [PICK_LIST, HOLD_SHELF])
def test_lists_of_the_desk_are_not_for_a_kiosk(kiosk: httpx2.Client, path: str) -> None:
    answer = kiosk.get(path)

    assert (answer.status_code, answer.json()["reasons"]) == (403, ["staff_only"])
