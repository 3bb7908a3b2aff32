"""Into which bin what lies in the slot goes: a pile goes as one, to one bin. Pure."""

from dataclasses import replace

from circulation.reasons import Reason
from kiosk.drop.effects import Effect, Sort
from kiosk.drop.events import Way
from kiosk.drop.state import Came, Here, Phase, State, usable_bin
from kiosk.events import OddTag

Step = tuple[State, tuple[Effect, ...]]


def sort_out(state: State) -> Step:
    """Order the bin as soon as nothing in the slot is still being worked on."""
    state = replace(state, waits_for_bin=False)
    new = [tag for tag in state.tags.values() if tag.sent_at is None]
    ways = {_way(state, tag) for tag in new}
    if not new:
        return (state, ()) if state.tags else _send_unread(state)
    known = {way for way in ways if way is not None}
    return _send(state, new, _way_of_all(state, known)) if known == ways else (state, ())


def _way(state: State, tag: Here) -> Way | None:
    """None while it is being worked on."""
    if isinstance(tag.what, OddTag):
        return Way.OTHER if tag.what.reason is Reason.TAG_FOREIGN else Way.STAFF
    book = state.books.get(tag.what.copy)
    if book is None:  # it came just now, and comes again
        return state.recent.get(tag.what.copy, Came(state.now)).way
    return book.way if book.phase is Phase.DONE else None


def _way_of_all(state: State, ways: set[Way]) -> Way:
    """Several ways that lead to one bin are one; several bins: the librarian takes it apart."""
    bins = {state.config.bins[way] for way in ways}
    return min(ways) if len(bins) == 1 else Way.STAFF


def _send(state: State, tags: list[Here], way: Way) -> Step:
    chosen = usable_bin(state, way)
    if chosen is None:  # it waits in the slot, which is shut, until a bin is emptied
        return replace(state, waits_for_bin=True), ()
    for tag in tags:
        state = state.with_tag(replace(tag, sent_at=state.now))
    return state, (Sort(chosen),)


def _send_unread(state: State) -> Step:
    """What has no tag goes to the librarian, once."""
    if not state.unread_told or state.unread_sent_at is not None:
        return state, ()
    chosen = usable_bin(state, Way.STAFF)
    if chosen is None:
        return replace(state, waits_for_bin=True), ()
    return replace(state, unread_sent_at=state.now), (Sort(chosen),)
