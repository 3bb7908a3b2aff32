"""A card laid on the station's reader, seen from the librarian's browser: nothing is typed."""

import time
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from circulation.encoding import CARD_WISH
from tests.controller.conftest import ANNA, Running
from tests.controller.staff.conftest import PASSWORD, accounts, password_hash
from tests.controller.staff.test_pages_in_chromium import ARGUMENTS, CHROMIUM

__all__ = ["accounts", "password_hash"]
OLD, NEW = "04AAAAAAAAAA01", "04AAAAAAAAAA02"
WITHIN_S = 60


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    return sqlite_ledger


@pytest.fixture
def page(accounts: Running) -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = chromium.new_page(base_url=accounts.url)
        page.set_default_timeout(WITHIN_S * 1000)
        page.goto("/console/sign-in", wait_until="domcontentloaded")
        page.get_by_label("Имя учётной записи").fill("head")
        page.get_by_label("Пароль").fill(PASSWORD)
        page.get_by_role("button", name="Войти").click()
        page.get_by_role("link", name="Читательские билеты").click()
        yield page
        chromium.close()


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
