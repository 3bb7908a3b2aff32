"""People of a school library, and a browser for each."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx2
import pytest

from controller.staff.accounts import add_account
from controller.staff.rights import Role
from tests.controller.conftest import Running

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
        yield lambda: opened.enter_context(Browser(base_url=running.url, timeout=15))


def add_role(running: Running, role: Role) -> None:
    """An account named like the role; hashing is slow on purpose, so only those a test needs."""
    add_account(
        running.engine,
        name=role.value,
        role=role,
        password=PASSWORD,
        clock=running.clock,
        class_name="7Б" if role is Role.TEACHER else "",
    )


@pytest.fixture
def accounts(running: Running) -> Running:
    """The account of the head."""
    add_role(running, Role.HEAD)
    return running


@pytest.fixture
def signed_in(running: Running, new_browser: Open) -> As:
    """A browser of a person with this role."""

    def enter(role: Role) -> Browser:
        add_role(running, role)
        browser = new_browser()
        assert browser.sign_in(role.value).status_code == 303
        browser.remember_form_token()
        return browser

    return enter
