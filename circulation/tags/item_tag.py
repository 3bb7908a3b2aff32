"""What a tag says, whatever its layout: `ItemTag` when read, `TagContent` to be written."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from circulation.ids import BadId, ItemId, parse_isil


class Layout(StrEnum):
    """How the bytes in a tag's memory are laid out."""

    ISO28560_3 = "28560-3"
    ISO28560_2 = "28560-2"
    ISO28560_4 = "28560-4"
    LEGACY_3M = "3m"
    BLANK = "blank"
    UNKNOWN = "unknown"


class Usage(StrEnum):
    """Type of usage (ISO 28560-1); the order is the code: acquisition 0 to equipment 9."""

    ACQUISITION = "acquisition"
    CIRCULATING = "circulating"
    NOT_CIRCULATING = "not_circulating"
    LOCAL = "local"
    LOCAL_SECOND = "local_second"
    RESERVED = "reserved"
    UNSPECIFIED = "unspecified"
    DISCARDED = "discarded"
    PATRON_CARD = "patron_card"
    EQUIPMENT = "equipment"


USAGE_CODES: Final[dict[Usage, int]] = {usage: code for code, usage in enumerate(Usage)}
USAGES: Final[dict[int, Usage]] = {code: usage for usage, code in USAGE_CODES.items()}


class TagProblem(StrEnum):
    """What is wrong with a tag; a sound tag has none."""

    # nothing of ours can be read
    BLANK = "blank"
    FOREIGN = "foreign"
    # damaged: no item id is given
    CRC_MISMATCH = "crc_mismatch"
    UNKNOWN_VERSION = "unknown_version"
    NO_ITEM_ID = "no_item_id"
    BAD_ITEM_ID = "bad_item_id"
    BAD_OWNER = "bad_owner"
    BAD_ELEMENT = "bad_element"
    DUPLICATE_ELEMENT = "duplicate_element"
    # damaged behind a basic block whose checksum holds: the item id stands
    BAD_BLOCK = "bad_block"
    BAD_BLOCK_XOR = "bad_block_xor"
    BAD_TITLE = "bad_title"
    # either: before the end of the basic block or element no id is given, after it the id stands
    TRUNCATED = "truncated"
    # written another way than the standard says; read, and better written anew
    REVERSED_BLOCKS = "reversed_blocks"
    SWAPPED_NIBBLES = "swapped_nibbles"
    SWAPPED_PARTS = "swapped_parts"
    ORDINAL_ZERO = "ordinal_zero"
    # readable, but a field has a value that means nothing
    BAD_PARTS = "bad_parts"
    UNKNOWN_USAGE = "unknown_usage"


FIXED_BY_REENCODING: Final = frozenset(
    {
        TagProblem.REVERSED_BLOCKS,
        TagProblem.SWAPPED_NIBBLES,
        TagProblem.SWAPPED_PARTS,
        TagProblem.ORDINAL_ZERO,
    }
)


_UNREAD_BEHIND: Final = frozenset(
    {TagProblem.BAD_BLOCK, TagProblem.BAD_BLOCK_XOR, TagProblem.BAD_TITLE, TagProblem.TRUNCATED}
)
"""With an item id: something stands behind it that could not be read, and would be lost."""


class CannotEncode(ValueError):
    """The content does not go on the tag; the message is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Extra:
    """An extension block (28560-3), element (28560-2) or vendor part (3M), as its bytes stand."""

    layout: Layout
    number: int
    raw: bytes
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ItemTag:
    """One tag as read.

    `item_id` is None when it cannot be trusted; then the other fields are None too. Only a UHF user
    bank read alone has an owner and a title without an item id: that stands in the other bank.
    """

    layout: Layout
    item_id: ItemId | None = None
    owner: str | None = None
    parts: int | None = None
    part: int | None = None
    usage: Usage | None = None
    title: str | None = None
    problems: tuple[TagProblem, ...] = ()
    usage_detail: int = 0
    extras: tuple[Extra, ...] = ()

    @property
    def needs_reencoding(self) -> bool:
        """True when the tag can be read, and writing it anew makes it sound."""
        return self.item_id is not None and not FIXED_BY_REENCODING.isdisjoint(self.problems)

    @property
    def owner_is_isil(self) -> bool:
        """False for no owner, and for a text that is no ISIL: it is shown as it stands."""
        try:
            return self.owner is not None and parse_isil(self.owner) == self.owner
        except BadId:
            return False


@dataclass(frozen=True, slots=True)
class TagContent:
    """What is to stand on a tag.

    `usage_detail` is the sub-class nibble that only 28560-2 has room for.
    """

    item_id: ItemId
    owner: str | None = None
    parts: int = 1
    part: int = 1
    usage: Usage = Usage.CIRCULATING
    title: str | None = None
    usage_detail: int = 0
    extras: tuple[Extra, ...] = ()


def content_of(tag: ItemTag, *, layout: Layout) -> TagContent:
    """What to write so that `layout` says what `tag` said; extras of another layout stay behind."""
    if tag.item_id is None:
        raise CannotEncode("the tag gives no item id: take the id from the book and write it anew")
    if not _UNREAD_BEHIND.isdisjoint(tag.problems):
        raise CannotEncode(
            "a part of the tag behind its item id cannot be read and would be lost: read it again, "
            "or write it anew from the catalogue"
        )
    if tag.parts is None or tag.part is None or tag.usage is None:
        raise CannotEncode("the tag does not say which part of what it is: enter parts and usage")
    return TagContent(
        item_id=tag.item_id,
        owner=tag.owner,
        parts=tag.parts,
        part=tag.part,
        usage=tag.usage,
        title=tag.title,
        usage_detail=tag.usage_detail if layout is Layout.ISO28560_2 else 0,
        extras=tuple(extra for extra in tag.extras if extra.layout is layout),
    )
