"""One copy gets its tag: from the verdict of the guards to the order, and from its end to the next.

What is written down is only what the pad verified. A tag that was left half written is remembered:
laid down again it is finished, and until then nobody takes it for a good one.
"""

from dataclasses import replace
from typing import assert_never

from circulation.encoding import CopyToTag, TagHolder, TagResult
from circulation.ids import TagUid
from circulation.loan import ItemState
from kiosk.effects import PlaySound
from kiosk.sounds import Sound
from kiosk.station.effects import CheckTag, Effect, FetchProgress, FindNumber, RecordTag, WriteTag
from kiosk.station.events import Outcome, TagWritten
from kiosk.station.guards import Check, Wait, Write, judge
from kiosk.station.state import (
    MOST_LINES,
    Done,
    Ending,
    Job,
    LogLine,
    Notice,
    Question,
    Stage,
    State,
    Word,
    Writing,
)

Step = tuple[State, tuple[Effect, ...]]
PROGRESS_EVERY = 10  # tags
_QUIET = frozenset({Word.LIFT_DONE})
_LOGGED = frozenset({Word.FOREIGN, Word.NOT_A_BOOK, Word.OTHER_ON_LOAN, Word.NO_ROOM, Word.LOCKED})

GOOD = PlaySound(Sound.BOOK_3)
ALL_DONE = PlaySound(Sound.DONE)
HEARD = PlaySound(Sound.BOOK_1)
AGAIN = PlaySound(Sound.PUT_BACK)
STOP = PlaySound(Sound.STOP)


def start_job(state: State, copy: CopyToTag) -> Step:
    """From now on the book on the pad is this one; its first part without a tag comes first."""
    if copy.state is ItemState.WITHDRAWN:
        return say(state, Word.WITHDRAWN, copy.item_id, sound=STOP)
    missing = [part for part in range(1, copy.parts + 1) if part not in copy.tagged]
    job = Job(copy, missing[0] if missing else 1, since=state.now)
    begun = replace(
        state, stage=Stage.BOOK, job=job, question=None, notice=None, found=(), typed=""
    )
    after, effects = consider(begun)
    return after, (HEARD, *effects)


def consider(state: State) -> Step:
    """The pad, the copy or an answer changed: what follows for the copy that waits for its tag."""
    job = state.job
    if job is None or state.stage is not Stage.BOOK or state.writing or state.question:
        return state, ()
    verdict = judge(state, job)
    match verdict:
        case Wait(word=word):
            return _clear_pad_words(state, job) if word is None else _wait(state, job, word)
        case Check(uid=uid):
            return check(state, uid)
        case Question():
            return replace(state, question=verdict, notice=None), (AGAIN,)
        case Write():
            if verdict.now == verdict.wanted:
                writing = Writing(0, verdict.uid, verdict.now, verdict.wanted, job, renews=True)
                return finish(state, writing, Ending.SOUND)
            return order(state, verdict, job, alone=True)
        case _:
            assert_never(verdict)


def check(state: State, uid: TagUid) -> Step:
    """Ask whose tag it is, once."""
    if uid in state.asked:
        return state, ()
    return replace(state, asked=state.asked | {uid}), (CheckTag(uid),)


def order(state: State, verdict: Write, job: Job, *, alone: bool) -> Step:
    """Let the pad write; nothing else is begun before it ends."""
    number = state.serial + 1
    writing = Writing(number, verdict.uid, verdict.now, verdict.wanted, job, renews=verdict.renews)
    after = replace(state, serial=number, writing=writing, notice=None)
    return after, (WriteTag(number, verdict.uid, verdict.now, verdict.wanted, alone),)


def written(state: State, event: TagWritten) -> Step:
    """The pad has finished the order for the copy that waits."""
    writing = state.writing
    if writing is None or writing.order != event.order:
        return state, ()
    state = replace(state, writing=None)
    match event.outcome:
        case Outcome.DONE:
            return finish(state, writing, Ending.RENEWED if writing.renews else Ending.WRITTEN)
        case Outcome.TWO_TAGS:
            return say(state, Word.TWO_TAGS, sound=STOP)
        case Outcome.LOCKED:
            after, effects = record(state, writing, TagResult.REFUSED, Word.LOCKED)
            after, told = say(hold(after, writing.uid, Word.LOCKED), Word.LOCKED, sound=STOP)
            return after, (*effects, *told)
        case Outcome.LIFTED:
            return _left(state, writing)
        case Outcome.FAILED:
            return _failed(state, writing, event)
        case _:
            assert_never(event.outcome)


def finish(state: State, writing: Writing, ending: Ending) -> Step:
    """The tag is right, and was read so: write it down, then the next part, copy or number."""
    job = writing.job
    result = TagResult.WRITTEN if ending is Ending.WRITTEN else TagResult.RENEWED
    state, effects = record(state, writing, result)
    slot = state.serial
    tagged = tuple(sorted({*job.copy.tagged, job.part}))
    copy = job.copy.model_copy(update={"tagged": tagged})
    checked = {**state.checked, writing.uid: TagHolder(copy_of=copy, part=job.part)}
    torn = {uid: one for uid, one in state.torn.items() if uid != writing.uid}
    done = replace(job, copy=copy)
    undoable = Done(slot, writing.uid, writing.before, writing.wanted, done)
    state = replace(
        hold(state, writing.uid),
        last=undoable if writing.before != writing.wanted else None,
        checked=checked,
        torn=torn,
        written=state.written + 1,
    )
    state = add_line(state, ending, copy, part=job.part)
    if state.written % PROGRESS_EVERY == 1:
        effects = (*effects, FetchProgress())
    if state.stage is Stage.CONVERT:
        return state, effects
    after, more = _next(replace(state, job=done))
    return after, (*effects, *more)


