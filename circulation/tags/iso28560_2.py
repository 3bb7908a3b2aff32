"""ISO 28560-2: a chain of elements. Polka reads it, and writes it where a library uses it.

The layout has no checksum. What can be checked is: the item id comes first, no element comes twice,
every compaction and its filling are right; and `Proof` tells what else a chain must show.
"""

from enum import Enum, auto

from circulation.ids import ItemId
from circulation.tags.compaction import Compaction, choose_compaction, compact, expand
from circulation.tags.element_names import (
    CONTENT_PARAMETER,
    ELEMENT_NAMES,
    ISIL_OIDS,
    ITEM_ID,
    OWNER,
    SET_INFORMATION,
    TITLE,
    TYPE_OF_USAGE,
    lay_content_parameter,
    listed_oids,
)
from circulation.tags.elements import Chain, Element, lay_element, read_chain
from circulation.tags.fields import SetPlace, check_content, is_plain, place_in_set, read_item_id
from circulation.tags.isil_scheme import compact_isil, expand_isil
from circulation.tags.item_tag import (
    USAGE_CODES,
    USAGES,
    CannotEncode,
    Extra,
    ItemTag,
    Layout,
    TagContent,
    TagProblem,
    Usage,
)
from circulation.tags.title_fit import TitleFit, cut_text

_MAX_PARTS = 999
_LONGEST_LIST = 16  # bytes; OID 26 is in the third, and some writers leave room for more
_WRITE_MARK = b"W_OK"  # a vendor's mark in the last four bytes of real tags
_OWN_OIDS = frozenset({ITEM_ID, CONTENT_PARAMETER, OWNER, SET_INFORMATION, TYPE_OF_USAGE, TITLE})


class Proof(Enum):
    """Why a memory is taken for a chain, and so what must be right before it is believed."""

    TOLD = auto()  # the DSFID says so
    CLEAN = auto()  # nothing says so: every value is good, and the memory behind is empty
    LISTED = auto()  # it looks like another layout: only a full content parameter will do


def read_28560_2(memory: bytes, *, proof: Proof, whole: bool = True) -> ItemTag:
    """Read a chain that starts with an item id; not `whole`: more memory follows, unread."""
    chain = read_chain(memory)
    problem = chain.problem or _what_is_wrong(chain)
    if problem is None and not whole and not chain.rest:
        problem = TagProblem.TRUNCATED  # no end marker: the next element may stand behind
    if problem is not None:
        return ItemTag(Layout.ISO28560_2, problems=(problem,))
    item_id = read_item_id(_item_text(chain.elements[0]))
    if item_id is None:
        return ItemTag(Layout.ISO28560_2, problems=(TagProblem.BAD_ITEM_ID,))
    tag = read_elements(chain.elements, item_id=item_id, layout=Layout.ISO28560_2)
    if proof is Proof.TOLD or _lists_itself(chain):
        return tag
    if proof is Proof.CLEAN and not tag.problems and not _left_behind(chain):
        return tag if whole else ItemTag(Layout.ISO28560_2, problems=(TagProblem.TRUNCATED,))
    return ItemTag(Layout.ISO28560_2, problems=tag.problems or (TagProblem.FOREIGN,))


def read_elements(
    elements: tuple[Element, ...], *, item_id: ItemId | None, layout: Layout
) -> ItemTag:
    """The tag that these sound elements describe; used for the user bank of a UHF tag too."""
    by_oid = {element.oid: element for element in elements}
    owner, usage_text, set_text, title = (
        element_text(by_oid[oid]) if oid in by_oid else ""
        for oid in (OWNER, TYPE_OF_USAGE, SET_INFORMATION, TITLE)
    )
    if owner is None or usage_text is None or set_text is None or _any_damaged(elements):
        return ItemTag(layout, problems=(TagProblem.BAD_ELEMENT,))
    place = read_set_information(set_text)
    usage, detail = _read_usage(usage_text)
    bad_title = title is None or not is_plain(title)
    return ItemTag(
        layout=layout,
        item_id=item_id,
        owner=owner or None,
        parts=place.parts,
        part=place.part,
        usage=usage,
        title=None if bad_title else title or None,
        problems=place.problems
        + (() if usage is not None else (TagProblem.UNKNOWN_USAGE,))
        + ((TagProblem.BAD_TITLE,) if bad_title else ()),
        usage_detail=detail,
        extras=tuple(_extra(element) for element in elements if element.oid not in _OWN_OIDS),
    )


def element_text(element: Element) -> str | None:
    """The text of an element, "" for an empty one, None for a damaged one.

    Codes that are no text (a content parameter, or a single byte that a vendor stored as octet
    string) are given in hex.
    """
    if not element.data:
        return ""
    if element.compaction is Compaction.APPLICATION:
        return expand_isil(element.data) if element.oid in ISIL_OIDS else element.data.hex().upper()
    text = expand(element.data, element.compaction)
    if element.compaction is Compaction.OCTETS and text is not None and not is_plain(text):
        return element.data.hex().upper()
    return text


