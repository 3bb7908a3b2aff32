"""What a kiosk calls books while the controller is away: a library's titles by copy, in pages.

A page is the copies after one id up to another, in the ledger's order of ids. A kiosk asks for a
page with the digest of the one it has, and gets it anew only when something in it is different. So
a first list of 32,000 copies comes as some thirty answers, and a day's changes as one or two. What
is between two ids and too much for a page is cut: the kiosk goes on where the page ends. Nothing
here is about a person. Each page is signed for one kiosk, as its snapshot is.
"""

import hmac
from typing import Annotated

from pydantic import Field

from circulation.api import API, ItemIdText, Message
from circulation.snapshot import Digest, piece_digest

TITLE_PAGES = f"{API}/title-pages"
PAGE = 1000  # copies; some 60 kB, less where a class reads the same book
_SIGNING = b"polka titles signature v1"
_FROM_THE_FIRST = ""
Edge = ItemIdText | Annotated[str, Field(max_length=0)]


class BadTitles(ValueError):
    """A page that was not made by the controller for this device, or is not what was asked for."""


class TitlesQuery(Message):
    """The copies after this id and up to that one; `upto` None: all that follow."""

    after: Edge = _FROM_THE_FIRST
    upto: ItemIdText | None = None
    have: Digest | None = None  # of the page that the kiosk has


class TitleEntry(Message):
    """One title with its copies on this page; a copy's names are those of its parts, if several.

    A part that nobody named has an empty name.
    """

    title: str
    author: str = ""
    section: str = ""
    copies: dict[str, tuple[str, ...]]


class TitlePage(Message):
    """`upto` None: there are no copies after these. Another than was asked for: it was too much."""

    owner: str
    after: Edge
    upto: ItemIdText | None
    titles: tuple[TitleEntry, ...]


class SignedTitles(Message):
    """`page` is the JSON that was signed, byte for byte; None: the kiosk has it already."""

    page: str | None
    signature: Digest | None = None


def titles_key(token_hash: str) -> bytes:
    """The key of one device, from the hash of its token, which both sides know."""
    return hmac.digest(bytes.fromhex(token_hash), _SIGNING, "sha256")


def sign_titles(page: TitlePage, key: bytes, have: str | None) -> SignedTitles:
    """Seal it for the device that has this key, unless it has just that."""
    text = page.model_dump_json(exclude_defaults=True)
    if piece_digest(text) == have:
        return SignedTitles(page=None)
    return SignedTitles(page=text, signature=_signature(text, key))


def open_titles(text: str, signature: str | None, key: bytes, asked: TitlesQuery) -> TitlePage:
    """The page that was signed for the device with this key and answers this, or `BadTitles`."""
    if signature is None or not hmac.compare_digest(_signature(text, key), signature):
        raise BadTitles("the signature is not this device's")
    page = TitlePage.model_validate_json(text)
    if page.after != asked.after or page.upto == page.after:
        raise BadTitles("it is not the page that was asked for")
    return page


def _signature(text: str, key: bytes) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()
