"""Read any library tag, write the two layouts that are written today."""

from typing import Final

from circulation.tags.iso28560_2 import Proof, read_28560_2, write_28560_2
from circulation.tags.iso28560_3 import read_28560_3, resembles_28560_3, write_28560_3
from circulation.tags.iso28560_4 import USER_BANK_DSFID, is_epc_bank, read_epc_bank, read_user_bank
from circulation.tags.item_tag import CannotEncode, ItemTag, Layout, TagContent, TagProblem
from circulation.tags.legacy_3m import FACTORY_BLANK, is_3m, read_3m
from circulation.tags.title_fit import TitleFit

DSFID_28560_2: Final = 0x06
DSFID_28560_3: Final = 0x3E
WRITTEN_DSFIDS: Final[dict[Layout, int]] = {
    Layout.ISO28560_3: DSFID_28560_3,
    Layout.ISO28560_2: DSFID_28560_2,
}
"""The layouts `encode` writes, and the DSFID to write beside each."""

DEFAULT_SIZE: Final = 112  # ICODE SLIX: 28 blocks of 4 bytes
NDEF_START: Final = b"\xe1\x40"  # capability container of an NFC Forum type 5 tag
_ITEM_ID_PRECURSOR: Final = 0x01  # low nibble of the first byte of a 28560-2 chain


def decode(memory: bytes, *, dsfid: int | None = None, whole: bool = True) -> ItemTag:
    """What the tag says. Never raises; a tag that cannot be trusted has no item id and says why.

    The DSFID is a hint: it is 00 or wrong on many real tags, so a layout that proves itself is
    believed first. Not `whole`: these are the first blocks only, and a chain that may go on behind
    them is `TRUNCATED`.
    """
    memory = bytes(memory)
    if _is_blank(memory):
        return ItemTag(Layout.BLANK, problems=(TagProblem.BLANK,))
    fixed = read_28560_3(memory)
    # The checksum is the best proof there is; with DSFID 3E its failing is final.
    if fixed.item_id is not None or dsfid == DSFID_28560_3:
        return fixed
    resembles_fixed = resembles_28560_3(memory)
    proof = Proof.TOLD if dsfid == DSFID_28560_2 else Proof.CLEAN
    proof = Proof.LISTED if resembles_fixed else proof
    chained = read_28560_2(memory, proof=proof, whole=whole)
    if chained.item_id is not None or dsfid == DSFID_28560_2:
        return chained
    if resembles_fixed:
        return fixed
    return _decode_others(memory) or _explain(memory, chained)


def encode(
    content: TagContent,
    *,
    layout: Layout = Layout.ISO28560_3,
    size: int = DEFAULT_SIZE,
    title_fit: TitleFit = TitleFit.REFUSE,
) -> bytes:
    """The memory of a tag of `size` bytes, 00 behind the content, or `CannotEncode`.

    Nothing is handed out that `decode` would not take for the same item again.
    """
    memory = _lay(content, layout, size, title_fit)
    if decode(memory, dsfid=WRITTEN_DSFIDS[layout]).item_id != content.item_id:
        raise CannotEncode(
            f"item id {content.item_id!r} on a {layout} tag would look like another layout: "
            "give the item another id or write the other layout"
        )
    return memory


def _lay(content: TagContent, layout: Layout, size: int, title_fit: TitleFit) -> bytes:
    if any(extra.layout is not layout for extra in content.extras):
        raise CannotEncode(f"extras of another layout cannot go on a {layout} tag: leave them out")
    match layout:
        case Layout.ISO28560_3:
            return write_28560_3(content, size=size, title_fit=title_fit)
        case Layout.ISO28560_2:
            return write_28560_2(content, size=size, title_fit=title_fit)
        case _:
            choices = " or ".join(WRITTEN_DSFIDS)
            raise CannotEncode(f"layout {layout} is only read: write {choices}")


def _is_blank(memory: bytes) -> bool:
    """Empty, all 00, or as 3M delivers a tag."""
    return not memory.removeprefix(FACTORY_BLANK).strip(b"\0")


def _decode_others(memory: bytes) -> ItemTag | None:
    if is_3m(memory):
        return read_3m(memory)
    if is_epc_bank(memory):
        return read_epc_bank(memory)
    if memory[0] == USER_BANK_DSFID:
        told = read_user_bank(memory)
        return told if told.problems == (TagProblem.NO_ITEM_ID,) else None
    return None


def _explain(memory: bytes, chained: ItemTag) -> ItemTag:
    """Nothing could be read: it is a broken chain that starts as an item's, or not ours."""
    broken = chained.problems != (TagProblem.FOREIGN,)
    starts_as_item = memory[0] & 0x0F == _ITEM_ID_PRECURSOR and not memory.startswith(NDEF_START)
    if starts_as_item and broken:
        return chained
    return ItemTag(Layout.UNKNOWN, problems=(TagProblem.FOREIGN,))
