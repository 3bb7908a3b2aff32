"""Cards and labels as PDF: read back by a decoder from the pixels, and as text."""

from functools import partial

import pytest
from reportlab.pdfgen.canvas import Canvas

from controller.printing.codes import CodeTooLong
from controller.printing.labels import ItemLabel, PatronCard, SpineLabel, spine_of
from controller.printing.sheets import SHEETS, Box, SheetName, print_labels
from tests.controller.printing.read_back import codes, pages, texts

TITLE = (
    "История России. XX — начало XXI века. 10 класс: учебник для общеобразовательных организаций"
)


def label(number: str) -> ItemLabel:
    return ItemLabel("Библиотека школы № 33", TITLE, number, "У-01234")


@pytest.mark.parametrize("name", [SheetName.A4_3X8, SheetName.ROLL_43X25, SheetName.A4_5X13])
def test_every_barcode_of_a_sheet_is_read_back(name: SheetName) -> None:
    sheet = SHEETS[name]
    numbers = [f"2{n:07d}" for n in range(26 if sheet.count > 1 else 4)]

    pdf = print_labels([label(number).draw for number in numbers], sheet, "Этикетки")

    assert codes(pdf) == numbers
    assert "У-01234" in texts(pdf)[0]


def test_a_sheet_that_was_begun_is_used_up() -> None:
    sheet = SHEETS[SheetName.A4_3X8]

    pdf = print_labels([label("20000001").draw] * 3, sheet, "Этикетки", first=23)

    assert [text.count("20000001") for text in texts(pdf)] == [2, 1]


def test_every_label_lies_on_its_page_and_on_no_other_label() -> None:
    for sheet in SHEETS.values():
        boxes = [sheet.box(place) for place in range(sheet.count)]

        assert len({(round(box.left), round(box.bottom)) for box in boxes}) == sheet.count
        for box in boxes:
            assert box.left >= -1e-6
            assert box.bottom >= -1e-6
            assert box.left + box.width <= sheet.page[0] * 72 / 25.4 + 1e-6
            assert box.bottom + box.height <= sheet.page[1] * 72 / 25.4 + 1e-6


@pytest.mark.parametrize("is_qr", [True, False])
def test_a_card_is_read_by_scanner_and_person(is_qr: bool) -> None:
    card = PatronCard("Библиотека школы № 33", "4100000017", "Анна П.", "7Б", is_qr)

    pdf = print_labels([card.draw] * 2, SHEETS[SheetName.A4_2X5], "Билеты")

    assert codes(pdf) == ["4100000017"] * 2
    assert all(
        word in texts(pdf)[0] for word in ("Анна П.", "7Б", "Читательский билет", "4100000017")
    )


def test_a_number_too_long_for_the_label_is_told_with_what_to_do() -> None:
    sheet = SHEETS[SheetName.A4_5X13]

    with pytest.raises(CodeTooLong, match="возьмите этикетку шире"):
        print_labels([label("ABCDEFGHIJKLMNOPQRSTUVWXYZ").draw], sheet, "Этикетки")


@pytest.mark.parametrize(
    ("author_mark", "author", "title", "mark"),
    [
        ("Л49", "Лермонтов М. Ю.", "Мцыри", "Л49"),
        ("", "Лермонтов М. Ю.", "Мцыри", "Л"),
        ("", "", "былины", "Б"),
        ("", "", "", ""),
    ],
)
def test_a_spine_shows_the_catalogues_author_mark_or_the_initial(
    author_mark: str, author: str, title: str, mark: str
) -> None:
    assert spine_of("84(2)1", author_mark, author, title) == SpineLabel("84(2)1", mark)


@pytest.mark.parametrize("section", ["84(2)1", "84(2Рос=Рус)6-44 : 63.3(2)", ""])
def test_a_spine_label_stays_within_its_edges(section: str) -> None:
    sheet = SHEETS[SheetName.A4_5X13]

    pdf = print_labels([SpineLabel(section, "Л49").draw], sheet, "Корешки")

    ink = pages(pdf)[0].convert("L").point(lambda level: 255 * (level < 128)).getbbox()
    assert ink is not None
    edges = [sheet.box(0).left, sheet.box(0).left + sheet.box(0).width]
    assert edges[0] <= ink[0] * 72 / 300
    assert ink[2] * 72 / 300 <= edges[1]
    assert "Л49" in texts(pdf)[0]


def test_a_box_without_its_margin() -> None:
    drawn: list[Box] = []

    print_labels([partial(_keep, drawn)], SHEETS[SheetName.ROLL_58X40], "Этикетка")

    (box,) = drawn
    assert box.inset(10).width == pytest.approx(38 * 72 / 25.4)


def _keep(drawn: list[Box], _canvas: Canvas, box: Box) -> None:
    drawn.append(box)
