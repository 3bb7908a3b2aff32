"""The form of a device's settings: present values, errors beside the field, what it refused."""

import re

import httpx2
import pytest

from circulation.api import DEVICE_STATE
from controller.devices.registry import add_device
from controller.staff.rights import Role
from controller.tables import DeviceKind
from tests.controller.conftest import ISIL, Running
from tests.controller.devices.test_devices import STATE
from tests.controller.staff.conftest import As, Browser

PAGE = "/console/devices/kiosk-1/settings"
GATE_PAGE = "/console/devices/gate-1/settings"
TYPED = {
    "languages": "en,ru",
    "idle_s": "25",
    "volume_percent": "0",
    "textbook_week": "yes",
    "offline_books": "0",
    "offline_operations": "",
    "offline_hours": "1,5",
    **dict.fromkeys((f"opening_{day}" for day in range(1, 8)), ""),
}
QUIET = {"alarm_s": "5", "quiet_start": "21:00", "quiet_end": "07:30"}


def save(browser: Browser, page: str = PAGE, **fields: str) -> httpx2.Response:
    form = {"form": browser.headers["X-Form-Token"], "seen": "0"}
    return browser.post(page, data=form | fields)


def values(html: str) -> dict[str, str]:
    """What stands in each field."""
    typed = re.findall(r'<input id="(\w+)"[^>]*? value="([^"]*)"', html)
    lists = re.findall(r'<select id="(\w+)"(.*?)</select>', html, re.DOTALL)
    chosen = {name: re.findall(r'value="([^"]*)" selected', body) for name, body in lists}
    return dict(typed) | {name: found[0] for name, found in chosen.items() if found}


def test_a_kiosk_gets_what_was_typed_and_the_page_shows_it(
    signed_in: As, kiosk: httpx2.Client
) -> None:
    engineer = signed_in(Role.ENGINEER)
    before = engineer.get(PAGE).text

    saved = save(engineer, **TYPED)

    assert saved.status_code == 303
    assert kiosk.get("/api/v1/device-settings").json() == {
        "version": 1,
        "settings": {
            "format": "kiosk-1",
            "languages": ["en", "ru"],
            "idle_s": 25,
            "volume_percent": 0,
            "offline_books": 0,
            "offline_hours": 1.5,
            "textbook_week": True,
        },
    }
    after = engineer.get(saved.headers["location"]).text
    assert "по своему файлу" in before
    assert "Сохранено" in after
    assert values(after) == TYPED | {"offline_hours": "1.5"}


