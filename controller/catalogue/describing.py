"""A title as the fields of RUSMARC, IRBIS64 or MARC21: the way back of their mappings."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from circulation.loan import ItemState
from circulation.policy import ItemKind
from controller.catalogue.draft import TitleDraft
from controller.catalogue.fields import SourceRecord
from controller.catalogue.marc21 import draft_marc21
from controller.catalogue.own import Subfields
from controller.catalogue.records import CopyRecord, TitleRecord
from controller.catalogue.rusmarc import draft_rusmarc

Fields = list[tuple[str, Subfields | str]]
"""Tag, and subfields or the bare text of a control field."""

_INITIALS = re.compile(r"(.+?) ((?:\w\. ?)+|\w\.)\Z")
_CODES_105 = {ItemKind.TEXTBOOK: "j", ItemKind.REFERENCE: "e"}
_CODES_008 = {ItemKind.REFERENCE: "d"}
_STATES_910 = {ItemState.DAMAGED: "3", ItemState.LOST: "4", ItemState.WITHDRAWN: "6"}
_LOCAL_DATE = "20000101"  # of entry on file: the ledger does not keep it


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one format describes, and how what it wrote is read back."""

    describe: Callable[[TitleRecord], Fields]
    draft: Callable[[SourceRecord], TitleDraft]
    leader: Callable[[TitleRecord], str]


def describe_rusmarc(title: TitleRecord) -> Fields:
    """RUSMARC: 899 for those who follow the format, 910 as IRBIS64 for the rest."""
    fields: Fields = [("001", title.source_key), *_unimarc(title)]
    for copy in title.copies:
        number = str(copy.item_id)
        fields.append(("899", [("b", copy.place), ("p", number)]))
    return fields + [("910", _field_910(copy)) for copy in title.copies]


def describe_irbis(title: TitleRecord) -> Fields:
    """IRBIS64: the worksheet and the key have fields of their own."""
    sheet = "J" if title.kind is ItemKind.PERIODICAL else "PAZK"
    fields: Fields = [("920", sheet), ("903", title.source_key), *_unimarc(title)]
    if code := _CODES_105.get(title.kind):
        fields.append(("900", [("c", code)]))
    fields.append(("621", title.section))
    return fields + [("910", _field_910(copy)) for copy in title.copies]


def describe_marc21(title: TitleRecord) -> Fields:
    """MARC21 with holdings in 952, as Koha has them."""
    year = str(title.year or "    ")
    contents = _CODES_008.get(title.kind, " ")
    first, *others = re.split("; ", title.author) or [""]
    fields: Fields = [
        ("001", title.source_key),
        ("008", f"{_LOCAL_DATE[2:]}s{year}    ru |||||||||{contents}   ||||||||rus||"),
        ("020", [("a", title.isbn)]),
        ("080", [("a", title.udc)]),
        ("084", [("a", title.section), ("2", "rubbk")] if title.section else []),
        ("100", [("a", first)]),
        ("245", [("a", title.title), ("b", title.subtitle)]),
        ("260", [("a", title.place), ("b", title.publisher), ("c", _number(title.year))]),
        ("521", [("a", f"{title.age_mark}+" if title.age_mark else "")]),
        *(("653", [("a", subject)]) for subject in title.subjects.split("; ")),
        *(("700", [("a", author)]) for author in others),
    ]
    return fields + [("952", _field_952(copy)) for copy in title.copies]


def leader_of(title: TitleRecord) -> str:
    """Positions 5 to 9 of a leader: new, text, monograph or serial; UTF-8."""
    return f"na{'s' if title.kind is ItemKind.PERIODICAL else 'm'}"


def _unimarc(title: TitleRecord) -> Fields:
    year = str(title.year or "    ")
    code = _CODES_105.get(title.kind, " ")
    authors = title.author.split(", ") if title.author else []
    return [
        ("010", [("a", title.isbn)]),
        ("100", [("a", f"{_LOCAL_DATE}d{year}    u  y0rusy50      ca")]),
        ("105", [("a", f"y   {code}   000yy")] if code != " " else []),
        ("200", [("a", title.title), ("e", title.subtitle)]),
        ("210", [("a", title.place), ("c", title.publisher), ("d", _number(title.year))]),
        ("333", [("a", f"{title.age_mark}+" if title.age_mark else "")]),
        *(("606", [("a", subject)]) for subject in title.subjects.split("; ")),
        ("675", [("a", title.udc)]),
        ("686", [("a", title.section), ("2", "rubbk")] if title.section else []),
        *(("701" if n else "700", _person(name)) for n, name in enumerate(authors)),
        ("908", [("a", title.author_mark)]),
    ]


def _person(name: str) -> Subfields:
    match = _INITIALS.match(name)
    return [("a", match.group(1)), ("b", match.group(2))] if match else [("a", name)]


def _field_910(copy: CopyRecord) -> Subfields:
    state = _STATES_910.get(copy.state, "5" if copy.reading_room_only else "0")
    return [
        ("a", state),
        ("b", copy.inventory_no),
        ("d", copy.place),
        ("e", _price(copy)),
        ("h", str(copy.item_id)),
        ("t", copy.tag_uid or ""),
        ("u", copy.arrival),
        ("v", copy.write_off),
    ]


def _field_952(copy: CopyRecord) -> Subfields:
    return [
        ("0", "1" if copy.state is ItemState.WITHDRAWN else ""),
        ("1", "1" if copy.state is ItemState.LOST else ""),
        ("4", "1" if copy.state is ItemState.DAMAGED else ""),
        ("7", "1" if copy.reading_room_only else ""),
        ("c", copy.place),
        ("g", _price(copy)),
        ("i", copy.inventory_no),
        ("p", str(copy.item_id)),
    ]


def _price(copy: CopyRecord) -> str:
    return "" if copy.price is None else f"{copy.price // 100}.{copy.price % 100:02}"


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


RUSMARC = Dialect(describe_rusmarc, draft_rusmarc, leader_of)
IRBIS = Dialect(describe_irbis, draft_rusmarc, leader_of)
MARC21 = Dialect(describe_marc21, draft_marc21, leader_of)
