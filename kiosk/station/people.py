"""Who works at the station: name and password, a card of the staff, and cards for a page. Pure.

A card on the reader begins the work of whoever it belongs to; while a page of the console waits for
a card it goes there instead, and nowhere else.
"""

from dataclasses import replace

from circulation.api import Refusal
from circulation.desk import OperatorView
from circulation.ids import CardUid
from circulation.reasons import Reason
from kiosk.events import NoAnswer
from kiosk.station.effects import FetchProgress, SignInByCard, TellCard
from kiosk.station.state import Job, Notice, Stage, State, Word
from kiosk.station.tagging import HEARD, STOP, Step, say


def card_laid(state: State, uid: CardUid) -> Step:
    """Whose card it is works here now: after what the one before did is in the ledger."""
    state = replace(state, card=uid)
    if state.page_waits:
        return state, (HEARD, TellCard(uid))
    if state.operator and (state.writing is not None or state.unsent):
        return say(state, Word.FINISH_FIRST, sound=STOP)
    return state, (SignInByCard(uid),)


def page_turned(state: State, waits: bool) -> Step:
    """A page begins or ends to wait; a card that lies there for nobody else is told at once."""
    begins = waits and not state.page_waits
    state = replace(state, page_waits=waits)
    if begins and state.card is not None:
        return state, (HEARD, TellCard(state.card))
    return state, ()


def operator_answered(state: State, answer: OperatorView | NoAnswer | Refusal) -> Step:
    """Somebody works here, or nobody may."""
    if isinstance(answer, NoAnswer):
        return say(state, Word.SILENT, sound=STOP)
    if isinstance(answer, Refusal):
        return replace(state, notice=Notice(Word.REFUSED, reason=answer.reasons[0])), (STOP,)
    if answer.login is None:
        return replace(state, operator="", stage=Stage.SIGN_IN, job=None, queue=()), ()
    state = replace(state, card=None)  # it said who works here, and is meant for no page
    if answer.login == state.operator:
        return replace(state, notice=None), (HEARD,)
    return _begin(state, answer.login), (HEARD, FetchProgress())


def _begin(state: State, login: str) -> State:
    """The work of the one before ends here, with the counts and with what could be undone."""
    fresh = replace(
        state,
        operator=login,
        form=("", ""),
        at_field=0,
        notice=None,
        question=None,
        job=None,
        queue=(),
        found=(),
        looking="",
        pending="",
        typed="",
        stage=Stage.NUMBER,
    )
    return replace(fresh, last=None, lines=(), written=0) if state.operator else fresh


def signed_out(state: State, refusal: Refusal) -> State:
    """The controller knows of nobody who works here."""
    if Reason.NOBODY_SIGNED_IN not in refusal.reasons:
        return state
    job: Job | None = None
    return replace(state, operator="", stage=Stage.SIGN_IN, job=job, question=None, at_field=0)
