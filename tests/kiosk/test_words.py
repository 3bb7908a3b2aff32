"""The catalogues are complete, say the same things, and every reason has its words."""

import string
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import kiosk
from circulation.reasons import Reason, reason_code
from kiosk.i18n import languages, load_texts, name_of
from kiosk.wording import in_words_with_code

PACKAGE = Path(kiosk.__file__).parent
LOCALES = sorted(path.name for path in (PACKAGE / "locales").iterdir())


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.fixture(scope="module")
def said():
    """Every text the program can say."""
    found = extract_from_dir(
        PACKAGE,
        method_map=[("**.py", "python")],
        keywords={"say": None, "mark": None, "count": (1, 2)},
    )
    return {message for _, _, message, _, _ in found}


@pytest.fixture(params=LOCALES)
def catalogue(request):
    with (PACKAGE / "locales" / request.param / "kiosk.po").open("rb") as file:
        return read_po(file, locale=request.param, abort_invalid=True)


def test_russian_and_english_are_there():
    assert LOCALES == ["en", "ru"]


def test_catalogue_has_exactly_what_the_program_says(catalogue, said):
    assert {message.id for message in catalogue if message.id} == said


def test_every_message_is_translated_in_every_plural_form(catalogue):
    for message in catalogue:
        forms = message.string if message.pluralizable else (message.string,)

        assert all(forms), message.id
        assert not message.pluralizable or len(forms) == catalogue.num_plurals
        assert not message.fuzzy


def test_placeholders_are_those_of_the_message(catalogue):
    for message in catalogue:
        ids = message.id if message.pluralizable else (message.id,)
        forms = message.string if message.pluralizable else (message.string,)

        assert all(placeholders(form) == placeholders(ids[-1]) for form in forms if message.id)


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words_and_its_code(language, reason):
    text = in_words_with_code(reason, load_texts(language))

    words, _, code = text.rpartition(" · ")
    assert len(words) > 10
    assert code == reason_code(reason)


@pytest.mark.parametrize(
    ("number", "russian", "english"),
    [
        (1, "1 книга", "1 book"),
        (2, "2 книги", "2 books"),
        (5, "5 книг", "5 books"),
        (11, "11 книг", "11 books"),
        (21, "21 книга", "21 books"),
        (104, "104 книги", "104 books"),
    ],
)
def test_counts_follow_the_plurals_of_the_language(number, russian, english):
    said = [
        load_texts(language).count("{n} book", "{n} books", number) for language in ("ru", "en")
    ]

    assert said == [russian, english]


def test_language_without_a_catalogue_is_an_error():
    with pytest.raises(FileNotFoundError):
        load_texts("fi")


def test_a_language_comes_with_its_catalogue_and_names_itself():
    assert languages() == ("ru", "en")
    assert [name_of(language) for language in (*languages(), "tt")] == [
        "Русский",
        "English",
        "Татар",
    ]
