"""Begin and end sessions, and let time pass: no screen stays for ever (kiosk reference 7.2)."""

from dataclasses import replace

from kiosk.access import Access
from kiosk.class_session import without_names
from kiosk.class_set import SetDesk
from kiosk.effects import PlaySound
from kiosk.errands import Search
from kiosk.limits import clear_limit_s, idle_limit_s, warn_limit_s
from kiosk.receipt import Entry, Receipt
from kiosk.security import Step
from kiosk.service import close
from kiosk.sounds import Sound
from kiosk.state import (
    RECORDED,
    Farewell,
    Line,
    Phase,
    Stage,
    State,
    Trouble,
    is_done,
    is_working,
    unsecured,
)


def begin(state: State, stage: Stage) -> State:
    """Enter a stage. Coming from the start screen the clock of the session starts."""
    entered = replace(
        rest(state), stage=stage, focus=None, account=None, holds=(), account_retry_at=0.0
    )
    search = Search() if stage is Stage.SEARCH else None
    entered = replace(entered, access_open=False, search=search)
    return touched(replace(entered, class_session=without_names(state.class_session)))


def switch(state: State, stage: Stage) -> State:
    """Another wish of the same person; what was done in the first one is left alone on the pad."""
    done = {copy for copy, line in state.lines.items() if line.phase in _TRANSACTIONS}
    tags = {
        uid: replace(tag, stale=tag.stale or tag.copy in done, ours=False)
        for uid, tag in state.tags.items()
    }
    person = state.person if stage is Stage.BORROW or stage is Stage.ACCOUNT else None
    fresh = replace(
        state,
        session=state.session + 1,
        tags=tags,
        lines={},
        renewals={},
        clear_since=None,
        harmed=None,
        reports={},
        giving_up=None,
        cancelled={},
    )
    return begin(replace(_without_forgotten_items(fresh), person=person), stage)


def end(state: State) -> State:
    """Nobody is here any more: everything of the person goes, and what lies there is left alone.

    A card or a book that still lies there starts nothing until it was taken away.
    """
    tags = {uid: replace(tag, stale=True, ours=False) for uid, tag in state.tags.items()}
    ended = replace(
        state,
        session=state.session + 1,
        stage=Stage.IDLE,
        trouble=None,
        language=state.config.languages[0],
        tags=tags,
        waiting_card=None,
        person=None,
        lines={},
        account=None,
        holds=(),
        account_retry_at=None,
        renewals={},
        search=None,
        harmed=None,
        reports={},
        call=None,
        giving_up=None,
        cancelled={},
        work_since=None,
        clear_since=None,
        help_until=None,
        farewell=None,
        focus=None,
        access=usual_access(state),
        access_open=False,
        textbooks=SetDesk(),
        class_choice=None,
        class_session=without_names(state.class_session),
    )
    return _without_forgotten_items(ended)


def finish(state: State) -> State:
    """The person pressed the last button: end, and say thank you for what was done."""
    farewell, ended = _farewell(state), end(state)
    if farewell is None:
        return ended
    said = replace(ended, language=state.language, access=state.access, farewell=farewell)
    return replace(said, touched_at=state.now)


def receipt_of(state: State) -> Receipt:
    """What was recorded in this session, in the order in which it came."""
    entries = (
        Entry(_title_of(state, line), line.due, returned=line.phase is not Phase.LENT)
        for line in state.lines.values()
        if line.phase in RECORDED
    )
    return Receipt(state.language, tuple(entries))


def _title_of(state: State, line: Line) -> str:
    item = state.items.get(line.copy)
    return item.title if item and item.title else line.copy.item


def printing(state: State) -> State:
    """A receipt is coming: the thanks wait for it, a little longer than without."""
    farewell = state.farewell
    if farewell is None:
        return state
    longer = farewell.until + state.config.farewell_s
    return replace(state, farewell=replace(farewell, printing=True, until=longer))


def receipt_printed(state: State, *, ok: bool) -> State:
    """The receipt came out, or the paper did not last."""
    if state.farewell is None or not state.farewell.printing:
        return state
    until = max(state.farewell.until, state.now + state.config.farewell_s)
    done = replace(state.farewell, printing=False, printed=ok, until=until)
    return replace(state, farewell=done)


def rest(state: State) -> State:
    """After the thanks: the kiosk as everybody finds it."""
    if state.farewell is None:
        return state
    rested = replace(state, farewell=None, access=usual_access(state), focus=None)
    return replace(rested, language=state.config.languages[0], access_open=False)


def usual_access(state: State) -> Access:
    """Nobody's wishes; but whoever still wears the headphones still listens."""
    return Access(speech=state.headphones and state.config.can_speak)


