"""MARC21 bibliographic records as title drafts, with the holdings that catalogues put in them.

Sources: MARC 21 Format for Bibliographic Data (Library of Congress); 852 of MARC 21 holdings;
952 as Koha writes it (manual, "Location and availability"); 949 as SirsiDynix exports it.
"""

from circulation.loan import ItemState
from controller.catalogue.draft import CopyDraft, TitleDraft
from controller.catalogue.fields import Field, SourceRecord

_EDGES = " .,:;/="  # ISBD punctuation that closes subfields
_NAMED_AUTHORS = 3
_BBK_SYSTEMS = ("rubbk", "ббк")
# 008/24-27 of books, nature of contents: the ones that make a reference book, as UNIMARC writes
# them (dictionary e, encyclopaedia f, directory g).
_CONTENTS = {"d": "e", "e": "f", "r": "g"}
_LANGUAGE_MATERIAL = "at"  # leader/06 of records whose 008 is the one for books


def draft_marc21(record: SourceRecord) -> TitleDraft:
    """The description as written; a missing title stays empty."""
    imprint = next(iter(record.each("260", "264")), Field(""))
    return TitleDraft(
        key=record.first("001"),
        title=". ".join(_ends(record.first("245", code)) for code in "anp" if _has(record, code)),
        subtitle=_ends(record.first("245", "b")),
        author=_authors(record),
        publisher=_ends(imprint.first("b")),
        place=_ends(imprint.first("a")),
        dates=(imprint.first("c"), record.first("008")[7:11]),
        isbns=tuple(isbn for field in record.each("020") for isbn in field.all("a")),
        section=_section(record),
        udc=record.first("080", "a"),
        subjects=_subjects(record),
        audience=(record.first("521", "a"),),
        serial=record.leader[7:8] == "s",
        codes=_codes(record),
        copies=tuple(_copies(record)),
    )


def _ends(text: str) -> str:
    """Text without the ISBD mark that only announces the next subfield."""
    return text.strip(_EDGES)


def _has(record: SourceRecord, code: str) -> bool:
    return bool(_ends(record.first("245", code)))


def _authors(record: SourceRecord) -> str:
    fields = [*record.each("100"), *record.each("700")] or list(record.each("110"))
    names = list(dict.fromkeys(name for field in fields if (name := field.first("a").rstrip(" ,"))))
    if len(names) > _NAMED_AUTHORS:
        return f"{names[0]} и др."
    return "; ".join(names)  # "Surname, Name" has a comma of its own


def _section(record: SourceRecord) -> str:
    for field in record.each("084"):
        if field.first("2").lower() in _BBK_SYSTEMS:
            return field.first("a")
    return ""


def _subjects(record: SourceRecord) -> tuple[str, ...]:
    """650 topical and 651 geographic headings with subdivisions, 653 uncontrolled words."""
    headings = [
        " — ".join(_ends(part) for code in "axyz" for part in field.all(code))
        for field in record.each("650", "651")
    ]
    words = [_ends(word) for field in record.each("653") for word in field.all("a")]
    return tuple(text for text in (*headings, *words) if text)


def _codes(record: SourceRecord) -> tuple[str, ...]:
    if record.leader[6:7] not in _LANGUAGE_MATERIAL:
        return ()
    return tuple(_CONTENTS[char] for char in record.first("008")[24:28] if char in _CONTENTS)


def _copies(record: SourceRecord) -> list[CopyDraft]:
    """Holdings of the first field that this system uses for them."""
    for tag, read in (("952", _koha), ("852", _holding), ("949", _sirsi)):
        if copies := [read(field) for field in record.each(tag) if field.first("pi")]:
            return copies
    return []


def _koha(field: Field) -> CopyDraft:
    state = ItemState.IN_STOCK
    if field.first("0") not in ("", "0"):
        state = ItemState.WITHDRAWN
    elif field.first("1") not in ("", "0"):
        state = ItemState.LOST
    elif field.first("4") not in ("", "0"):
        state = ItemState.DAMAGED
    return CopyDraft(
        "952",
        barcode=field.first("p"),
        inventory_no=field.first("i"),
        place=field.first("ca"),
        price=field.first("gv"),
        state=state,
        reading_room_only=field.first("7") not in ("", "0"),
    )


def _holding(field: Field) -> CopyDraft:
    return CopyDraft("852", barcode=field.first("p"), place=field.first("cb"))


def _sirsi(field: Field) -> CopyDraft:
    return CopyDraft("949", barcode=field.first("i"), place=field.first("l"))
