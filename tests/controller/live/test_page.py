"""The live page as a browser without scripts gets it."""

import re

import httpx2
import pytest

from circulation.api import CHECKOUTS, DEVICE_STATE, RETURNS, SIGHTINGS, LiveEvent
from circulation.messages import Direction, Verdict
from controller.live import words
from controller.live.present import cover_of, grouped
from controller.tables import DeviceKind, EventKind
from tests.controller.conftest import ANNA, Body, Running


def test_page_shows_titles_counts_and_devices(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    kiosk.post(RETURNS, json=body())

    page = httpx2.get(running.url)

    assert page.status_code == 200
    assert '<html lang="ru">' in page.text
    assert page.text.count("Мцыри") == 2
    assert "Библиотека школы № 33" in page.text
    assert re.search(r"<b>1</b> выдано", page.text)
    assert re.search(r"<b>1</b> возвращено", page.text)
    assert "kiosk-2" in page.text


def test_page_in_english(running: Running, kiosk: httpx2.Client, body: Body) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    page = httpx2.get(running.url, params={"lang": "en"})

    assert '<html lang="en">' in page.text
    assert "Borrowed" in page.text
    assert re.search(r"<b>1</b> borrowed", page.text)


def test_page_asks_nobody_else(running: Running) -> None:
    page = httpx2.get(running.url)
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    files = [httpx2.get(running.url + address) for address in addresses]

    assert all(address.startswith("/") for address in addresses)
    assert {file.status_code for file in files} == {200}
    words = " ".join(file.text for file in files).replace("http://www.w3.org/2000/svg", "")
    assert "//" not in re.sub(r"// [A-Za-z]", "", words)  # comments are no addresses
    assert page.headers["content-security-policy"].startswith("default-src 'self'")


def test_loan_is_amber_until_its_tag_is_seen_disarmed(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    waiting = httpx2.get(f"{running.url}/live/rows").text

    kiosk.post(SIGHTINGS, json=body(armed=False))
    healed = httpx2.get(f"{running.url}/live/rows").text

    assert 'class="line wait"' in waiting
    assert "метка ещё под защитой" in waiting
    assert healed.count("<li") == 1
    assert 'class="line done"' in healed


def test_yesterday_does_not_count_today(running: Running, kiosk: httpx2.Client, body: Body) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=1)

    page = httpx2.get(f"{running.url}/live/now")

    assert re.search(r"<b>0</b> выдано", page.text)


def test_kiosk_that_fell_silent_is_shown_offline(running: Running, kiosk: httpx2.Client) -> None:
    state = {"at": "2026-10-14T09:00:00Z", "version": "1", "simulated": True}
    kiosk.post(DEVICE_STATE, json=state | {"pad": "ok", "card_reader": "lost"})
    speaking = httpx2.get(f"{running.url}/live/now").text
    running.clock.move(minutes=3)

    silent = httpx2.get(f"{running.url}/live/now").text

    assert "на связи, имитация" in speaking
    assert "карты: не отвечает" in speaking
    assert "нет связи, было на связи 14.10. 12:00" in silent


def test_title_with_markup_is_text(running: Running, kiosk: httpx2.Client, body: Body) -> None:
    running.change("UPDATE title SET title = '<script>alert(1)</script>' WHERE id = 1")
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    page = httpx2.get(running.url).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("language", list(words.Language))
def test_every_word_is_in_every_language(language: words.Language) -> None:
    assert set(words.KINDS[language]) == set(EventKind)
    assert set(words.DIRECTIONS[language]) == set(Direction)
    assert set(words.VERDICTS[language]) == set(Verdict)
    assert set(words.DEVICES[language]) == set(DeviceKind)
    assert set(words.LABELS[language]) == set(words.LABELS[words.Language.RU])
    assert set(words.TONES) == set(EventKind)
    assert set(words.SIGNS) == set(words.Tone)


@pytest.mark.parametrize(
    ("title", "section", "face"),
    [
        ("Мцыри", "84(2Рос=Рус)1", ("М", 8)),
        ("«Вий»", "84", ("В", 8)),
        ("1984", "", ("1", 0)),
        ("…", "22.1я72", ("•", 2)),
    ],
)
def test_same_book_has_the_same_face(title: str, section: str, face: tuple[str, int]) -> None:
    event = LiveEvent.model_validate(
        {
            "seq": 1,
            "at": "2026-10-14T09:00:00Z",
            "kind": "returned",
            "device": "kiosk-1",
            "title": title,
            "detail": {"section": section},
        }
    )

    cover = cover_of(event)

    assert (cover.initial, cover.family) == face


def test_numbers_are_grouped_the_russian_way() -> None:
    assert grouped(32178) == "32\N{NO-BREAK SPACE}178"
