"""What a preview read, kept on disk: it is written as it was confirmed, and not read twice."""

import json
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import fields
from operator import attrgetter
from typing import IO, Any

from circulation.ids import ItemId, TagUid
from circulation.loan import ItemState
from circulation.policy import ItemKind
from controller.catalogue.records import CopyRecord, TitleRecord

_TITLE = tuple(field.name for field in fields(TitleRecord) if field.name != "copies")
_COPY = tuple(field.name for field in fields(CopyRecord))
_title_values, _copy_values = attrgetter(*_TITLE), attrgetter(*_COPY)
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
_KIND, _STATE = _TITLE.index("kind"), _COPY.index("state")
_KINDS = {kind.value: kind for kind in ItemKind}
_STATES = {state.value: state for state in ItemState}


class TitleSpool:
    """Titles in a temporary file, one JSON list a line; the file goes with the object."""

    def __init__(self) -> None:
        self._file: IO[str] = tempfile.TemporaryFile(  # noqa: SIM115  # lives as long as we do
            "w+", encoding="utf-8", newline="\n"
        )
        weakref.finalize(self, self._file.close)
        self.count = 0

    def add(self, title: TitleRecord) -> None:
        """Append one title."""
        row = (_title_values(title), [_copy_values(copy) for copy in title.copies])
        self._file.write(f"{_encode(row)}\n")
        self.count += 1

    def titles(self, skip: int = 0) -> Iterator[TitleRecord]:
        """All titles in their order, without the first `skip`."""
        self._file.seek(0)
        for number, line in enumerate(self._file):
            if number >= skip:
                yield _title(*json.loads(line))


def _title(row: list[Any], copies: list[list[Any]]) -> TitleRecord:
    row[_KIND] = _KINDS[row[_KIND]]
    row.append(tuple([_copy(copy) for copy in copies]))  # the last field
    return TitleRecord(*row)


def _copy(row: list[Any]) -> CopyRecord:
    row[_STATE] = _STATES[row[_STATE]]
    item_id, inventory_no, tag_uid, *rest = row
    return CopyRecord(
        None if item_id is None else ItemId(item_id),
        inventory_no,
        None if tag_uid is None else TagUid(tag_uid),
        *rest,
    )
