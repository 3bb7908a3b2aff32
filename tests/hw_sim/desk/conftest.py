"""A simulator as a process with books on its shelves, and a real Chromium in front of its desk."""

import functools
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hw_sim.client import WorldClient
from hw_sim.server import Wiring
from tests.hw_sim.desk.tidying import tidy

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM = Path("/usr/bin/chromium")  # Debian's own, as make test installs it
ARGUMENTS = [
    "--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
SHELVES = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
LIVE_PAGE = "http://127.0.0.1:9/"
PATIENCE_MS = 30_000  # a busy machine is slow, not wrong


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there: apt-get install chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def wiring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    state = tmp_path_factory.mktemp("desk")
    pads = [{"name": "pad1", "timing": "none"}, {"name": "station1", "timing": "none"}]
    settings = state / "settings.json"
    settings.write_text(json.dumps({"pads": pads, "live_page": LIVE_PAGE}), "utf-8")
    command = [sys.executable, "-m", "hw_sim.server", "--state", str(state)]
    process = subprocess.Popen([*command, "--settings", str(settings)], cwd=ROOT)
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not (state / "wiring.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield json.loads((state / "wiring.json").read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_MS / 1000) == 0


@pytest.fixture
def world(wiring: Wiring) -> Iterator[WorldClient]:
    """Sixty books on the shelves, and nothing left of the test before."""
    with WorldClient(wiring["api"], timeout_s=PATIENCE_MS / 1000) as world:
        tidy(world, wiring["api"])
        yield world


Open = Callable[..., Page]


@pytest.fixture(scope="package")
def troubles() -> list[str]:
    """What went wrong on the pages since a test last looked."""
    return []


@pytest.fixture(scope="package")
def windows(browser: Browser, wiring: Wiring, troubles: list[str]) -> Callable[[bool], Page]:
    """A wide window and a phone, each opened once: a new one takes as long as its page."""

    @functools.cache
    def window(phone: bool) -> Page:
        page = browser.new_page(
            viewport=PHONE if phone else SHELVES, has_touch=phone, reduced_motion="reduce"
        )
        page.on("console", lambda it: troubles.append(it.text) if it.type != "log" else None)
        page.on("pageerror", lambda it: troubles.append(str(it)))
        page.on("request", lambda it: troubles.extend(_outside(it.url, wiring["api"])))
        return page

    return window


@pytest.fixture
def open_desk(
    windows: Callable[[bool], Page], wiring: Wiring, world: WorldClient, troubles: list[str]
) -> Iterator[Open]:
    """Opens the desk anew; afterwards there were no errors and no question to anybody else."""
    opened: list[Page] = []

    def open_page(*, phone: bool = False, query: str = "") -> Page:
        page = windows(phone)
        page.goto(f"{wiring['api']}/desk{query}", wait_until="domcontentloaded")
        page.wait_for_selector(".strip .cover")
        page.wait_for_selector(".pad")  # the first look was shown
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        page.goto("about:blank")  # nobody listens to the world any more
        page.unroute_all()
    told = troubles.copy()
    troubles.clear()
    assert told == []


def _outside(url: str, api: str) -> list[str]:
    return [] if urlsplit(url).netloc == urlsplit(api).netloc else [f"asks {url}"]
