"""Taking the last tag back: what stood on it before is written again, verified, and told."""

from dataclasses import replace

from kiosk.effects import PlaySound
from kiosk.sounds import Sound
from kiosk.station.effects import Effect, FetchProgress, UndoRecord, WriteTag
from kiosk.station.events import Outcome, TagWritten
from kiosk.station.state import Ending, Stage, State, Word, Writing
from kiosk.station.tagging import AGAIN, STOP, Step, add_line, say

DONE = PlaySound(Sound.DONE)


def begin_undo(state: State) -> Step:
    """From now on the book of the last tag is awaited; at once when it lies there still."""
    if state.last is None:
        return say(state, Word.NOTHING_TO_UNDO, sound=STOP)
    if state.writing is not None:
        return state, ()
    waiting = replace(state, stage=Stage.UNDO, job=None, question=None, queue=(), notice=None)
    return consider_undo(waiting)


def consider_undo(state: State) -> Step:
    """The tag lies there alone: give it back what it said."""
    last = state.last
    if last is None or state.writing is not None or not state.pad:
        return state, ()
    if len(state.pad) > 1:
        return say(state, Word.TWO_TAGS, sound=STOP)
    seen = state.pad[0]
    if seen.uid != last.uid or seen.face is None:
        return say(state, Word.OTHERS_TAG, last.job.copy.item_id, sound=STOP)
    number = state.serial + 1
    writing = Writing(number, last.uid, seen.face, last.before, last.job, undoes=last.slot)
    order: Effect = WriteTag(number, last.uid, seen.face, last.before, alone=True)
    return replace(state, serial=number, writing=writing, notice=None), (order,)


def undo_written(state: State, event: TagWritten) -> Step:
    """It says again what it said before, or the book has to be laid down once more."""
    writing = state.writing
    if writing is None or writing.order != event.order or writing.undoes is None:
        return state, ()
    state = replace(state, writing=None)
    if event.outcome is not Outcome.DONE:
        state = replace(state, torn={**state.torn, writing.uid: writing})
        word = Word.TWO_TAGS if event.outcome is Outcome.TWO_TAGS else Word.LIFTED
        return say(state, word, sound=AGAIN)
    slot = state.serial + 1
    checked = {uid: one for uid, one in state.checked.items() if uid != writing.uid}
    torn = {uid: one for uid, one in state.torn.items() if uid != writing.uid}
    state = replace(
        state,
        serial=slot,
        last=None,
        checked=checked,
        torn=torn,
        held={uid: word for uid, word in state.held.items() if uid != writing.uid},
        stage=Stage.NUMBER,
        written=max(0, state.written - 1),
    )
    state = add_line(state, Ending.UNDONE, writing.job.copy, part=writing.job.part)
    state, _ = say(state, Word.UNDONE, writing.job.copy.item_id)
    return state, (UndoRecord(slot, writing.undoes), DONE, FetchProgress())
