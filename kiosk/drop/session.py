"""What the drop does next. Pure: an event and a time in, a new state and orders out.

Arm, read back, write down, then count and ask: a book that is counted is on the disk, and its tag
is armed. What cannot be armed is not taken back, because nobody can tell a book that fell into the
bin from one that was pulled out again; it is written down for the librarian instead.
"""

from dataclasses import replace
from types import MappingProxyType
from typing import assert_never

from circulation.ids import Copy, TagUid
from circulation.reasons import Reason
from kiosk.drop.effects import Arm, Doubt, Effect, EndVisit, Gone, Keep, Lock, Review
from kiosk.drop.events import (
    Answered,
    BinChanged,
    Event,
    FlapMoved,
    Kept,
    NotKept,
    SlotChanged,
    Tick,
    Way,
)
from kiosk.drop.sorting import sort_out
from kiosk.drop.state import (
    Book,
    Here,
    Phase,
    State,
    Trouble,
    of_slot,
    tags_of,
    troubles,
)
from kiosk.events import (
    BookTag,
    ItemLifted,
    ItemPlaced,
    OddTag,
    ReaderBack,
    ReaderLost,
    ReaderRefused,
    SecuritySeen,
    SecurityWritten,
)

Step = tuple[State, tuple[Effect, ...]]

_DOUBTS = {
    Reason.TAG_FOREIGN: Doubt.FOREIGN,
    Reason.TAG_NOT_AN_ITEM: Doubt.NO_BOOK,
}


def step(state: State, event: Event, now: float) -> Step:
    """One event in (`now` in monotonic seconds); the new state and what to do."""
    state, effects = _take(replace(state, now=now), event)
    state, sorting = sort_out(state)
    state, lock = _lock(state)
    return state, (*effects, *sorting, *lock)


def _take(state: State, event: Event) -> Step:
    match event:
        case ItemPlaced():
            return _placed(_active(state), event)
        case ItemLifted(uid=uid):
            return _lifted(_active(state), uid)
        case SecurityWritten():
            return _written(state, event)
        case SecuritySeen():
            return state, ()  # every tag is armed and read back, whatever it says
        case Kept(slot=slot):
            return _kept(state, slot), ()
        case NotKept(slot=slot):
            return _not_kept(state, slot), ()
        case Answered(slot=slot, way=way):
            return _answered(state, slot, way)
        case Tick():
            return _tick(state)
        case _:
            return _device(state, event), ()


def _device(
    state: State,
    event: ReaderLost | ReaderBack | ReaderRefused | FlapMoved | SlotChanged | BinChanged,
) -> State:
    match event:
        case ReaderLost():
            return _forget_tags(replace(state, reader=Trouble.READER_LOST))
        case ReaderRefused():
            return _forget_tags(replace(state, reader=Trouble.SIMULATED_READER))
        case ReaderBack():
            return replace(state, reader=None, lying_until=state.now + state.config.look_s)
        case FlapMoved(opened=opened):
            return replace(_active(state), opened_at=state.now if opened else None)
        case SlotChanged(occupied=occupied):
            at = state.now if occupied else None
            return replace(state, occupied_at=at, unread_told=False, unread_sent=False)
        case BinChanged(bin=name, full=full):
            return replace(state, full=state.full | {name} if full else state.full - {name})
        case _:
            assert_never(event)


# A tag comes and goes


def _placed(state: State, event: ItemPlaced) -> Step:
    state = state.with_tag(Here(event.uid, event.tag))
    match event.tag:
        case OddTag(reason=reason):
            return _doubt_tag(state, event.uid, _DOUBTS.get(reason, Doubt.UNREADABLE))
        case BookTag(copy=copy):
            return _book_placed(state, event.uid, event.tag, copy)
        case _:
            assert_never(event.tag)


def _book_placed(state: State, uid: TagUid, tag: BookTag, copy: Copy) -> Step:
    book = state.books.get(copy)
    if book is None and _came_just_now(state, copy):
        return _seen(state, copy), ()
    if book is None:
        book = Book(copy, uid, state.now, tag.parts, state.next_slot)
        state = replace(state.with_book(book), next_slot=state.next_slot + 1)
    return state, ((Arm(uid),) if book.phase is Phase.ARMING else ())


