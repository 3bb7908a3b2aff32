"""The catalogue over HTTP, for devices."""

import httpx2
import pytest

from circulation.search import SEARCH, TITLES
from controller.db import open_transaction
from controller.search.rebuild import rebuild
from tests.controller.conftest import Running


@pytest.fixture
def indexed(running: Running, kiosk: httpx2.Client) -> httpx2.Client:
    transaction = open_transaction(running.engine)
    transaction.begin_write()
    rebuild(transaction)
    transaction.commit()
    transaction.close()
    return kiosk


def test_kiosk_finds_a_book(indexed: httpx2.Client) -> None:
    answer = indexed.get(SEARCH, params={"q": "лермонтова мцыри"})

    (hit,) = answer.json()["hits"]
    assert (answer.status_code, hit["title"], hit["copies"]) == (200, "Мцыри", 9)


def test_kiosk_sees_a_title(indexed: httpx2.Client) -> None:
    answer = indexed.get(f"{TITLES}/2")

    assert answer.json()["copies"][0]["state"] == "in_stock"


@pytest.mark.parametrize(
    "query",
    [{}, {"q": "а" * 201}, {"q": "а", "kind": "novel"}, {"q": "а", "limit": 51}],
)
def test_question_that_cannot_be_read_is_422(kiosk: httpx2.Client, query: dict[str, str]) -> None:
    assert kiosk.get(SEARCH, params=query).status_code == 422


@pytest.mark.parametrize("path", [f"{SEARCH}?q=а", f"{TITLES}/1"])
def test_stranger_learns_nothing(running: Running, path: str) -> None:
    answer = httpx2.get(running.url + path)

    assert answer.status_code == 401


@pytest.mark.parametrize("text", ["\0", "\0вий\0", "\ud83d", "🙂", "%", "'; DROP TABLE title --"])
def test_odd_letters_find_nothing_and_break_nothing(indexed: httpx2.Client, text: str) -> None:
    answer = indexed.get(SEARCH, params={"q": text.encode("utf-8", "replace")})

    assert answer.status_code == 200
