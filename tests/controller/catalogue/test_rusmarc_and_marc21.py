"""RUSMARC and MARC21 descriptions come out alike: one title, its copies, its evidence."""

import io
from collections.abc import Callable

import pytest

from circulation.loan import ItemState
from circulation.policy import ItemKind
from controller.catalogue.charset import Charset
from controller.catalogue.draft import check
from controller.catalogue.fields import SourceRecord
from controller.catalogue.iso2709 import read_iso2709
from controller.catalogue.marc21 import draft_marc21
from controller.catalogue.problems import Code, Problem
from controller.catalogue.records import TitleRecord
from controller.catalogue.rusmarc import draft_rusmarc

Fields = dict[str, str] | list[tuple[str, str]]


@pytest.fixture
def describe(
    iso2709: Callable[..., bytes],
) -> Callable[..., tuple[TitleRecord | None, tuple[Problem, ...]]]:
    """The checked title of one record with these fields, of RUSMARC or of MARC21."""

    def make(
        fields: Fields, *, marc21: bool = False, leader: bytes = b"nam0 22     3  450 "
    ) -> tuple[TitleRecord | None, tuple[Problem, ...]]:
        pairs = list(fields.items()) if isinstance(fields, dict) else fields
        data = iso2709([(tag, value.encode()) for tag, value in pairs], leader)
        (record,) = read_iso2709(io.BytesIO(data), Charset.UTF8)
        assert isinstance(record, SourceRecord)
        return check((draft_marc21 if marc21 else draft_rusmarc)(record), record)

    return make


def test_rusmarc_volume_has_its_set_its_numbers_and_its_copy(
    rusmarc: Callable[..., bytes],
) -> None:
    (record,) = read_iso2709(io.BytesIO(rusmarc("utf-8")), Charset.UTF8)
    assert isinstance(record, SourceRecord)

    title, problems = check(draft_rusmarc(record), record)

    assert title is not None
    assert title.title == "Библиотека школьника. Кн. 3. Капитанская дочка"
    assert (title.author, title.year, title.isbn) == ("Пушкин А. С.", 2019, "9785080058233")
    assert (title.section, title.udc) == ("84(2Рос=Рус)1", "821.161.1-3")
    assert [(copy.item_id, copy.place) for copy in title.copies] == [("3001", "Абонемент")]
    assert problems == ()


@pytest.mark.parametrize(
    ("own", "volume", "title"),
    [
        ("Вып. 13.", "Вып. 13", "Задачи и этюды. Вып. 13"),
        ("Рассказы", "Т. 1", "Задачи и этюды. Т. 1. Рассказы"),
    ],
)
def test_rusmarc_set_says_nothing_twice(
    describe: Callable[..., tuple[TitleRecord | None, tuple[Problem, ...]]],
    own: str,
    volume: str,
    title: str,
) -> None:
    found, _ = describe(
        {
            "001": "k",
            "200": f"1 \x1fa{own}",
            "461": f" 0\x1f1001X\x1f12001 \x1faЗадачи и этюды\x1fv{volume}",
        }
    )

    assert found is not None
    assert found.title == title


def test_rusmarc_codes_and_level_tell_the_kind(
    describe: Callable[..., tuple[TitleRecord | None, tuple[Problem, ...]]],
) -> None:
    fields = {"001": "k", "105": "  \x1fay   j   000yy", "200": "1 \x1faФизика"}

    textbook, _ = describe(fields)
    journal, _ = describe(fields, leader=b"nas0 22     3  450 ")

    assert textbook is not None
    assert journal is not None
    assert (textbook.kind, journal.kind) == (ItemKind.TEXTBOOK, ItemKind.PERIODICAL)


def test_rusmarc_with_four_authors_names_the_first(
    describe: Callable[..., tuple[TitleRecord | None, tuple[Problem, ...]]],
) -> None:
    people = [("701", f" 1\x1fa{name}\x1fbИ. И.") for name in ("Белов", "Волков", "Громов")]

    found, _ = describe(
        [("001", "k"), ("200", "1 \x1faХимия"), ("700", " 1\x1faАнтонов\x1fbА."), *people]
    )

    assert found is not None
    assert found.author == "Антонов А. и др."


def test_record_without_a_title_is_told_and_left_out(
    describe: Callable[..., tuple[TitleRecord | None, tuple[Problem, ...]]],
) -> None:
    title, problems = describe({"001": "k-7", "210": "  \x1faМосква"})

    assert title is None
    assert [(problem.code, problem.value) for problem in problems] == [(Code.TITLE_MISSING, "k-7")]


