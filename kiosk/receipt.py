"""What stands on a receipt: books, dates, the library; never who. Pure.

A receipt is proof for whoever holds it. It has no name and no card, so that one left in the tray
tells nobody what somebody reads.
"""

import textwrap
from dataclasses import dataclass
from datetime import date, datetime

from kiosk.i18n import Texts


@dataclass(frozen=True, slots=True)
class Entry:
    """One book of the receipt: lent until a day, or taken back."""

    title: str
    due: date | None = None
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """One session's books."""

    language: str
    entries: tuple[Entry, ...]


def lay_out(receipt: Receipt, texts: Texts, *, library: str, at: datetime, columns: int) -> str:
    """The text, in lines of that many characters."""
    lent = [entry for entry in receipt.entries if not entry.returned]
    returned = [entry for entry in receipt.entries if entry.returned]
    lines = [*_wrapped(library, columns), at.strftime("%d.%m.%Y %H:%M"), "-" * columns]
    if lent:
        count = texts.count("{n} book lent to you", "{n} books lent to you", len(lent))
        lines += [*_wrapped(count, columns), ""]
        lines += [line for entry in lent for line in _lent(entry, texts, columns)]
    if returned:
        count = texts.count("{n} book accepted", "{n} books accepted", len(returned))
        lines += [*_wrapped(count, columns), ""]
        lines += [line for entry in returned for line in _wrapped(entry.title, columns)]
    return "\n".join([*lines, "-" * columns, *_wrapped(texts.say("Thank you!"), columns), ""])


def _lent(entry: Entry, texts: Texts, columns: int) -> list[str]:
    if entry.due is None:
        return _wrapped(entry.title, columns)
    until = texts.say("until {date}", date=entry.due.strftime("%d.%m.%Y"))
    return [*_wrapped(entry.title, columns), until.rjust(columns)]


def _wrapped(text: str, columns: int) -> list[str]:
    return textwrap.wrap(text, columns) if text else []
