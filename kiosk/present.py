"""Everything a person can see or hear, from the state: `present(state, texts, now) -> View`. Pure.

What is spoken holds names and titles only for headphones: the loudspeaker is heard by everybody
(EN 301 549, 5.1.3.9).
"""

import math
from typing import assert_never

from circulation.reasons import Reason
from kiosk.choices import (
    clear_limit_s,
    focused,
    idle_limit_s,
    is_warning,
    warn_limit_s,
)
from kiosk.i18n import Texts
from kiosk.present_actions import bar_actions, main_actions
from kiosk.present_rows import account_rows, pad_rows
from kiosk.state import Phase, Stage, State, Trouble, is_done, odd_tags, unsecured
from kiosk.view import Notice, Row, ScreenName, Tone, View
from kiosk.wording import in_words, in_words_with_code

_SAID_SECONDS = (40, 20, 10, 5)
"""When the countdown is spoken: often enough to act, seldom enough to hear anything else."""


def present(state: State, texts: Texts, now: float) -> View:
    """The whole screen. `now` is monotonic seconds, for the countdown only."""
    rows = _rows(state, texts)
    left, total = _countdown(state, max(now, state.now))
    title, notice = _title(state, texts), _notice(state, texts)
    count = _count(state, rows, texts)
    subtitle, status = _subtitle(state, texts), _status(state, texts)
    greeting = subtitle if state.headphones else ""
    parts = (title, greeting, count, notice.text if notice else "", status)
    access = state.access
    return View(
        screen=_screen(state),
        language=state.language,
        title=title,
        spoken=". ".join(part for part in parts if part),
        subtitle=subtitle,
        count=count,
        rows=rows,
        actions=main_actions(state, texts),
        bar=bar_actions(state, texts),
        notice=notice,
        status=status,
        seconds_left=left,
        seconds_total=total,
        focus=focused(state),
        text_scale=access.text_scale,
        contrast=access.contrast,
        low_reach=access.low_reach,
        pictograms=access.pictograms,
        speech=access.speech,
        gain=access.gain,
        private=state.headphones,
        guide=texts.say("Speech is on. Choose with the arrow keys, press with the round key"),
        spoken_left=_spoken_left(left, texts),
    )


def _panel_is_shown(state: State) -> bool:
    return state.access_open and not is_warning(state)


def _screen(state: State) -> ScreenName:
    if _panel_is_shown(state):
        return ScreenName.ACCESS
    match state.stage:
        case Stage.IDLE:
            return ScreenName.START
        case Stage.BORROW | Stage.RETURN:
            return ScreenName.PAD
        case Stage.ACCOUNT:
            return ScreenName.ACCOUNT
        case Stage.PROBLEM:
            return ScreenName.PROBLEM
        case _:
            assert_never(state.stage)


def _rows(state: State, texts: Texts) -> tuple[Row, ...]:
    if _panel_is_shown(state):
        return ()
    match state.stage:
        case Stage.BORROW | Stage.RETURN:
            return pad_rows(state, texts)
        case Stage.ACCOUNT:
            return account_rows(state, texts)
        case Stage.IDLE | Stage.PROBLEM:
            return ()
        case _:
            assert_never(state.stage)


def _title(state: State, texts: Texts) -> str:
    if _panel_is_shown(state):
        return texts.say("What would make it easier for you?")
    match state.stage:
        case Stage.IDLE:
            return texts.say("Put books on the pad or hold your card to the reader")
        case Stage.BORROW:
            return texts.say("Borrow books")
        case Stage.RETURN:
            return texts.say("Return books")
        case Stage.ACCOUNT:
            return texts.say("My loans")
        case Stage.PROBLEM:
            starting = state.trouble is Trouble.STARTING
            wait = texts.say("One moment, the terminal is starting")
            return wait if starting else texts.say("The terminal is out of order for now")
        case _:
            assert_never(state.stage)


def _subtitle(state: State, texts: Texts) -> str:
    """The greeting, with the masked name; on no screen that outlives the session."""
    person = state.person
    if state.stage not in (Stage.BORROW, Stage.ACCOUNT) or person is None or person.view is None:
        return ""
    if _panel_is_shown(state):
        return ""
    name, group = person.view.masked_name, person.view.class_name
    who = f"{name}, {group}" if group else name
    return texts.say("Hello, {name}", name=who)


def _count(state: State, rows: tuple[Row, ...], texts: Texts) -> str:
    books = len(rows) - len(odd_tags(state)) if state.stage is not Stage.ACCOUNT else len(rows)
    return texts.count("{n} book", "{n} books", books) if books else ""


def _notice(state: State, texts: Texts) -> Notice | None:
    """The most urgent sentence."""
    if state.help_until is not None:
        return Notice(texts.say("Please go to the librarian: we will gladly help"), Tone.INFO)
    if state.two_cards:
        return Notice(in_words(Reason.TWO_CARDS, texts), Tone.STOP)
    if is_warning(state):
        return Notice(texts.say("Are you still there?"), Tone.WAIT)
    if state.access_open:
        return None
    match state.stage:
        case Stage.IDLE:
            return _idle_notice(state, texts)
        case Stage.BORROW:
            return _borrow_notice(state, texts)
        case Stage.RETURN:
            return _return_notice(state, texts)
        case Stage.ACCOUNT:
            return _account_notice(state, texts)
        case Stage.PROBLEM:
            return _problem_notice(state, texts)
        case _:
            assert_never(state.stage)


