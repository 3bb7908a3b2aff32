"""What books are called, kept in pages: only what changed comes, and nothing that is not ours."""

import httpx2
import pytest

from circulation.snapshot import token_hash
from circulation.titles import (
    BadTitles,
    SignedTitles,
    TitleEntry,
    TitlePage,
    TitlesQuery,
    sign_titles,
    titles_key,
)
from kiosk.client import ControllerClient
from kiosk.titles import Caption, TitleStore, renew_titles
from tests.kiosk.conftest import OWNER, copy_of
from tests.kiosk.snapshot_maker import KNOWN_AS, TOKEN

PAGE = 3  # copies
KEY = titles_key(KNOWN_AS)


class Catalogue:
    """A controller's side: `books` by copy; remembers what was asked and how many pages it gave."""

    def __init__(self, **books):
        self.books = books
        self.asked = []
        self.given = 0
        self.away = False
        self.spoil = lambda answer: answer

    def __call__(self, request):
        if self.away:
            raise httpx2.ConnectError("away")
        query = TitlesQuery.model_validate_json(request.content)
        self.asked.append((query.after, query.upto))
        answer = sign_titles(self._page(query), KEY, query.have)
        self.given += answer.page is not None
        return httpx2.Response(200, content=self.spoil(answer).model_dump_json())

    def _page(self, query):
        last = query.upto or "~"
        ids = [one for one in sorted(self.books) if query.after < one <= last][:PAGE]
        entries = [TitleEntry(title=self.books[one], copies={one: ()}) for one in ids]
        upto = ids[-1] if len(ids) == PAGE else query.upto
        return TitlePage(owner=OWNER, after=query.after, upto=upto, titles=tuple(entries))


@pytest.fixture
def store(tmp_path):
    opened = TitleStore(tmp_path / "titles.sqlite", KNOWN_AS)
    yield opened
    opened.close()


def renew(store, catalogue):
    catalogue.asked.clear()
    catalogue.given = 0
    client = ControllerClient("http://c", TOKEN, transport=httpx2.MockTransport(catalogue))
    return renew_titles(store, client, lambda: True)


def titles(store, *items):
    return [store.caption(copy_of(item)).title for item in items]


def test_round_brings_every_title_and_the_next_one_nothing(store):
    catalogue = Catalogue(A1="Мцыри", A2="Нос", A3="Муму", A4="Ася", A5="Бежин луг")

    assert renew(store, catalogue)
    first = catalogue.given
    assert renew(store, catalogue)

    assert titles(store, "A1", "A3", "A5", "A9") == ["Мцыри", "Муму", "Бежин луг", ""]
    assert (first, catalogue.given) == (2, 0)
    assert catalogue.asked == [("", "A3"), ("A3", None)]


def test_new_name_costs_its_page_and_a_new_copy_shifts_no_other(store):
    catalogue = Catalogue(**{f"A{number}": f"Книга {number}" for number in range(1, 10)})
    renew(store, catalogue)
    catalogue.books |= {"A5": "Новое имя", "A11": "Вставлена"}

    assert renew(store, catalogue)

    assert titles(store, "A11", "A3", "A5", "A9") == [
        "Вставлена",
        "Книга 3",
        "Новое имя",
        "Книга 9",
    ]
    assert catalogue.asked == [("", "A3"), ("A2", "A3"), ("A3", "A6"), ("A6", "A9"), ("A9", None)]
    assert catalogue.given == 3  # of the first page the half, its rest, and the one with the name


def test_ledger_that_has_less_leaves_nothing_behind(store):
    catalogue = Catalogue(**{f"A{number}": f"Книга {number}" for number in range(1, 8)})
    renew(store, catalogue)
    catalogue.books = {"A1": "Книга 1"}

    for _ in range(2):
        assert renew(store, catalogue)

    assert titles(store, "A1", "A2", "A7") == ["Книга 1", "", ""]


def test_round_that_was_cut_short_keeps_what_came_and_goes_on_later(store):
    catalogue = Catalogue(**{f"A{number}": f"Книга {number}" for number in range(1, 8)})
    client = ControllerClient("http://c", TOKEN, transport=httpx2.MockTransport(catalogue))
    turns = iter([True, False])

    assert not renew_titles(store, client, lambda: next(turns))
    assert titles(store, "A1", "A7") == ["Книга 1", ""]
    assert renew(store, catalogue)

    assert titles(store, "A1", "A7") == ["Книга 1", "Книга 7"]
    assert catalogue.given == 2


def test_without_an_answer_the_old_titles_stay(store):
    catalogue = Catalogue(A1="Мцыри")
    renew(store, catalogue)
    catalogue.away = True

    assert not renew(store, catalogue)

    assert titles(store, "A1") == ["Мцыри"]


def of_another(answer):
    key = titles_key(token_hash("another"))
    page = TitlePage.model_validate_json(answer.page)
    return sign_titles(page, key, None)


def another_page(_):
    return sign_titles(TitlePage(owner=OWNER, after="Z", upto=None, titles=()), KEY, None)


def in_a_circle(answer):
    after = TitlePage.model_validate_json(answer.page).after
    upto = "A8" if after == "A9" else "A9"
    return sign_titles(TitlePage(owner=OWNER, after=after, upto=upto, titles=()), KEY, None)


@pytest.mark.parametrize(
    "spoil",
    [
        of_another,
        another_page,
        in_a_circle,
        lambda answer: answer.model_copy(update={"page": answer.page.replace("Нос", "Рот")}),
        lambda answer: answer.model_copy(update={"signature": None}),
        lambda _: SignedTitles(page=None),
    ],
)
def test_page_that_is_not_ours_is_not_kept(store, spoil):
    catalogue = Catalogue(A1="Нос")
    catalogue.spoil = spoil

    with pytest.raises(BadTitles):
        renew(store, catalogue)

    assert titles(store, "A1") == [""]


def test_parts_of_a_set_are_known_by_name(store):
    entry = TitleEntry(title="Набор", author="Ю", section="84", copies={"A1": ("книга", "диск")})
    page = TitlePage(owner=OWNER, after="", upto=None, titles=(entry,))

    store.take(sign_titles(page, KEY, None), TitlesQuery())

    assert store.caption(copy_of("A1")) == Caption("Набор", "Ю", "84", ("книга", "диск"))


def test_file_that_cannot_be_used_is_begun_anew(tmp_path):
    path = tmp_path / "titles.sqlite"
    path.write_bytes(b"not a database" * 100)

    store = TitleStore(path, KNOWN_AS)

    assert store.caption(copy_of("A1")) == Caption()
    store.close()
