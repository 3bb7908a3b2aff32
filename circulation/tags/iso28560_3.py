"""ISO 28560-3 (ГОСТ Р ИСО 28560-3): the layout Polka writes, and the ways others write it."""

from typing import Final

from circulation.tags.basic_block import (
    BASIC_BLOCK_BYTES,
    OWNER_BYTES,
    SMALL_TAG_BYTES,
    VERSION,
    BasicBlock,
    crc_fits,
    turn_blocks,
)
from circulation.tags.extensions import (
    END_BLOCK,
    MAX_BLOCK_BYTES,
    TITLE_BLOCK,
    ExtensionBlock,
    read_extensions,
)
from circulation.tags.fields import (
    check_content,
    drop_hyphen,
    is_plain,
    padded_text,
    place_in_set,
    read_item_id,
    restore_hyphen,
)
from circulation.tags.item_tag import (
    USAGE_CODES,
    USAGES,
    CannotEncode,
    ItemTag,
    Layout,
    TagContent,
    TagProblem,
)
from circulation.tags.title_fit import TitleFit, cut_text

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

_MAX_PARTS = 255
_AFTER_ITEM = 19  # checksum and owner
_ODD_FROM_ONE_BYTE = 2  # a damaged lead byte leaves two characters of UTF-8 unreadable


def read_28560_3(memory: bytes) -> ItemTag:
    """Read a tag of this layout. Whatever the checksum does not vouch for gives no item id.

    The caller that reads only the first nine blocks of a bigger tag passes its first 34 bytes, so
    that an extension block cut by the end of the reading is not taken for a damaged one.
    """
    if len(memory) < SMALL_TAG_BYTES:
        return _refused(TagProblem.TRUNCATED)
    if crc_fits(memory):
        return _read_checked(memory, ())
    turned = turn_blocks(memory)
    # A tag of the plain order whose bytes were damaged cannot pass here: its byte 3 is text, never
    # 10 to 19.
    if crc_fits(turned) and turned[0] >> 4 == VERSION:
        return _read_checked(turned, (TagProblem.REVERSED_BLOCKS,))
    return _refused(TagProblem.CRC_MISMATCH)


def write_28560_3(content: TagContent, *, size: int, title_fit: TitleFit) -> bytes:
    """The whole memory of a tag of `size` bytes (32 or more), or `CannotEncode`."""
    check_content(content, most_parts=_MAX_PARTS)
    if size < SMALL_TAG_BYTES:
        raise CannotEncode(
            f"a tag of {size} bytes is too small for 28560-3: take one of 32 or more"
        )
    basic = BasicBlock(
        header=VERSION << 4 | USAGE_CODES[content.usage],
        total=content.parts,
        ordinal=content.part,
        item=content.item_id.encode(),
        owner=_stored_owner(content.owner or "", size),
    ).to_bytes()
    if size <= BASIC_BLOCK_BYTES:
        _refuse_extensions(content, size, title_fit)
        return basic[:size]
    return (basic + _extension_area(content, size - BASIC_BLOCK_BYTES, title_fit)).ljust(
        size, b"\0"
    )


def resembles_28560_3(memory: bytes) -> bool:
    """True when a damaged byte is all that keeps the memory from being a basic block.

    Such a memory is not taken for another layout that has no checksum: the damage would give an id.
    """
    if len(memory) < SMALL_TAG_BYTES or not any(memory[_AFTER_ITEM:BASIC_BLOCK_BYTES]):
        return False
    block = BasicBlock.from_bytes(memory)
    high, low = block.header >> 4, block.header & 0x0F
    right_head = (high == VERSION and low in USAGES) or (low == VERSION and high in USAGES)
    odd = 0 if right_head else _ODD_FROM_ONE_BYTE
    odd += int(block.ordinal > block.total)
    return odd + _odd_characters(block.item) + _odd_characters(block.owner) <= _ODD_FROM_ONE_BYTE


def _refused(problem: TagProblem) -> ItemTag:
    return ItemTag(Layout.ISO28560_3, problems=(problem,))


def _odd_characters(field: bytes) -> int:
    """How many characters are none; a byte that breaks the padding counts once, not its zeros."""
    parts = field.rstrip(b"\0").decode(errors="replace").split("\0")
    odd = sum(char == REPLACEMENT or not is_plain(char) for part in parts for char in part)
    return odd + int(len(parts) > 1)


def _read_checked(memory: bytes, problems: tuple[TagProblem, ...]) -> ItemTag:
    block = BasicBlock.from_bytes(memory)
    version, code = block.header >> 4, block.header & 0x0F
    if (
        version != VERSION and code == VERSION
    ):  # Bibliotheca writes the two nibbles the other way round
        version, code = code, version
        problems += (TagProblem.SWAPPED_NIBBLES,)
    if version != VERSION:
        return _refused(TagProblem.UNKNOWN_VERSION)
    item_text, owner_text = padded_text(block.item), padded_text(block.owner)
    item_id = read_item_id(item_text)
    if item_id is None:
        return _refused(TagProblem.BAD_ITEM_ID if item_text != "" else TagProblem.NO_ITEM_ID)
    if owner_text is None:
        return _refused(TagProblem.BAD_OWNER)
    usage = USAGES.get(code)
    place = place_in_set(block.total, block.ordinal)
    more = read_extensions(memory[BASIC_BLOCK_BYTES:])
    return ItemTag(
        layout=Layout.ISO28560_3,
        item_id=item_id,
        owner=restore_hyphen(owner_text) or None,
        parts=place.parts,
        part=place.part,
        usage=usage,
        title=more.title,
        problems=problems
        + place.problems
        + (() if usage is not None else (TagProblem.UNKNOWN_USAGE,))
        + more.problems,
        extras=more.extras,
    )


def _stored_owner(owner: str, size: int) -> bytes:
    stored = drop_hyphen(owner).encode()
    room = OWNER_BYTES - max(BASIC_BLOCK_BYTES - size, 0)
    if len(stored) > room:
        raise CannotEncode(
            f"owner {owner!r} takes {len(stored)} bytes without its hyphen and a tag of "
            f"{size} bytes has {room} for it: take a bigger tag or an ISIL that fits"
        )
    return stored


def _refuse_extensions(content: TagContent, size: int, title_fit: TitleFit) -> None:
    if content.extras:
        raise CannotEncode(
            f"a tag of {size} bytes has no room for extension blocks: take a bigger tag"
        )
    if content.title and title_fit is not TitleFit.DROP:
        raise CannotEncode(f"a tag of {size} bytes has no room for a title: write it without one")


def _extension_area(content: TagContent, room: int, title_fit: TitleFit) -> bytes:
    kept = [(extra.number, extra.raw) for extra in content.extras]
    taken = sum(len(raw) for _, raw in kept) + len(END_BLOCK)
    if kept and taken > room:
        raise CannotEncode(
            f"the extension blocks need {taken} bytes and the tag has {room}: take a bigger tag"
        )
    title = _title_block(content.title or "", room - taken, title_fit)
    before = [raw for number, raw in kept if number < TITLE_BLOCK]
    after = [raw for number, raw in kept if number >= TITLE_BLOCK]
    return b"".join((*before, title, *after))


def _title_block(title: str, room: int, title_fit: TitleFit) -> bytes:
    if not title:
        return b""
    head = len(ExtensionBlock(TITLE_BLOCK, b"").to_bytes())
    text = cut_text(title, min(room, MAX_BLOCK_BYTES) - head, title_fit)
    return ExtensionBlock(TITLE_BLOCK, text.encode()).to_bytes() if text else b""
