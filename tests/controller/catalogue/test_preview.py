"""A preview says what a file is, what it holds and what is wrong, and writes nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from controller.catalogue.charset import Charset
from controller.catalogue.preview import Counts, preview
from controller.catalogue.problems import Code
from controller.catalogue.source import Format, Kind


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "export"


@pytest.mark.parametrize("charset", [Charset.UTF8, Charset.CP1251, Charset.CP866])
def test_irbis_when_nothing_is_said_is_recognised(file: Path, irbis: str, charset: Charset) -> None:
    file.write_bytes(irbis.encode(charset.value))

    seen = preview(file)

    assert seen.source is not None
    assert (seen.source.format, seen.source.charset, seen.source.sure) == (
        Format.IRBIS,
        charset,
        True,
    )
    assert seen.counts == Counts(titles=2, copies=4, items=3, tags=2, units=33)
    assert [title.title for title in seen.first] == ["Алгебра", "Война и мир. Т. 2"]  # type: ignore[union-attr]
    assert seen.problem_counts == {Code.NO_NUMBER: 1}


@pytest.mark.parametrize("charset", [Charset.UTF8, Charset.CP1251, Charset.CP866])
def test_rusmarc_when_nothing_is_said_is_recognised(
    file: Path, rusmarc: Callable[..., bytes], charset: Charset
) -> None:
    file.write_bytes(b"".join(rusmarc(charset.value, number) for number in range(1, 8)))

    seen = preview(file)

    assert seen.source is not None
    assert (seen.source.format, seen.source.charset) == (Format.RUSMARC, charset)
    assert seen.counts == Counts(titles=7, copies=7, items=7, units=7)
    assert seen.problems == ()


def test_marc21_is_told_from_rusmarc_by_its_titles(
    file: Path, iso2709: Callable[..., bytes]
) -> None:
    file.write_bytes(iso2709([("001", b"k"), ("245", b"00\x1faTitle")]))

    seen = preview(file, kind=Kind.MARC)
    forced = preview(file, kind=Kind.RUSMARC)

    assert seen.source is not None
    assert (seen.source.format, seen.counts.titles) == (Format.MARC21, 1)
    assert forced.problem_counts == {Code.TITLE_MISSING: 1}
    assert not forced.usable


@pytest.mark.parametrize("written", [Charset.UTF8, Charset.CP1251, Charset.CP866])
@pytest.mark.parametrize("chosen", [Charset.UTF8, Charset.CP1251, Charset.CP866])
@pytest.mark.parametrize("make", ["irbis", "rusmarc"])
def test_charset_when_chosen_wrongly_is_refused_and_the_right_one_named(
    file: Path, request: pytest.FixtureRequest, make: str, written: Charset, chosen: Charset
) -> None:
    given = request.getfixturevalue(make)
    data = given.encode(written.value) if isinstance(given, str) else given(written.value)
    file.write_bytes(data)

    seen = preview(file, charset=chosen)

    assert seen.usable is (written is chosen)
    if written is not chosen:
        assert [(p.code, p.value) for p in seen.problems] == [
            (Code.CHARSET_WRONG, f"{chosen} → {written}")
        ]
        assert seen.first == ()


def test_record_when_of_another_single_byte_charset_is_not_stored_as_mojibake(
    file: Path, rusmarc: Callable[..., bytes]
) -> None:
    records = [rusmarc("cp1251", number) for number in range(1, 20)]
    file.write_bytes(b"".join([*records, rusmarc("cp866", 20)]))

    seen = preview(file)

    assert seen.counts.titles == 19
    assert seen.problem_counts == {Code.RECORD_UNREADABLE: 1}


def test_roster_is_recognised_by_its_header(file: Path) -> None:
    file.write_bytes("Класс;ФИО\n5А;Иванов Пётр\n5Б;Сидорова Анна\n".encode("cp1251"))

    seen = preview(file)

    assert seen.source is not None
    assert (seen.source.format, seen.counts.pupils) == (Format.ROSTER, 2)


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"", Kind.AUTO, Code.FILE_EMPTY),
        (b" \r\n", Kind.AUTO, Code.FILE_EMPTY),
        (b"a letter to the director", Kind.AUTO, Code.FORMAT_UNKNOWN),
        (b"a letter to the director", Kind.IRBIS, Code.FORMAT_UNKNOWN),
        (b"#200: ^AT\n*****\n", Kind.MARC, Code.FORMAT_UNKNOWN),
        (b"a letter to the director", Kind.ROSTER, Code.HEADER_MISSING),
        (b"PK\x03\x04 and nothing more", Kind.AUTO, Code.FILE_BROKEN),
        (b"PK\x03\x04 and nothing more", Kind.IRBIS, Code.FORMAT_UNKNOWN),
        (bytes(range(0x80, 0x100)), Kind.AUTO, Code.CHARSET_UNKNOWN),
    ],
)
def test_file_when_it_cannot_be_used_says_why(
    file: Path, data: bytes, kind: Kind, code: Code
) -> None:
    file.write_bytes(data)

    seen = preview(file, kind=kind)

    assert not seen.usable
    assert [problem.code for problem in seen.problems] == [code]


def test_file_when_it_is_not_there_is_told(file: Path) -> None:
    assert [p.code for p in preview(file).problems] == [Code.FILE_MISSING]


def test_copies_and_tags_when_repeated_come_once(file: Path) -> None:
    record = "#903: {}\n#200: ^AT\n#910: ^A0^B{}^TE004015032410001\n*****\n"
    file.write_text(record.format("a", 1) + record.format("b", 1) + record.format("a", 2), "utf-8")

    seen = preview(file)

    assert seen.counts == Counts(titles=3, copies=2, items=2, tags=1, units=2)
    assert seen.problem_counts == {Code.SAME_ITEM: 1, Code.SAME_KEY: 1, Code.SAME_TAG: 1}