def read_set_information(text: str) -> SetPlace:
    """Total and ordinal, half of the digits each: 1203 is part 3 of 12. No text: a single item."""
    if not text:
        return SetPlace(1, 1)
    if not (text.isascii() and text.isdigit()) or len(text) not in (2, 4, 6):
        return SetPlace(None, None, (TagProblem.BAD_PARTS,))
    half = len(text) // 2
    return place_in_set(int(text[:half]), int(text[half:]))


def write_28560_2(content: TagContent, *, size: int, title_fit: TitleFit) -> bytes:
    """The whole memory of a tag of `size` bytes, or `CannotEncode`."""
    check_content(content, most_parts=_MAX_PARTS)
    title = content.title or ""
    room = size - len(_lay(content, title)) + len(_title_bytes(title))
    memory = _lay(content, _fitting_title(title, room, title_fit))
    if len(memory) > size:
        raise CannotEncode(
            f"the elements need {len(memory)} bytes and the tag has {size}: take a bigger tag"
        )
    return memory.ljust(size, b"\0")


def _what_is_wrong(chain: Chain) -> TagProblem | None:
    oids = [element.oid for element in chain.elements]
    if not oids or oids[0] != ITEM_ID:
        return TagProblem.NO_ITEM_ID
    return TagProblem.DUPLICATE_ELEMENT if len(set(oids)) < len(oids) else None


def _lists_itself(chain: Chain) -> bool:
    """True when the second element is a content parameter that lists all that follow it."""
    if len(chain.elements) < 3:
        return False
    _, second, *others = chain.elements
    if (second.oid, second.compaction) != (CONTENT_PARAMETER, Compaction.APPLICATION):
        return False
    if len(second.data) > _LONGEST_LIST:
        return False
    listed = listed_oids(second.data)
    return all(element.oid in listed for element in others)


def _left_behind(chain: Chain) -> bytes:
    """What stands behind the chain, apart from zeros and a vendor's mark."""
    return chain.rest.removesuffix(_WRITE_MARK).strip(b"\0")


def _item_text(element: Element) -> str | None:
    if element.compaction is Compaction.APPLICATION or not element.data:
        return None
    return expand(element.data, element.compaction)


def _read_usage(text: str) -> tuple[Usage | None, int]:
    """Class and sub-class nibble; an absent element says nothing about the usage."""
    if not text:
        return Usage.UNSPECIFIED, 0
    if len(text) > 2 or not all(char in "0123456789ABCDEF" for char in text):
        return None, 0
    usage = USAGES.get(int(text[0], 16))
    return usage, int(text[1:] or "0", 16) if usage is not None else 0


def _any_damaged(elements: tuple[Element, ...]) -> bool:
    """True when a text is not one; elements that only others know are not judged."""
    return any(
        text is None or not is_plain(text)
        for text in (
            element_text(element)
            for element in elements
            if element.oid in ELEMENT_NAMES and element.oid != TITLE
        )
    )


def _extra(element: Element) -> Extra:
    name, text = ELEMENT_NAMES.get(element.oid), element_text(element)
    fields = () if name is None or text is None else ((name, text),)
    return Extra(Layout.ISO28560_2, element.oid, element.raw, fields)


def _lay(content: TagContent, title: str) -> bytes:
    usage = USAGE_CODES[content.usage] << 4 | content.usage_detail
    rows = [
        (TYPE_OF_USAGE, lay_element(TYPE_OF_USAGE, Compaction.APPLICATION, bytes((usage,))).raw),
        *((extra.number, extra.raw) for extra in content.extras),
    ]
    if content.owner:
        rows.append((OWNER, _owner_bytes(content.owner)))
    if content.parts > 1:
        rows.append((SET_INFORMATION, _text_bytes(SET_INFORMATION, _set_text(content))))
    if title:
        rows.append((TITLE, _title_bytes(title)))
    rows.sort(key=lambda row: row[0])
    listed = lay_content_parameter(oid for oid, _ in rows)
    head = _text_bytes(ITEM_ID, content.item_id)
    head += lay_element(CONTENT_PARAMETER, Compaction.APPLICATION, listed).raw
    return head + b"".join(raw for _, raw in rows)


def _text_bytes(oid: int, text: str) -> bytes:
    code = choose_compaction(text)
    return lay_element(oid, code, compact(text, code)).raw


def _owner_bytes(owner: str) -> bytes:
    if not is_plain(owner):
        raise CannotEncode("the owner has control characters: enter an ISIL such as RU-10010033")
    packed = compact_isil(owner)
    if packed is None:
        return _text_bytes(OWNER, owner)
    return lay_element(OWNER, Compaction.APPLICATION, packed).raw


def _set_text(content: TagContent) -> str:
    width = len(str(content.parts))
    return f"{content.parts:0{width}d}{content.part:0{width}d}"


def _title_bytes(title: str) -> bytes:
    return lay_element(TITLE, Compaction.UTF8, title.encode()).raw if title else b""


def _fitting_title(title: str, room: int, title_fit: TitleFit) -> str:
    if len(_title_bytes(title)) <= room:
        return title
    head = len(lay_element(TITLE, Compaction.UTF8, b"").raw)
    wide = int(room - head > 0x7F)  # such a length takes one byte more
    return cut_text(title, room - head - wide, title_fit)
