"""Identities of copies, owners, tags and cards: parsed at the edge, then carried as types."""

import re
import unicodedata
from dataclasses import dataclass
from typing import NewType

ItemId = NewType("ItemId", str)
"""Primary item identifier: at most 16 bytes of UTF-8 in the ledger; foreign tags may carry more."""

Isil = NewType("Isil", str)
"""Owner library in the form of ISO 15511, with its hyphen: ``RU-10010033``."""

TagUid = NewType("TagUid", str)
"""ISO 15693 UID: 16 upper-case hex digits, ``E0`` first."""

CardUid = NewType("CardUid", str)
"""Whole ISO 14443 UID, upper hex, first byte first, no check byte: 8, 14 or 20 digits."""

PatronId = NewType("PatronId", str)
"""Opaque id of a patron; says nothing about the person."""

DeviceId = NewType("DeviceId", str)
"""Device or library name in topics: ``[a-z0-9-]{1,32}``."""

MAX_ITEM_ID_BYTES = (
    16  # ISO 28560-3, 4.4: the primary item identifier takes bytes 3 to 18 of the basic block
)
_ISIL = re.compile(
    r"[A-Z]{2}-[A-Za-z0-9:/-]{1,11}\Z"
)  # ISO 15511: country prefix, hyphen, up to 11 characters
_TAG_UID = re.compile(r"E0[0-9A-F]{14}\Z")
_DEVICE = re.compile(r"[a-z0-9-]{1,32}\Z")
_CARD_DIGITS = (8, 14, 20)  # ISO/IEC 14443-3, 6.5.4: single, double and triple size UID


class BadId(ValueError):
    """An identity that cannot be one; the message says which rule it breaks."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy in the world: the owner library and its id there."""

    owner: Isil
    item: ItemId


def parse_item_id(text: str) -> ItemId:
    """The id of a copy, or `BadId`. Outer blanks are not part of an id."""
    value = text.strip()
    if not value:
        raise BadId("item id is empty")
    if len(value.encode()) > MAX_ITEM_ID_BYTES:
        raise BadId(f"item id {value!r} is longer than {MAX_ITEM_ID_BYTES} bytes of UTF-8")
    if not value.isprintable() and any(unicodedata.category(c).startswith("C") for c in value):
        raise BadId(f"item id {value!r} has control characters")
    return ItemId(value)


def parse_isil(text: str) -> Isil:
    """The owner in ISIL form, or `BadId`."""
    value = text.strip()
    if not _ISIL.match(value):
        raise BadId(f"owner {value!r} is not an ISIL such as RU-10010033")
    return Isil(value)


def parse_tag_uid(text: str) -> TagUid:
    """A tag's UID from hex in any case, with or without blanks and colons."""
    value = _hex_digits(text)
    if not _TAG_UID.match(value):
        raise BadId(f"tag UID {text!r} is not 16 hex digits that start with E0")
    return TagUid(value)


def parse_card_uid(text: str) -> CardUid:
    """A card's whole UID (4, 7 or 10 bytes) from hex in any case; blanks and colons are fine."""
    value = _hex_digits(text)
    if len(value) not in _CARD_DIGITS or not all(c in "0123456789ABCDEF" for c in value):
        raise BadId(f"card UID {text!r} is not 4, 7 or 10 bytes of hex")
    if set(value) == {"0"}:
        raise BadId("card UID is all zero")
    return CardUid(value)


def is_random_uid(uid: CardUid) -> bool:
    """True for a UID made up anew at each field entry.

    ISO/IEC 14443-3, 6.5.4: single size, first byte 08.
    """
    return len(uid) == _CARD_DIGITS[0] and uid.startswith("08")


def parse_device_id(text: str) -> DeviceId:
    """A name that is safe in topics and access rules, or `BadId`."""
    if not _DEVICE.match(text):
        raise BadId(f"device name {text!r} must be 1 to 32 of a-z, 0-9 and '-'")
    return DeviceId(text)


def _hex_digits(text: str) -> str:
    return text.replace(" ", "").replace(":", "").replace("-", "").upper()
