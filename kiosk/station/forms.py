"""What is typed: a name and a password, new arrivals field by field, words to narrow a list by."""

from dataclasses import replace

from pydantic import ValidationError

from circulation.api import Refusal
from circulation.encoding import (
    MOST_ARRIVING,
    ArrivalReceipt,
    IsbnQuery,
    NewCopy,
    TitleFound,
    TitlesFound,
    UntaggedQuery,
)
from circulation.ids import MAX_ITEM_ID_BYTES
from circulation.policy import ItemKind
from circulation.reasons import Reason
from kiosk.events import NoAnswer
from kiosk.station.effects import FetchList, FindTitle, Receive, SignIn
from kiosk.station.events import Said
from kiosk.station.numbers import following, isbn_13
from kiosk.station.state import (
    FIELDS,
    LOGIN,
    PASSWORD,
    Arrival,
    Listing,
    Notice,
    Stage,
    State,
    Word,
)
from kiosk.station.tagging import AGAIN, HEARD, STOP, Step, say, start_job

MOST_TYPED = 128
_ISBN, _TITLE, _COUNT = (FIELDS.index(name) for name in ("isbn", "title", "count"))


def typing(state: State, char: str) -> State:
    """One more letter where the cursor stands."""
    return _with_text(state, (text_of(state) + char)[:MOST_TYPED])


def erasing(state: State) -> State:
    """The last letter goes."""
    return _with_text(state, text_of(state)[:-1])


def text_of(state: State) -> str:
    """What stands where the cursor is."""
    match state.stage:
        case Stage.SIGN_IN:
            return state.form[state.at_field]
        case Stage.ARRIVAL:
            return state.arrival.values[state.at_field]
        case _:
            return state.typed


def _with_text(state: State, text: str) -> State:
    match state.stage:
        case Stage.SIGN_IN:
            return replace(state, form=_put(state.form, state.at_field, text))
        case Stage.ARRIVAL:
            values = _put(state.arrival.values, state.at_field, text)
            described = state.at_field == _TITLE  # another title than the ledger's is a new one
            title_id = None if described else state.arrival.title_id
            return replace(state, arrival=replace(state.arrival, values=values, title_id=title_id))
        case _:
            return replace(state, typed=text)


def _put(values: tuple[str, ...], at: int, text: str) -> tuple[str, ...]:
    return (*values[:at], text, *values[at + 1 :])


def sign_in_line(state: State, text: str) -> Step:
    """Enter after the name goes to the password, after the password it signs in."""
    if text:
        state = _with_text(state, text)
    if state.at_field == LOGIN:
        return replace(state, at_field=PASSWORD), ()
    login, password = state.form
    cleared = replace(state, form=(login, ""), at_field=PASSWORD)
    if not login.strip() or not password:
        return replace(cleared, at_field=LOGIN), ()
    return cleared, (SignIn(login.strip(), password),)


def arrival_line(state: State, text: str) -> Step:
    """Enter goes to the next field; an ISBN is looked up; the last field puts the copies in."""
    if text:
        state = _with_text(state, text)
    at = state.at_field
    if at == _ISBN and state.arrival.value("isbn"):
        return _look_up(replace(state, at_field=_TITLE))
    if at == _COUNT:
        return save(state)
    return replace(state, at_field=at + 1), ()


def _look_up(state: State) -> Step:
    isbn = state.arrival.value("isbn")
    try:
        IsbnQuery(isbn=isbn)
    except ValidationError:
        return _isbn_wrong(state)
    looking = replace(state.arrival, looking=True, found=None, picked=None, title_id=None)
    return replace(state, arrival=looking, notice=None), (FindTitle(isbn),)


def _isbn_wrong(state: State) -> Step:
    notice = Notice(Word.REFUSED, reason=Reason.ISBN_WRONG)
    return replace(state, at_field=_ISBN, notice=notice), (STOP,)


