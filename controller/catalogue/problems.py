"""What is wrong in a file, as values: where, how bad, and a word; text is made when shown."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps something out; a warning lets it in and asks for a look."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """Every word an import can say."""

    # the file
    FILE_MISSING = "file_missing"
    FILE_EMPTY = "file_empty"
    FILE_CHANGED = "file_changed"
    FILE_BROKEN = "file_broken"
    XML_FORBIDDEN = "xml_forbidden"
    FORMAT_UNKNOWN = "format_unknown"
    CHARSET_UNKNOWN = "charset_unknown"
    CHARSET_WRONG = "charset_wrong"
    CHARSET_UNSURE = "charset_unsure"
    # a record of a catalogue
    RECORD_DAMAGED = "record_damaged"
    LENGTH_WRONG = "length_wrong"
    GARBAGE = "garbage"
    RECORD_UNREADABLE = "record_unreadable"
    RECORD_TOO_LONG = "record_too_long"
    LINE_ODD = "line_odd"
    RECORD_UNFINISHED = "record_unfinished"
    TITLE_MISSING = "title_missing"
    KEY_MISSING = "key_missing"
    SAME_KEY = "same_key"
    ISBN_WRONG = "isbn_wrong"
    # a copy
    ITEM_ID_WRONG = "item_id_wrong"
    SAME_ITEM = "same_item"
    TAG_UID_WRONG = "tag_uid_wrong"
    SAME_TAG = "same_tag"
    TAG_KEPT = "tag_kept"
    NO_NUMBER = "no_number"
    STATE_UNKNOWN = "state_unknown"
    LENT_ELSEWHERE = "lent_elsewhere"
    NOT_ARRIVED = "not_arrived"
    NUMBER_OF_PATRON = "number_of_patron"
    ITEM_UNKNOWN = "item_unknown"
    ITEM_ON_LOAN = "item_on_loan"
    # a roster
    HEADER_MISSING = "header_missing"
    TABLE_HEADER_MISSING = "table_header_missing"
    CELL_EMPTY = "cell_empty"
    CELL_ODD = "cell_odd"
    FORMULA = "formula"
    TOO_LARGE = "too_large"
    CLASS_WRONG = "class_wrong"
    CARD_WRONG = "card_wrong"
    CARD_RANDOM = "card_random"
    SAME_NAME = "same_name"
    SAME_PUPIL = "same_pupil"
    SAME_NUMBER = "same_number"
    SAME_CARD = "same_card"
    NUMBER_OF_ITEM = "number_of_item"


_WARNINGS = frozenset(
    {
        Code.CHARSET_UNSURE,
        Code.LENGTH_WRONG,
        Code.LINE_ODD,
        Code.KEY_MISSING,
        Code.SAME_KEY,
        Code.ISBN_WRONG,
        Code.TAG_UID_WRONG,
        Code.TAG_KEPT,
        Code.NO_NUMBER,
        Code.STATE_UNKNOWN,
        Code.LENT_ELSEWHERE,
        Code.NOT_ARRIVED,
        Code.CARD_RANDOM,
        Code.SAME_NAME,
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file: what a librarian, or a technician with an editor, can go to."""

    record: int | None = None  # counted from 1
    line: int | None = None  # counted from 1
    offset: int | None = None  # bytes from the start of the file
    field: str = ""  # tag or column


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `value` is the offending text, cut short."""

    code: Code
    place: Place = Place()
    value: str = ""

    @property
    def severity(self) -> Severity:
        return Severity.WARNING if self.code in _WARNINGS else Severity.ERROR


SHOWN_VALUE = 60  # characters of an offending value that are kept


def problem(
    code: Code,
    value: object = "",
    *,
    record: int | None = None,
    line: int | None = None,
    offset: int | None = None,
    field: str = "",
) -> Problem:
    """A finding at a place; the value is shortened, so that a damaged file cannot fill a screen."""
    text = "".join(char if char.isprintable() else "·" for char in str(value)[: SHOWN_VALUE + 1])
    if len(text) > SHOWN_VALUE:
        text = text[:SHOWN_VALUE] + "…"
    return Problem(code, Place(record, line, offset, field), text)
