"""The sounds a session may ask for, as words; `kiosk/sound.py` plays them."""

from enum import StrEnum


class Sound(StrEnum):
    """Short, warm, in one key (look.md): each further book one step up the chord."""

    CARD = "card"
    BOOK_1 = "book_1"
    BOOK_2 = "book_2"
    BOOK_3 = "book_3"
    BOOK_4 = "book_4"
    DONE = "done"
    PUT_BACK = "put_back"
    STOP = "stop"