def _came_just_now(state: State, copy: Copy) -> bool:
    last = state.recent.get(copy)
    return copy in state.lying or (last is not None and state.now - last < state.config.repeat_s)


def _seen(state: State, copy: Copy) -> State:
    return replace(state, recent=MappingProxyType({**state.recent, copy: state.now}))


def _lifted(state: State, uid: TagUid) -> Step:
    tag = state.tags.get(uid)
    if tag is None:
        return state, ()
    state = state.without_tag(uid)
    if tag.copy is None or tags_of(state, tag.copy):
        return state, ()
    return _copy_left(state, tag.copy)


def _copy_left(state: State, copy: Copy) -> Step:
    book = state.books.get(copy)
    if book is not None and book.phase is not Phase.DONE:
        return state, ()  # a part may follow, an answer is still to come
    if book is not None and book.doubt is not None:
        return state.without_book(copy), ()
    state = replace(_seen(state.without_book(copy), copy), lying=state.lying - {copy})
    return state, (Gone(copy),)


def _forget_tags(state: State) -> State:
    """Nothing is known of what lies there; what was written down stands."""
    back = [b.copy for b in state.books.values() if b.phase is Phase.DONE and b.doubt is None]
    for copy in back:
        state = _seen(state, copy)
    going_on = {c: b for c, b in state.books.items() if b.phase in (Phase.KEEPING, Phase.ASKING)}
    return replace(
        state,
        tags=MappingProxyType({}),
        books=MappingProxyType(going_on),
        lying=state.lying.union(back),
        lying_until=None,
    )


# From the tag to the disk


def _written(state: State, event: SecurityWritten) -> Step:
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


def _failed(state: State, tag: Here, book: Book) -> Step:
    failed = tag.failed + 1
    if failed < state.config.arm_tries:
        retry_at = state.now + state.config.retry_s
        return state.with_tag(replace(tag, failed=failed, retry_at=retry_at)), ()
    return _doubt(state, book, Doubt.NOT_ARMED)


def _keep(state: State, book: Book) -> Step:
    state = state.with_book(replace(book, phase=Phase.KEEPING, asked_at=state.now))
    return state, (Keep(book.slot, book.copy, book.uid, book.since),)


def _kept(state: State, slot: int) -> State:
    book = of_slot(state, slot)
    state = replace(_active(state), storage_fails=False)
    if book is None or book.phase is not Phase.KEEPING:
        return state
    asking = replace(book, phase=Phase.ASKING, asked_at=state.now)
    counted = replace(state.with_book(asking), accepted=state.accepted + 1, last_doubt=None)
    return _seen(counted, book.copy)


def _not_kept(state: State, slot: int) -> State:
    """The slot is shut, and the same return is tried again until the disk takes it."""
    book = of_slot(state, slot)
    state = replace(state, storage_fails=True)
    return state if book is None else state.with_book(replace(book, asked_at=state.now))


def _answered(state: State, slot: int, way: Way) -> Step:
    """An answer that comes too late moves nothing: the book is in a bin."""
    book = of_slot(state, slot)
    if book is None or book.phase is not Phase.ASKING:
        return state, ()
    return _settled(state, book, way)


def _settled(state: State, book: Book, way: Way) -> Step:
    done = state.with_book(replace(book, phase=Phase.DONE, way=way))
    return (done, ()) if tags_of(done, book.copy) else _copy_left(done, book.copy)


# What is not taken back


def _doubt(state: State, book: Book, doubt: Doubt) -> Step:
    done = replace(book, phase=Phase.DONE, way=Way.STAFF, doubt=doubt)
    state = replace(state.with_book(done), last_doubt=doubt)
    if not tags_of(state, book.copy):
        state = state.without_book(book.copy)
    return state, (Review(doubt, book.since, book.uid, book.copy),)


