"""From a tag's memory to what the pad needs to know: which copy, which part, or why not."""

from circulation.ids import BadId, Copy, Isil, parse_isil
from circulation.reasons import Reason
from circulation.tags.item_tag import ItemTag, Layout, TagProblem, Usage
from kiosk.events import BookTag, OddTag, PadTag


def pad_tag(tag: ItemTag, owner: Isil) -> PadTag:
    """What lies there, for a kiosk of the library `owner`; no owner counts as ours."""
    if tag.item_id is None:
        return OddTag(_why_unread(tag))
    if tag.usage is Usage.PATRON_CARD or tag.usage is Usage.EQUIPMENT:
        return OddTag(Reason.TAG_NOT_AN_ITEM)
    if not _is_ours(tag.owner, owner):
        return OddTag(Reason.TAG_FOREIGN)
    return BookTag(Copy(owner, tag.item_id), part=tag.part or 1, parts=tag.parts or 1)


def _why_unread(tag: ItemTag) -> Reason:
    if TagProblem.BLANK in tag.problems:
        return Reason.TAG_BLANK
    if tag.layout is Layout.UNKNOWN or TagProblem.FOREIGN in tag.problems:
        return Reason.TAG_FOREIGN
    return Reason.TAG_UNREADABLE


def _is_ours(text: str | None, owner: Isil) -> bool:
    if not text:
        return True
    try:
        return parse_isil(text) == owner
    except BadId:
        return text == owner
