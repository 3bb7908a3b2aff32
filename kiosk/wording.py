"""Every reason of refusal in words a child understands: what is so, then what to do."""

from collections.abc import Mapping
from typing import Final

from circulation.reasons import Reason, reason_code
from kiosk.i18n import Texts, mark

_TEXTS: Final[Mapping[Reason, str]] = {
    Reason.CARD_UNKNOWN: mark("Card not found. Please go to the librarian"),
    Reason.CARD_BLOCKED: mark("The card is blocked. Please go to the librarian"),
    Reason.CARD_RANDOM_UID: mark("This card cannot be used here. Please use your library card"),
    Reason.TWO_CARDS: mark("Please leave only one card"),
    Reason.PATRON_BLOCKED: mark("Borrowing is paused. Please go to the librarian"),
    Reason.PATRON_LEFT: mark("This card is no longer valid. Please go to the librarian"),
    Reason.LIMIT_REACHED: mark("That is as many books as you may have. Return one first"),
    Reason.OVERDUE_ITEMS: mark("You have overdue books. Please return them first"),
    Reason.ITEM_UNKNOWN: mark("This book is not in the catalogue. Give it to the librarian"),
    Reason.ALREADY_YOURS: mark("You already have this book"),
    Reason.ON_LOAN_TO_OTHER: mark(
        "This book is lent to another reader. Please give it to the librarian"
    ),
    Reason.READING_ROOM_ONLY: mark("For the reading room only"),
    Reason.AGE_MARK: mark("This book is for older readers. Ask the librarian"),
    Reason.HELD_FOR_OTHER: mark("The book waits for another reader. Give it to the librarian"),
    Reason.NOT_LENDABLE: mark("This book is not lent out. Give it to the librarian"),
    Reason.NOT_ON_LOAN: mark("This book is not lent to you"),
    Reason.RENEWAL_LIMIT: mark("It has been renewed as often as is possible"),
    Reason.RENEWAL_OVERDUE: mark("It is overdue and cannot be renewed. Please return it"),
    Reason.TAG_BLANK: mark("The tag is blank. Give the book to the librarian"),
    Reason.TAG_UNREADABLE: mark("The tag cannot be read. Move the book or ask the librarian"),
    Reason.TAG_FOREIGN: mark("A book of another library. Give it to the librarian"),
    Reason.TAG_NOT_AN_ITEM: mark("This is not a book. Please take it from the pad"),
    Reason.TAG_DUPLICATE: mark("Two tags with the same number. Give the book to the librarian"),
    Reason.SET_INCOMPLETE: mark("A part of the set is missing"),
    Reason.SECURITY_PENDING: mark("The security is still on. Put the book back for 2 seconds"),
    Reason.SECURITY_WRITE_FAILED: mark(
        "The security cannot be switched on. Give the book to the librarian"
    ),
    Reason.NO_CONNECTION: mark("No connection to the library. Please go to the librarian"),
    Reason.READER_LOST: mark("The pad does not answer. Please go to the librarian"),
    Reason.DEVICE_UNKNOWN: mark("This terminal is not registered. Please go to the librarian"),
    Reason.OPERATION_CHANGED: mark("Something went wrong. Please go to the librarian"),
    Reason.RENEWAL_WAITED_FOR: mark("Another reader waits for this book. Please return it in time"),
    Reason.HOLD_LIMIT: mark("You wait for as many books as you may. Cancel one first"),
    Reason.ALREADY_HELD: mark("You already wait for this book"),
    Reason.NOT_HOLDABLE: mark("This book cannot be ordered. Ask the librarian"),
    Reason.HOLD_UNKNOWN: mark("Order not found. Please go to the librarian"),
    Reason.HOLD_OVER: mark("This order is already over"),
    Reason.NOBODY_WAITS: mark("Nobody waits for this book. Put it back on its shelf"),
    Reason.STAFF_ONLY: mark("Only the librarian can do this. Please go to the librarian"),
    Reason.BLOCK_UNKNOWN: mark("There is no such pause in borrowing. Please go to the librarian"),
    Reason.CONFLICT_UNKNOWN: mark("There is no such question. Please go to the librarian"),
    Reason.CONFLICT_SETTLED: mark("This question is already settled"),
    Reason.CHOICE_IMPOSSIBLE: mark(
        "This answer does not fit the question any more. Please go to the librarian"
    ),
    Reason.NOBODY_SIGNED_IN: mark("Sign in at this desk first: the decision carries a name"),
    Reason.RIGHT_MISSING: mark("Your account may not do this. Ask the head of the library"),
    Reason.SIGN_IN_WRONG: mark("Name or password do not fit. Check the keyboard and try again"),
    Reason.SIGN_IN_LOCKED: mark("Too many tries. Wait a minute, then sign in again"),
    Reason.TAG_OF_OTHER_COPY: mark("This tag belongs to another copy. Lay the right book down"),
    Reason.COPY_HAS_TAG: mark("This copy has a tag already. Confirm that it gets a new one"),
    Reason.PART_UNKNOWN: mark("The set has no such part. Check how many parts it has"),
    Reason.NOTHING_TO_UNDO: mark("There is nothing to undo any more"),
    Reason.NUMBER_TAKEN: mark("This number is taken by another copy. Enter another one"),
    Reason.ISBN_WRONG: mark("This is no ISBN: its check digit is wrong. Scan it again"),
    Reason.CATALOGUE_SILENT: mark("The catalogue does not answer. Type the title"),
    Reason.CATALOGUE_ODD: mark("The catalogue's answer cannot be used. Type the title"),
    Reason.CLASS_UNKNOWN: mark("There is no such class. Ask the librarian"),
    Reason.NOT_CLASS_TEACHER: mark("This is another teacher's class. Ask the librarian"),
    Reason.NO_CLASS_SESSION: mark("The class's time is over. The teacher's card begins it anew"),
    Reason.NOT_IN_SET: mark("This is not in your set. Give it to the librarian"),
    Reason.ONE_TOO_MANY: mark("You have one of these already. Give this one to the librarian"),
    Reason.OFFLINE_LIMIT: mark(
        "No connection: you cannot take more books now. Come again later or ask the librarian"
    ),
    Reason.OFFLINE_FULL: mark(
        "No connection: nothing more can be lent here now. Please go to the librarian"
    ),
    Reason.OFFLINE_TOO_LONG: mark(
        "No connection for too long: only returns work here. Please go to the librarian"
    ),
    Reason.CALL_UNKNOWN: mark("There is no such call. Please go to the librarian"),
}


def sentences(*parts: str) -> str:
    """The parts that are not empty, each ended as a sentence: a voice makes its pause there."""
    return " ".join(part if part[-1] in ".!?…" else f"{part}." for part in parts if part)


def in_words(reason: Reason, texts: Texts) -> str:
    """The reason as a sentence."""
    return texts.say(_TEXTS[reason])


def in_words_with_code(reason: Reason, texts: Texts) -> str:
    """The sentence with the code that a person reads out to the librarian."""
    return f"{in_words(reason, texts)} · {reason_code(reason)}"
