"""A reader finds a book by what he remembers of it."""

import json
from typing import Any

import pytest

from controller.devices.tokens import Caller
from controller.search import index
from controller.search.rebuild import refresh
from controller.search.service import show_title
from controller.sql import Statement, Transaction
from tests.controller.search.conftest import ISIL, Ask


def found(answer: dict[str, Any]) -> list[int]:
    return [hit["title_id"] for hit in answer["hits"]]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("вий", [1, 2]),
        ("ВИЙ Гоголя", [1, 2]),
        ("гоголь", [1, 2, 6]),
        ("ежик", [3]),
        ("ёжики туман", [3]),
        ("книга", [5]),
        ("зверей", [3, 6]),
        ("учебники алгебры", [4]),
        ("сказка", [2, 3]),
        ("тумане гоголь", []),
        ("", []),
        ("\"' OR * ( :", []),
        ("title: вий", []),
    ],
)
def test_titles_are_found_by_words_in_any_form(ask: Ask, text: str, titles: list[int]) -> None:
    answer = ask(text)

    assert sorted(found(answer)) == titles
    assert (answer["found"], answer["more"]) == (len(titles), False)


def test_title_that_is_the_word_comes_before_one_that_has_it(ask: Ask) -> None:
    assert found(ask("вий")) == [1, 2]


def test_word_of_the_title_weighs_more_than_a_subject(ask: Ask) -> None:
    assert found(ask("сказки")) == [2, 3]


def test_books_of_another_library_are_not_found(ask: Ask) -> None:
    assert 7 not in found(ask("чужая книга"))


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("ал", [4]),
        ("алгебра", [4]),
        ("гоголь сказ", [2]),
        ("жив", [6]),
        ("книг", [5]),
        ("книги", [5]),
    ],
)
def test_last_word_may_be_unfinished_while_typing(ask: Ask, text: str, titles: list[int]) -> None:
    answer = ask(text, typing=True)

    assert found(answer) == titles
    assert answer["facets"]["kinds"] == []


@pytest.mark.parametrize(
    "text", ["kbook", "kb", "вий kb", "гоголь kbook", "s84", "o52", "=kbook", "=k"]
)
def test_words_that_the_index_made_up_for_filters_are_not_found(ask: Ask, text: str) -> None:
    assert found(ask(text, typing=True)) == []
    assert found(ask(text)) == []


def test_one_letter_is_a_word_and_not_a_beginning(ask: Ask) -> None:
    assert found(ask("а", typing=True)) in ([], [6])  # the initial А., or a word nobody indexes


@pytest.mark.parametrize(
    ("number", "title"),
    [
        ("20000003", 2),
        ("1003", 2),
        ("84-7", 5),
        ("978-5-08-005823-3", 1),
        ("9785080058233", 1),
        (" 5-08-005823-4 ", 1),
    ],
)
def test_number_of_a_copy_or_isbn_is_exact_and_first(ask: Ask, number: str, title: int) -> None:
    hits = ask(number)["hits"]

    assert (hits[0]["title_id"], hits[0]["exact"]) == (title, True)


def test_number_of_another_library_is_unknown_here(ask: Ask) -> None:
    assert found(ask("20000008")) == []


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({"kind": "reference"}, [6]),
        ({"section": "84"}, [1, 2]),
        ({"section": "84(2Рос=Рус)1"}, [1, 2]),
        ({"place": "Читальный зал"}, [1, 6]),
        ({"place": "Зал"}, []),
        ({"available": True}, [1, 6]),
        ({"available": True, "section": "28"}, [6]),
    ],
)
def test_filters_narrow_the_list(ask: Ask, filters: dict[str, Any], titles: list[int]) -> None:
    assert sorted(found(ask("гоголь", **filters))) == titles


def test_facets_count_what_was_found(ask: Ask) -> None:
    facets = ask("гоголь")["facets"]

    assert facets["kinds"] == [
        {"value": "book", "titles": 2},
        {"value": "reference", "titles": 1},
    ]
    assert facets["sections"] == [{"value": "84", "titles": 2}, {"value": "28", "titles": 1}]
    assert facets["places"] == [
        {"value": "Абонемент", "titles": 2},
        {"value": "Читальный зал", "titles": 2},
    ]
    assert facets["available"] == 2


def test_hit_says_on_which_shelf_the_copies_stand(ask: Ask) -> None:
    (hit, *_) = ask("вий")["hits"]

    assert (hit["section"], hit["copies"], hit["available"]) == ("84(2Рос=Рус)1", 2, 1)
    assert hit["shelves"] == [
        {"place": "Абонемент", "copies": 1, "available": 1},
        {"place": "Читальный зал", "copies": 1, "available": 0},
    ]


def test_written_off_copy_is_on_no_shelf(ask: Ask) -> None:
    (hit,) = ask("книги о книгах")["hits"]

    assert (hit["copies"], hit["shelves"]) == (0, [])


def test_pages_follow_each_other(ask: Ask) -> None:
    first = ask("гоголь", limit=2)
    second = ask("гоголь", limit=2, offset=2)

    assert len(found(first)) == 2
    assert sorted(found(first) + found(second)) == [1, 2, 6]
    assert first["found"] == second["found"] == 3


def test_more_hits_than_are_ranked_are_said(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "CANDIDATES", 2)

    answer = ask("гоголь")

    assert (answer["found"], answer["more"]) == (2, True)


def test_copy_that_moved_is_found_at_its_new_place(ask: Ask, transaction: Transaction) -> None:
    transaction.run(Statement("UPDATE item SET place = 'Хранение' WHERE id = :id"), {"id": 3})

    refresh(transaction, 2)

    assert found(ask("вий", place="Хранение")) == [2]
    assert 2 not in found(ask("вий", place="Абонемент"))


def test_title_shows_its_copies_and_nobody_who_has_them(
    transaction: Transaction, caller: Caller
) -> None:
    answer = show_title(transaction, caller, 1)

    title = json.loads(answer.body)
    assert (title["title"], title["isbn"], title["subjects"]) == ("Вий", "9785080058233", [])
    assert [copy["item_id"] for copy in title["copies"]] == ["20000001", "20000002"]
    assert {copy["owner"] for copy in title["copies"]} == {ISIL}
    assert not any("patron" in name for copy in title["copies"] for name in copy)


def test_unknown_title_is_refused(transaction: Transaction, caller: Caller) -> None:
    assert show_title(transaction, caller, 999).status == 404
