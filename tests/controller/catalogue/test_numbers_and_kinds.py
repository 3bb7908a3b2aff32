"""Numbers are checked, kinds are told from evidence, and nothing is invented."""

import pytest

from circulation.ids import BadId
from circulation.policy import ItemKind
from controller.catalogue.kinds import Evidence, guess_age_mark, guess_grade, guess_kind
from controller.catalogue.numbers import isbn13, item_id_of, kopecks_of, quantity_of, year_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("978-5-09-087705-3", "9785090877053"),
        ("5-85803-210-9", "9785858032106"),  # ISBN-10 becomes ISBN-13
        ("5-09-002630-Х (в пер.)", None),  # a Russian Ха is read as X, and the check digit fails
        ("978-5-93089-108-7", None),
        ("[Б. и.]", ""),
        ("", ""),
    ],
)
def test_isbn_is_right_or_absent(text: str, number: str | None) -> None:
    assert isbn13(text) == number


@pytest.mark.parametrize(
    ("barcode", "inventory", "item"),
    [
        ("20000001001", "1001", "20000001001"),
        ("", "1001", "1001"),
        ("", "б/н", None),
        ("", "Б.Н.", None),
        ("", "", None),
    ],
)
def test_item_id_is_barcode_else_inventory_number(
    barcode: str, inventory: str, item: str | None
) -> None:
    assert item_id_of(barcode, inventory) == item


def test_item_id_when_longer_than_a_tag_holds_is_refused() -> None:
    with pytest.raises(BadId):
        item_id_of("12345678901234567", "")


@pytest.mark.parametrize(
    ("text", "kopecks"),
    [
        ("1000.00", 100_000),
        ("750", 75_000),
        ("20 р. 50 к.", 2_050),
        ("1436 р.", 143_600),
        ("12 USD", None),
        ("", None),
    ],
)
def test_price_in_roubles_becomes_kopecks(text: str, kopecks: int | None) -> None:
    assert kopecks_of(text) == kopecks


@pytest.mark.parametrize(
    ("text", "year"), [("cop. 1960", 1960), ("[2014]", 2014), ("199-", None), ("20195", None)]
)
def test_year_is_found_in_a_printed_date(text: str, year: int | None) -> None:
    assert year_of(text) == year


@pytest.mark.parametrize(("text", "count"), [("30", 30), ("", 1), ("0", 1), ("много", 1)])
def test_quantity_counts_at_least_the_line(text: str, count: int) -> None:
    assert quantity_of(text) == count


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        (Evidence(), ItemKind.BOOK),
        (Evidence(serial=True, words="Наука и жизнь"), ItemKind.PERIODICAL),
        (Evidence(codes=("j0",)), ItemKind.TEXTBOOK),
        (Evidence(codes=("e",), words="учебник"), ItemKind.REFERENCE),  # the code outweighs words
        (Evidence(udc="004.056(075.8)"), ItemKind.TEXTBOOK),
        (Evidence(udc="51(035)"), ItemKind.REFERENCE),
        (Evidence(section="22.1я72"), ItemKind.TEXTBOOK),
        (Evidence(section="92я2"), ItemKind.REFERENCE),
        (Evidence(words="Физика. 9 класс: учебник"), ItemKind.TEXTBOOK),
        (Evidence(words="Орфографический словарь"), ItemKind.REFERENCE),
        (Evidence(words="Учебник жизни дяди Фёдора", codes=("a",)), ItemKind.TEXTBOOK),
        (Evidence(words="Словарный запас и атласный бант"), ItemKind.BOOK),
    ],
)
def test_kind_follows_the_strongest_evidence(evidence: Evidence, kind: ItemKind) -> None:
    assert guess_kind(evidence) is kind


@pytest.mark.parametrize(
    ("words", "grade"),
    [
        ("Алгебра. 7 класс: учебник", 7),
        ("учебник для 10-11 классов", 10),
        ("учеб. для 5 кл. общеобразоват. учреждений", 5),
        ("для 2-го класса", 2),
        ("2019 классиков", None),
        ("для 12 класса", None),
        ("Классная книга", None),
    ],
)
def test_grade_is_read_from_the_title(words: str, grade: int | None) -> None:
    assert guess_grade(words) == grade


@pytest.mark.parametrize(("text", "mark"), [("12+", 12), ("для детей 6 +", 6), ("7+", 0), ("", 0)])
def test_age_mark_is_one_of_the_law(text: str, mark: int) -> None:
    assert guess_age_mark(text) == mark
