"""The titles: real books, told apart, with numbers that hold."""

from collections import Counter

import pytest
from stdnum import isbn, issn

from hw_sim.library import titles as titles_module
from hw_sim.library.titles import Kind, Title, load_titles


def by_name(name: str) -> list[Title]:
    return [title for title in load_titles() if title.name == name]


def test_a_school_finds_books_textbooks_and_24_periodicals() -> None:
    kinds = Counter(title.kind for title in load_titles())

    assert kinds == {Kind.BOOK: 444, Kind.TEXTBOOK: 189, Kind.PERIODICAL: 24}


def test_every_record_is_a_different_book() -> None:
    seen = Counter(
        (t.name, t.part, t.authors, t.subtitle, t.responsibility, t.publisher, t.year)
        for t in load_titles()
    )

    assert [book for book, times in seen.items() if times > 1] == []
    assert len({title.key for title in load_titles()}) == len(load_titles())


def test_every_isbn_has_its_check_digit() -> None:
    numbers = [title.isbn for title in load_titles() if title.isbn]

    assert numbers
    assert [number for number in numbers if not isbn.is_valid(number)] == []


def test_every_issn_has_its_check_digit_and_belongs_to_a_periodical() -> None:
    with_issn = [title for title in load_titles() if title.issn]

    assert [title.issn for title in with_issn if not issn.is_valid(title.issn)] == []
    assert {title.kind for title in with_issn} == {Kind.PERIODICAL}


def test_age_marks_are_those_of_the_law_and_never_on_editions_before_it() -> None:
    marked = [title for title in load_titles() if title.age is not None]

    assert {title.age for title in marked} == {0, 6, 12, 16}
    assert [title.name for title in marked if title.year and title.year < 2012] == []


@pytest.mark.parametrize("grade", range(1, 12))
def test_each_grade_has_its_textbooks(grade: int) -> None:
    textbooks = [title for title in load_titles() if title.kind is Kind.TEXTBOOK]

    own = [t for t in textbooks if t.grades == str(grade) and t.copies >= 40]

    assert len({title.name for title in own}) >= 8


def test_the_two_parts_of_a_textbook_are_two_records() -> None:
    parts = by_name("Азбука. 1 класс")

    assert [part.part for part in parts] == ["Ч. 1", "Ч. 2"]
    assert parts[0].subtitle == "учебник : в 2 ч."
    assert parts[0].copies == parts[1].copies


def test_a_novel_is_described_as_a_librarian_would() -> None:
    (novel,) = by_name("Капитанская дочка")

    assert novel.statement() == "А. С. Пушкин"
    assert novel.authors[0].full == "Александр Сергеевич"
    assert (novel.udc, novel.bbk) == ("821.161.1-32", "84(2Рос=Рус)1")
    assert novel.shelf_mark() == "84(2Рос=Рус)1 П 91"
    assert novel.year is None  # which edition the shelf holds is not known


def test_surnames_of_several_words_and_pseudonyms_stay_whole() -> None:
    surnames = {author.surname for title in load_titles() for author in title.authors}

    assert {"Гарсиа Маркес", "О. Генри", "Майн Рид", "Данте Алигьери", "Тэффи"} <= surnames


def test_more_than_the_named_authors_are_shown_as_others() -> None:
    (algebra,) = [t for t in by_name("Математика. Алгебра. 7 класс") if t.more_authors]

    assert algebra.statement() == "Ю. Н. Макарычев, Н. Г. Миндюк, К. И. Нешков [и др.]"
    assert algebra.second_statement() == "под ред. С. А. Теляковского"


def test_a_table_with_a_missing_cell_is_refused_with_its_line(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "periodicals.csv").write_text("title;copies\nМурзилка\n", "utf-8")
    monkeypatch.setattr(titles_module.resources, "files", lambda _package: tmp_path)

    with pytest.raises(ValueError, match=r"periodicals\.csv, line 2: 1 cells, not 2"):
        titles_module._table("periodicals")