def _farewell(state: State) -> Farewell | None:
    lines = state.lines.values()
    lent = [line for line in lines if line.phase is Phase.LENT]
    returned = sum(line.phase in (Phase.RETURNED, Phase.QUEUED) for line in lines)
    if not lent and not returned:
        return None
    unsafe = len(unsecured(state))
    seconds = state.config.farewell_s * (2 if unsafe else 1) * state.access.time_factor
    due = min((line.due for line in lent if line.due is not None), default=None)
    return Farewell(len(lent), returned, unsafe, due, state.now + seconds)


def trouble(state: State, reason: Trouble) -> State:
    """The pad cannot be used: the session ends, and nothing is known of what lies there."""
    ended = end(replace(state, tags={}, unread=0))
    return replace(ended, stage=Stage.PROBLEM, trouble=reason)


def undisturbed(state: State) -> State:
    """A reader has come: panel and door are closed, whoever left them open."""
    return replace(state, access_open=False, door=close(state.door))


def touched(state: State) -> State:
    """Somebody is here: the idle clock starts anew."""
    return replace(state, touched_at=state.now, clear_since=None)


def pass_time(state: State, now: float) -> Step:
    """The clock moved to `now`."""
    state = replace(_pause_for_speech(state, now), now=now)
    if state.help_until is not None and now >= state.help_until:
        state = replace(state, help_until=None)
    if state.farewell is not None and now >= state.farewell.until:
        state = rest(state)
    if state.stage in (Stage.IDLE, Stage.PROBLEM):
        return _call_after_a_card(_forget_wishes(state))
    state = _count_to_clear(_pause_for_work(state))
    if state.clear_since is not None and now - state.clear_since >= clear_limit_s(state):
        return end(state), (PlaySound(Sound.DONE),)
    if now - state.touched_at >= idle_limit_s(state) + warn_limit_s(state):
        return end(state), ()
    return state, ()


def _call_after_a_card(state: State) -> Step:
    """A card that was forgotten on the reader is called after, a few times and not for ever."""
    waits = state.config.card_left_s
    if not state.card_lies or state.stage is not Stage.IDLE:
        return replace(state, reminders=0, remind_at=None), ()
    if state.reminders >= len(waits):
        return state, ()
    if state.remind_at is None:
        return replace(state, remind_at=state.now + waits[state.reminders]), ()
    if state.now < state.remind_at:
        return state, ()
    called = replace(state, reminders=state.reminders + 1, remind_at=None)
    return called, (PlaySound(Sound.PUT_BACK),)


def _forget_wishes(state: State) -> State:
    """Where no session runs, somebody who set the kiosk up for himself may still have left."""
    if state.now - state.touched_at < idle_limit_s(state) + warn_limit_s(state):
        return state
    rested = replace(undisturbed(state), access=usual_access(state), focus=None)
    return replace(rested, language=state.config.languages[0])


def _pause_for_speech(state: State, now: float) -> State:
    """While the voice speaks, every clock a person can hear stands still, within reason."""
    since = state.speaking_since
    if since is None or now - since > state.config.speech_cap_s:
        return state
    by = now - state.now
    return replace(
        state,
        touched_at=state.touched_at + by,
        clear_since=None if state.clear_since is None else state.clear_since + by,
        help_until=None if state.help_until is None else state.help_until + by,
        farewell=_later(state.farewell, by),
    )


def _later(farewell: Farewell | None, by: float) -> Farewell | None:
    return None if farewell is None else replace(farewell, until=farewell.until + by)


def _pause_for_work(state: State) -> State:
    """While a book is being worked on nobody is hurried, within reason."""
    if not is_working(state):
        return replace(state, work_since=None)
    since = state.now if state.work_since is None else state.work_since
    state = replace(state, work_since=since)
    if state.now - since > state.config.work_cap_s:
        return state
    return replace(state, touched_at=state.now)


def _count_to_clear(state: State) -> State:
    """Pad empty, card gone, everything done: the person is on the way out."""
    lines = state.lines.values()
    fresh_tags = any(not tag.stale for tag in state.tags.values())
    over = any(is_done(state, line) for line in lines) and not (
        fresh_tags
        or state.card_lies
        or unsecured(state)
        or is_working(state)
        or state.harmed is not None  # somebody looks at a book and says how it is
    )
    open_question = any(line.phase is Phase.UNANSWERED for line in lines)
    if not over or open_question:
        return replace(state, clear_since=None)
    return state if state.clear_since is not None else replace(state, clear_since=state.now)


def _without_forgotten_items(state: State) -> State:
    here = {tag.copy for tag in state.tags.values()}
    items = {copy: item for copy, item in state.items.items() if copy in here}
    asked = {copy: at for copy, at in state.asked.items() if copy in here}
    return replace(state, items=items, asked=asked)


_TRANSACTIONS = (
    Phase.ASKING,
    Phase.LENT,
    Phase.RETURNED,
    Phase.QUEUED,
    Phase.UNANSWERED,
)
