"""Signing in and out: cookies, limits, and nothing told to a guesser."""

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import httpx2
import pytest

from controller.staff.rights import Role
from tests.controller.conftest import Running
from tests.controller.staff.conftest import FORM, PASSWORD, As, Browser, Open

ME = "/api/v1/staff/me"


def test_right_password_opens_the_console(accounts: Running, new_browser: Open) -> None:
    browser = new_browser()

    answer = browser.sign_in("Head ")  # blanks and letter case are no reason to fail

    assert (answer.status_code, answer.headers["location"]) == (303, "/console?lang=ru")
    page = browser.get("/console")
    assert (page.status_code, "заведующая" in page.text) == (200, True)


def test_cookie_is_for_the_server_and_this_site_alone(accounts: Running, new_browser: Open) -> None:
    answer = new_browser().sign_in("head")

    [cookie] = [c for c in answer.headers.get_list("set-cookie") if c.startswith("polka_session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_cookie_stays_on_an_encrypted_line(accounts: Running, new_browser: Open) -> None:
    browser = new_browser()
    browser.headers["X-Forwarded-Proto"] = "https"  # as a proxy on this machine says
    page = browser.get("/console/sign-in")

    assert all("Secure" in cookie for cookie in page.headers.get_list("set-cookie"))


def test_ledger_keeps_neither_token_nor_password(signed_in: As, running: Running) -> None:
    browser = signed_in(Role.HEAD)

    kept = str(running.rows("SELECT * FROM staff") + running.rows("SELECT * FROM staff_session"))
    assert browser.cookies["polka_session"] not in kept
    assert PASSWORD not in kept
    assert "$argon2id$" in kept


def test_stranger_is_sent_to_the_door(running: Running, new_browser: Open) -> None:
    browser = new_browser()

    assert browser.get("/console").headers["location"] == "/console/sign-in?lang=ru"
    assert (browser.get(ME).status_code, browser.get(ME).json()) == (401, {"reason": "signed_out"})


def test_wrong_name_and_wrong_password_are_told_alike(accounts: Running, new_browser: Open) -> None:
    answers = [
        new_browser().sign_in("head", "not the password"),
        new_browser().sign_in("nobody", "not the password"),
    ]

    assert [answer.status_code for answer in answers] == [401, 401]
    pages = {FORM.sub("", answer.text) for answer in answers}
    assert len(pages) == 1


def test_unknown_name_takes_as_long_as_a_known_one(accounts: Running, new_browser: Open) -> None:
    browser = new_browser()
    took: dict[str, list[float]] = {"head": [], "nobody": []}
    for tried in range(12):
        if tried >= 3 and _alike(took):
            break  # the quickest of each counts: the machine is shared
        for login, times in took.items():
            accounts.clock.move(minutes=2)  # past the limit
            began = perf_counter()
            browser.sign_in(login, "not the password")
            times.append(perf_counter() - began)

    assert _alike(took)


def _alike(took: dict[str, list[float]]) -> bool:
    known, unknown = min(took["head"]), min(took["nobody"])
    return min(known, unknown) / max(known, unknown) > 0.6


def test_sixth_try_in_a_minute_is_locked_visibly(accounts: Running, new_browser: Open) -> None:
    browser = new_browser()
    for _ in range(5):
        assert browser.sign_in("head", "not the password").status_code == 401

    locked = browser.sign_in("head")
    accounts.clock.move(seconds=61)
    later = browser.sign_in("head")

    assert (locked.status_code, locked.headers["retry-after"]) == (429, "60")
    assert "Слишком много попыток" in locked.text
    assert later.status_code == 303


def test_one_address_cannot_try_many_names(accounts: Running, new_browser: Open) -> None:
    browser = new_browser()
    statuses = [browser.sign_in(f"nobody-{n}", "not the password").status_code for n in range(6)]

    assert statuses == [401] * 5 + [429]


def test_tries_at_once_are_counted_before_they_are_answered(
    accounts: Running, new_browser: Open
) -> None:
    browsers = [new_browser() for _ in range(12)]
    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(lambda each: each.sign_in("head", "a wild guess"), browsers))

    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(401), statuses.count(429)) == (5, 7)


def test_signing_in_forgets_the_tries_before(accounts: Running, new_browser: Open) -> None:
    for _ in range(4):
        new_browser().sign_in("head", "not the password")

    assert new_browser().sign_in("head").status_code == 303
    assert accounts.scalar("SELECT count(*) FROM sign_in_try") == 4  # those of the address


@pytest.mark.parametrize("field", ["", "another browser's"])
def test_sign_in_form_of_another_site_is_refused(
    accounts: Running, new_browser: Open, field: str
) -> None:
    browser = new_browser()
    browser.get("/console/sign-in")
    fields = {"form": field, "login": "head", "password": PASSWORD}

    assert browser.post("/console/sign-in", data=fields).status_code == 403


def test_sign_out_ends_the_session_on_the_server(signed_in: As, running: Running) -> None:
    browser = signed_in(Role.HEAD)
    stolen = {"Cookie": f"polka_session={browser.cookies['polka_session']}"}

    browser.post("/console/sign-out", data={"form": browser.headers["X-Form-Token"]})

    assert httpx2.get(running.url + ME, headers=stolen).status_code == 401
    assert running.scalar("SELECT count(*) FROM staff_session") == 0


def test_sign_out_by_another_site_is_refused(signed_in: As) -> None:
    browser = signed_in(Role.HEAD)

    assert browser.post("/console/sign-out", data={"form": "guess"}).status_code == 403
    assert browser.get(ME).status_code == 200


def test_idle_session_ends_after_a_quarter_of_an_hour(signed_in: As, running: Running) -> None:
    browser = signed_in(Role.HEAD)
    running.clock.move(minutes=14)
    assert browser.get(ME).status_code == 200
    running.clock.move(minutes=14)
    assert browser.get(ME).status_code == 200

    running.clock.move(minutes=15)

    assert browser.get(ME).status_code == 401


def test_busy_session_ends_after_twelve_hours(signed_in: As, running: Running) -> None:
    browser = signed_in(Role.HEAD)
    for _ in range(71):
        running.clock.move(minutes=10)
        assert browser.get(ME).status_code == 200

    running.clock.move(minutes=10)

    assert browser.get(ME).status_code == 401


def test_form_larger_than_a_form_is_refused(new_browser: Open) -> None:
    answer = new_browser().post("/console/sign-in", data={"login": "x" * 5_000})

    assert answer.status_code == 422


def test_page_loads_nothing_from_elsewhere(signed_in: As) -> None:
    page: httpx2.Response = signed_in(Role.LIBRARIAN).get("/console?lang=en")

    assert "http" not in page.text.replace("http-equiv", "")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.headers["cache-control"] == "no-store"


def test_console_offers_what_the_role_may(signed_in: As) -> None:
    def offers(browser: Browser) -> tuple[bool, bool]:
        page = browser.get("/console").text
        return "/console/devices" in page, "/console/debts" in page

    assert offers(signed_in(Role.ENGINEER)) == (True, False)
    assert offers(signed_in(Role.TEACHER)) == (False, True)
