"""A librarian looks at the live page in a real Chromium while the gate alarms."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.controller.conftest import Running
from tests.controller.gates.conftest import FakeGate

CHROMIUM = Path("/usr/bin/chromium")  # Debian's own, as make test installs it
ARGUMENTS = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-sync", "--no-first-run"]
PATIENCE_MS = 60_000


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    """One engine: a page looks the same on both."""
    return sqlite_ledger


@pytest.fixture
def page() -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(PATIENCE_MS)
        yield page
        chromium.close()


def test_an_alarm_comes_to_the_open_page_with_its_title_and_what_to_do(
    running: Running, gate: FakeGate, page: Page, event: Callable[..., dict[str, Any]]
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(running.url, wait_until="domcontentloaded")
    page.get_by_text("gate-1").first.wait_for()

    gate.say_until_acknowledged(event(1, kind="alarm", verdict="alarm", tags=[ARMED]))

    page.get_by_text("Тревога").first.wait_for()  # nobody has loaded the page again
    page.get_by_text("Мцыри").first.wait_for()
    page.get_by_text("не догоняйте").first.wait_for()
    assert errors == []


ARMED = {
    "uid": "E004015012345601",
    "afi": 0x07,
    "antenna": 1,
    "verdict": "alarm",
}
