"""PostgreSQL is away: whoever asks hears 503 and a word that says what to do, and then all is well.

Nothing may look as if it were done, and nothing may stay broken when the server is back.
"""

import re
import time
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from circulation.api import CHECKOUTS
from controller.staff.rights import Role
from tests.controller.conftest import ANNA, ISIL, Body, Postgres, Running
from tests.controller.staff.conftest import FORM, PASSWORD, As

NEEDS_NO_LEDGER = {"/healthz", "/metrics", "/console/sign-in"}
NEVER_ENDS = {"/api/v1/events", "/live/events"}
PAGES = ("", "/devices", "/debts", "/proof", "/repairs", "/conflicts", "/import")
FILLED = {"patron_id": ANNA, "item_id": "B-0001", "name": "kiosk-1", "isil": ISIL}


@pytest.fixture
def database_url(postgres_ledger: str) -> str:
    """A file is never away."""
    return postgres_ledger


@pytest.fixture
def librarian(kiosk: httpx2.Client, signed_in: As) -> httpx2.Client:
    """Somebody whom every question would be answered."""
    browser = signed_in(Role.LIBRARIAN)
    browser.headers["Authorization"] = kiosk.headers["Authorization"]
    browser.timeout = httpx2.Timeout(60)
    return browser


def questions(running: Running) -> list[str]:
    """Every path that can be read, with something where it wants a name."""
    document: dict[str, Any] = httpx2.get(f"{running.url}/openapi.json", timeout=60).json()
    paths = [path for path, acts in document["paths"].items() if "get" in acts]
    filled = [
        re.sub(r"{(\w+)}", lambda part: FILLED.get(part[1], str(uuid4())), path) for path in paths
    ]
    return [path for path in filled if path not in NEEDS_NO_LEDGER | NEVER_ENDS]


def is_back(client: httpx2.Client) -> None:
    until = time.monotonic() + 60
    while client.get("/readyz").status_code != 200:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_every_question_gets_503_while_it_is_away_and_its_answer_when_it_is_back(
    postgres: Postgres, running: Running, librarian: httpx2.Client
) -> None:
    paths = questions(running)
    with postgres.server.away():
        answers = {path: librarian.get(path) for path in paths}
    is_back(librarian)
    again = {path: librarian.get(path).status_code for path in paths}

    codes = {path: answer.status_code for path, answer in answers.items()}
    assert {path: code for path, code in codes.items() if code not in (503, 422)} == {}
    said = [answer.json() for answer in answers.values() if answer.status_code == 503]
    assert len(said) > 15
    assert {tuple(one["reasons"]) for one in said} == {("no_connection",)}
    assert {path: code for path, code in again.items() if code >= 500} == {}


def test_page_says_in_words_that_the_ledger_is_away(
    postgres: Postgres, librarian: httpx2.Client
) -> None:
    with postgres.server.away():
        pages = {path: librarian.get(f"/console{path}") for path in PAGES}
        english = librarian.get("/console/devices?lang=en")

    assert {path: page.status_code for path, page in pages.items()} == dict.fromkeys(PAGES, 503)
    assert all("База данных не отвечает" in page.text for page in pages.values())
    assert "The database does not answer" in english.text
    assert english.headers["content-type"].startswith("text/html")
    assert librarian.get("/console/devices").status_code == 200


def test_writes_are_refused_and_nothing_of_them_stays(
    postgres: Postgres, running: Running, librarian: httpx2.Client, kiosk: httpx2.Client, body: Body
) -> None:
    wish = body(patron_id=ANNA)
    form = FORM.search(librarian.get("/console/sign-in").text)
    assert form
    kiosk.timeout = httpx2.Timeout(60)
    fields = {"form": form[1], "login": "librarian", "password": PASSWORD}
    revoke = {"form": librarian.headers["X-Form-Token"]}

    with postgres.server.away():
        lent = kiosk.post(CHECKOUTS, json=wish)
        signed_in = httpx2.post(
            f"{running.url}/console/sign-in", data=fields, cookies=librarian.cookies, timeout=60
        )
        revoked = librarian.post("/console/devices/kiosk-2/revoke", data=revoke)

    assert [answer.status_code for answer in (lent, signed_in, revoked)] == [503] * 3
    assert "База данных не отвечает" in revoked.text
    is_back(librarian)
    assert running.scalar("SELECT count(*) FROM loan") == 0
    assert kiosk.post(CHECKOUTS, json=wish).status_code == 200  # the same operation, later


def test_controller_that_never_read_before_reads_when_it_is_back(
    postgres: Postgres, running: Running, kiosk: httpx2.Client
) -> None:
    """Its reading threads open their connections late, and an attempt that failed ends none."""
    with postgres.server.away():
        first = [kiosk.get(f"/api/v1/accounts/{ANNA}", timeout=60).status_code for _ in range(4)]

    is_back(kiosk)
    assert first == [503] * 4
    assert kiosk.get(f"/api/v1/accounts/{ANNA}").status_code == 200
    assert running.scalar("SELECT count(*) FROM loan") == 0
