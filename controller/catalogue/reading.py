"""A catalogue file as checked titles, in which every key, copy and tag comes once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from circulation.ids import ItemId, TagUid
from controller.catalogue.charset import Charset, is_readable
from controller.catalogue.clashes import is_taken
from controller.catalogue.draft import check
from controller.catalogue.fields import SourceRecord
from controller.catalogue.marc21 import draft_marc21
from controller.catalogue.problems import Code, Problem, problem
from controller.catalogue.records import CopyRecord, TitleRecord
from controller.catalogue.rusmarc import draft_rusmarc
from controller.catalogue.source import Format, Source, records_of

_ONE_BYTE = (Charset.CP1251, Charset.CP866, Charset.KOI8R)


def read_titles(
    source: Source, taken: frozenset[str] = frozenset()
) -> Iterator[TitleRecord | Problem]:
    """Titles in the order of the file, each after its problems; memory holds only ids.

    `taken` are the numbers of people, which no copy may have.
    """
    draft = draft_marc21 if source.format is Format.MARC21 else draft_rusmarc
    seen = _Seen(taken)
    for record in records_of(source):
        if isinstance(record, Problem):
            yield record
            continue
        title, problems = check(draft(record), record)
        yield from problems
        if title is None:
            continue
        if source.charset in _ONE_BYTE and not is_readable(title.title + title.subtitle):
            yield _at(record, Code.RECORD_UNREADABLE, title.title)
            continue
        unique, repeated = seen.without_repeats(title, record)
        yield from repeated
        yield unique


class _Seen:
    """Keys, copies and tags of the file so far."""

    def __init__(self, taken: frozenset[str]) -> None:
        self._taken = taken
        self._keys: Counter[str] = Counter()
        self._items: set[ItemId] = set()
        self._tags: set[TagUid] = set()

    def without_repeats(
        self, title: TitleRecord, record: SourceRecord
    ) -> tuple[TitleRecord, list[Problem]]:
        problems: list[Problem] = []
        key = title.source_key
        self._keys[key] += 1
        if self._keys[key] > 1:
            problems.append(_at(record, Code.SAME_KEY, key))
            key = f"{key[:120]}~{self._keys[key]}"
        copies = [self._copy(copy, record, problems) for copy in title.copies]
        if problems:
            kept = tuple(copy for copy in copies if copy)
            title = replace(title, source_key=key, copies=kept)
        return title, problems

    def _copy(
        self, copy: CopyRecord, record: SourceRecord, problems: list[Problem]
    ) -> CopyRecord | None:
        if not copy.is_item or copy.item_id is None:
            return copy
        if is_taken(copy, self._taken):
            problems.append(_at(record, Code.NUMBER_OF_PATRON, copy.item_id))
            return None
        if copy.item_id in self._items:
            problems.append(_at(record, Code.SAME_ITEM, copy.item_id))
            return None
        self._items.add(copy.item_id)
        if copy.tag_uid is None or copy.tag_uid not in self._tags:
            self._tags |= {copy.tag_uid} if copy.tag_uid else set()
            return copy
        problems.append(_at(record, Code.SAME_TAG, f"{copy.item_id} {copy.tag_uid}"))
        return replace(copy, tag_uid=None)


def _at(record: SourceRecord, code: Code, value: str) -> Problem:
    return problem(code, value, record=record.number, line=record.line, offset=record.offset)
