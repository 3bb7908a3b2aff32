"""What becomes of one book: from its armed tag to the disk, the count and its bin. Pure."""

from dataclasses import replace
from types import MappingProxyType

from circulation.ids import Copy, TagUid
from kiosk.drop.effects import Doubt, Effect, Gone, Keep, Review
from kiosk.drop.events import Way
from kiosk.drop.state import Book, Came, Here, Phase, State, of_slot, tags_of
from kiosk.events import BookTag, SecurityWritten

Step = tuple[State, tuple[Effect, ...]]


def active(state: State) -> State:
    """Somebody stands there."""
    return replace(state, active_at=state.now)


def seen(state: State, copy: Copy, way: Way | None = None) -> State:
    """It came back, and was here just now. `way`: where it goes, once that is known."""
    came = state.recent.get(copy, Came(state.now))
    came = Came(state.now, came.way if way is None else way)
    return replace(state, recent=MappingProxyType({**state.recent, copy: came}))


def written(state: State, event: SecurityWritten) -> Step:
    """Arming is finished: a copy whose every part is armed goes to the disk."""
    tag = state.tags.get(event.uid)
    if tag is None or not isinstance(tag.what, BookTag):
        return state, ()
    book = state.books.get(tag.what.copy)
    if book is None or book.phase is not Phase.ARMING:
        return state, ()
    if not event.ok:
        return _failed(state, tag, book)
    book = replace(book, armed=book.armed | {tag.what.part})
    state = state.with_book(book).with_tag(replace(tag, failed=0, retry_at=None))
    return _keep(state, book) if len(book.armed) >= book.parts else (state, ())


def kept(state: State, slot: int) -> State:
    """It is on the disk: it counts."""
    book = of_slot(state, slot)
    state = replace(active(state), storage_fails=False)
    if book is None or book.phase is not Phase.KEEPING:
        return state
    asking = replace(book, phase=Phase.ASKING, asked_at=state.now)
    counted = replace(state.with_book(asking), accepted=state.accepted + 1, last_doubt=None)
    return seen(counted, book.copy)


def not_kept(state: State, slot: int) -> State:
    """The slot is shut, and the same return is tried again until the disk takes it."""
    book = of_slot(state, slot)
    state = replace(state, storage_fails=True)
    return state if book is None else state.with_book(replace(book, asked_at=state.now))


def answered(state: State, slot: int, way: Way) -> Step:
    """An answer that comes too late moves nothing: the book is in a bin."""
    book = of_slot(state, slot)
    if book is None or book.phase is not Phase.ASKING:
        return state, ()
    return settled(state, book, way)


def settled(state: State, book: Book, way: Way) -> Step:
    """Where it goes is known; a book that has left already is done with."""
    done = seen(state.with_book(replace(book, phase=Phase.DONE, way=way)), book.copy, way)
    return (done, ()) if tags_of(done, book.copy) else copy_left(done, book.copy)


def copy_left(state: State, copy: Copy) -> Step:
    """The last tag of this copy has left the slot."""
    book = state.books.get(copy)
    if book is not None and book.phase is not Phase.DONE:
        return state, ()  # a part may follow, an answer is still to come
    if book is not None and book.doubt is not None:
        return state.without_book(copy), ()
    state = seen(state.without_book(copy), copy)
    if state.reader is not None or state.lying_until is not None:
        return replace(state, lying=state.lying | {copy}), ()  # nobody saw it leave
    return replace(state, lying=state.lying - {copy}), (Gone(copy),)


def doubt_book(state: State, book: Book, doubt: Doubt) -> Step:
    """It is not taken back: the librarian gets it, and a line that says why."""
    done = replace(book, phase=Phase.DONE, way=Way.STAFF, doubt=doubt)
    state = replace(state.with_book(done), last_doubt=doubt)
    if not tags_of(state, book.copy):
        state = state.without_book(book.copy)
    return state, (Review(doubt, book.since, book.uid, book.copy),)


def doubt_tag(state: State, uid: TagUid, doubt: Doubt) -> Step:
    """Once for a tag, however often it flickers."""
    last = state.doubted.get(uid)
    doubted = MappingProxyType({**state.doubted, uid: state.now})
    state = replace(state, doubted=doubted, last_doubt=doubt)
    if last is not None and state.now - last < state.config.repeat_s:
        return state, ()
    return state, (Review(doubt, state.now, uid),)


def _failed(state: State, tag: Here, book: Book) -> Step:
    failed = tag.failed + 1
    if failed < state.config.arm_tries:
        retry_at = state.now + state.config.retry_s
        return state.with_tag(replace(tag, failed=failed, retry_at=retry_at)), ()
    return doubt_book(state, book, Doubt.NOT_ARMED)


def _keep(state: State, book: Book) -> Step:
    state = state.with_book(replace(book, phase=Phase.KEEPING, asked_at=state.now))
    return state, (Keep(book.slot, book.copy, book.uid, book.since),)