@pytest.mark.parametrize(
    ("page", "fields", "field", "words"),
    [
        (PAGE, TYPED | {"idle_s": "5"}, "idle_s", "целое число от 10 до 300"),
        (PAGE, TYPED | {"idle_s": ""}, "idle_s", "целое число от 10 до 300"),
        (PAGE, TYPED | {"volume_percent": "громко"}, "volume_percent", "от 0 до 100"),
        (PAGE, TYPED | {"offline_books": "2.5"}, "offline_books", "целое число от 0 до 100"),
        (PAGE, TYPED | {"offline_hours": "nan"}, "offline_hours", "число от 0 до 168"),
        (PAGE, TYPED | {"languages": "ru,ru"}, "languages", "из списка"),
        (PAGE, TYPED | {"languages": "de"}, "languages", "из списка"),
        (PAGE, TYPED | {"opening_3": "с утра"}, "opening_3", "например 09:00-18:00"),
        (PAGE, TYPED | {"textbook_week": "maybe"}, "textbook_week", "из списка"),
        (GATE_PAGE, QUIET | {"alarm_s": "0"}, "alarm_s", "целое число от 1 до 10"),
        (GATE_PAGE, QUIET | {"quiet_start": "25:00"}, "quiet_start", "Впишите время"),
        (GATE_PAGE, QUIET | {"quiet_end": "21:00"}, "quiet_end", "не должен совпадать"),
        (GATE_PAGE, QUIET | {"quiet_end": ""}, "quiet_end", "и начало, и конец"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    running: Running, signed_in: As, page: str, fields: dict[str, str], field: str, words: str
) -> None:
    add_device(running.engine, isil=ISIL, name="gate-1", kind=DeviceKind.GATE)
    engineer = signed_in(Role.ENGINEER)

    answer = save(engineer, page, **fields)

    assert answer.status_code == 422
    wrong = dict(re.findall(r'<p class="off" id="(\w+)-wrong">([^<]*)<', answer.text))
    assert list(wrong) == [field]
    assert words in wrong[field]
    assert f'aria-describedby="{field}-wrong"' in answer.text
    others = {name: value for name, value in fields.items() if name != field}
    assert others.items() <= values(answer.text).items()
    assert running.scalar("SELECT count(*) FROM device_settings") == 0


def test_hours_are_typed_as_people_write_them(signed_in: As, kiosk: httpx2.Client) -> None:
    engineer = signed_in(Role.ENGINEER)
    hours = {"opening_1": "09:00–13:00, 14:00–18:00", "opening_6": "10:00-16:00"}

    saved = save(engineer, **TYPED | hours)

    opening = kiosk.get("/api/v1/device-settings").json()["settings"]["opening"]
    assert opening == [["09:00-13:00", "14:00-18:00"], [], [], [], [], ["10:00-16:00"], []]
    shown = values(engineer.get(saved.headers["location"]).text)
    assert (shown["opening_1"], shown["opening_2"]) == ("09:00-13:00 14:00-18:00", "")


def test_a_gate_without_quiet_hours_keeps_none(running: Running, signed_in: As) -> None:
    add_device(running.engine, isil=ISIL, name="gate-1", kind=DeviceKind.GATE)
    engineer = signed_in(Role.ENGINEER)
    first = save(engineer, GATE_PAGE, **QUIET)

    second = save(engineer, GATE_PAGE, alarm_s="5", quiet_start="", quiet_end="", seen="1")

    assert (first.status_code, second.status_code) == (303, 303)
    now = engineer.get("/api/v1/devices/gate-1/settings").json()
    assert now == {
        "version": 2,
        "settings": {"format": "gate-1", "alarm_s": 5, "quiet_hours": None},
    }


def test_who_saves_over_another_sees_the_others_values(signed_in: As) -> None:
    engineer, head = signed_in(Role.ENGINEER), signed_in(Role.HEAD)
    save(head, **TYPED)

    late = save(engineer, **TYPED | {"idle_s": "99"})

    assert late.status_code == 409
    assert "кто-то другой" in late.text
    assert values(late.text)["idle_s"] == "25"


def test_what_the_device_refused_is_told_by_the_fields_name(
    signed_in: As, kiosk: httpx2.Client
) -> None:
    engineer = signed_in(Role.ENGINEER)
    save(engineer, **TYPED)
    told = {
        "settings_version": 0,
        "settings_refused": 1,
        "settings_error": "offline_books: extra_forbidden",
    }
    assert kiosk.post(DEVICE_STATE, json=STATE | told).status_code == 204

    page = engineer.get(PAGE).text

    assert re.search(r"отклонило версию 1,\s+не подошло поле: Без связи: сколько книг", page)


def test_librarian_looks_and_changes_nothing(signed_in: As) -> None:
    librarian = signed_in(Role.LIBRARIAN)

    page = librarian.get(PAGE)

    assert (page.status_code, "<button>" in page.text) == (200, False)
    assert page.text.count(" disabled") == len(TYPED)
    assert save(librarian, **TYPED).status_code == 403


def test_a_station_has_no_settings_from_afar(signed_in: As) -> None:
    engineer = signed_in(Role.ENGINEER)
    there = "/console/devices/desk-1/settings"

    assert "не принимает настроек" in engineer.get(there).text
    assert save(engineer, there, **TYPED).status_code == 409
    assert engineer.get("/console/devices/nobody/settings").status_code == 404
    listed = engineer.get("/console/devices").text
    assert (PAGE in listed, there in listed) == (True, False)
