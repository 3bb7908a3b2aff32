"""Views of the station for pictures and screens, made by the real session from what happens."""

from dataclasses import replace

from circulation.encoding import Choice, Choices, CopyToTag, Estimate, Progress, Untagged
from kiosk.events import Pressed
from kiosk.i18n import load_texts
from kiosk.station.effects import WriteTag
from kiosk.station.events import (
    Char,
    ChoicesAnswered,
    Line,
    ListAnswered,
    Outcome,
    ProgressAnswered,
    TagWritten,
)
from kiosk.station.present import present
from kiosk.view import View
from tests.kiosk.station.conftest import Station, blank, copy_to_tag, item_tag

_TITLES = (
    ("Алгебра. 7 класс", "Макарычев Ю. Н.", "22.1я721"),
    ("Мцыри", "Лермонтов М. Ю.", "84(2)"),
    ("География. 5–6 классы. Полярная звезда", "Алексеев А. И.", "26.8я721"),
    ("Судьба человека", "Шолохов М. А.", "84(2)"),
)


def copy_number(number: int, **more: object) -> CopyToTag:
    title, author, section = _TITLES[number % len(_TITLES)]
    fields = {
        "title": title,
        "author": author,
        "section": section,
        "inventory_no": f"{1040 + number}",
    }
    return copy_to_tag(f"B-{number:04d}", **(fields | {"place": "Б-2"} | more))


def working(language: str = "ru") -> Station:
    """An hour of work is done."""
    station = Station(language=language)
    estimate = Estimate(least_hours=119.2, most_hours=146.4)
    progress = Progress(copies=32178, tagged=1124, today=(), estimate=estimate)
    station.happens(ProgressAnswered(progress))
    for number in range(1, 5):
        station.scans(f"B-{number:04d}", copy_number(number))
        station.lays(blank(number))
        station.pad_writes()
        station.lifts()
    station.state = replace(station.state, written=124)
    return station


def show(station: Station) -> View:
    return present(station.state, load_texts(station.state.config.language))


def sign_in(language: str = "ru") -> View:
    station = Station(language=language)
    station.happens(Pressed("sign_out"), *(Char(char) for char in "olga"))
    return show(station)


def number(language: str = "ru") -> View:
    return show(working(language))


def book(language: str = "ru") -> View:
    station = working(language)
    station.scans("B-0009", copy_number(9, parts=2, part_names=("книга", "диск")))
    return show(station)


def lifted(language: str = "ru") -> View:
    station = working(language)
    station.scans("B-0009", copy_number(9))
    station.lays(blank(9))
    order = station.take(WriteTag)
    station.happens(TagWritten(order.order, Outcome.LIFTED))
    return show(station)


def two_tags(language: str = "ru") -> View:
    station = working(language)
    station.scans("B-0009", copy_number(9))
    station.lays(blank(9), blank(10))
    return show(station)


def question(language: str = "ru") -> View:
    station = working(language)
    station.scans("B-0009", copy_number(9))
    station.lays(item_tag(9, "B-0777"))
    return show(station)


def untagged(language: str = "ru") -> View:
    station = working(language)
    station.happens(Pressed("list"))
    copies = tuple(copy_number(number) for number in range(20, 32))
    page = Untagged(copies=copies, total=31054, next_after=32)
    station.happens(ListAnswered(page))
    return show(station)


def narrow(language: str = "ru") -> View:
    station = working(language)
    station.happens(Pressed("list"))
    places = tuple(Choice(value=f"Б-{n}", copies=140 * n) for n in range(1, 7))
    station.happens(ChoicesAnswered(Choices(places=places, batches=(), grades=())))
    station.happens(Pressed("narrow:place"))
    return show(station)


def arrival(language: str = "ru") -> View:
    station = working(language)
    station.happens(Pressed("arrival"), *(Char(char) for char in "978-5-09-1"))
    return show(station)


def content(language: str = "ru") -> View:
    station = working(language)
    station.lays(item_tag(9, "B-0777", title="Судьба человека"))
    return show(station)


def choose(language: str = "ru") -> View:
    station = working(language)
    station.happens(Line("1043"))
    station.ledger_finds("1043", copy_number(3), copy_number(7))
    return show(station)


SCREENS = {
    "station_sign_in": sign_in,
    "station_number": number,
    "station_book": book,
    "station_lifted": lifted,
    "station_two_tags": two_tags,
    "station_question": question,
    "station_untagged": untagged,
    "station_narrow": narrow,
    "station_arrival": arrival,
    "station_content": content,
    "station_choose": choose,
}
