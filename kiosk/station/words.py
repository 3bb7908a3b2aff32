"""The station's sentences: what happened, then what to do."""

from collections.abc import Mapping
from typing import Final

from circulation.tags.item_tag import Layout
from kiosk.i18n import Texts, mark
from kiosk.station.state import Asked, Ending, Notice, Question, Word
from kiosk.view import Tone
from kiosk.wording import in_words_with_code

_WORDS: Final[Mapping[Word, tuple[Tone, str]]] = {
    Word.UNKNOWN_NUMBER: (Tone.STOP, mark("No copy has the number {about}. Check the number")),
    Word.BLANK: (Tone.INFO, mark("A blank tag: there is nothing to convert")),
    Word.DUPLICATE: (
        Tone.STOP,
        mark("Two tags say {about}. Look which book it is, and tag the other one anew"),
    ),
    Word.OTHERS_TAG: (Tone.STOP, mark("This is another book. Take it away, lay {about} down")),
    Word.ODD_NUMBER: (Tone.STOP, mark("{about} is no number of this library. Scan it again")),
    Word.NO_TAG: (
        Tone.WAIT,
        mark("I see no tag. Is there one in the book, and does it lie on the pad?"),
    ),
    Word.TWO_TAGS: (Tone.STOP, mark("More than one tag lies here. Leave one book")),
    Word.LIFT_DONE: (Tone.DONE, mark("Take the finished book away")),
    Word.LIFTED: (Tone.WAIT, mark("Lifted too early. Lay the book down again")),
    Word.WORN_OUT: (Tone.STOP, mark("This tag cannot be written. Put a new tag on the book")),
    Word.LOCKED: (Tone.STOP, mark("This tag is locked for ever. Put a new tag on the book")),
    Word.FOREIGN: (
        Tone.STOP,
        mark("This tag belongs to somebody else. It is not written over: take the book away"),
    ),
    Word.NOT_A_BOOK: (Tone.STOP, mark("This is a reader's card or a device. Take it away")),
    Word.UNREADABLE: (Tone.STOP, mark("The tag cannot be read. Move the book, or use a new tag")),
    Word.NO_ROOM: (
        Tone.STOP,
        mark("Another system keeps data on this tag. Put a new tag on the book"),
    ),
    Word.OTHER_ON_LOAN: (
        Tone.STOP,
        mark("This is the tag of a book on loan. Return that book first"),
    ),
    Word.WITHDRAWN: (Tone.STOP, mark("{about} is written off and gets no tag")),
    Word.SILENT: (Tone.STOP, mark("The library's computer does not answer. Try again in a moment")),
    Word.REFUSED: (Tone.STOP, mark("The library's computer refuses")),
    Word.UNDONE: (Tone.DONE, mark("Taken back: {about} has no new tag any more")),
    Word.NOTHING_TO_UNDO: (Tone.INFO, mark("There is nothing to take back")),
    Word.FINISH_FIRST: (
        Tone.WAIT,
        mark("Not all is written down yet. Wait a moment, then lay the card down again"),
    ),
    Word.TWO_CARDS: (Tone.STOP, mark("More than one card lies here. Leave one")),
    Word.FILL_IN: (Tone.WAIT, mark("Please fill this field in, or correct it")),
}
_ENDINGS: Final[Mapping[Ending, tuple[Tone, str]]] = {
    Ending.WRITTEN: (Tone.DONE, mark("Written and read back")),
    Ending.RENEWED: (Tone.DONE, mark("Written anew and read back")),
    Ending.SOUND: (Tone.DONE, mark("The tag is right already")),
    Ending.SKIPPED: (Tone.WAIT, mark("Left as it is")),
    Ending.FAILED: (Tone.STOP, mark("Not written")),
    Ending.UNDONE: (Tone.INFO, mark("Taken back")),
}
LAYOUTS: Final[Mapping[Layout, str]] = {
    Layout.ISO28560_3: "ISO 28560-3",
    Layout.ISO28560_2: "ISO 28560-2",
    Layout.ISO28560_4: "ISO/TS 28560-4",
    Layout.LEGACY_3M: "3M",
    Layout.BLANK: "–",
    Layout.UNKNOWN: "?",
}


def tell(notice: Notice, texts: Texts) -> tuple[str, Tone]:
    """The notice as sentences, and how it looks."""
    tone, text = _WORDS[notice.word]
    if notice.word is Word.REFUSED and notice.reason is not None:
        return in_words_with_code(notice.reason, texts), tone
    return texts.say(text, about=notice.about), tone


def tell_ending(ending: Ending, word: Word | None, about: str, texts: Texts) -> tuple[str, Tone]:
    """How one try ended."""
    tone, text = _ENDINGS[ending]
    if word is None:
        return texts.say(text), tone
    why, _ = tell(Notice(word, about), texts)
    return f"{texts.say(text)}. {why}", tone


def ask(question: Question, texts: Texts) -> str:
    """What only a person can decide, with what will follow."""
    match question.asked:
        case Asked.MOVE if question.withdrawn:
            return texts.say(
                "The tag of {other}, which is written off. Use it again?", other=question.other
            )
        case Asked.MOVE:
            return texts.say(
                "This is the tag of {other}. Is it moved here? {other} has no tag then",
                other=question.other,
            )
        case Asked.REPLACE:
            return texts.say("This copy has a tag already. Shall this be its new one?")
        case Asked.DAMAGED:
            return texts.say("The tag is damaged: nobody can say whose it was. Write it anew?")
        case Asked.NUMBER:
            return texts.say(
                "{other} does not look like a number of this library. Take it all the same?",
                other=question.other,
            )
