"""Stacks of old layouts: each tag written anew in place, one after the other, nothing lost."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from circulation.encoding import CopyToTag, TagHolder, TagResult
from circulation.ids import MAX_ITEM_ID_BYTES, TagUid
from circulation.loan import ItemState
from circulation.tags.codec import DSFID_28560_3
from circulation.tags.item_tag import Layout, TagProblem
from kiosk.station.effects import Effect, FindNumber
from kiosk.station.events import Outcome, SeenTag, TagWritten
from kiosk.station.guards import Write, is_ours, wanted_face
from kiosk.station.state import Ending, Job, LogLine, Stage, State, Word
from kiosk.station.tagging import (
    AGAIN,
    ALL_DONE,
    GOOD,
    STOP,
    Step,
    add_line,
    check,
    finish,
    hold,
    order,
    record,
    say,
)

_Found = Mapping[str, CopyToTag | None]


def consider_stack(state: State) -> Step:
    """Work on the first tag that is not worked off; ask the ledger about all that are not known."""
    if state.stage is not Stage.CONVERT or state.writing or state.pad is None:
        return state, ()
    effects: tuple[Effect, ...] = ()
    for seen in state.pad:
        if seen.uid in state.held:
            continue
        state, more = _work(state, seen)
        effects += more
        if state.writing is not None:
            break
    return state, effects


def stack_written(state: State, event: TagWritten) -> Step:
    """One tag of the stack is finished, or is not."""
    writing = state.writing
    if writing is None or writing.order != event.order:
        return state, ()
    state = replace(state, writing=None)
    if event.outcome is Outcome.DONE:
        state, effects = finish(state, writing, Ending.RENEWED)
        after, more = consider_stack(state)
        sound = GOOD if _unfinished(after) else ALL_DONE
        return after, (*effects, sound, *more)
    word = Word.LOCKED if event.outcome is Outcome.LOCKED else Word.LIFTED
    result = TagResult.REFUSED if event.outcome is Outcome.LOCKED else TagResult.FAILED
    if event.outcome is Outcome.LIFTED:
        result = TagResult.LIFTED
    state = replace(state, torn={**state.torn, writing.uid: writing})
    if event.outcome is not Outcome.LIFTED:
        word = word if event.outcome is Outcome.LOCKED else Word.WORN_OUT
        state = hold(state, writing.uid, word)  # until it is lifted and laid down again
    state, effects = record(state, writing, result, word)
    state = add_line(state, Ending.FAILED, writing.job.copy, part=writing.job.part, word=word)
    state, told = say(state, word, writing.job.copy.item_id, sound=AGAIN)
    after, more = consider_stack(state)
    return after, (*effects, *told, *more)


def _work(state: State, seen: SeenTag) -> Step:
    begun = state.torn.get(seen.uid)
    if begun is not None and seen.face is not None and begun.undoes is None:
        again = Write(seen.uid, seen.face, begun.wanted, begun.renews)
        return order(state, again, begun.job, alone=False)
    if why := _not_to_convert(state, seen):
        return _skip(state, seen, why)
    if _is_sound(seen):
        return hold(_line(state, seen, Ending.SOUND, None), seen.uid), ()
    number = str(seen.tag.item_id)
    if len(number.encode()) > MAX_ITEM_ID_BYTES:
        return _skip(state, seen, Word.UNKNOWN_NUMBER)  # no copy of ours has such a number
    if number not in state.known:
        return _ask(state, number)
    holder = state.checked.get(seen.uid)
    if holder is None:
        return check(state, seen.uid)
    copy = state.known[number]
    if copy is None:
        return _skip(state, seen, Word.UNKNOWN_NUMBER)
    return _convert(state, seen, copy, holder)


def _convert(state: State, seen: SeenTag, copy: CopyToTag, holder: TagHolder) -> Step:
    if copy.state is ItemState.WITHDRAWN:
        return _skip(state, seen, Word.WITHDRAWN)
    part = seen.tag.part or 1
    other = holder.copy_of
    is_the_ledgers = other is not None and other.item_id == copy.item_id and holder.part == part
    if other is not None and not is_the_ledgers:
        return _skip(state, seen, Word.OTHERS_TAG)
    if not is_the_ledgers and part in copy.tagged:
        return _skip(state, seen, Word.DUPLICATE)
    wanted = wanted_face(seen, copy, part, state.config)
    if wanted is None or seen.face is None or part > copy.parts:
        return _skip(state, seen, Word.NO_ROOM)
    verdict = Write(seen.uid, seen.face, wanted, renews=True)
    return order(state, verdict, Job(copy, part, since=state.now), alone=False)


def _not_to_convert(state: State, seen: SeenTag) -> Word | None:
    tag = seen.tag
    if TagProblem.BLANK in tag.problems:
        return Word.BLANK
    if seen.face is None or (tag.item_id is None and tag.layout is not Layout.UNKNOWN):
        return Word.UNREADABLE
    if tag.item_id is None or not is_ours(tag, state.config.owner):
        return Word.FOREIGN
    named = Counter((one.tag.item_id, one.tag.part or 1) for one in state.pad or ())
    return Word.DUPLICATE if named[tag.item_id, tag.part or 1] > 1 else None


def _is_sound(seen: SeenTag) -> bool:
    face = seen.face
    in_layout = seen.tag.layout is Layout.ISO28560_3 and not seen.tag.needs_reencoding
    return in_layout and face is not None and face.dsfid == DSFID_28560_3


def _ask(state: State, number: str) -> Step:
    if number in state.asked:
        return state, ()
    return replace(state, asked=state.asked | {number}), (FindNumber(number),)


def _skip(state: State, seen: SeenTag, word: Word) -> Step:
    state = hold(_line(state, seen, Ending.SKIPPED, word), seen.uid)
    return say(state, word, str(seen.tag.item_id or ""), sound=STOP)


def _line(state: State, seen: SeenTag, ending: Ending, word: Word | None) -> State:
    tag, key = seen.tag, state.serial + 1
    copy = state.known.get(str(tag.item_id))
    line = LogLine(
        key=key,
        ending=ending,
        title=copy.title if copy is not None else str(tag.item_id or seen.uid),
        number=str(tag.item_id or seen.uid),
        part=tag.part or 1,
        parts=tag.parts or 1,
        word=word,
    )
    return replace(state, serial=key, lines=(line, *state.lines))


def _unfinished(state: State) -> bool:
    return state.writing is not None or any(seen.uid not in state.held for seen in state.pad or ())


def found_for_stack(state: State, number: str, copies: tuple[CopyToTag, ...]) -> Step:
    """The ledger said which copy a tag of the stack names."""
    exact = [copy for copy in copies if copy.item_id == number]
    known: _Found = {**state.known, number: exact[0] if exact else None}
    return consider_stack(replace(state, known=known))


def forget_lifted(state: State, uids: frozenset[TagUid]) -> State:
    """Tags that are gone may be laid down again and are then looked at, and asked about, afresh."""
    checked = {uid: holder for uid, holder in state.checked.items() if uid in uids}
    held = {uid: word for uid, word in state.held.items() if uid in uids}
    return replace(state, held=held, checked=checked)
