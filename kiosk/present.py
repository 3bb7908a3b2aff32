"""Everything a person can see or hear, from the state: `present(state, texts, now) -> View`. Pure.

What is spoken holds names and titles only for headphones: the loudspeaker is heard by everybody
(EN 301 549, 5.1.3.9).
"""

import math
from collections.abc import Mapping
from typing import assert_never

from kiosk.choices import focused, is_typing
from kiosk.class_choices import is_choosing_class, is_listing
from kiosk.class_session_view import class_banner, class_rows, class_title
from kiosk.harms import is_asking_harm
from kiosk.i18n import Texts, mark
from kiosk.limits import clear_limit_s, idle_limit_s, is_dark, is_warning, warn_limit_s
from kiosk.present_actions import bar_actions, main_actions
from kiosk.present_damage import harm_title, harmed_title
from kiosk.present_notice import call_status, notice_of
from kiosk.present_rows import account_rows, pad_rows
from kiosk.present_search import found_count, found_rows
from kiosk.present_service import alone_status, service_rows
from kiosk.present_textbooks import set_rows
from kiosk.state import Farewell, Stage, State, Trouble, lifted_too_early, odd_tags
from kiosk.view import Row, ScreenName, View
from kiosk.wording import sentences

_SAID_SECONDS = (40, 20, 10, 5)
"""When the countdown is spoken: often enough to act, seldom enough to hear anything else."""


_TITLES: Mapping[Stage, str] = {
    Stage.IDLE: mark("Put books on the pad or hold your card to the reader"),
    Stage.BORROW: mark("Borrow books"),
    Stage.RETURN: mark("Return books"),
    Stage.ACCOUNT: mark("My loans"),
    Stage.SEARCH: mark("Which book do you look for?"),
    Stage.PROBLEM: mark("The terminal is out of order for now"),
}


