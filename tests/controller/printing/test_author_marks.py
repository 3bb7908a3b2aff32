"""Author marks: the catalogue's own first, then the library's table, then the initial."""

from pathlib import Path

import pytest

from controller.printing.author_marks import AuthorMarks, BadMarks, load_marks
from controller.printing.labels import SpineLabel, spine_of
from controller.settings import BadSettings, Settings, load_author_marks

TABLE = "# made up for the tests: no line of a real table\nЛ;11\nЛер;22\nЛерм;Л33\nМ;44\nЕл;55\n"


@pytest.fixture
def marks(tmp_path: Path) -> AuthorMarks:
    return load_marks(written(tmp_path, TABLE))


def written(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path = folder / "marks.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("author", "title", "mark"),
    [
        ("Лермонтов М. Ю.", "Мцыри", "Л33"),
        ("Лернер И.", "", "Л22"),
        ("ЛЕСКОВ Н. С.", "Левша", "Л11"),
        ("", "«Мцыри» и другие", "М44"),
        ("Ёлкин", "", "Е55"),
        ("Гоголь Н. В.", "Лето", ""),  # of the author's name or not at all
        ("", "1984", ""),
        ("Л", "", "Л11"),
    ],
)
def test_longest_beginning_of_the_first_word_decides(
    marks: AuthorMarks, author: str, title: str, mark: str
) -> None:
    assert marks.mark_for(author, title) == mark


@pytest.mark.parametrize(
    ("own", "author", "mark"),
    [("Л49", "Лермонтов М. Ю.", "Л49"), ("", "Лермонтов М. Ю.", "Л33"), ("", "Гоголь Н. В.", "Г")],
)
def test_catalogues_own_mark_goes_first_and_the_initial_last(
    marks: AuthorMarks, own: str, author: str, mark: str
) -> None:
    assert spine_of("84", own, author, "Мцыри", marks) == SpineLabel("84", mark)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Л;11\nЛер\n", "line 2: write one beginning and its mark"),
        ("Л;11;3\n", "line 1: write one beginning"),
        ("Л1;11\n", "'Л1' is no beginning of a word"),
        ("Л;Щ11\n", "'Щ11' is no mark for 'Л'"),
        ("Л;\n", "'' is no mark for 'Л'"),
        ("Л;11\n\nл;12\n", "line 3: 'л' stands in line 1 already"),
        ("# nothing\n", "has 0 marks"),
    ],
)
def test_mistake_in_the_table_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadMarks, match=said):
        load_marks(written(tmp_path, text))


def test_table_of_another_encoding_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadMarks, match="not UTF-8"):
        load_marks(written(tmp_path, TABLE, encoding="cp1251"))


def test_table_from_a_spreadsheet_may_begin_with_a_mark_of_its_encoding(tmp_path: Path) -> None:
    assert load_marks(written(tmp_path, "\ufeffЛ;11\n")).mark_for("Ли", "") == "Л11"


def test_controller_does_not_start_with_a_table_that_cannot_be_used(tmp_path: Path) -> None:
    settings = Settings(
        library_isil="RU-10010033",
        library_name="school",
        database_url=f"sqlite:///{tmp_path}/polka.db",
        author_marks_file=tmp_path / "no-such.csv",
    )

    with pytest.raises(BadSettings, match=r"author_marks_file.*no-such\.csv"):
        load_author_marks(settings)