def record(state: State, writing: Writing, result: TagResult, word: Word | None = None) -> Step:
    """What became of the tag, for the ledger; the slot is the state's newest number."""
    job, slot = writing.job, state.serial + 1
    fact = RecordTag(
        slot=slot,
        copy=job.identity,
        part=job.part,
        uid=writing.uid,
        result=result,
        armed=job.copy.armed,
        moves=job.moves == writing.uid,
        replaces=job.replaces,
        note=word.value if word is not None else "",
    )
    return replace(state, serial=slot), (fact,)


def lost(state: State) -> Step:
    """The reader is gone in the middle of whatever it did."""
    writing = state.writing
    if writing is None:
        return state, ()
    state = replace(state, writing=None, torn={**state.torn, writing.uid: writing})
    if writing.undoes is not None:
        return state, ()
    return record(state, writing, TagResult.FAILED)


def hold(state: State, uid: TagUid, word: Word = Word.LIFT_DONE) -> State:
    """This tag is worked off: it is only to be lifted, and `word` is said of it until then."""
    return replace(state, held={**state.held, uid: word})


def say(state: State, word: Word, about: str = "", *, sound: PlaySound | None = None) -> Step:
    """Show and sound it once, however often it is so."""
    notice = Notice(word, about)
    if notice == state.notice:
        return state, ()
    return replace(state, notice=notice), (sound,) if sound is not None else ()


def add_line(
    state: State, ending: Ending, copy: CopyToTag, *, part: int = 1, word: Word | None = None
) -> State:
    """One more result on top of the list."""
    line = LogLine(
        key=state.serial + 1,
        ending=ending,
        title=copy.title,
        number=copy.item_id,
        part=part,
        parts=copy.parts,
        author=copy.author,
        section=copy.section,
        word=word,
    )
    return replace(state, serial=line.key, lines=(line, *state.lines)[:MOST_LINES])


def _next(state: State) -> Step:
    """The next part of the set, the next copy of the list, or the next number."""
    job = state.job
    if job is not None and len(job.copy.tagged) < job.copy.parts:
        after, _ = start_job(state, job.copy)
        return after, (GOOD,)
    if state.queue:
        first, *rest = state.queue
        after, _ = start_job(replace(state, queue=tuple(rest)), first)
        return after, (GOOD,)
    free = replace(state, job=None, stage=Stage.NUMBER, notice=None)
    if state.pending:
        asked = replace(free, pending="", looking=state.pending)
        return asked, (GOOD, FindNumber(state.pending))
    return free, (GOOD,)


def _wait(state: State, job: Job, word: Word) -> Step:
    after, effects = say(state, word, sound=None if word in _QUIET else STOP)
    is_new = bool(effects)
    if not is_new or word not in _LOGGED or not state.pad or state.pad[0].face is None:
        return after, effects
    seen, face = state.pad[0], state.pad[0].face
    if seen.uid in state.held:
        return after, effects  # recorded when it was worked off
    refused = Writing(0, seen.uid, face, face, job)
    after, facts = record(after, refused, TagResult.REFUSED, word)
    return after, (*effects, *facts)


def _left(state: State, writing: Writing) -> Step:
    state = replace(state, torn={**state.torn, writing.uid: writing})
    state, effects = record(state, writing, TagResult.LIFTED)
    state, told = say(_restart_clock(state), Word.LIFTED, sound=AGAIN)
    return state, (*effects, *told)


def _failed(state: State, writing: Writing, event: TagWritten) -> Step:
    """It lies there: try again by ourselves, a few times."""
    job = replace(writing.job, tries=writing.job.tries + 1)
    state = replace(state, torn={**state.torn, writing.uid: writing}, job=job)
    if job.tries < state.config.write_tries and event.now is not None:
        again = Write(writing.uid, event.now, writing.wanted, writing.renews)
        return order(state, again, job, alone=True)
    state, effects = record(state, replace(writing, job=job), TagResult.FAILED)
    state = replace(hold(state, writing.uid, Word.WORN_OUT), job=replace(job, tries=0))
    state, told = say(state, Word.WORN_OUT, sound=STOP)
    return state, (*effects, *told)


def _restart_clock(state: State) -> State:
    job = state.job
    return state if job is None else replace(state, job=replace(job, since=state.now, warned=False))


_ABOUT_THE_PAD = frozenset(
    {Word.TWO_TAGS, Word.LIFT_DONE, Word.FOREIGN, Word.NOT_A_BOOK, Word.UNREADABLE}
    | {Word.NO_ROOM, Word.OTHER_ON_LOAN, Word.LOCKED, Word.WORN_OUT}
)


def _clear_pad_words(state: State, job: Job) -> Step:
    """The pad is empty: what was said about what lay there is over."""
    if state.pad == () and state.notice is not None and state.notice.word in _ABOUT_THE_PAD:
        fresh = replace(job, since=state.now, warned=False)
        return replace(state, job=fresh, notice=None), ()
    return state, ()