def present(state: State, texts: Texts, now: float) -> View:
    """The whole screen. `now` is monotonic seconds, for the countdown only."""
    rows = _rows(state, texts)
    left, total = _countdown(state, max(now, state.now))
    title, notice = _title(state, texts), notice_of(state, texts)
    count = _count(state, rows, texts)
    subtitle, status = _subtitle(state, texts), _status(state, texts)
    greeting = subtitle if state.headphones else ""
    parts = (title, greeting, count, notice.text if notice else "", status)
    access = state.access
    return View(
        screen=_screen(state),
        language=state.language,
        title=title,
        spoken=sentences(*parts),
        subtitle=subtitle,
        count=count,
        rows=rows,
        actions=main_actions(state, texts),
        bar=bar_actions(state, texts),
        notice=notice,
        banner=class_banner(state, texts, max(now, state.now)),
        status=status,
        seconds_left=left,
        seconds_total=total,
        focus=focused(state),
        typed=state.search.words if state.search is not None else "",
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


def _door_screen(state: State) -> ScreenName | None:
    if state.door.open:
        return ScreenName.SERVICE
    return ScreenName.PIN if state.door.shown else None


def _panel_is_shown(state: State) -> bool:
    return state.access_open and not is_warning(state)


def _screen(state: State) -> ScreenName:
    if is_dark(state):
        return ScreenName.DARK
    if _panel_is_shown(state):
        return ScreenName.ACCESS
    if (over := _over_the_stage(state)) is not None:
        return over
    match state.stage:
        case Stage.IDLE if state.class_session is not None:
            return ScreenName.CLASS
        case Stage.IDLE:
            return ScreenName.START if state.house.open else ScreenName.CLOSED
        case Stage.BORROW | Stage.RETURN:
            return ScreenName.PAD
        case Stage.ACCOUNT:
            return ScreenName.ACCOUNT
        case Stage.SEARCH:
            return ScreenName.SEARCH if is_typing(state) else ScreenName.FOUND
        case Stage.PROBLEM:
            return ScreenName.PROBLEM
        case _:
            assert_never(state.stage)


def _over_the_stage(state: State) -> ScreenName | None:
    """What is shown in place of the stage's own screen."""
    if (door := _door_screen(state)) is not None:
        return door
    if state.farewell is not None:
        return ScreenName.DONE
    if is_asking_harm(state):
        return ScreenName.DAMAGE
    if is_listing(state) or is_choosing_class(state):
        return ScreenName.CLASS_LIST
    early = lifted_too_early(state) and not is_warning(state)
    return ScreenName.PUT_BACK if early else None


def _rows(state: State, texts: Texts) -> tuple[Row, ...]:
    if state.door.open:
        return service_rows(state, texts)
    if _panel_is_shown(state) or is_asking_harm(state):
        return ()
    if is_listing(state) or is_choosing_class(state):
        return class_rows(state, texts)
    match state.stage:
        case Stage.BORROW | Stage.RETURN:
            return pad_rows(state, texts)
        case Stage.ACCOUNT:
            return account_rows(state, texts)
        case Stage.SEARCH:
            return found_rows(state, texts)
        case Stage.IDLE | Stage.PROBLEM:
            return ()
        case _:
            assert_never(state.stage)


def _title(state: State, texts: Texts) -> str:
    if _panel_is_shown(state):
        return texts.say("What would make it easier for you?")
    if _door_screen(state) is not None:
        return texts.say("For the librarian")
    if state.farewell is not None:
        return texts.say("Thank you!")
    if lifted_too_early(state):
        return texts.say("Put the book back")
    if is_asking_harm(state):
        return harm_title(state, texts)
    if title := class_title(state, texts):
        return title
    if state.stage is Stage.IDLE and not state.house.open:
        return texts.say("The library is closed")
    if state.trouble is Trouble.STARTING:
        return texts.say("One moment, the terminal is starting")
    return texts.say(_TITLES[state.stage])


def _subtitle(state: State, texts: Texts) -> str:
    """The greeting, with the masked name; on no screen that outlives the session."""
    if state.door.shown:
        return "•" * len(state.door.entered)
    if is_asking_harm(state):
        return harmed_title(state, texts)
    person = state.person
    greets = state.stage in (Stage.BORROW, Stage.RETURN, Stage.ACCOUNT)
    if not greets or person is None or person.view is None:
        return ""
    if _panel_is_shown(state) or is_listing(state):
        return ""
    name, group = person.view.masked_name, person.view.class_name
    if not name:
        return ""  # alone nobody's name is known
    who = f"{name}, {group}" if group else name
    return texts.say("Hello, {name}", name=who)


def _count(state: State, rows: tuple[Row, ...], texts: Texts) -> str:
    if _door_screen(state) is not None:
        return ""
    if is_asking_harm(state) or is_listing(state) or is_choosing_class(state):
        return ""
    if state.farewell is not None and not _panel_is_shown(state):
        return _sum_of(state.farewell, texts)
    if state.stage is Stage.SEARCH:
        return found_count(state, texts)
    books = len(rows) - len(odd_tags(state)) - len(set_rows(state, texts))
    if state.stage is Stage.ACCOUNT:
        books = len(state.account.loans) if rows and state.account else 0
    return texts.count("{n} book", "{n} books", books) if books else ""


def _sum_of(farewell: Farewell, texts: Texts) -> str:
    return texts.count("{n} book", "{n} books", farewell.lent + farewell.returned)


def _status(state: State, texts: Texts) -> str:
    parts = [call_status(state, texts)]
    if state.alone:
        parts.append(alone_status(state, texts))
    elif not state.online:
        parts.append(texts.say("No connection"))
    if not state.card_reader_ok and state.stage is not Stage.PROBLEM:
        parts.append(texts.say("The card reader does not answer"))
    if state.simulated:
        parts.append(texts.say("Practice reader"))
    return " · ".join(part for part in parts if part)


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
