"""A description as a format gives it, and its check: what is sound goes on, the rest is told."""

import hashlib
from dataclasses import dataclass

from circulation.ids import BadId, ItemId, TagUid
from circulation.loan import ItemState
from circulation.policy import ItemKind
from controller.catalogue.fields import SourceRecord
from controller.catalogue.kinds import Evidence, guess_age_mark, guess_grade, guess_kind
from controller.catalogue.numbers import (
    isbn13,
    item_id_of,
    kopecks_of,
    quantity_of,
    tag_uid_of,
    year_of,
)
from controller.catalogue.problems import Code, Problem, problem
from controller.catalogue.records import CopyRecord, TitleRecord

_INVENTORY_LENGTH = 32  # characters the ledger keeps
_KEY_LENGTH = 128
_BATCH_LENGTH = 64
_SUBJECT_MARK = "; "
_READING_ROOM = "читальный зал"  # a place whose copies are read there


@dataclass(frozen=True, slots=True)
class CopyDraft:
    """A holding as written: text of each subfield, and what its status means."""

    field: str
    barcode: str = ""
    inventory_no: str = ""
    uid: str = ""
    place: str = ""
    price: str = ""
    quantity: str = ""
    state: ItemState = ItemState.IN_STOCK
    reading_room_only: bool = False
    notes: tuple[Code, ...] = ()
    condition: str = ""
    arrival: str = ""
    write_off: str = ""


@dataclass(frozen=True, slots=True)
class TitleDraft:
    """A description as written, before numbers are checked and kinds guessed."""

    key: str
    title: str
    subtitle: str = ""
    author: str = ""
    publisher: str = ""
    place: str = ""
    dates: tuple[str, ...] = ()  # where a year may stand, the best first
    isbns: tuple[str, ...] = ()
    section: str = ""
    udc: str = ""
    author_mark: str = ""
    audience: tuple[str, ...] = ()  # notes that may carry an age mark
    subjects: tuple[str, ...] = ()
    serial: bool = False
    codes: tuple[str, ...] = ()
    copies: tuple[CopyDraft, ...] = ()


def check(
    draft: TitleDraft, record: SourceRecord
) -> tuple[TitleRecord | None, tuple[Problem, ...]]:
    """The title with everything sound in it, or None without a title; and every finding."""
    findings = _Findings(record)
    if not _clean(draft.title):
        findings.add(Code.TITLE_MISSING, draft.key)
        return None, tuple(findings.problems)
    words = f"{draft.title} {draft.subtitle}"
    kind = guess_kind(Evidence(draft.serial, draft.codes, draft.udc, draft.section, words))
    title = TitleRecord(
        source_key=_key(draft, findings),
        title=_clean(draft.title),
        subtitle=_clean(draft.subtitle),
        author=_clean(draft.author),
        publisher=_clean(draft.publisher),
        place=_clean(draft.place),
        year=next((year for text in draft.dates if (year := year_of(text))), None),
        isbn=_isbn(draft, findings),
        kind=kind,
        section=_clean(draft.section),
        udc=_clean(draft.udc),
        author_mark=_clean(draft.author_mark),
        age_mark=guess_age_mark(*draft.audience, words),
        grade=guess_grade(words) if kind is ItemKind.TEXTBOOK else None,
        subjects=_SUBJECT_MARK.join(dict.fromkeys(_clean(text) for text in draft.subjects)),
        copies=tuple(copy for raw in draft.copies if (copy := _copy(raw, findings))),
    )
    return title, tuple(findings.problems)


class _Findings:
    """Collects findings of one record, each with the record's place."""

    def __init__(self, record: SourceRecord) -> None:
        self._record = record
        self.problems: list[Problem] = []

    def add(self, code: Code, value: object = "", field: str = "") -> None:
        place = self._record
        self.problems.append(
            problem(
                code,
                value,
                record=place.number,
                line=place.line,
                offset=place.offset,
                field=field,
            )
        )


def _clean(text: str) -> str:
    """One line of printable text, blanks single."""
    if not text:
        return text
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _key(draft: TitleDraft, findings: _Findings) -> str:
    if draft.key and len(draft.key) <= _KEY_LENGTH:
        return draft.key
    if not draft.key:
        findings.add(Code.KEY_MISSING, draft.title)
    text = "\x1f".join((draft.key, draft.title, draft.author, *draft.dates)).casefold()
    return f"~{hashlib.sha256(text.encode()).hexdigest()[:20]}"  # same text, same key


def _isbn(draft: TitleDraft, findings: _Findings) -> str:
    good = ""
    for text in draft.isbns:
        checked = isbn13(text)
        if checked is None:
            findings.add(Code.ISBN_WRONG, text, "ISBN")
        good = good or checked or ""
    return good


def _copy(raw: CopyDraft, findings: _Findings) -> CopyRecord | None:
    for note in raw.notes:
        findings.add(note, raw.barcode or raw.inventory_no, raw.field)
    if Code.NOT_ARRIVED in raw.notes:
        return None
    try:
        item_id = item_id_of(raw.barcode, raw.inventory_no)
    except BadId as error:
        findings.add(Code.ITEM_ID_WRONG, error, raw.field)
        return None
    copy = CopyRecord(
        item_id=item_id,
        inventory_no=_clean(raw.inventory_no)[:_INVENTORY_LENGTH],
        tag_uid=_tag_uid(raw, item_id, findings),
        place=_clean(raw.place),
        price=kopecks_of(raw.price),
        state=raw.state,
        reading_room_only=raw.reading_room_only or _READING_ROOM in raw.place.lower(),
        quantity=quantity_of(raw.quantity),
        condition=_clean(raw.condition),
        arrival=_clean(raw.arrival)[:_BATCH_LENGTH],
        write_off=_clean(raw.write_off)[:_BATCH_LENGTH],
    )
    if not copy.is_item:
        findings.add(Code.NO_NUMBER, f"{copy.inventory_no} × {copy.quantity}", raw.field)
    return copy


def _tag_uid(raw: CopyDraft, item_id: ItemId | None, findings: _Findings) -> TagUid | None:
    try:
        return tag_uid_of(raw.uid)
    except BadId:
        findings.add(Code.TAG_UID_WRONG, f"{item_id or ''} {raw.uid}", raw.field)
        return None
