"""A card of the staff says at a station who works there; it proves less than a password."""

import json
from collections.abc import Callable, Iterator

import httpx2
import pytest

from circulation.desk import OPERATOR, OPERATOR_CARD, STAFF_CHECKOUTS, STAFF_MARKS
from circulation.ids import CardUid
from controller.db import open_transaction
from controller.sql import Transaction
from controller.staff.accounts import end_account
from controller.staff.refusals import Refused
from controller.staff.rights import Role
from controller.staff.staff_card_pages import STAFF_CARDS_PAGE
from controller.staff.staff_cards import give_card, take_card
from tests.controller.conftest import ANNA, DICTIONARY, Body, Running
from tests.controller.staff.conftest import PASSWORD, As, Browser, add_role

OVERRIDE = {"patron_id": ANNA, "item_id": DICTIONARY, "note": "к уроку"}


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    """The statements are those of any ledger; `test_operators` runs its own on both engines."""
    return sqlite_ledger


@pytest.fixture
def desk(running: Running, tokens: dict[str, str]) -> Iterator[httpx2.Client]:
    """The station's own token; nobody has signed in yet."""
    headers = {"Authorization": f"Bearer {tokens['desk-1']}"}
    with httpx2.Client(base_url=running.url, headers=headers, timeout=60) as client:
        yield client


def sign_in(desk: httpx2.Client) -> None:
    desk.post(OPERATOR, json={"login": "head", "password": PASSWORD}).raise_for_status()


def logged_by(running: Running, kind: str) -> str:
    [(detail,)] = running.rows("SELECT detail FROM event WHERE kind = :kind", kind=kind)
    return str(json.loads(detail)["staff"])


CARD = "04A1B2C3D4E5F6"


@pytest.fixture
def carded(accounts: Running, password_hash: str) -> Running:
    """The head has a card of the staff, and so has a librarian."""
    add_role(accounts, Role.LIBRARIAN, password_hash)
    in_one_commit(accounts, lambda inside: give_card(inside, "head", CardUid(CARD)))
    other = CardUid("04BBBBBBBBBBBB")
    in_one_commit(accounts, lambda inside: give_card(inside, "librarian", other))
    return accounts


def in_one_commit(running: Running, act: Callable[[Transaction], None]) -> None:
    transaction = open_transaction(running.engine)
    try:
        transaction.begin_write()
        act(transaction)
        transaction.commit()
    finally:
        transaction.close()


def lay(desk: httpx2.Client, uid: str = CARD) -> httpx2.Response:
    return desk.post(OPERATOR_CARD, json={"uid": uid})


def test_card_says_who_works_here_and_the_next_one_changes_it(
    carded: Running, desk: httpx2.Client, body: Body
) -> None:
    first = lay(desk).json()
    desk.post(STAFF_MARKS, json=body(act="mark_lost")).raise_for_status()
    second = lay(desk, "04BBBBBBBBBBBB").json()

    assert (first["login"], second["login"]) == ("head", "librarian")
    assert logged_by(carded, "item_marked") == "head"
    assert desk.get(OPERATOR).json()["login"] == "librarian"


def test_card_alone_sets_no_rule_of_the_house_aside(
    carded: Running, desk: httpx2.Client, body: Body
) -> None:
    begun = lay(desk).json()
    by_card = desk.post(STAFF_CHECKOUTS, json=body(**OVERRIDE))
    sign_in(desk)
    still = lay(desk).json()
    proven = desk.post(STAFF_CHECKOUTS, json=body(**OVERRIDE))

    assert begun == {"login": "head", "overrides": False}
    assert (by_card.status_code, by_card.json()["reasons"]) == (403, ["right_missing"])
    assert still == {"login": "head", "overrides": True}  # the password was given here
    assert proven.status_code == 200


def test_unknown_card_changes_nobody_and_five_of_them_wait_a_minute(
    carded: Running, desk: httpx2.Client
) -> None:
    lay(desk)
    tries = [lay(desk, f"04CCCCCCCCCC{n:02X}") for n in range(6)]
    good = lay(desk)
    carded.clock.move(minutes=2)

    assert [one.status_code for one in tries] == [403] * 5 + [429]
    assert tries[0].json()["reasons"] == ["card_unknown"]
    assert good.status_code == 429
    assert desk.get(OPERATOR).json()["login"] == "head"
    assert lay(desk).status_code == 200


def test_card_of_who_left_and_a_card_that_was_taken_away_open_nothing(
    carded: Running, desk: httpx2.Client
) -> None:
    lay(desk)
    in_one_commit(carded, lambda inside: take_card(inside, CardUid(CARD)))
    out = desk.get(OPERATOR).json()
    end_account(carded.engine, name="librarian")

    assert out["login"] is None
    assert lay(desk).status_code == 403
    assert lay(desk, "04BBBBBBBBBBBB").status_code == 403
    in_one_commit(carded, lambda inside: give_card(inside, "head", CardUid("04BBBBBBBBBBBB")))
    assert lay(desk, "04BBBBBBBBBBBB").json()["login"] == "head"


def test_kiosk_signs_nobody_in_by_card(carded: Running, kiosk: httpx2.Client) -> None:
    answer = lay(kiosk)

    assert (answer.status_code, answer.json()["reasons"]) == (403, ["staff_only"])


@pytest.mark.parametrize("uid", ["08A1B2C3", CARD])
def test_card_that_is_somebodys_or_nobodys_is_not_given(carded: Running, uid: str) -> None:
    with pytest.raises(Refused):
        in_one_commit(carded, lambda inside: give_card(inside, "librarian", CardUid(uid)))


def form_of(browser: Browser) -> dict[str, str]:
    return {"form": browser.headers["X-Form-Token"]}


def test_head_gives_a_card_on_the_page_and_takes_it_away(
    running: Running, signed_in: As, desk: httpx2.Client
) -> None:
    head = signed_in(Role.HEAD)
    head.remember_form_token()
    wish = form_of(head) | {"login": "head", "card": CARD.lower(), "act": "give"}
    given = head.post(STAFF_CARDS_PAGE, data=wish)
    works = lay(desk).json()["login"]
    taken = head.post(STAFF_CARDS_PAGE, data=form_of(head) | {"card": CARD, "act": "take"})

    assert "Карта записана" in given.text
    assert CARD in given.text
    assert works == "head"
    assert "Карта забрана" in taken.text
    assert lay(desk).status_code == 403


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"login": "head", "card": "12"}, 422, "Это не номер чипа"),
        ({"login": "head", "card": "08A1B2C3"}, 409, "записать нельзя"),
        ({"login": "nobody", "card": CARD}, 404, "Обновите страницу"),
        ({"card": CARD, "act": "take"}, 404, "Обновите страницу"),
    ],
)
def test_mistake_on_the_page_is_told_and_gives_nothing(
    running: Running, signed_in: As, fields: dict[str, str], status: int, said: str
) -> None:
    head = signed_in(Role.HEAD)
    head.remember_form_token()

    answer = head.post(STAFF_CARDS_PAGE, data=form_of(head) | {"act": "give"} | fields)

    assert answer.status_code == status
    assert said in answer.text
    assert running.scalar("SELECT count(*) FROM staff_card") == 0


def test_librarian_gives_no_cards_to_the_staff(signed_in: As) -> None:
    librarian = signed_in(Role.LIBRARIAN)
    librarian.remember_form_token()
    wish = form_of(librarian) | {"login": "librarian", "card": CARD, "act": "give"}

    assert librarian.get(STAFF_CARDS_PAGE).status_code == 403
    assert librarian.post(STAFF_CARDS_PAGE, data=wish).status_code == 403