def title_answered(state: State, answer: TitlesFound | Said) -> Step:
    """The title is filled in, or typed."""
    state = replace(state, arrival=replace(state.arrival, looking=False))
    if isinstance(answer, NoAnswer):
        return say(state, Word.SILENT, sound=STOP)
    if isinstance(answer, Refusal):
        return replace(state, notice=Notice(Word.REFUSED, reason=answer.reasons[0])), (STOP,)
    if answer.trouble is Reason.ISBN_WRONG:
        return _isbn_wrong(state)
    if not answer.titles:
        reason = answer.trouble or Reason.CATALOGUE_ODD
        notice = Notice(Word.REFUSED, reason=reason) if answer.trouble else Notice(Word.FILL_IN)
        return replace(state, notice=notice), (AGAIN,)
    found = replace(state.arrival, found=answer)
    return pick_title(replace(state, arrival=found), 0)


def pick_title(state: State, number: int) -> Step:
    """This one of the titles found."""
    found = state.arrival.found
    if found is None or not 0 <= number < len(found.titles):
        return state, ()
    title = found.titles[number]
    values = list(state.arrival.values)
    filled = {"title": title.title, "author": title.author, "grade": str(title.grade or "")}
    for name, text in filled.items():
        values[FIELDS.index(name)] = text
    arrival = replace(state.arrival, values=tuple(values), picked=title, title_id=title.title_id)
    at = FIELDS.index("batch")
    return replace(state, arrival=arrival, at_field=at, notice=None), (HEARD,)


def save(state: State) -> Step:
    """Put the copies in, or go to the field that is not right."""
    arrival = state.arrival
    wrong = _wrong_field(arrival)
    if wrong is not None:
        notice = Notice(Word.FILL_IN, wrong)
        return replace(state, at_field=FIELDS.index(wrong), notice=notice), (STOP,)
    numbers = following(arrival.value("first"), int(arrival.value("count") or 1))
    copies = tuple(NewCopy(item_id=number, inventory_no=number) for number in numbers)
    order = Receive(_title(arrival), arrival.value("batch"), arrival.value("place"), copies)
    return state, (order,)


def _wrong_field(arrival: Arrival) -> str | None:
    """The first field without which the copies cannot be written down."""
    for name in ("title", "batch", "first"):
        if not arrival.value(name):
            return name
    grade, count = arrival.value("grade"), arrival.value("count") or "1"
    if grade and not (grade.isdecimal() and 1 <= int(grade) <= 11):
        return "grade"
    if not (count.isdecimal() and 1 <= int(count) <= MOST_ARRIVING):
        return "count"
    numbers = following(arrival.value("first"), int(count))
    too_long = any(len(number.encode()) > MAX_ITEM_ID_BYTES for number in numbers)
    return "first" if too_long or not numbers else None


def _title(arrival: Arrival) -> TitleFound:
    grade = arrival.value("grade")
    found = arrival.picked
    title = TitleFound(
        title_id=arrival.title_id,
        title=arrival.value("title"),
        author=arrival.value("author"),
        isbn=isbn_13(arrival.value("isbn")),
        grade=int(grade) if grade else None,
        kind=ItemKind.TEXTBOOK if grade else ItemKind.BOOK,
    )
    if found is None or found.title != title.title:
        return title
    kept = {"publisher": found.publisher, "year": found.year, "section": found.section}
    return title.model_copy(update={**kept, "isbn": title.isbn or found.isbn})


def arrival_answered(state: State, answer: ArrivalReceipt | Said) -> Step:
    """The copies are there: tag them now, one after the other."""
    if isinstance(answer, NoAnswer):
        return say(state, Word.SILENT, sound=STOP)
    if isinstance(answer, Refusal):
        at = FIELDS.index("first")
        notice = Notice(Word.REFUSED, state.arrival.value("first"), answer.reasons[0])
        return replace(state, notice=notice, at_field=at), (STOP,)
    first, *rest = answer.copies
    return start_job(replace(state, queue=tuple(rest), arrival=Arrival()), first)


def list_query(listing: Listing, after: int = 0) -> UntaggedQuery:
    """What to ask the ledger for this listing."""
    return UntaggedQuery(
        place=listing.place,
        batch=listing.batch,
        grade=listing.grade,
        text=listing.text[:64],
        after=after,
    )


def list_line(state: State, text: str) -> Step:
    """Enter narrows the list to what was typed."""
    listing = replace(state.listing, text=(text or state.typed).strip())
    after = replace(state, listing=listing, typed="")
    return after, (FetchList(list_query(listing)),)