def _idle_notice(state: State, texts: Texts) -> Notice | None:
    if state.card_lies:
        return Notice(texts.say("Please take your card"), Tone.INFO)
    if state.tags:
        return Notice(texts.say("Please take the books from the pad"), Tone.INFO)
    return None


def _borrow_notice(state: State, texts: Texts) -> Notice | None:
    armed = len(unsecured(state))
    lifted = any(line.phase is Phase.LENT for line in unsecured(state))
    waiting = [row for row in pad_rows(state, texts) if row.tone is Tone.WAIT]
    if armed and lifted and waiting:
        text = texts.say("The book is lent to you. Put it back for 2 seconds: security is on")
        return Notice(text, Tone.WAIT)
    card = _card_notice(state, texts)
    if card is not None:
        return card
    if not state.online:
        text = texts.say("No connection: borrowing must wait, returning works. Ask the librarian")
        return Notice(text, Tone.STOP)
    if any(tag.stale for tag in state.tags.values()):
        return Notice(_lift_first(texts), Tone.INFO)
    if not state.lines:
        return Notice(texts.say("Put the books on the pad"), Tone.INFO)
    return _all_done(state, texts)


def _card_notice(state: State, texts: Texts) -> Notice | None:
    """What there is to say about the card, or that it is wanted."""
    person = state.person
    if person is None:
        if not state.card_reader_ok:
            text = texts.say("Cards cannot be read now. Please go to the librarian")
            return Notice(text, Tone.STOP)
        return Notice(texts.say("Hold your card to the reader"), Tone.INFO)
    if person.refusal is not None:
        return Notice(in_words_with_code(person.refusal, texts), Tone.STOP)
    if person.view is None:
        return Notice(texts.say("One moment…"), Tone.BUSY)
    if person.view.blocked:
        return Notice(in_words_with_code(person.view.blocked[0], texts), Tone.STOP)
    return None


def _return_notice(state: State, texts: Texts) -> Notice | None:
    if state.waiting_card is not None:
        text = texts.say("No card is needed to return. To borrow, press “Borrow books”")
        return Notice(text, Tone.INFO)
    if any(tag.stale for tag in state.tags.values()):
        return Notice(_lift_first(texts), Tone.INFO)
    if not state.lines:
        return Notice(texts.say("Put the books on the pad. No card is needed"), Tone.INFO)
    return _all_done(state, texts)


def _account_notice(state: State, texts: Texts) -> Notice | None:
    card = _card_notice(state, texts)
    if card is not None:
        return card
    if state.account is None:
        waiting = (
            texts.say("One moment…") if state.online else in_words(Reason.NO_CONNECTION, texts)
        )
        return Notice(waiting, Tone.BUSY if state.online else Tone.STOP)
    if not state.account.loans:
        return Notice(texts.say("You have no books on loan"), Tone.INFO)
    return None


def _problem_notice(state: State, texts: Texts) -> Notice | None:
    match state.trouble:
        case Trouble.STARTING | None:
            return None
        case Trouble.READER_LOST:
            return Notice(in_words_with_code(Reason.READER_LOST, texts), Tone.STOP)
        case Trouble.SIMULATED_READER:
            text = texts.say("The pad is only a simulated one and must not lend real books")
            return Notice(text, Tone.STOP)
        case _:
            assert_never(state.trouble)


def _lift_first(texts: Texts) -> str:
    return texts.say("Books from before lie on the pad. Lift them and put yours down")


def _all_done(state: State, texts: Texts) -> Notice | None:
    done = sum(is_done(state, line) for line in state.lines.values())
    if not done or done < len(state.lines):
        return None
    if state.stage is Stage.RETURN:
        return Notice(texts.count("{n} book accepted", "{n} books accepted", done), Tone.DONE)
    return Notice(texts.count("{n} book lent to you", "{n} books lent to you", done), Tone.DONE)


def _status(state: State, texts: Texts) -> str:
    parts = []
    if not state.online:
        parts.append(texts.say("No connection"))
    if not state.card_reader_ok and state.stage is not Stage.PROBLEM:
        parts.append(texts.say("The card reader does not answer"))
    if state.simulated:
        parts.append(texts.say("Practice reader"))
    return " · ".join(parts)


def _countdown(state: State, now: float) -> tuple[int | None, int | None]:
    """Seconds left before the screen clears, and of how many."""
    if is_warning(state):
        end = state.touched_at + idle_limit_s(state) + warn_limit_s(state)
        return max(0, math.ceil(end - now)), math.ceil(warn_limit_s(state))
    if state.clear_since is not None:
        end = state.clear_since + clear_limit_s(state)
        return max(0, math.ceil(end - now)), math.ceil(clear_limit_s(state))
    return None, None


def _spoken_left(left: int | None, texts: Texts) -> str:
    if left not in _SAID_SECONDS:
        return ""
    return texts.count("{n} second left", "{n} seconds left", left)
