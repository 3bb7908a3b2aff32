"""What to do with a title that is longer than the tag has room for: the caller says it."""

import unicodedata
from enum import StrEnum

from circulation.tags.item_tag import CannotEncode


class TitleFit(StrEnum):
    """Refuse the whole tag, cut the title at a character, or write the tag without a title."""

    REFUSE = "refuse"
    CUT = "cut"
    DROP = "drop"


def cut_text(title: str, room: int, fit: TitleFit) -> str:
    """As much of `title` as `room` bytes of UTF-8 hold and `fit` allows; no half characters."""
    if len(title.encode()) <= room:
        return title
    match fit:
        case TitleFit.CUT:
            return _longest_start(title, max(room, 0))
        case TitleFit.DROP:
            return ""
        case TitleFit.REFUSE:
            raise CannotEncode(
                f"the title takes {len(title.encode())} bytes, the tag has {max(room, 0)} for it: "
                "let it be cut, leave it out, or take a bigger tag"
            )


def _longest_start(title: str, room: int) -> str:
    start = title.encode()[:room].decode(errors="ignore")
    # An accent that is a character of its own belongs to the letter before it (decomposed й, ё).
    while start and unicodedata.combining(title[len(start)]):
        start = start[:-1]
    return start.rstrip()
