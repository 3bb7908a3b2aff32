"""ISO/TS 28560-4 (UHF tags, ISO/IEC 18000-63): the item's name in one bank, the rest in another.

EPC bank: a protocol control word (length in words, three flags, AFI), then the item's name in URN
Code 40: three characters are 1600a + 40b + c + 1 in two bytes. A run of nine or more digits may
stand as FB and an integer. The name reads owner.item or owner.item.set, where the set has the form
of element 4 of 28560-2 (as in the example CH-000134-1.12345678.31 of ISO/TS 28560-4:2014, page 49;
that reading is ours).
"""

import re
from dataclasses import replace
from string import ascii_uppercase, digits
from typing import Final

from circulation.ids import BadId, parse_isil
from circulation.tags.elements import read_chain
from circulation.tags.fields import read_item_id
from circulation.tags.iso28560_2 import read_elements, read_set_information
from circulation.tags.item_tag import ItemTag, Layout, TagProblem, Usage

USER_BANK_DSFID: Final = 0x06
LIBRARY_AFIS: Final = frozenset({0x07, 0xC2})

_CODE_40: Final = "\0" + ascii_uppercase + "-.:" + digits
_TRIPLE_BASE: Final = 40
_FIRST_ESCAPE: Final = 0xFB  # 40 * 40 * 40 is FA00: no three characters reach FB
_LONG_NUMBER: Final = 0xFB
_ISO_TOGGLE: Final = 0x0100
_NAME = re.compile(r"(?P<owner>[^.]+)\.(?P<item>.+?)(?:\.(?P<set>(?:[0-9]{2}){1,3}))?")


def is_epc_bank(memory: bytes) -> bool:
    """True for the control word of a library tag, the words it promises, nothing behind."""
    if len(memory) < 4:
        return False
    control = int.from_bytes(memory[:2], "big")
    end = 2 + 2 * (control >> 11)
    return (
        bool(control & _ISO_TOGGLE)
        and control & 0xFF in LIBRARY_AFIS
        and 2 < end <= len(memory)
        and not memory[end:].strip(b"\0")
    )


def read_epc_bank(memory: bytes) -> ItemTag:
    """Read an EPC bank, without its CRC, for which `is_epc_bank` holds."""
    words = memory[0] >> 3
    name = expand_code40(memory[2 : 2 + 2 * words])
    parsed = _NAME.fullmatch(name or "")
    if parsed is None:
        return _refused(TagProblem.BAD_ITEM_ID)
    try:
        owner = parse_isil(parsed["owner"])
    except BadId:
        return _refused(TagProblem.BAD_OWNER)
    place = read_set_information(parsed["set"] or "")
    return ItemTag(
        layout=Layout.ISO28560_4,
        item_id=read_item_id(parsed["item"]),
        owner=owner,
        parts=place.parts,
        part=place.part,
        usage=Usage.UNSPECIFIED,
        problems=place.problems,
    )


def read_user_bank(memory: bytes) -> ItemTag:
    """Read a user bank (it starts with 06): what it adds to the name. It has no item id."""
    chain = read_chain(memory[1:])
    if chain.problem is not None or not chain.elements:
        return _refused(chain.problem or TagProblem.NO_ITEM_ID)
    if chain.rest.strip(b"\0"):
        return _refused(TagProblem.FOREIGN)
    tag = read_elements(chain.elements, item_id=None, layout=Layout.ISO28560_4)
    return replace(tag, problems=(*tag.problems, TagProblem.NO_ITEM_ID))


def decode_uhf(epc_bank: bytes, user_bank: bytes) -> ItemTag:
    """Read both banks of a tag: the name from the first, usage, title, extras from the other."""
    if not is_epc_bank(epc_bank):
        return ItemTag(Layout.UNKNOWN, problems=(TagProblem.FOREIGN,))
    named = read_epc_bank(epc_bank)
    if named.item_id is None or user_bank[:1] != bytes((USER_BANK_DSFID,)):
        return named
    told = read_user_bank(user_bank)
    found = tuple(problem for problem in told.problems if problem is not TagProblem.NO_ITEM_ID)
    return replace(
        named,
        usage=told.usage,
        usage_detail=told.usage_detail,
        title=told.title,
        extras=told.extras,
        problems=named.problems + found,
    )


def expand_code40(data: bytes) -> str | None:
    """The text of a name, or None when it cannot be one."""
    text = ""
    at = 0
    while at < len(data):
        if data[at] >= _FIRST_ESCAPE:
            number, length = _long_number(data[at:])
            if not length:
                return None
            text += number
            at += length
            continue
        triple = _triple(data[at : at + 2])
        if triple is None:
            return None
        text += triple
        at += 2
    text = text.rstrip("\0")
    return None if "\0" in text else text


def _triple(word: bytes) -> str | None:
    """Three characters; None for the few words that lie between the last triple and the escapes."""
    value = int.from_bytes(word, "big") - 1
    if value < 0 or len(word) < 2:
        return "\0"  # filling up to a whole word
    pair, last = divmod(value, _TRIPLE_BASE)
    first, middle = divmod(pair, _TRIPLE_BASE)
    if first >= _TRIPLE_BASE:
        return None
    return _CODE_40[first] + _CODE_40[middle] + _CODE_40[last]


def _long_number(data: bytes) -> tuple[str, int]:
    """Digits and bytes taken; ("", 0) for another escape or a number that does not fit."""
    if data[0] != _LONG_NUMBER or len(data) < 2:
        return "", 0
    digit_count, byte_count = (data[1] >> 4) + 9, (data[1] & 0x0F) + 4
    number = str(int.from_bytes(data[2 : 2 + byte_count], "big")).zfill(digit_count)
    if len(data) < 2 + byte_count or len(number) != digit_count:
        return "", 0
    return number, 2 + byte_count


def _refused(problem: TagProblem) -> ItemTag:
    return ItemTag(Layout.ISO28560_4, problems=(problem,))
