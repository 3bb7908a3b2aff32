"""Books come to the pad and go: what a tag on the antenna means for the session. Pure."""

from dataclasses import replace
from typing import assert_never

from kiosk.effects import PlaySound
from kiosk.events import ItemLifted, ItemPlaced, SecuritySeen, SecurityWritten, TagsUnread
from kiosk.security import Step, seen, written
from kiosk.sounds import Sound
from kiosk.stages import begin, touched, undisturbed
from kiosk.state import Phase, Stage, State, Tag, is_secured, pupil_stage, tags_of, unsecured

PadEvent = ItemPlaced | ItemLifted | TagsUnread | SecuritySeen | SecurityWritten


def pad(state: State, event: PadEvent) -> Step:
    """A tag came, went, or was read or written."""
    match event:
        case ItemPlaced():
            return _placed(state, event), ()
        case ItemLifted():
            return _lifted(state, event)
        case TagsUnread(count=count):
            return replace(state, unread=count), ()
        case SecuritySeen():
            return seen(state, event), ()
        case SecurityWritten():
            return written(state, event), ()
        case _:
            assert_never(event)


def is_shut(state: State) -> bool:
    """The library is closed; who is being served is served to the end."""
    return state.stage is Stage.IDLE and not state.house.open and state.class_session is None


def _placed(state: State, event: ItemPlaced) -> State:
    """A book on the pad is already a choice (features 5.4, step 1)."""
    if state.stage is Stage.PROBLEM:
        return state
    tag = Tag(event.uid, event.tag)
    if is_shut(state):
        return touched(undisturbed(state)).with_tag(replace(tag, stale=True))
    if tag.copy and not tags_of(state, tag.copy):
        state = _laid_down(state, tag)
    if state.stage in (Stage.IDLE, Stage.ACCOUNT, Stage.SEARCH):
        state = begin(state, pupil_stage(state))
    return touched(undisturbed(state)).with_tag(tag)


def _laid_down(state: State, tag: Tag) -> State:
    """The copy comes to the pad: what was known may be outdated, except what we did ourselves."""
    line = state.lines.get(tag.copy) if tag.copy else None
    if line is None:
        return state
    if is_secured(state, line):
        return state.with_line(replace(line, again=True))
    return state


def _lifted(state: State, event: ItemLifted) -> Step:
    tag = state.tags.get(event.uid)
    if tag is None:
        return state, ()
    state = replace(state, tags={uid: t for uid, t in state.tags.items() if uid != event.uid})
    if tag.copy is None or tags_of(state, tag.copy):
        return touched(state), ()
    line = state.lines.get(tag.copy)
    put_back = line is not None and line in unsecured(state)
    if line and _goes_with_the_book(line.phase):
        state = state.without_line(tag.copy)
    if tag.copy not in state.lines:
        items = {copy: item for copy, item in state.items.items() if copy != tag.copy}
        asked = {copy: at for copy, at in state.asked.items() if copy != tag.copy}
        state = replace(state, items=items, asked=asked)
    return touched(state), (PlaySound(Sound.PUT_BACK),) if put_back else ()


def _goes_with_the_book(phase: Phase) -> bool:
    """Nothing was recorded and nothing is open: the line leaves with the book."""
    match phase:
        case Phase.WAITING | Phase.ARMING | Phase.REFUSED | Phase.ALREADY_YOURS:
            return True
        case Phase.ASKING | Phase.LENT | Phase.RETURNED | Phase.QUEUED | Phase.UNANSWERED:
            return False
        case _:
            assert_never(phase)
