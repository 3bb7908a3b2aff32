"""A charset is recognised by its letters, and a wrong one is never taken."""

import io

import pytest

from controller.catalogue.charset import Charset, Guess, fits, guess, is_readable, sample

TEXT = "Капитанская дочка: повесть. Пушкин А. С. Москва: Детская литература, 2019. № 5 «А»"
RUSSIAN = [Charset.UTF8, Charset.CP1251, Charset.CP866, Charset.KOI8R]


def words(text: str, charset: Charset) -> bytes:
    return sample(io.BytesIO(text.encode(charset.value, errors="ignore")))


@pytest.mark.parametrize("charset", RUSSIAN)
@pytest.mark.parametrize("text", [TEXT, TEXT.upper(), TEXT.lower(), "Родная речь для 3 класса"])
def test_guess_when_russian_text_names_its_charset(text: str, charset: Charset) -> None:
    found = guess(words(text, charset))

    assert found.charset is charset


@pytest.mark.parametrize("written", RUSSIAN)
@pytest.mark.parametrize("chosen", [*RUSSIAN, Charset.MARC8])
def test_fits_only_the_charset_it_was_written_in(written: Charset, chosen: Charset) -> None:
    answer = fits(words(TEXT, written), chosen)

    assert answer is (chosen is written)


def test_guess_when_latin_accents_stand_alone_in_marc_is_marc8() -> None:
    accents = sample(
        io.BytesIO(b"Le th\xe2e\xe3atre de Pagnol, \xe2ecole, fran\xf0cais, \xe8ube" * 3)
    )

    assert guess(accents, marc8_possible=True).charset is Charset.MARC8


def test_guess_when_nothing_is_beyond_ascii_is_utf8() -> None:
    assert guess(b"") == Guess(Charset.UTF8)


def test_guess_when_a_word_is_all_there_is_trusts_the_declaration_and_says_so() -> None:
    found = guess("Ёж".encode("cp866"), declared=Charset.CP866)

    assert found == Guess(Charset.CP866, sure=False)


def test_guess_when_bytes_are_noise_gives_up() -> None:
    noise = bytes(range(0x80, 0x100)) * 3

    assert guess(noise) == Guess(None, sure=False)


def test_guess_when_utf8_file_is_cut_inside_a_letter_is_still_utf8() -> None:
    cut = (TEXT * 20).encode()[:-1]
    cut = cut[:-1] if cut[-1] < 0x80 else cut

    assert guess(sample(io.BytesIO(cut))).charset is Charset.UTF8


def test_sample_when_the_file_is_large_stays_small() -> None:
    large = io.BytesIO((TEXT * 40_000).encode())

    taken = sample(large)

    assert len(taken) < 3 << 20
    assert large.tell() < 3 << 20


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("Кобзарь. Вірші та поеми для дітей шкільного віку", True),
        ("Les Misérables", True),
        ("ъруш\x8dрэюр \x93юўър яю\x92хёЄ№ шч сшсышюЄхъш", False),
    ],
)
def test_is_readable_refuses_mojibake_not_neighbours(text: str, readable: bool) -> None:
    assert is_readable(text) is readable
