"""A whole library, moved through the desk's page alone: a book is borrowed and carried out."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from hw_sim.evidence import Book, Ledger
from hw_sim.library.build import IRBIS, ROSTER_CSV
from hw_sim.library.stock import OWNER
from hw_sim.stage import Plan, Stage
from hw_sim.stage_files import GATE, PAD
from tests.hw_sim.desk.conftest import ROOT, SHELVES

SAMPLE = ROOT / "hw_sim" / "library" / "files"
PICTURES = ROOT / "var" / "pictures"
PATIENCE_MS = 30_000

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Broker, simulator with forty tagged books, controller, gate and kiosk."""
    state = Path(tempfile.mkdtemp(prefix="polka-"))  # short, for the names of Unix sockets
    stage = Stage(Plan(state, OWNER, SAMPLE / IRBIS, SAMPLE / ROSTER_CSV, stocked=40))
    try:
        stage.start()
        yield stage
    finally:
        stage.stop()
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture
def page(browser: Browser, stage: Stage) -> Iterator[Page]:
    page = browser.new_page(viewport=SHELVES, reduced_motion="reduce")
    page.goto(stage.desk, wait_until="domcontentloaded")
    page.wait_for_selector(".strip .cover")
    yield page
    page.close()


def test_book_is_borrowed_and_carried_out_in_silence_another_one_is_not(
    stage: Stage, page: Page
) -> None:
    borrowed, other = (_book(stage, page, place) for place in (2, 3))
    expect(page.locator(".pad.kiosk > .head .status")).to_contain_text("работает")

    page.locator(".person").first.click()
    _pick(page, borrowed)
    page.locator(f"#place-{PAD}").click()
    assert _soon(lambda: "done" in [row["tone"] for row in stage.kiosk().view()["rows"]])
    security = page.locator(f'#place-{PAD} [data-key="{borrowed.uid}"] .security')
    expect(security).to_have_text("✓ защита снята", timeout=PATIENCE_MS)
    page.screenshot(path=PICTURES / "desk-borrowed.png")
    page.locator(".ticket").click()
    page.get_by_role("button", name="В сумку").first.click()
    _walk(page)

    assert len(Ledger(stage.database).open_loans(borrowed)) == 1
    walk = stage.world().gate(GATE).walks[-1]
    assert (walk.uids, walk.lamp_on_at, walk.sounder_on_at) == ([borrowed.uid], None, None)
    expect(page.locator('[data-light="lamp"]')).to_have_attribute("data-state", "off")

    page.get_by_label("бегом").check()
    page.get_by_role("button", name="Войти с сумкой").click()
    expect(page.locator("#bag .where")).to_have_text("в библиотеке", timeout=PATIENCE_MS)
    page.get_by_label("шагом").check()
    _pick(page, other)
    page.locator("#place-bag").click()
    expect(page.locator(f'#place-bag [data-key="{other.uid}"]')).to_be_visible()
    page.get_by_role("button", name="Выйти с сумкой").click()

    expect(page.locator('[data-light="lamp"]')).to_have_text("◆ Лампа горит", timeout=PATIENCE_MS)
    expect(page.locator("#alarm")).to_have_text("Ворота: тревога")
    page.screenshot(path=PICTURES / "desk-alarm.png")
    expect(page.locator('[data-light="sounder"]')).to_have_text(
        "♪ Сирена молчит", timeout=PATIENCE_MS
    )
    assert stage.dead() == []


def _book(stage: Stage, page: Page, place: int) -> Book:
    """A book by its place on the first shelf, as the ledger knows it."""
    uid = page.locator(".strip").first.locator(".cover").nth(place).get_attribute("data-uid")
    return next(book for book in Ledger(stage.database).shelf(100) if book.uid == uid)


def _pick(page: Page, book: Book) -> None:
    page.locator(f'.strip [data-uid="{book.uid}"]').click()


def _walk(page: Page) -> None:
    page.get_by_role("button", name="Выйти с сумкой").click()
    expect(page.locator("#bag .where")).to_have_text("за дверью", timeout=PATIENCE_MS)


def _soon(happened: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE_MS / 1000
    while not happened() and time.monotonic() < end:
        time.sleep(0.05)
    return happened()
