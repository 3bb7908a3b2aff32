"""Fields of our own: what a format has no place for, or would be misread when it comes back.

Field 990 ($9 "polka") names the title's source and key in the ledger that exported it, and holds
the values that reading the record back would not give; 991 the same for one copy. Only differences
are written, so that what another system corrects in its own fields stays corrected here.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from circulation.ids import BadId, parse_item_id, parse_tag_uid
from circulation.loan import ItemState
from circulation.policy import ItemKind
from controller.catalogue.draft import TitleDraft, check
from controller.catalogue.fields import Field, SourceRecord, by_tag
from controller.catalogue.kinds import AGE_MARKS, GRADES
from controller.catalogue.records import CopyRecord, TitleRecord

TITLE_TAG, COPY_TAG = "990", "991"
_MARK = ("9", "polka")
_NONE = ("0", "none")  # no such copy
_ORIGIN, _KEY, _NUMBER = "o", "y", "h"
_TITLE_CODES = {
    **{"t": "title", "e": "subtitle", "f": "author", "c": "publisher", "p": "place", "d": "year"},
    **{"i": "isbn", "k": "kind", "s": "section", "u": "udc", "m": "author_mark", "z": "age_mark"},
    **{"g": "grade", "x": "subjects"},
}
_COPY_CODES = {
    **{"b": "inventory_no", "t": "tag_uid", "d": "place", "e": "price", "a": "state"},
    **{"r": "reading_room_only", "n": "condition", "u": "arrival", "v": "write_off"},
}
_MAX_ORIGIN, _MAX_KEY = 32, 128  # characters the ledger keeps
Subfields = list[tuple[str, str]]
Parse = Callable[[str, str], Field]
R = TypeVar("R", TitleRecord, CopyRecord)


def own_fields(
    title: TitleRecord,
    texts: list[tuple[str, str]],
    *,
    leader: str,
    draft: Callable[[SourceRecord], TitleDraft],
    parse: Parse,
) -> list[tuple[str, Subfields]]:
    """The fields of our own that make `texts`, read back by `draft`, the same title again."""
    record = SourceRecord(1, by_tag(texts), parse, leader)
    read, _ = check(draft(record), record)
    blank = TitleRecord(title.source_key, "")
    marks = [_MARK, (_ORIGIN, title.origin), (_KEY, title.source_key)]
    result = [(TITLE_TAG, marks + _differences(title, read or blank, _TITLE_CODES))]
    known = {copy.item_id: copy for copy in (read.copies if read else ())}
    for copy in title.copies:
        missing = copy.item_id not in known
        other = CopyRecord(copy.item_id) if missing else known[copy.item_id]
        found = _differences(copy, other, _COPY_CODES)
        if found or missing:
            result.append((COPY_TAG, [_MARK, (_NUMBER, str(copy.item_id)), *found]))
    ours = {copy.item_id for copy in title.copies}
    for number in known.keys() - ours:  # a number taken for a tag makes two copies of one
        result.append((COPY_TAG, [_MARK, (_NUMBER, str(number)), _NONE]))
    return result


def restored(title: TitleRecord, record: SourceRecord) -> TitleRecord:
    """The title with what the fields of our own say; itself where the record has none."""
    mine = next((field for field in record.each(TITLE_TAG) if _MARK in field.subfields), None)
    if mine is None:
        return title
    title = _changed(title, mine, _TITLE_CODES)
    origin, key = mine.first(_ORIGIN), mine.first(_KEY)
    if 0 < len(origin) <= _MAX_ORIGIN and 0 < len(key) <= _MAX_KEY:
        title = replace(title, origin=origin, source_key=key)
    copies = {copy.item_id: copy for copy in title.copies}
    rest = [copy for copy in title.copies if copy.item_id is None]
    for field in record.each(COPY_TAG):
        try:
            number = parse_item_id(field.first(_NUMBER))
        except BadId:
            continue
        if _NONE in field.subfields:
            copies.pop(number, None)
            continue
        copies[number] = _changed(copies.get(number) or CopyRecord(number), field, _COPY_CODES)
    kept = [copy for number, copy in copies.items() if number is not None]
    return replace(title, copies=(*kept, *rest))


def _differences(one: Any, other: Any, codes: dict[str, str]) -> Subfields:
    return [
        (code, _text(getattr(one, name)))
        for code, name in codes.items()
        if getattr(one, name) != getattr(other, name)
    ]


def _changed(record: R, field: Field, codes: dict[str, str]) -> R:
    changes: dict[str, Any] = {}
    for code, text in field.subfields:
        name = codes.get(code)
        if name is None:
            continue
        try:
            changes[name] = _VALUES.get(name, str)(text)
        except (ValueError, KeyError):
            continue  # somebody else's hand: what the format itself says stands
    return replace(record, **changes)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def _optional_number(text: str) -> int | None:
    return int(text) if text else None


def _age_mark(text: str) -> int:
    return {str(mark): mark for mark in AGE_MARKS}[text]


def _grade(text: str) -> int | None:
    return {str(grade): grade for grade in GRADES}[text] if text else None


_VALUES: dict[str, Callable[[str], Any]] = {
    "year": _optional_number,
    "kind": ItemKind,
    "age_mark": _age_mark,
    "grade": _grade,
    "tag_uid": lambda text: parse_tag_uid(text) if text else None,
    "price": _optional_number,
    "state": ItemState,
    "reading_room_only": lambda text: text == "1",
}
