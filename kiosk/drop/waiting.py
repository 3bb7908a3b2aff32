"""What a drop does because time has passed. Pure."""

from dataclasses import replace
from types import MappingProxyType

from kiosk.drop.effects import Arm, Doubt, Effect, EndVisit, Gone, Keep, Review
from kiosk.drop.events import Way
from kiosk.drop.returning import Step, doubt_book, settled
from kiosk.drop.state import Phase, State, tags_of


def tick(state: State) -> Step:
    """What is due by now."""
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
            state, gone = settled(state, book, Way.UNSORTED)
            effects = (*effects, *gone)
        elif book.phase is Phase.ARMING and state.now - book.since >= state.config.gather_s:
            lies = bool(tags_of(state, book.copy))
            doubt = Doubt.INCOMPLETE if book.armed else _why_unarmed(lies=lies)
            state, review = doubt_book(state, book, doubt)
            effects = (*effects, *review)
    return state, effects


def _why_unarmed(*, lies: bool) -> Doubt:
    return Doubt.NOT_ARMED if lies else Doubt.LEFT_EARLY


def _nothing_read(state: State) -> Step:
    """Something lies in the slot, and no tag answers."""
    at = state.silent_at
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
    recent = {copy: came for copy, came in state.recent.items() if came.at > oldest}
    doubted = {uid: at for uid, at in state.doubted.items() if at > oldest}
    if (len(recent), len(doubted)) == (len(state.recent), len(state.doubted)):
        return state
    return replace(state, recent=MappingProxyType(recent), doubted=MappingProxyType(doubted))
