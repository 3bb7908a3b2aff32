"""RUSMARC (UNIMARC for Russia) and IRBIS64, whose tags come from it, as title drafts.

Sources: UNIMARC manual, bibliographic format, 3rd ed. (IFLA 2008); RUSMARC 899 (holdings);
IRBIS64 appendix "Перечень элементов данных" (fields 461, 621, 900, 903, 908, 910, 920).
"""

from collections.abc import Mapping

from circulation.ids import BadId, parse_tag_uid
from circulation.loan import ItemState
from controller.catalogue.draft import CopyDraft, TitleDraft
from controller.catalogue.fields import Field, SourceRecord
from controller.catalogue.problems import Code

_MARKS = " ,:;/="  # ISBD punctuation that some exports leave at the ends of subfields
_EDGES = f".{_MARKS}"  # parts of a title are joined by full stops of our own
_NAMED_AUTHORS = 3  # ГОСТ Р 7.0.100-2018: from four authors on the first is named, "и др."
_JOURNAL_WORKSHEETS = ("J", "NJ", "OJ")  # IRBIS64: journal, its issues
_BBK_SYSTEMS = ("rubbk", "ббк")  # 686$2; the other systems (УДК, ГРНТИ) are not ББК

# IRBIS64 910^A (menu ste.mnu). 1: lent there, but the loan itself is in another database.
# 3: at the binder's. 5 (not lent for now) is on no shelf a pupil may take from.
_HERE = (ItemState.IN_STOCK, False, ())
_STATES: dict[str, tuple[ItemState, bool, tuple[Code, ...]]] = {
    "": _HERE,
    "0": _HERE,
    "1": (ItemState.IN_STOCK, False, (Code.LENT_ELSEWHERE,)),
    "2": (ItemState.IN_STOCK, False, (Code.NOT_ARRIVED,)),
    "3": (ItemState.DAMAGED, False, ()),
    "4": (ItemState.LOST, False, ()),
    "5": (ItemState.IN_STOCK, True, ()),
    "6": (ItemState.WITHDRAWN, False, ()),
    "8": (ItemState.IN_STOCK, False, (Code.NOT_ARRIVED,)),
    "9": _HERE,  # reserved
    "U": _HERE,  # a group counted without inventory numbers, mostly textbooks
    "C": _HERE,  # a group counted for a network of libraries
    "R": _HERE,  # a group whose copies are to be listed one by one
}


def draft_rusmarc(record: SourceRecord) -> TitleDraft:
    """The description as written; a missing title stays empty."""
    set_title, set_volume = _set_of(record)
    own, volume = _titles(record), record.first("200", "v") or set_volume
    return TitleDraft(
        key=record.first("903", "a") or record.first("903") or record.first("001"),
        title=_joined(set_title, volume, own),
        subtitle=": ".join(t.strip(_MARKS) for f in record.each("200") for t in f.all("e")),
        author=_authors(record),
        publisher=(record.first("210", "c") or record.first("461", "g")).strip(_MARKS),
        place=(record.first("210", "a") or record.first("461", "d")).strip(_MARKS),
        dates=(record.first("210", "d"), record.first("100", "a")[9:13]),
        isbns=tuple(isbn for field in record.each("010") for isbn in field.all("a")),
        section=_section(record),
        udc=record.first("675", "a") or record.first("675"),
        author_mark=_author_mark(record),
        subjects=_subjects(record),
        audience=(record.first("900", "z"), record.first("333", "a"), record.first("300", "a")),
        serial=record.leader[7:8] == "s" or record.first("920") in _JOURNAL_WORKSHEETS,
        codes=_codes(record),
        copies=tuple(_copies(record)),
    )


def _author_mark(record: SourceRecord) -> str:
    """IRBIS keeps it in 908; UNIMARC's place is the book number of a class mark (686 ^b)."""
    own = record.first("908", "a") or record.first("908")
    return own or next((mark for field in record.each("686") for mark in field.all("b")), "")