def test_record_without_a_key_gets_the_same_one_each_time(
    describe: Callable[..., tuple[TitleRecord | None, tuple[Problem, ...]]],
) -> None:
    first, problems = describe({"200": "1 \x1faХимия"})
    second, _ = describe({"200": "1 \x1faХимия"})
    other, _ = describe({"200": "1 \x1faФизика"})

    assert first is not None
    assert second is not None
    assert other is not None
    assert first.source_key == second.source_key != other.source_key
    assert [problem.code for problem in problems] == [Code.KEY_MISSING]


def test_wrong_isbn_is_told_and_the_record_goes_on(
    describe: Callable[..., tuple[TitleRecord | None, tuple[Problem, ...]]],
) -> None:
    title, problems = describe(
        {"001": "k", "010": "  \x1fa978-5-93089-108-7", "200": "1 \x1faХимия"}
    )

    assert title is not None
    assert (title.title, title.isbn) == ("Химия", "")
    assert [(p.code, p.value) for p in problems] == [(Code.ISBN_WRONG, "978-5-93089-108-7")]


def test_marc21_marks_are_taken_off_and_names_stay(
    describe: Callable[..., tuple[TitleRecord | None, tuple[Problem, ...]]],
) -> None:
    title, _ = describe(
        {
            "001": "03-1",
            "008": "990806s1986    couuuu      d       eng d",
            "020": "  \x1fa5858032109 (pbk.)",
            "080": "  \x1fa821.111",
            "084": "  \x1fa84(4Вел)\x1f2rubbk",
            "100": "1 \x1faDickens, Charles,\x1fd1812-1870",
            "245": "10\x1faBleak house /\x1fcCharles Dickens.",
            "264": " 1\x1faLondon :\x1fbPenguin,\x1fc[1986]",
        },
        marc21=True,
    )

    assert title is not None
    assert (title.title, title.author) == ("Bleak house", "Dickens, Charles")
    assert (title.place, title.publisher, title.year) == ("London", "Penguin", 1986)
    assert (title.isbn, title.udc, title.section) == ("9785858032106", "821.111", "84(4Вел)")
    assert title.kind is ItemKind.REFERENCE  # 008/24 "d": dictionaries


@pytest.mark.parametrize(
    ("tag", "value", "item", "state"),
    [
        ("952", "\x1fp30001\x1fi77\x1faMAIN\x1fg350.00", "30001", ItemState.IN_STOCK),
        ("952", "\x1fp30001\x1f11", "30001", ItemState.LOST),
        ("952", "\x1fp30001\x1f01", "30001", ItemState.WITHDRAWN),
        ("852", "\x1fbMAIN\x1fp30002", "30002", ItemState.IN_STOCK),
        ("949", "\x1fi30003\x1flMAIN", "30003", ItemState.IN_STOCK),
    ],
)
def test_marc21_holdings_of_koha_marc_and_sirsi_become_copies(
    describe: Callable[..., tuple[TitleRecord | None, tuple[Problem, ...]]],
    tag: str,
    value: str,
    item: str,
    state: ItemState,
) -> None:
    title, _ = describe({"001": "k", "245": "00\x1faHolidays", tag: f"  {value}"}, marc21=True)

    assert title is not None
    assert [(copy.item_id, copy.state) for copy in title.copies] == [(item, state)]


def test_irbis_records_in_iso2709_with_capital_codes_are_read_alike(
    describe: Callable[..., tuple[TitleRecord | None, tuple[Problem, ...]]],
) -> None:
    title, _ = describe(
        {
            "200": "  \x1fVТ. 2\x1fEроман",
            "461": "  \x1fCВойна и мир",
            "903": "  84Р1/Т 53",
            "910": "  \x1fA0\x1fB2001\x1fH20000002001\x1fTE004015032410002",
        }
    )

    assert title is not None
    assert (title.title, title.subtitle) == ("Война и мир. Т. 2", "роман")
    assert [(copy.item_id, copy.tag_uid) for copy in title.copies] == [
        ("20000002001", "E004015032410002")
    ]


@pytest.mark.parametrize(
    ("fields", "mark"),
    [
        ({"686": "  \x1fa84.4\x1fbЛ 49\x1f2rubbk"}, "Л 49"),
        ({"686": "  \x1fa84.4\x1fbЛ 49\x1f2rubbk", "908": "  \x1faЛ 50"}, "Л 50"),
        ({"686": "  \x1fa84.4\x1f2rubbk"}, ""),
    ],
)
def test_rusmarc_author_mark_is_of_908_else_the_book_number_of_a_class_mark(
    describe: Callable[..., tuple[TitleRecord | None, tuple[Problem, ...]]],
    fields: dict[str, str],
    mark: str,
) -> None:
    found, _ = describe({"001": "k", "200": "1 \x1faМцыри", **fields})

    assert found is not None
    assert found.author_mark == mark
