"""Which charset a file is in: measured on its letters, never believed from its header alone.

UTF-8 proves itself by its structure. CP1251, CP866 and KOI8-R put the same bytes on different
letters, so the one whose letters are as frequent as in Russian text is right. MARC-8 (Library of
Congress) puts single accents before Latin letters.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO


class Charset(StrEnum):
    """The charsets that catalogues of Russian libraries come in."""

    UTF8 = "utf-8"
    CP1251 = "cp1251"
    CP866 = "cp866"
    KOI8R = "koi8-r"
    MARC8 = "marc-8"


@dataclass(frozen=True, slots=True)
class Guess:
    """`charset` None: no candidate gives readable text. `sure` False: ask the librarian."""

    charset: Charset | None
    sure: bool = True


_BY_LETTERS = (Charset.CP1251, Charset.CP866, Charset.KOI8R)
_BLOCK = 1 << 20
_ENOUGH = 1 << 16  # bytes beyond ASCII that decide; more do not change the answer
_RUN = re.compile(rb"[\x80-\xff]+(?:[ .,:;/()-]?[\x80-\xff]+)*")
_UTF8_DAMAGE = 0.02  # a cut record spoils a few characters of an honest UTF-8 file
_READABLE = -1.6  # mean log10 per letter: Russian text gives -1.33, KOI8-R read as CP1251 -1.69
_GIBBERISH = -2.2  # no sentence in Russian, Ukrainian or Belarusian scores lower
_CLEAR = 0.2  # the best must be better than the next by this
_FEW = 12  # letters beyond ASCII under which statistics say nothing
_ACCENTED = 0.6  # share of lone high bytes before a Latin letter that makes a file MARC-8

# Letters per thousand of Russian text: National Corpus of the Russian Language, Ляшевская and
# Шаров 2009, frequencies of letters.
_PER_THOUSAND = {
    "о": 110, "е": 85, "а": 80, "и": 74, "н": 67, "т": 63, "с": 55, "р": 47, "в": 45, "л": 44,
    "к": 35, "м": 32, "д": 30, "п": 28, "у": 26, "я": 20, "ы": 19, "ь": 17, "г": 17, "з": 16,
    "б": 16, "ч": 14, "й": 12, "х": 10, "ж": 9, "ш": 7, "ю": 6, "ц": 5, "щ": 4, "э": 3, "ф": 3,
    "ъ": 0.4, "ё": 0.4,
}  # fmt: skip
_LETTER = {
    form: math.log10(share / 1000)
    for char, share in _PER_THOUSAND.items()
    for form in (char, char.upper())
} | dict.fromkeys("«»–—…№’“”„©·§°é´", -2.5)
_STRANGE = -4.0
_CAPITAL_AFTER_SMALL = re.compile("[a-zа-яё][А-ЯЁ]")
_CAPITAL_INSIDE = -2.0  # "рЯд": a capital after a small letter is a sign of the wrong charset


def sample(stream: BinaryIO) -> bytes:
    """Up to 64 KiB of the words beyond ASCII in a file, one a line; memory stays bounded."""
    runs: list[bytes] = []
    size, tail = 0, b""
    while size < _ENOUGH and (block := stream.read(_BLOCK)):
        data = tail + block
        keep = len(data) - 8  # a word cut at the border of two blocks is read with the next
        for match in _RUN.finditer(data):
            if match.end() <= keep or len(block) < _BLOCK:
                runs.append(match.group())
                size += len(match.group())
        tail = data[keep:] if len(block) == _BLOCK else b""
    return b"\n".join(runs)


def guess(words: bytes, *, marc8_possible: bool = False, declared: Charset | None = None) -> Guess:
    """The charset of sampled words; `declared` decides where there is too little to measure."""
    if not words:
        return Guess(declared or Charset.UTF8)
    if _utf8_damage(words) < _UTF8_DAMAGE:
        return Guess(Charset.UTF8)
    if marc8_possible and _accents(words) >= _ACCENTED:
        return Guess(Charset.MARC8)
    scores = {charset: russian_score(words, charset) for charset in _BY_LETTERS}
    best, other, _ = sorted(scores, key=scores.__getitem__, reverse=True)
    if len(words) < _FEW:
        return Guess(declared or best, sure=False)
    if scores[best] < _READABLE:
        return Guess(None, sure=False)
    return Guess(best, sure=scores[best] - scores[other] >= _CLEAR)


def fits(words: bytes, charset: Charset) -> bool:
    """True unless this charset would turn the words into something nobody can read."""
    if len(words) < _FEW:
        return charset is not Charset.UTF8 or _utf8_damage(words) == 0
    if charset is Charset.UTF8 or _utf8_damage(words) < _UTF8_DAMAGE:
        return charset is Charset.UTF8 and _utf8_damage(words) < _UTF8_DAMAGE
    if charset is Charset.MARC8 or _accents(words) >= _ACCENTED:
        return charset is Charset.MARC8 and _accents(words) >= _ACCENTED
    best = max(russian_score(words, other) for other in _BY_LETTERS)
    return russian_score(words, charset) >= max(_READABLE, best - _CLEAR)


def is_readable(text: str) -> bool:
    """False for a text that was surely written in another charset than it was read in."""
    return sum(char > "\x7f" for char in text) < 2 * _FEW or _text_score(text) > _GIBBERISH


def russian_score(words: bytes, charset: Charset) -> float:
    """Mean log10 probability of the letters beyond ASCII, were they in `charset`."""
    return _text_score(words.decode(charset.value, errors="replace"))


def _text_score(text: str) -> float:
    beyond = [_LETTER.get(char, _STRANGE) for char in text if char > "\x7f"]
    inside = len(_CAPITAL_AFTER_SMALL.findall(text))
    return (sum(beyond) + inside * _CAPITAL_INSIDE) / max(len(beyond), 1)


def _utf8_damage(words: bytes) -> float:
    text = words.decode("utf-8", errors="replace")
    beyond = Counter(char == "�" for char in text if char > "\x7f")
    return beyond[True] / max(beyond.total(), 1)


def _accents(words: bytes) -> float:
    """Share of words of one or two bytes; accents and letters of MARC-8 stand between ASCII."""
    runs = [run for run in re.split(rb"[\x00-\x7f]+", words) if run]
    return sum(len(run) <= 2 for run in runs) / max(len(runs), 1)
