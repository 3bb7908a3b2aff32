"""People of a school library, and a browser for each."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import httpx2
import pytest
from sqlmodel import Session

from controller.staff.passwords import hash_password
from controller.staff.rights import Role
from controller.staff.sessions import open_session
from controller.staff.tables import StaffAccount
from tests.controller.conftest import PLAIN_HTTP, Running

PASSWORD = "тихо-в-читальном-зале"
FORM = re.compile(r'name="form" value="([^"]+)"')


class Browser(httpx2.Client):
    """Keeps cookies and sends the form token as the console's pages do."""

    def sign_in(self, login: str, password: str = PASSWORD) -> httpx2.Response:
        form = FORM.search(self.get("/console/sign-in").text)
        assert form
        fields = {"form": form[1], "login": login, "password": password}
        return self.post("/console/sign-in", data=fields)

    def remember_form_token(self) -> None:
        self.headers["X-Form-Token"] = self.get("/api/v1/staff/me").json()["form_token"]


Open = Callable[[], Browser]
As = Callable[[Role], Browser]


@pytest.fixture
def new_browser(running: Running) -> Iterator[Open]:
    with ExitStack() as opened:
        yield lambda: opened.enter_context(
            Browser(base_url=running.url, timeout=60, verify=PLAIN_HTTP)
        )


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hashing is slow on purpose: once is enough for all who have the same password."""
    return hash_password(PASSWORD, login="")


def add_role(running: Running, role: Role, password_hash: str) -> int:
    """An account named like the role; its id."""
    with Session(running.engine) as session:
        account = StaffAccount(
            login=role.value,
            role=role,
            password_hash=password_hash,
            class_name="7Б" if role is Role.TEACHER else "",
            created_at=running.clock(),
        )
        session.add(account)
        session.commit()
        assert account.id is not None
        return account.id


@pytest.fixture
def accounts(running: Running, password_hash: str) -> Running:
    """The account of the head."""
    add_role(running, Role.HEAD, password_hash)
    return running


@pytest.fixture
def signed_in(running: Running, new_browser: Open, password_hash: str) -> As:
    """A browser of a person with this role, past the door."""

    def enter(role: Role) -> Browser:
        browser, writer = new_browser(), running.app.state.door.writer
        staff_id = add_role(running, role, password_hash)
        opened = writer.submit(partial(open_session, staff_id=staff_id, now=running.clock()))
        browser.cookies.set("polka_session", opened.result())
        browser.remember_form_token()
        return browser

    return enter
