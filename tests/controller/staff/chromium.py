"""A real Chromium at the console's door: signed in as the head through the form."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.controller.staff.conftest import PASSWORD

CHROMIUM = Path("/usr/bin/chromium")  # Debian's own, as make test installs it
ARGUMENTS = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-sync", "--no-first-run"]
DESK = {"width": 1280, "height": 800}
PATIENCE_MS = 60_000


@contextmanager
def heads_page(url: str) -> Iterator[Page]:
    """The head's browser on the console's first page; skips where Chromium is not installed."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = chromium.new_page(viewport=DESK, base_url=url)
        page.set_default_timeout(PATIENCE_MS)
        page.goto("/console/sign-in", wait_until="domcontentloaded")
        page.get_by_label("Имя учётной записи").fill("head")
        page.get_by_label("Пароль").fill(PASSWORD)
        page.get_by_role("button", name="Войти").click()
        page.get_by_role("link", name="Нужно решение").wait_for()
        yield page
        chromium.close()
