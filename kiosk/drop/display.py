"""What a drop says on its small display, and on paper: a number and a sentence, never a name."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from textwrap import wrap

import structlog

from kiosk.drop.effects import Doubt
from kiosk.drop.state import Phase, State, Trouble, troubles
from kiosk.i18n import Texts, mark

log = structlog.get_logger(__name__)

_CLEAR = "\x1b[2J\x1b[H"  # ECMA-48: erase the display, cursor home
_TROUBLES = {
    Trouble.SIMULATED_READER: mark("Closed. Please go to the librarian"),
    Trouble.READER_LOST: mark("Closed. Please go to the librarian"),
    Trouble.STORAGE: mark("Closed. Please go to the librarian"),
    Trouble.JAMMED: mark("A book is stuck. Please go to the librarian"),
    Trouble.FLAP_JAMMED: mark("Please close the flap"),
    Trouble.FULL: mark("The drop is full. Please go to the librarian"),
}
_DOUBTS = {
    Doubt.NOT_ARMED: mark("The librarian will check this book"),
    Doubt.LEFT_EARLY: mark("The last book was not counted: put it in once more"),
    Doubt.INCOMPLETE: mark("A part of the set is missing: the librarian will check it"),
    Doubt.UNREADABLE: mark("This book could not be read: the librarian will check it"),
    Doubt.NO_BOOK: mark("This is not a library book"),
    Doubt.FOREIGN: mark("This book is another library's: it will be sent there"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A sentence, and how many books were taken back in this visit."""

    count: int
    sentence: str


def shown(state: State, texts: Texts) -> Shown:
    """What is to be seen now."""
    return Shown(state.accepted, texts.say(_sentence(state)))


def _sentence(state: State) -> str:
    wrong = troubles(state)
    if wrong:
        return _TROUBLES[wrong[0]]
    if any(book.phase is not Phase.DONE for book in state.books.values()):
        return mark("One moment ...")
    if state.last_doubt is not None:
        return _DOUBTS[state.last_doubt]
    return mark("Thank you! Next book?") if state.accepted else mark("Put your books in here")


def slip(count: int, texts: Texts, *, library: str, at: datetime, columns: int) -> str:
    """The receipt: how many, when, where; not who and not what."""
    taken = texts.count("{n} book accepted", "{n} books accepted", count)
    lines = [*wrap(library, columns), at.strftime("%d.%m.%Y %H:%M"), "-" * columns]
    return "\n".join([*lines, *wrap(taken, columns), "-" * columns, ""])


class LineDisplay:
    """A terminal of a few lines (a small screen's console, or a display on a serial line).

    A display that is away or takes no bytes costs nothing, and shows all when it is back.
    """

    def __init__(self, path: Path, texts: Texts, *, columns: int) -> None:
        self._path = path
        self._texts = texts
        self._columns = columns
        self._on_the_glass: Shown | None = None
        self._lost = False

    def show(self, now: Shown) -> None:
        """Draw it, if it is new."""
        if now == self._on_the_glass:
            return
        count = self._texts.say("Accepted: {n}", n=now.count) if now.count else ""
        lines = [count, "", *wrap(now.sentence, self._columns)]
        try:
            _write_at_once(self._path, _CLEAR + "\r\n".join(lines))
        except OSError as error:
            self._say_lost(str(error))
        else:
            self._on_the_glass, self._lost = now, False

    def _say_lost(self, why: str) -> None:
        self._on_the_glass = None
        if not self._lost:
            self._lost = True
            log.warning("display_fails", why=why)


def _write_at_once(path: Path, text: str) -> None:
    """`OSError` instead of waiting: a line without a carrier would hold up the whole drop."""
    said = text.encode()
    glass = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        if os.write(glass, said) < len(said):
            raise BlockingIOError(f"{path} takes no more bytes")
    finally:
        os.close(glass)
