"""Every page of the console, for who sees it and who hears it, at a desk and on a telephone.

axe-core judges what a machine can judge of WCAG 2.2 AA: names, roles, contrast, headings, labels.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from circulation.api import CHECKOUTS
from circulation.offline import OPERATIONS
from controller.db import open_transaction
from controller.search.rebuild import rebuild
from controller.staff.console import GROUPS
from tests.controller.conftest import ANNA, BORIS, DICTIONARY, MTSYRI, Body, Running
from tests.controller.staff.chromium import DESK, heads_page

TELEPHONE = {"width": 390, "height": 844}
DEEPER = (
    *(
        "/console",
        "/console/catalogue?q=Мцыри",
        "/console/catalogue?q=нету",
        "/console/catalogue/1",
    ),
    *(
        "/console/catalogue/999",
        "/console/devices/kiosk-1/settings",
        f"/console/proof?number={MTSYRI}",
    ),
    *(
        f"/console/parts?number={MTSYRI}",
        "/console/textbooks/class/7Б",
        "/console/textbooks/provision",
    ),
)
PAGES = (*(entry.address for group in GROUPS for entry in group.entries), *DEEPER)
WIDER_THAN_THE_WINDOW = (
    "document.documentElement.scrollWidth > document.documentElement.clientWidth"
)
CUT_BUTTONS = """
[...document.querySelectorAll('button, select')]
  .filter(one => one.offsetParent && one.scrollWidth > one.clientWidth + 1)
  .map(one => one.textContent.trim())
"""


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    """One engine: a page looks the same on both."""
    return sqlite_ledger


@pytest.fixture
def page(accounts: Running) -> Iterator[Page]:
    """The head's browser, signed in."""
    with heads_page(accounts.url) as page:
        yield page


@pytest.fixture
def a_days_work(accounts: Running, kiosk: Any, body: Body) -> None:
    """An indexed catalogue; a loan, a question, an armed tag to mend, a blocked reader."""
    transaction = open_transaction(accounts.engine)
    transaction.begin_write()
    rebuild(transaction)
    transaction.commit()
    transaction.close()
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA)).raise_for_status()
    late = {"kind": "checkout", "seq": 1, "clock": "sure", "offline": True}
    told = {"operations": [late | {"request": body(patron_id=BORIS)}]}
    kiosk.post(OPERATIONS, json=told).raise_for_status()
    accounts.block(BORIS)


def faults_of(page: Page) -> list[str]:
    """What axe-core and our own eyes find wrong with the page that is shown."""
    found = [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in Axe().run(page).response["violations"]
    ]
    found += [f"cut: {text}" for text in page.evaluate(CUT_BUTTONS)]
    for size in (DESK, TELEPHONE):
        page.set_viewport_size(size)
        if page.evaluate(WIDER_THAN_THE_WINDOW):
            found.append(f"wider than {size['width']} px")
    page.set_viewport_size(DESK)
    return found


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.usefixtures("a_days_work")
def test_no_page_is_cut_or_closed_to_anybody(page: Page, language: str) -> None:
    faults: dict[str, list[str]] = {}
    for address in PAGES:
        mark = "&" if "?" in address else "?"
        page.goto(f"{address}{mark}lang={language}", wait_until="domcontentloaded")
        assert page.get_by_role("heading", level=1).count() == 1, address
        if found := faults_of(page):
            faults[address] = found
    page.goto(f"/console/desk?lang={language}", wait_until="domcontentloaded")
    page.locator("#text").fill("Петрова")
    page.keyboard.press("Enter")
    page.locator("#number").fill(DICTIONARY)
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    if found := faults_of(page):
        faults["/console/desk, a reader"] = found

    assert faults == {}
