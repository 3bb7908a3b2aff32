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
from kiosk.drop.effects import Arm, Doubt, Lock
from kiosk.drop.events import (
    Answered,
    BinChanged,
    Event,
    FlapMoved,
    Kept,
    NotKept,
    SlotChanged,
    Tick,
)
from kiosk.drop.returning import (
    Step,
    active,
    answered,
    copy_left,
    doubt_tag,
    kept,
    not_kept,
    seen,
    written,
)
from kiosk.drop.sorting import sort_out
from kiosk.drop.state import (
    Book,
    Here,
    Phase,
    State,
    Trouble,
    tags_of,
    troubles,
)
from kiosk.drop.waiting import tick
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
    TagsUnread,
)

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
            return _placed(active(state), event)
        case ItemLifted(uid=uid):
            return _lifted(active(state), uid)
        case SecurityWritten():
            return written(state, event)
        case SecuritySeen():
            return state, ()  # every tag is armed and read back, whatever it says
        case TagsUnread():
            return state, ()  # each book is taken back by itself
        case Kept(slot=slot):
            return kept(state, slot), ()
        case NotKept(slot=slot):
            return not_kept(state, slot), ()
        case Answered(slot=slot, way=way):
            return answered(state, slot, way)
        case Tick():
            return tick(state)
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
            back = replace(state, reader=None, lying_until=state.now + state.config.look_s)
            return _silence_begins(back)
        case FlapMoved(opened=opened):
            return replace(active(state), opened_at=state.now if opened else None)
        case SlotChanged(occupied=occupied):
            return _silence_begins(replace(state, silent_at=state.now if occupied else None))
        case BinChanged(bin=name, full=full):
            return replace(state, full=state.full | {name} if full else state.full - {name})
        case _:
            assert_never(event)


# A tag comes and goes


def _placed(state: State, event: ItemPlaced) -> Step:
    state = state.with_tag(Here(event.uid, event.tag))
    match event.tag:
        case OddTag(reason=reason):
            return doubt_tag(state, event.uid, _DOUBTS.get(reason, Doubt.UNREADABLE))
        case BookTag(copy=copy):
            return _book_placed(state, event.uid, event.tag, copy)
        case _:
            assert_never(event.tag)


def _book_placed(state: State, uid: TagUid, tag: BookTag, copy: Copy) -> Step:
    book = state.books.get(copy)
    if book is None and _came_just_now(state, copy):
        return seen(state, copy), ()
    if book is None:
        book = Book(copy, uid, state.now, tag.parts, state.next_slot)
        state = replace(state.with_book(book), next_slot=state.next_slot + 1)
    return state, ((Arm(uid),) if book.phase is Phase.ARMING else ())


def _came_just_now(state: State, copy: Copy) -> bool:
    came = state.recent.get(copy)
    return copy in state.lying or (came is not None and state.now - came.at < state.config.repeat_s)


def _lifted(state: State, uid: TagUid) -> Step:
    tag = state.tags.get(uid)
    if tag is None:
        return state, ()
    state = _silence_begins(state.without_tag(uid))
    if tag.copy is None or tags_of(state, tag.copy):
        return state, ()
    return copy_left(state, tag.copy)


def _silence_begins(state: State) -> State:
    """What the beam sees from now on has all its time to be read."""
    at = None if state.silent_at is None else state.now
    return replace(state, silent_at=at, unread_told=False, unread_sent_at=None)


def _forget_tags(state: State) -> State:
    """Nothing is known of what lies there; what was written down stands."""
    back = [b.copy for b in state.books.values() if b.phase is Phase.DONE and b.doubt is None]
    for copy in back:
        state = seen(state, copy)
    going_on = {c: b for c, b in state.books.items() if b.phase in (Phase.KEEPING, Phase.ASKING)}
    return replace(
        state,
        tags=MappingProxyType({}),
        books=MappingProxyType(going_on),
        lying=state.lying.union(back),
        lying_until=None,
    )


def _lock(state: State) -> Step:
    shut = bool(troubles(state))
    if shut == state.shut:
        return state, ()
    return replace(state, shut=shut), (Lock(shut),)
