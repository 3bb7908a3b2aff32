"""Numbers of a description and its copies, checked one by one."""

import re

from stdnum import isbn as stdnum_isbn
from stdnum.ean import calc_check_digit
from stdnum.exceptions import ValidationError

from circulation.ids import ItemId, TagUid, parse_item_id, parse_tag_uid

_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_ISBN_LENGTH = 13
_ISBN_PREFIXES = ("978", "979")
_ISBN_DIGITS = re.compile(r"[0-9][0-9 \-–‑]{8,20}[0-9XxХх]")
# "б/н", "б.н.", "без номера": how a librarian writes that there is none
_NO_NUMBER = re.compile(r"(?:б\s*[/.]\s*н\.?|без\s+номера|-+)\Z", re.IGNORECASE)
_ROUBLES_KOPECKS = re.compile(r"(?<!\d)(\d{1,7})(?:[.,]|\s*р\w*\.?\s*)(\d\d)(?:\s*к\.?)?(?!\d)")
_ROUBLES = re.compile(r"(\d{1,7})\s*(?:р\.?|руб\.?)?")
_QUANTITY = re.compile(r"\d{1,5}\Z")


def year_of(text: str) -> int | None:
    """The first year from 1400 to 2099 in a date as printed ("cop. 1960", "[2014]"), or None."""
    match = _YEAR.search(text)
    return int(match.group(1)) if match else None


def isbn13(text: str) -> str | None:
    """13 digits; an empty string where the text names no number; None for a wrong check digit."""
    match = _ISBN_DIGITS.search(text)
    if not match:
        return "" if not re.search(r"\d{5}", text) else None
    digits = re.sub(r"[ \-–‑]", "", match.group()).upper().replace("Х", "X")  # Russian Ха
    if len(digits) == _ISBN_LENGTH and digits.isdigit():  # the usual case, without the cleaning
        sound = digits[:3] in _ISBN_PREFIXES and calc_check_digit(digits[:-1]) == digits[-1]
        return digits if sound else None
    try:
        return str(stdnum_isbn.validate(digits, convert=len(digits) < _ISBN_LENGTH))
    except ValidationError:
        return None


def item_id_of(barcode: str, inventory_no: str) -> ItemId | None:
    """The barcode, else the inventory number, else None; `BadId` for what cannot be on a tag."""
    for text in (barcode, inventory_no):
        if text.strip() and not _NO_NUMBER.match(text.strip()):
            return parse_item_id(text)
    return None


def tag_uid_of(text: str) -> TagUid | None:
    """A tag's UID, None for an empty text; `BadId` for anything else."""
    return parse_tag_uid(text) if text.strip() else None


def quantity_of(text: str) -> int:
    """How many copies one line counts; a line without a number counts one."""
    return max(1, int(text)) if _QUANTITY.match(text.strip()) else 1


def kopecks_of(text: str) -> int | None:
    """A price such as "242.00", "20 р. 50 к." or "750" in kopecks; None for another currency."""
    if match := _ROUBLES_KOPECKS.search(text):
        return int(match.group(1)) * 100 + int(match.group(2))
    if match := _ROUBLES.fullmatch(text.strip()):
        return int(match.group(1)) * 100
    return None
