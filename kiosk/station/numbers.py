"""Numbers as they are printed on books: which belong to this library, and what comes after one."""

import re
from enum import StrEnum
from typing import Final

_DIGITS: Final = re.compile(r"(?P<head>.*?)(?P<digits>[0-9]+)(?P<tail>[^0-9]*)\Z", re.DOTALL)
_TEN: Final = 10
_EAN_WEIGHT: Final = 3
_TWO_DIGITS: Final = 9
_ISBN_10: Final = 10
_ISBN_13: Final = 13
_ELEVEN: Final = 11


class CheckDigit(StrEnum):
    """How the last digit of a number guards the others."""

    NONE = "none"
    EAN = "ean"  # weights 3 and 1 from the right, as in EAN-13 (GS1 General Specifications, 7.9)
    LUHN = "luhn"  # ISO/IEC 7812-1, annex B: as on many library labels


def is_ours(number: str, *, prefixes: tuple[str, ...], check: CheckDigit) -> bool:
    """True when the number begins as ours do (no prefixes: any) and its check digit is right."""
    if prefixes and not number.startswith(prefixes):
        return False
    return check is CheckDigit.NONE or (
        number.isascii() and number.isdigit() and len(number) > 1 and _fits(number, check)
    )


def following(first: str, count: int) -> tuple[str, ...]:
    """`count` numbers from this one on, width kept (0099, 0100); empty without a digit in it."""
    found = _DIGITS.match(first)
    if found is None:
        return (first,) if count == 1 and first else ()
    start, width = int(found["digits"]), len(found["digits"])
    return tuple(f"{found['head']}{start + step:0{width}d}{found['tail']}" for step in range(count))


def isbn_13(text: str) -> str:
    """The thirteen digits of an ISBN (ISO 2108), also of one of ten; empty when it is none."""
    digits = "".join(char for char in text.upper().replace("Х", "X") if char not in " -–")
    if len(digits) == _ISBN_10 and _fits_mod_11(digits):
        body = f"978{digits[:-1]}"
        return next(
            f"{body}{last}" for last in range(_TEN) if _fits(f"{body}{last}", CheckDigit.EAN)
        )
    whole = len(digits) == _ISBN_13 and digits.isascii() and digits.isdigit()
    is_book = whole and digits.startswith(("978", "979")) and _fits(digits, CheckDigit.EAN)
    return digits if is_book else ""


def _fits_mod_11(digits: str) -> bool:
    if re.fullmatch(r"[0-9]{9}[0-9X]", digits) is None:
        return False
    values = [_TEN if char == "X" else int(char) for char in digits]
    return sum((_ISBN_10 - at) * value for at, value in enumerate(values)) % _ELEVEN == 0


def _fits(number: str, check: CheckDigit) -> bool:
    total = 0
    for place, digit in enumerate(int(char) for char in reversed(number)):
        total += _weighted(digit, check) if place % 2 else digit
    return total % _TEN == 0


def _weighted(digit: int, check: CheckDigit) -> int:
    if check is CheckDigit.EAN:
        return digit * _EAN_WEIGHT
    doubled = digit * 2
    return doubled - _TWO_DIGITS if doubled > _TWO_DIGITS else doubled
