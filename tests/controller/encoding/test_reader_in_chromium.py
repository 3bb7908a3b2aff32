"""A card laid on the station's reader, seen from the librarian's browser: nothing is typed."""

import time
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Page, expect

from circulation.encoding import CARD_WISH
from tests.controller.conftest import ANNA, Running
from tests.controller.staff.chromium import heads_page
from tests.controller.staff.conftest import accounts, password_hash

__all__ = ["accounts", "password_hash"]
OLD, NEW = "04AAAAAAAAAA01", "04AAAAAAAAAA02"
WITHIN_S = 60


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    return sqlite_ledger


@pytest.fixture
def page(accounts: Running) -> Iterator[Page]:
    with heads_page(accounts.url) as page:
        page.get_by_role("link", name="Читательские билеты").click()
        yield page


def lays(station: httpx2.Client, uid: str) -> None:
    """The station hears of the page, and a card is laid down."""
    end = time.monotonic() + WITHIN_S
    while not station.get(CARD_WISH).json()["asked"]:
        assert time.monotonic() < end, "no page waits for a card"
        time.sleep(0.05)
    assert station.post(CARD_WISH, json={"uid": uid}).json()["asked"]


def test_card_is_found_and_a_new_one_issued_without_a_key(
    accounts: Running, station: httpx2.Client, page: Page
) -> None:
    accounts.change(
        "INSERT INTO card (uid, patron_id, blocked) VALUES (:uid, :id, false)", uid=OLD, id=ANNA
    )
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    expect(page.get_by_role("status")).to_have_text("Приложите карту.", timeout=WITHIN_S * 1000)

    lays(station, OLD)
    new = page.get_by_label("Новый билет: приложите карту или отсканируйте код")
    new.click()  # the reader was found: the field for the next card is there
    lays(station, NEW)
    expect(new).to_have_value(NEW, timeout=WITHIN_S * 1000)
    page.get_by_role("button", name="Выдать билет").click()
    page.get_by_role("cell", name=NEW).wait_for()

    assert accounts.rows(
        "SELECT uid FROM card WHERE patron_id = :id AND uid = :uid", id=ANNA, uid=NEW
    )
    assert errors == []
