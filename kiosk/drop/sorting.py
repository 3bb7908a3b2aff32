"""Into which bin what lies in the slot goes: a pile goes as one, to one bin. Pure."""

from dataclasses import replace

from circulation.reasons import Reason
from kiosk.drop.effects import Effect, Sort
from kiosk.drop.events import Way
from kiosk.drop.state import Here, Phase, State, usable_bin
from kiosk.events import OddTag

Step = tuple[State, tuple[Effect, ...]]


def sort_out(state: State) -> Step:
    """Order the bin as soon as nothing in the slot is still being worked on."""
    new = [tag for tag in state.tags.values() if tag.sent_at is None]
    ways = [_way(state, tag) for tag in new]
    if not new:
        return (state, ()) if state.tags else _send_unread(state)
    known = {way for way in ways if way is not None}
    if None in ways:
        return state, ()
    return _send(state, new, known.pop() if len(known) == 1 else Way.STAFF)


def _way(state: State, tag: Here) -> Way | None:
    """None while it is being worked on."""
    if isinstance(tag.what, OddTag):
        return Way.OTHER if tag.what.reason is Reason.TAG_FOREIGN else Way.STAFF
    book = state.books.get(tag.what.copy)
    if book is None:
        return Way.UNSORTED  # it came just now, and comes again
    return book.way if book.phase is Phase.DONE else None


def _send(state: State, tags: list[Here], way: Way) -> Step:
    chosen = usable_bin(state, way)
    if chosen is None:
        return state, ()  # it waits in the slot, which is shut, until a bin is emptied
    for tag in tags:
        state = state.with_tag(replace(tag, sent_at=state.now))
    return state, (Sort(chosen),)


def _send_unread(state: State) -> Step:
    """What has no tag goes to the librarian, once."""
    chosen = usable_bin(state, Way.STAFF)
    if not state.unread_told or state.unread_sent or chosen is None:
        return state, ()
    return replace(state, unread_sent=True), (Sort(chosen),)
