"""What was found in the catalogue: one row for each title, with the place to look for it."""

from circulation.reasons import Reason
from circulation.search import Hit
from kiosk.i18n import Texts
from kiosk.state import State
from kiosk.view import Cover, Notice, Place, Row, Tone
from kiosk.wording import in_words, sentences


def found_rows(state: State, texts: Texts) -> tuple[Row, ...]:
    """The best hits first, as the controller ranked them."""
    search = state.search
    if search is None or not search.asked:
        return ()
    return tuple(_row(state, hit, number, texts) for number, hit in enumerate(search.hits, 1))


def found_count(state: State, texts: Texts) -> str:
    """How many titles there are for the words."""
    search = state.search
    if search is None or not search.asked or not search.found:
        return ""
    return texts.count("{n} book", "{n} books", search.found)


def search_notice(state: State, texts: Texts) -> Notice | None:
    """What to type, or why there is nothing to see."""
    search = state.search
    if search is None or not search.asked:
        return None
    if search.waiting:
        return Notice(texts.say("One moment…"), Tone.BUSY)
    if search.silent:
        return Notice(in_words(Reason.NO_CONNECTION, texts), Tone.STOP)
    if not search.hits:
        text = texts.say("Nothing found for “{words}”. Try one word less", words=search.words)
        return Notice(text, Tone.INFO)
    if search.found > len(search.hits):
        return Notice(texts.say("There are more. One word more shows fewer books"), Tone.INFO)
    return None


def _row(state: State, hit: Hit, number: int, texts: Texts) -> Row:
    note, tone = _where(hit, texts)
    shelf = " ".join(part for part in (hit.section, hit.author_mark) if part)
    place = Place("shelf", shelf, Tone.DONE) if shelf and hit.available else None
    told = sentences(note, texts.say("shelf {place}", place=shelf) if place else "")
    name = hit.title if state.headphones else texts.say("Book {number}", number=number)
    return Row(
        key=f"title/{hit.title_id}",
        title=hit.title,
        author=hit.author,
        note=note,
        tone=tone,
        cover=Cover(hit.title, hit.author, hit.section),
        spoken=sentences(name, told),
        place=place,
    )


def _where(hit: Hit, texts: Texts) -> tuple[str, Tone]:
    """Where copies stand now; a title all of whose copies are away is no dead end."""
    if not hit.available:
        return texts.say("All copies are away now. The librarian can order it"), Tone.WAIT
    free = [shelf for shelf in hit.shelves if shelf.available]
    rooms = ", ".join(shelf.place for shelf in free if shelf.place)
    number = texts.say("{n} of {all} here", n=hit.available, all=hit.copies)
    return (f"{rooms} · {number}" if rooms else number), Tone.DONE
