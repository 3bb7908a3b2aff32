"""A catalogue file as checked titles, in which every key, copy and tag comes once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from circulation.ids import ItemId, TagUid
from controller.catalogue.charset import Charset, is_readable
from controller.catalogue.clashes import is_taken
from controller.catalogue.draft import check
from controller.catalogue.fields import Field, SourceRecord
from controller.catalogue.marc21 import draft_marc21
from controller.catalogue.own import restored
from controller.catalogue.problems import Code, Problem, problem
from controller.catalogue.records import CopyRecord, TitleRecord
from controller.catalogue.rusmarc import draft_rusmarc
from controller.catalogue.sheet import CATALOGUE, rows_of
from controller.catalogue.source import Format, Source, records_of
from controller.catalogue.table import read_table

_ONE_BYTE = (Charset.CP1251, Charset.CP866, Charset.KOI8R)


def read_titles(
    source: Source, taken: frozenset[str] = frozenset()
) -> Iterator[TitleRecord | Problem]:
    """Titles in the order of the file, each after its problems; memory holds only ids.

    `taken` are the numbers of people, which no copy may have.
    """
    seen = _Seen(taken)
    for number, found in enumerate(_checked(source), start=1):
        if isinstance(found, Problem):
            yield found
            continue
        title, record = found
        unique, repeated = seen.without_repeats(title, record or _nowhere(number))
        yield from repeated
        yield unique


def _checked(source: Source) -> Iterator[tuple[TitleRecord, SourceRecord | None] | Problem]:
    """Each sound title with the record it was read from; a table has lines in place of records."""
    if source.format is Format.TABLE:
        for found in read_table(rows_of(source.path, source.charset, CATALOGUE)):
            yield found if isinstance(found, Problem) else (found, None)
        return
    draft = draft_marc21 if source.format is Format.MARC21 else draft_rusmarc
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
        yield restored(title, record), record


def _nowhere(number: int) -> SourceRecord:
    """Stands for the title of that number where lines, not records, were read."""
    return SourceRecord(number, {}, lambda _tag, text: Field(text))


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
        if self._keys[key] > 1 and not title.origin:  # our own exports go on in a second record
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
