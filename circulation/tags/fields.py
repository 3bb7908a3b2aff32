"""Reading the fields that every layout has: texts, the item id, the owner, the place in a set."""

import unicodedata
from dataclasses import dataclass

from circulation.ids import BadId, ItemId, parse_item_id
from circulation.tags.item_tag import CannotEncode, TagContent, TagProblem


@dataclass(frozen=True, slots=True)
class SetPlace:
    """Part `part` of `parts`; both None when the two numbers make no sense together."""

    parts: int | None
    part: int | None
    problems: tuple[TagProblem, ...] = ()


def padded_text(field: bytes) -> str | None:
    """The UTF-8 text of a 00-padded field; None if it is no text or goes on behind a 00."""
    text, _, padding = field.partition(b"\0")
    if padding.strip(b"\0"):
        return None
    return plain_text(text)


def plain_text(data: bytes) -> str | None:
    """UTF-8 text without control characters, or None."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if is_plain(text) else None


def is_plain(text: str) -> bool:
    """True when no control character is in the text."""
    return not any(unicodedata.category(char) == "Cc" for char in text)


def read_item_id(text: str | None) -> ItemId | None:
    """The id in a text read from a tag, or None if it cannot be one.

    Looser than `parse_item_id` in one point: 28560-2 sets no limit of 16 bytes, and foreign tags
    use that.
    """
    if text is None:
        return None
    value = text.strip()
    if not value or any(unicodedata.category(char).startswith("C") for char in value):
        return None
    return ItemId(value)


def place_in_set(total: int, ordinal: int) -> SetPlace:
    """Make sense of "number of parts" and "ordinal part number".

    A single item may carry zeros (read as 1 of 1, as TH Koeln does). Some writers swap the two
    numbers: an ordinal above the total can only mean that. In a set, ordinal 0 is read as the first
    part and reported.
    """
    if total <= 1 and ordinal <= 1:
        return SetPlace(1, 1)
    if total == 0:
        return SetPlace(None, None, (TagProblem.BAD_PARTS,))
    if ordinal == 0:
        return SetPlace(total, 1, (TagProblem.ORDINAL_ZERO,))
    if ordinal > total:
        return SetPlace(ordinal, total, (TagProblem.SWAPPED_PARTS,))
    return SetPlace(total, ordinal)


def restore_hyphen(stored: str) -> str:
    """The owner with the hyphen that 28560-3 drops (DK-718500); other texts stay as they are."""
    if len(stored) > 2 and _is_country(stored) and stored[2] != "-":
        return f"{stored[:2]}-{stored[2:]}"
    return stored


def drop_hyphen(owner: str) -> str:
    """The owner as 28560-3 stores it, or `CannotEncode` if it would be read back as another one."""
    stored = owner[:2] + owner[3:] if _is_country(owner) and owner[2:3] == "-" else owner
    if restore_hyphen(stored) != owner or not is_plain(owner):
        raise CannotEncode(
            f"owner {owner!r} would be read back as another one: enter an ISIL such as RU-10010033"
        )
    return stored


def check_content(content: TagContent, *, most_parts: int) -> None:
    """Refuse what no layout can carry."""
    try:
        same = parse_item_id(content.item_id) == content.item_id
    except BadId as bad:
        raise CannotEncode(f"{bad}: enter the id as it is printed on the book") from bad
    if not same:
        raise CannotEncode(f"item id {content.item_id!r} has outer blanks: enter it without them")
    if not 1 <= content.part <= content.parts <= most_parts:
        raise CannotEncode(
            f"part {content.part} of {content.parts} cannot be written: "
            f"enter a part between 1 and the number of parts, which is {most_parts} at most"
        )
    if not 0 <= content.usage_detail <= 0xF:
        raise CannotEncode(f"usage detail {content.usage_detail} is no nibble: give 0 to 15")
    if content.title is not None and not is_plain(content.title):
        raise CannotEncode("the title has control characters: enter it as one line of text")


def _is_country(text: str) -> bool:
    return text[:2].isascii() and text[:2].isalpha() and text[:2].isupper()
