"""The real catalogues of three libraries: everything in them is read, nothing is invented."""

from pathlib import Path

import pytest

from circulation.policy import ItemKind
from controller.catalogue.charset import Charset
from controller.catalogue.preview import Counts, preview
from controller.catalogue.problems import Code, Problem
from controller.catalogue.reading import read_titles
from controller.catalogue.records import TitleRecord
from controller.catalogue.source import Format


def titles_of(file: Path) -> dict[str, TitleRecord]:
    source = preview(file).source
    assert source is not None
    found = read_titles(source)
    return {title.source_key: title for title in found if not isinstance(title, Problem)}


@pytest.mark.parametrize(
    ("name", "form", "charset", "counts", "problems"),
    [
        (
            "irbis-university-300.txt",
            Format.IRBIS,
            Charset.UTF8,
            Counts(titles=300, copies=591, items=546, tags=454, units=1574),
            {Code.ISBN_WRONG: 2, Code.NO_NUMBER: 45},
        ),
        (
            "rusmarc-nlr-81-cp1251.iso",
            Format.RUSMARC,
            Charset.CP1251,
            Counts(titles=81, copies=121, items=92, units=121),
            {Code.ISBN_WRONG: 1, Code.NO_NUMBER: 29},
        ),
        (
            "marc21-music-1000.mrc",
            Format.MARC21,
            Charset.MARC8,
            Counts(titles=1000, copies=1238, items=1238, units=1238),
            {Code.KEY_MISSING: 1},
        ),
    ],
)
def test_catalogue_is_recognised_and_nothing_is_lost(
    shared_data: Path,
    name: str,
    form: Format,
    charset: Charset,
    counts: Counts,
    problems: dict[Code, int],
) -> None:
    seen = preview(shared_data / name)

    assert seen.source is not None
    assert (seen.source.format, seen.source.charset, seen.source.sure) == (form, charset, True)
    assert seen.counts == counts
    assert seen.problem_counts == problems


def test_university_titles_read_as_in_the_file(shared_data: Path) -> None:
    titles = titles_of(shared_data / "irbis-university-300.txt")

    book = titles["551.21(571.66)-658726400"]
    assert book.title == "Голоценовый вулканизм Срединного хребта Камчатки"
    assert (book.author, book.isbn) == ("Певзнер М. М.", "9785891186828")
    assert [(copy.item_id, copy.tag_uid) for copy in book.copies] == [
        ("6642906664685", "E0040100532A601E")
    ]
    volume = titles["543.545.2-481933097"]
    assert volume.title == "Проблемы аналитической химии. Т. 18. Капиллярный электрофорез"
    assert titles["007(075.8)/С 77-512257203"].kind is ItemKind.TEXTBOOK


def test_national_library_volumes_have_the_title_of_their_set(shared_data: Path) -> None:
    titles = titles_of(shared_data / "rusmarc-nlr-81-cp1251.iso")

    assert titles["RU\\NLR\\bibl\\3415"].title == "Задачи и этюды. Вып. 13"
    assert titles["RU\\NLR\\bibl\\342680"].author == "Костейн Т."


def test_music_library_keeps_its_accents(shared_data: Path) -> None:
    titles = titles_of(shared_data / "marc21-music-1000.mrc")

    assert titles["03-0018137"].title == "Friendly fire"
    assert any(title.title == "Le théâtre de Pagnol" for title in titles.values())


@pytest.mark.parametrize("name", ["rusmarc-nlr-81-cp1251.iso", "marc21-music-1000.mrc"])
def test_real_file_when_cut_in_the_middle_loses_only_the_last_record(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    data = (shared_data / name).read_bytes()
    half = data[: len(data) // 2]
    file = tmp_path / name
    file.write_bytes(half)

    seen = preview(file)

    assert seen.counts.titles == half.count(b"\x1d")
    assert seen.problem_counts[Code.RECORD_DAMAGED] == 1
