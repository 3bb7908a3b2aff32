"""Every word of refusal, warning and alarm; text is made from them at the screen, per language."""

from enum import StrEnum


class Reason(StrEnum):
    """Why something was refused or needs care. The value travels; its code is for the log."""

    # the card
    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    CARD_RANDOM_UID = "card_random_uid"
    TWO_CARDS = "two_cards"
    # the patron
    PATRON_BLOCKED = "patron_blocked"
    PATRON_LEFT = "patron_left"
    LIMIT_REACHED = "limit_reached"
    OVERDUE_ITEMS = "overdue_items"
    # the item
    ITEM_UNKNOWN = "item_unknown"
    ALREADY_YOURS = "already_yours"
    ON_LOAN_TO_OTHER = "on_loan_to_other"
    READING_ROOM_ONLY = "reading_room_only"
    AGE_MARK = "age_mark"
    HELD_FOR_OTHER = "held_for_other"
    NOT_LENDABLE = "not_lendable"
    NOT_ON_LOAN = "not_on_loan"
    # renewing
    RENEWAL_LIMIT = "renewal_limit"
    RENEWAL_OVERDUE = "renewal_overdue"
    # the tag
    TAG_BLANK = "tag_blank"
    TAG_UNREADABLE = "tag_unreadable"
    TAG_FOREIGN = "tag_foreign"
    TAG_NOT_AN_ITEM = "tag_not_an_item"
    TAG_DUPLICATE = "tag_duplicate"
    SET_INCOMPLETE = "set_incomplete"
    SECURITY_PENDING = "security_pending"
    SECURITY_WRITE_FAILED = "security_write_failed"
    # the machine
    NO_CONNECTION = "no_connection"
    READER_LOST = "reader_lost"
    DEVICE_UNKNOWN = "device_unknown"
    OPERATION_CHANGED = "operation_changed"
    # holds; new words are added at the end, so that a code keeps its meaning
    RENEWAL_WAITED_FOR = "renewal_waited_for"
    HOLD_LIMIT = "hold_limit"
    ALREADY_HELD = "already_held"
    NOT_HOLDABLE = "not_holdable"
    HOLD_UNKNOWN = "hold_unknown"
    HOLD_OVER = "hold_over"
    NOBODY_WAITS = "nobody_waits"
    # the staff's desk
    STAFF_ONLY = "staff_only"
    BLOCK_UNKNOWN = "block_unknown"
    CONFLICT_UNKNOWN = "conflict_unknown"
    CONFLICT_SETTLED = "conflict_settled"
    CHOICE_IMPOSSIBLE = "choice_impossible"
    NOBODY_SIGNED_IN = "nobody_signed_in"
    RIGHT_MISSING = "right_missing"
    SIGN_IN_WRONG = "sign_in_wrong"
    SIGN_IN_LOCKED = "sign_in_locked"
    # the encoding station
    TAG_OF_OTHER_COPY = "tag_of_other_copy"
    COPY_HAS_TAG = "copy_has_tag"
    PART_UNKNOWN = "part_unknown"
    NOTHING_TO_UNDO = "nothing_to_undo"
    NUMBER_TAKEN = "number_taken"
    ISBN_WRONG = "isbn_wrong"
    CATALOGUE_SILENT = "catalogue_silent"
    CATALOGUE_ODD = "catalogue_odd"
    # textbooks by class
    CLASS_UNKNOWN = "class_unknown"
    NOT_CLASS_TEACHER = "not_class_teacher"
    NO_CLASS_SESSION = "no_class_session"
    NOT_IN_SET = "not_in_set"
    ONE_TOO_MANY = "one_too_many"
    # a kiosk that decides alone, and how far it is trusted
    OFFLINE_LIMIT = "offline_limit"
    OFFLINE_FULL = "offline_full"
    OFFLINE_TOO_LONG = "offline_too_long"
    CALL_UNKNOWN = "call_unknown"


_CODES: dict[Reason, str] = {reason: f"RC-{n:02d}" for n, reason in enumerate(Reason, start=1)}


def reason_code(reason: Reason) -> str:
    """The short code a person reads out to the librarian, e.g. ``RC-07``."""
    return _CODES[reason]