def _titles(record: SourceRecord) -> str:
    parts = [text.strip(_EDGES) for field in record.each("200") for text in field.all("a")]
    return " ; ".join(parts)


def _joined(*parts: str) -> str:
    """The set, the volume, the own title; what says the same twice is said once."""
    kept: list[str] = []
    for part in (text.strip(_EDGES) for text in parts):
        if part and part.casefold() not in (seen.casefold() for seen in kept):
            kept.append(part)
    return ". ".join(kept)


def _set_of(record: SourceRecord) -> tuple[str, str]:
    """Title of the set and the volume's place in it: 461 embedded, with $t, or IRBIS64's ^C."""
    for field in record.each("461"):
        if title := _embedded(field) or field.first("tc"):
            return title, field.first("v")
    return "", ""


def _embedded(field: Field) -> str:
    """``$12001 $aTitle``: $1 opens an embedded field 200, whose subfields follow it."""
    inside = False
    for code, value in field.subfields:
        if code == "1":
            inside = value.startswith("200")
        elif inside and code == "a":
            return value
    return ""


def _authors(record: SourceRecord) -> str:
    fields = [*record.each("700"), *record.each("701")] or list(record.each("961"))
    names = list(dict.fromkeys(name for field in fields if (name := _name(field))))
    if len(names) > _NAMED_AUTHORS:
        return f"{names[0]} и др."
    return ", ".join(names)


def _name(field: Field) -> str:
    return f"{field.first('a').strip(',; ')} {field.first('bg')}".strip(" ,;")


def _section(record: SourceRecord) -> str:
    if bbk := record.first("621", "a") or record.first("621"):
        return bbk
    for field in record.each("686"):
        if field.first("2").lower() in _BBK_SYSTEMS:
            return field.first("a")
    return ""


def _subjects(record: SourceRecord) -> tuple[str, ...]:
    """606 topical headings with their subdivisions, 607 places, 610 keywords (IRBIS64: bare)."""
    headings = [
        " — ".join(part for code in "abxyz" for part in field.all(code))
        for field in record.each("606", "607")
    ]
    keywords = [word for field in record.each("610") for word in field.all("a") or [field.text]]
    return tuple(text for text in (*headings, *keywords) if text)


def _codes(record: SourceRecord) -> tuple[str, ...]:
    """UNIMARC 105/4-7, or IRBIS64 900^C and ^2 to ^6: what kind of text it is."""
    coded = [
        value[4:8] for field in record.each("105") for key, value in field.subfields if key == "a"
    ]
    letters = "".join(coded).replace("|", " ").replace(" ", "")
    irbis = [field.first(code) for field in record.each("900") for code in "c23456"]
    return (*letters, *(code for code in irbis if code))


def _copies(record: SourceRecord) -> list[CopyDraft]:
    if holdings := record.each("910"):
        price = record.first("010", "d")
        return [_irbis_copy(field.firsts(), price) for field in holdings]
    return [
        CopyDraft("899", inventory_no=field.first("p"), place=field.first("ba"))
        for field in record.each("899")
    ]


def _irbis_copy(holding: Mapping[str, str], price: str) -> CopyDraft:
    status = holding.get("a", "").upper()
    state, reading_room_only, notes = _STATES.get(status, (*_HERE[:2], (Code.STATE_UNKNOWN,)))
    barcode, uid = holding.get("h", ""), holding.get("t", "")
    if not uid and _is_uid(barcode):  # libraries without barcodes keep the tag's UID in ^H
        barcode, uid = "", barcode
    return CopyDraft(
        field="910",
        barcode=barcode,
        inventory_no=holding.get("b", ""),
        uid=uid,
        place=holding.get("d", ""),
        price=holding.get("e", price),
        quantity=holding.get("1", ""),
        state=state,
        reading_room_only=reading_room_only,
        notes=notes,
        arrival=holding.get("u", ""),
        write_off=holding.get("v", ""),
    )


def _is_uid(text: str) -> bool:
    try:
        parse_tag_uid(text)
    except BadId:
        return False
    return True
