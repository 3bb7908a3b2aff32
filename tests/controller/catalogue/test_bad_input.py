"""Files that are broken, hostile or ambiguous: listed with place and reason, the rest goes on."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from circulation.ids import Isil
from controller.catalogue.apply import apply
from controller.catalogue.clashes import patron_numbers
from controller.catalogue.preview import Preview, preview
from controller.catalogue.problems import Code
from controller.catalogue.source import Format, Kind
from controller.patrons.tables import CardNumber, NumberKind
from controller.tables import Card, Item, Patron

OWNER = Isil("RU-10010033")
NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
RECORD = (
    "<record><leader>00000nam a2200000   4500</leader>"
    '<controlfield tag="001">k{n}</controlfield>'
    '<datafield tag="245" ind1="1" ind2="0"><subfield code="a">Title {n}</subfield></datafield>'
    '<datafield tag="952" ind1=" " ind2=" "><subfield code="p">{n}</subfield></datafield></record>'
)
HEAD = '<?xml version="1.0"?>{doctype}<collection xmlns="http://www.loc.gov/MARC21/slim">'
LAUGHS = (
    '<!DOCTYPE collection [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
TABLE = "Ключ;Заглавие;Номер экземпляра;Место хранения\n"

Write = Callable[[bytes | str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def run(content: bytes | str) -> Path:
        file = tmp_path / "export"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return run


def told(seen: Preview) -> list[tuple[Code, int | None, int | None]]:
    return [(one.code, one.place.record, one.place.line) for one in seen.problems]


def test_marcxml_is_read(write: Write) -> None:
    records = "\n".join(RECORD.format(n=n) for n in range(3))

    seen = preview(write(HEAD.format(doctype="") + records + "</collection>"))

    assert seen.source is not None
    assert (seen.source.format, seen.source.xml) == (Format.MARC21, True)
    assert (seen.counts.titles, seen.counts.items, seen.problems) == (3, 3, ())


def test_marcxml_in_any_namespace_and_charset_is_read(write: Write) -> None:
    text = (
        '<?xml version="1.0" encoding="windows-1251"?><m:collection xmlns:m="urn:x"><m:record>'
        '<m:datafield tag="200"><m:subfield code="a">Мцыри</m:subfield></m:datafield>'
        "</m:record></m:collection>"
    )

    seen = preview(write(text.encode("cp1251")))

    assert seen.source is not None
    assert seen.source.format is Format.RUSMARC
    assert [title.title for title in seen.spool.titles()] == ["Мцыри"]


def test_entity_bomb_is_refused_before_it_grows(write: Write) -> None:
    bomb = HEAD.format(doctype=LAUGHS) + RECORD.format(n="&i;") + "</collection>"

    seen = preview(write(bomb))

    assert told(seen) == [(Code.XML_FORBIDDEN, 1, None)]
    assert not seen.usable


def test_xml_that_is_cut_gives_the_records_before_the_cut(write: Write) -> None:
    whole = HEAD.format(doctype="") + "\n" + RECORD.format(n=1) + "\n" + RECORD.format(n=2)

    seen = preview(write(whole[:-30]))

    assert seen.counts.titles == 1
    assert told(seen) == [(Code.FILE_BROKEN, 2, 3)]


def test_xml_record_without_end_is_given_up_in_bounded_memory(write: Write) -> None:
    endless = HEAD.format(doctype="") + RECORD.format(n=1) + "<record><leader>" + "x" * (12 << 20)

    seen = preview(write(endless))

    assert seen.counts.titles == 1
    assert told(seen) == [(Code.RECORD_TOO_LONG, 2, None), (Code.FILE_BROKEN, 2, 1)]


LONG = {
    "one text": "<leader>" + "x" * (5 << 20) + "</leader>",
    "many fields": '<datafield tag="500"><subfield code="a">note</subfield></datafield>' * 90_000,
    "many empty": '<subfield code="a"/>' * 140_000,
    "strange elements": "<x>" + "y" * (5 << 20) + "</x>",
}


@pytest.mark.parametrize("content", LONG.values(), ids=LONG)
def test_xml_record_that_is_too_long_is_listed_and_the_rest_goes_on(
    write: Write, content: str
) -> None:
    records = RECORD.format(n=1) + f"<record>{content}</record>" + RECORD.format(n=3)

    seen = preview(write(HEAD.format(doctype="") + records + "</collection>"))

    assert [title.title for title in seen.spool.titles()] == ["Title 1", "Title 3"]
    assert told(seen) == [(Code.RECORD_TOO_LONG, 2, None)]
    assert seen.usable


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<!--" + "x" * (6 << 20) + "-->", Code.RECORD_TOO_LONG),
        (f'<record><leader tag="{"x" * (6 << 20)}"/></record>', Code.RECORD_TOO_LONG),
        ("<record>" + "<a>" * 1_000_000, Code.FILE_BROKEN),
    ],
    ids=["comment", "attribute", "depth"],
)
def test_xml_that_grows_without_an_end_is_given_up_after_the_records_before_it(
    write: Write, content: str, code: Code
) -> None:
    seen = preview(write(HEAD.format(doctype="") + RECORD.format(n=1) + content))

    assert seen.counts.titles == 1
    assert told(seen)[0][:2] == (code, 2)


def test_records_of_a_search_answer_are_found_within_its_own(write: Write) -> None:
    """SRU wraps each record into one of its own (namespace srw, the same local name)."""
    answer = (
        "<s:response xmlns:s='http://www.loc.gov/zing/srw/'><s:records><s:record><s:recordData>"
        + RECORD.format(n=1)
        + "</s:recordData></s:record></s:records></s:response>"
    )

    seen = preview(write(answer))

    assert [title.title for title in seen.spool.titles()] == ["Title 1"]


@pytest.mark.parametrize("kind", [Kind.AUTO, Kind.IRBIS, Kind.TABLE, Kind.ROSTER])
def test_line_of_many_megabytes_is_refused(write: Write, kind: Kind) -> None:
    line = b"#200: ^A" if kind in (Kind.AUTO, Kind.IRBIS) else TABLE.encode()

    seen = preview(write(line + b"x" * (8 << 20)), kind=kind)

    assert not seen.usable
    assert seen.errors == 1


def test_formula_in_a_table_keeps_its_line_out(write: Write) -> None:
    table = TABLE + "1;Мцыри;101;Абонемент\n2;=HYPERLINK(A1);102;Абонемент\n3;Вий;103;Абонемент\n"

    seen = preview(write(table))

    assert [title.title for title in seen.spool.titles()] == ["Мцыри", "Вий"]
    assert told(seen) == [(Code.FORMULA, None, 3)]


def test_table_says_which_line_is_wrong(write: Write) -> None:
    table = TABLE + "1;;101;\n2;Вий;12345678901234567;\n"

    seen = preview(write(table))

    assert told(seen) == [(Code.TITLE_MISSING, 1, 2), (Code.ITEM_ID_WRONG, 2, 3)]


def test_table_without_a_header_is_no_table(write: Write) -> None:
    seen = preview(write("1;Мцыри;101\n"), kind=Kind.TABLE)

    assert [code for code, _, _ in told(seen)] == [Code.TABLE_HEADER_MISSING]


def test_lines_of_one_key_are_copies_of_one_title(write: Write) -> None:
    table = TABLE + "1;Мцыри;101;Абонемент\n1;Мцыри;102;Читальный зал\n;Вий;103;\n;Вий;104;\n"

    seen = preview(write(table))

    titles = list(seen.spool.titles())
    assert [len(title.copies) for title in titles] == [2, 2]
    assert [copy.reading_room_only for copy in titles[0].copies] == [False, True]


@pytest.fixture
def people(engine: Engine) -> Engine:
    """A ledger with a pupil whose ticket has number 1001 and whose card has a UID."""
    with Session(engine) as session:
        session.add(Patron(id="p1", family_name="Петрова"))
        session.flush()
        session.add(CardNumber(number="1001", kind=NumberKind.BARCODE, patron_id="p1"))
        session.add(Card(uid="DEADBEEF", patron_id="p1"))
        session.commit()
    return engine


@pytest.mark.parametrize("number", ["1001", "DEADBEEF"])
def test_barcode_that_is_a_persons_number_is_listed_and_left_out(
    write: Write, people: Engine, number: str
) -> None:
    file = write(f"#903: 1\n#200: ^AМцыри\n#910: ^B{number}\n#910: ^B7\n*****\n")

    seen = preview(file, taken=patron_numbers(people))
    result = apply(seen, people, owner=OWNER, now=NOW)

    assert told(seen) == [(Code.NUMBER_OF_PATRON, 1, 1)]
    assert (result.items_new, result.problem_count) == (1, 1)


def test_number_given_to_a_person_after_the_preview_is_seen_when_writing(
    write: Write, people: Engine
) -> None:
    seen = preview(write("#903: 1\n#200: ^AМцыри\n#910: ^B1001\n*****\n"))

    result = apply(seen, people, owner=OWNER, now=NOW)

    assert seen.problems == ()
    assert [found.code for found in result.problems] == [Code.NUMBER_OF_PATRON]
    with Session(people) as session:
        assert session.exec(select(Item)).all() == []


def test_ticket_number_that_is_a_copys_is_listed_and_left_out(write: Write, engine: Engine) -> None:
    books = preview(write("#903: 1\n#200: ^AМцыри\n#910: ^B1001\n*****\n"))
    apply(books, engine, owner=OWNER, now=NOW)
    roster = "Класс;ФИО;Номер билета\n5А;Иванов Пётр;1001\n5А;Орлов Борис;2002\n"

    result = apply(preview(write(roster)), engine, owner=OWNER, now=NOW)

    assert [(one.code, one.place.line) for one in result.problems] == [(Code.NUMBER_OF_ITEM, 2)]
    with Session(engine) as session:
        assert [p.family_name for p in session.exec(select(Patron)).all()] == ["Орлов"]
        assert [one.number for one in session.exec(select(CardNumber)).all()] == ["2002"]


def test_ticket_number_of_somebody_else_stays_theirs(write: Write, people: Engine) -> None:
    roster = "Класс;ФИО;Номер билета\n5А;Иванов Пётр;1001\n"

    result = apply(preview(write(roster)), people, owner=OWNER, now=NOW)

    assert [(one.code, one.place.line) for one in result.problems] == [(Code.SAME_NUMBER, 2)]
    with Session(people) as session:
        assert session.exec(select(CardNumber.patron_id)).all() == ["p1"]


@pytest.mark.parametrize("size", [200 << 10, 6 << 20])
def test_line_of_a_table_that_never_ends_is_left_out_and_the_others_are_read(
    write: Write, size: int
) -> None:
    table = f"{TABLE}1;Мцыри;101;А\n2;{'x' * size};102;А\n3;Вий;103;А\n"

    seen = preview(write(table), kind=Kind.TABLE)

    assert [title.title for title in seen.spool.titles()] == ["Мцыри", "Вий"]
    assert told(seen) == [(Code.RECORD_TOO_LONG, None, 3)]


def test_line_of_a_roster_that_never_ends_is_left_out_and_the_others_are_read(
    write: Write,
) -> None:
    roster = f"Класс;ФИО\n5А;Иванов Пётр\n5А;{'x' * (1 << 20)}\n5А;Орлов Борис\n"

    seen = preview(write(roster))

    assert seen.counts.pupils == 2
    assert told(seen) == [(Code.RECORD_TOO_LONG, None, 3)]
