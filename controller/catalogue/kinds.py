"""What a description says about its use: kind, school grade, age mark.

The order of evidence: the format's own code, then the form division of the classification index,
then words of the title. A book that gives no evidence is a book.
"""

import re
from dataclasses import dataclass

from circulation.policy import ItemKind


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a format hands over for the guess."""

    serial: bool = False  # leader/07 "s", or an IRBIS worksheet of journals
    codes: tuple[str, ...] = ()  # UNIMARC 105/4-7 and IRBIS 900^C share their letters
    udc: str = ""
    section: str = ""
    words: str = ""  # title and subtitle


AGE_MARKS = (0, 6, 12, 16, 18)  # 436-ФЗ, article 6
GRADES = range(1, 12)

# UNIMARC manual, bibliographic format, field 105, positions 4-7: e dictionary, f encyclopaedia,
# g directory, j textbook. IRBIS64 refines them with digits (j0 учебник, j3 практикум).
_REFERENCE_CODES = frozenset("efg")
_TEXTBOOK_CODE = "j"
# УДК, table 1d "form": (03) reference works, (075) textbooks. ББК: я2 reference, я7 teaching.
_UDC_REFERENCE = re.compile(r"\(03\d?\)")
_UDC_TEXTBOOK = re.compile(r"\(075")
_BBK_REFERENCE = re.compile(r"я2\d?")
_BBK_TEXTBOOK = re.compile(r"я7\d?")
_TEXTBOOK_WORDS = re.compile(
    r"\bучебник|\bучеб(?:ное|\.) пособие|\bучебно-методическое пособие|\bбукварь|\bпрописи\b"
    r"|\bрабочая тетрадь|\bучеб\. для\b"
)
_REFERENCE_WORDS = re.compile(
    r"\bэнциклопеди[яи]|\b(?:\w+-)?справочник\b|\bсловарь\b|\bсловарик\b|\bатлас\b"
)
# What each of those words has in it: most titles have none, and then no pattern is tried.
_TEXTBOOK_ROOTS = ("учеб", "букварь", "прописи", "тетрадь")
_REFERENCE_ROOTS = ("энциклопеди", "справочник", "словар", "атлас")
_GRADE = re.compile(
    r"(?<![\d.])(\d{1,2})(?:\s*[-–,и]\s*\d{1,2})*(?:-?(?:й|го|е|х|м))?\s+(?:классах?|классов|класса"
    r"|класс|класс[еу]|кл\.)(?!\w)",
    re.IGNORECASE,
)
_AGE = re.compile(r"(?<!\d)(0|6|12|16|18)\s?\+(?!\s?\d)")


def guess_kind(evidence: Evidence) -> ItemKind:
    """The kind by the strongest evidence; a book without evidence is a book."""
    if evidence.serial:
        return ItemKind.PERIODICAL
    for code in evidence.codes:
        if code[:1].lower() == _TEXTBOOK_CODE:
            return ItemKind.TEXTBOOK
        if code[:1].lower() in _REFERENCE_CODES:
            return ItemKind.REFERENCE
    if _UDC_TEXTBOOK.search(evidence.udc) or _BBK_TEXTBOOK.search(evidence.section):
        return ItemKind.TEXTBOOK
    if _UDC_REFERENCE.search(evidence.udc) or _BBK_REFERENCE.search(evidence.section):
        return ItemKind.REFERENCE
    small = evidence.words.lower()
    if _has_one(small, _TEXTBOOK_ROOTS) and _TEXTBOOK_WORDS.search(small):
        return ItemKind.TEXTBOOK
    if _has_one(small, _REFERENCE_ROOTS) and _REFERENCE_WORDS.search(small):
        return ItemKind.REFERENCE
    return ItemKind.BOOK


def _has_one(text: str, roots: tuple[str, ...]) -> bool:
    return any(root in text for root in roots)


def guess_grade(words: str) -> int | None:
    """The school class that a title names ("5 класс", "для 10-11 классов": 10), or None."""
    for match in _GRADE.finditer(words):
        if int(match.group(1)) in GRADES:
            return int(match.group(1))
    return None


def guess_age_mark(*texts: str) -> int:
    """The age mark written anywhere in the texts ("12+"); 0 where there is none."""
    for text in texts:
        if match := _AGE.search(text):
            return int(match.group(1))
    return 0
