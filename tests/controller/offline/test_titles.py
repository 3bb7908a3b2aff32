"""What a kiosk alone calls books: page by page, every copy once, and nobody's name."""

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from circulation.desk import STAFF_PARTS
from circulation.ids import Copy, Isil, ItemId
from circulation.snapshot import piece_digest
from circulation.titles import (
    TITLE_PAGES,
    SignedTitles,
    TitlePage,
    TitlesQuery,
    open_titles,
    titles_key,
)
from controller.devices.registry import add_device
from controller.devices.tokens import hash_token
from controller.offline import titles
from controller.tables import DeviceKind
from kiosk.client import ControllerClient
from kiosk.titles import TitleStore, renew_titles
from tests.controller.conftest import DICTIONARY, ISIL, MTSYRI, Body, Running

Ask = Callable[[TitlesQuery], SignedTitles]


@pytest.fixture
def ask(kiosk: httpx2.Client) -> Ask:
    def post(query: TitlesQuery) -> SignedTitles:
        answer = kiosk.post(TITLE_PAGES, json=query.model_dump(exclude_defaults=True))
        assert answer.status_code == 200, answer.text
        return SignedTitles.model_validate(answer.json())

    return post


@pytest.fixture
def read(running: Running, ask: Ask) -> Callable[[TitlesQuery], TitlePage]:
    key = titles_key(hash_token(running.kiosk_token))

    def opened(query: TitlesQuery) -> TitlePage:
        signed = ask(query)
        assert signed.page is not None
        return open_titles(signed.page, signed.signature, key, query)

    return opened


def names(page: TitlePage) -> dict[str, str]:
    return {item: one.title for one in page.titles for item in one.copies}


def test_every_copy_of_the_library_has_its_title(read: Callable[[TitlesQuery], TitlePage]) -> None:
    page = read(TitlesQuery())

    known = names(page)
    assert known[MTSYRI] == "Мцыри"
    assert DICTIONARY in known
    assert page.upto is None
    assert len({one.title for one in page.titles}) == len(page.titles)  # each is said once


def test_page_that_the_kiosk_has_is_not_sent_again(ask: Ask) -> None:
    first = ask(TitlesQuery())
    assert first.page is not None

    again = ask(TitlesQuery(have=piece_digest(first.page)))

    assert again == SignedTitles(page=None)


def test_pages_follow_each_other_without_a_gap(
    read: Callable[[TitlesQuery], TitlePage],
) -> None:
    whole = names(read(TitlesQuery()))

    edge = sorted(whole)[2]
    low, high = read(TitlesQuery(upto=edge)), read(TitlesQuery(after=edge))

    assert low.upto == edge
    assert sorted(names(low)) == sorted(whole)[:3]
    assert names(low) | names(high) == whole


def test_a_kiosk_reads_them_all_and_asks_again_only_for_what_changed(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "PAGE", 3)  # copies: now it takes several pages
    client = ControllerClient(running.url, running.kiosk_token)
    store = TitleStore(tmp_path / "titles.sqlite", hash_token(running.kiosk_token))
    copies = [
        Copy(Isil(owner), ItemId(item))
        for owner, item in running.rows("SELECT owner, item_id FROM item")
    ]

    assert renew_titles(store, client, lambda: True)
    before = {copy: store.caption(copy).title for copy in copies}
    running.change("UPDATE title SET title = 'Новое имя' WHERE title = 'Мцыри'")
    assert renew_titles(store, client, lambda: True)
    after = {copy: store.caption(copy).title for copy in copies}

    assert len(copies) > 3
    assert all(before.values())
    assert {after[copy] for copy in copies if before[copy] == "Мцыри"} == {"Новое имя"}
    assert all(after[copy] == before[copy] for copy in copies if before[copy] != "Мцыри")
    store.close()
    client.close()


def test_parts_of_a_set_come_with_their_names(
    station: httpx2.Client, body: Body, read: Callable[[TitlesQuery], TitlePage]
) -> None:
    station.post(STAFF_PARTS, json=body(names=["книга", "диск"]))

    [parts] = [one.copies[MTSYRI] for one in read(TitlesQuery()).titles if MTSYRI in one.copies]

    assert parts == ("книга", "диск")


def test_drop_that_never_lends_and_a_stranger_are_given_none(running: Running) -> None:
    token = add_device(running.engine, isil=ISIL, name="drop-1", kind=DeviceKind.DROP)
    headers = {"Authorization": f"Bearer {token}"}

    given = httpx2.post(running.url + TITLE_PAGES, json={}, headers=headers)
    stranger = httpx2.post(running.url + TITLE_PAGES, json={})

    assert (given.status_code, stranger.status_code) == (403, 401)