def _doubt_tag(state: State, uid: TagUid, doubt: Doubt) -> Step:
    """Once for a tag, however often it flickers."""
    last = state.doubted.get(uid)
    doubted = MappingProxyType({**state.doubted, uid: state.now})
    state = replace(state, doubted=doubted, last_doubt=doubt)
    if last is not None and state.now - last < state.config.repeat_s:
        return state, ()
    return state, (Review(doubt, state.now, uid),)


# Time


def _tick(state: State) -> Step:
    effects: list[Effect] = []
    looks = (_arm_again, _keep_again, _give_up_waiting, _nothing_read, _nothing_lies, _visit_ends)
    for look in looks:
        state, more = look(state)
        effects += more
    return _forget_old(state), tuple(effects)


def _arm_again(state: State) -> Step:
    effects: list[Effect] = []
    for tag in state.tags.values():
        if tag.retry_at is not None and state.now >= tag.retry_at:
            state = state.with_tag(replace(tag, retry_at=None))
            effects.append(Arm(tag.uid))
    return state, tuple(effects)


def _keep_again(state: State) -> Step:
    waits = state.storage_fails
    again = [b for b in state.books.values() if b.phase is Phase.KEEPING and waits]
    due = [b for b in again if state.now - b.asked_at >= state.config.retry_s]
    for book in due:
        state = state.with_book(replace(book, asked_at=state.now))
    return state, tuple(Keep(book.slot, book.copy, book.uid, book.since) for book in due)


def _give_up_waiting(state: State) -> Step:
    """For an answer, for a part of a set, or for a book that left before it was armed."""
    effects: tuple[Effect, ...] = ()
    for book in tuple(state.books.values()):
        if book.phase is Phase.ASKING and state.now - book.asked_at >= state.config.answer_s:
            state, gone = _settled(state, book, Way.UNSORTED)
            effects = (*effects, *gone)
        elif book.phase is Phase.ARMING and state.now - book.since >= state.config.gather_s:
            lies = bool(tags_of(state, book.copy))
            doubt = Doubt.INCOMPLETE if book.armed else _why_unarmed(lies=lies)
            state, review = _doubt(state, book, doubt)
            effects = (*effects, *review)
    return state, effects


def _why_unarmed(*, lies: bool) -> Doubt:
    return Doubt.NOT_ARMED if lies else Doubt.LEFT_EARLY


def _nothing_read(state: State) -> Step:
    """Something lies in the slot, and no tag answers."""
    at = state.occupied_at
    if at is None or state.tags or state.unread_told or state.reader is not None:
        return state, ()
    if state.now - at < state.config.unread_s:
        return state, ()
    state = replace(state, unread_told=True, last_doubt=Doubt.UNREADABLE)
    return state, (Review(Doubt.UNREADABLE, at),)


def _nothing_lies(state: State) -> Step:
    """What lay there and was not told again by a reader that is back has left."""
    if state.lying_until is None or state.now < state.lying_until:
        return state, ()
    left = frozenset(copy for copy in state.lying if not tags_of(state, copy))
    state = replace(state, lying=state.lying - left, lying_until=None)
    return state, tuple(Gone(copy) for copy in sorted(left, key=str))


def _visit_ends(state: State) -> Step:
    at = state.active_at
    if at is None or state.tags or state.now - at < state.config.visit_s:
        return state, ()
    ended = replace(state, accepted=0, last_doubt=None, active_at=None)
    return ended, (EndVisit(state.accepted),)


def _forget_old(state: State) -> State:
    oldest = state.now - state.config.repeat_s
    recent = {copy: at for copy, at in state.recent.items() if at > oldest}
    doubted = {uid: at for uid, at in state.doubted.items() if at > oldest}
    if (len(recent), len(doubted)) == (len(state.recent), len(state.doubted)):
        return state
    return replace(state, recent=MappingProxyType(recent), doubted=MappingProxyType(doubted))


def _active(state: State) -> State:
    return replace(state, active_at=state.now)


def _lock(state: State) -> Step:
    shut = bool(troubles(state))
    if shut == state.shut:
        return state, ()
    return replace(state, shut=shut), (Lock(shut),)
