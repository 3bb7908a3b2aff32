"""What a session knows of its controller: there, away, decided without; settings from afar."""

from dataclasses import replace
from typing import assert_never

from circulation.api import Refusal
from circulation.reasons import Reason
from kiosk.events import (
    AccountFetched,
    CardResolved,
    CheckoutAnswered,
    Configured,
    Event,
    ItemsResolved,
    LinkSeen,
    LinkTurned,
    NoAnswer,
    RenewalAnswered,
    ReturnAnswered,
    StackAnswered,
)
from kiosk.security import Step
from kiosk.state import State
from kiosk.tuning import tuned


def controller_seen(state: State, event: LinkSeen | LinkTurned | Configured) -> Step:
    """What came from the controller of its own accord, or did not come."""
    match event:
        case LinkSeen():
            return state, ()
        case LinkTurned():
            return _link_turned(state, event), ()
        case Configured():
            return tuned(state, event)
        case _:
            assert_never(event)


def _link_turned(state: State, event: LinkTurned) -> State:
    """Whoever waits for an answer gets one now; nothing waits for the ledger's view any more."""
    alone, able = event.alone, event.able
    person = state.person
    if person is not None and person.retry_at is not None:
        person = replace(person, retry_at=state.now)
    lines = {
        copy: replace(line, retry_at=min(line.retry_at, state.now))
        for copy, line in state.lines.items()
    }
    asked = {copy: at if at == float("inf") else state.now for copy, at in state.asked.items()}
    account = state.account_retry_at
    trusts_others = alone and not able  # what is known here knows of the returns kept here
    returning = state.returning if trusts_others else state.returning & lines.keys()
    return replace(
        state,
        online=not alone,
        alone=alone and able,
        hours_alone=event.hours_left if alone and able else None,
        returning=returning,
        person=person,
        lines=lines,
        asked=asked,
        account_retry_at=None if account is None else min(account, state.now),
    )


def with_link(state: State, event: Event) -> State:
    """Whether the ledger can be reached, as the last answer of any kind shows.

    Alone it is this kiosk itself that answers: only `LinkTurned` ends that.
    """
    if state.alone:
        return state
    match event:
        case LinkSeen(online=online):
            return replace(state, online=online)
        case (
            CardResolved(result=result)
            | ItemsResolved(result=result)
            | AccountFetched(result=result)
            | StackAnswered(result=result)
            | CheckoutAnswered(result=result)
            | RenewalAnswered(result=result)
            | ReturnAnswered(result=result)
        ):
            return replace(state, online=_is_answer(result))
        case _:
            return state


def _is_answer(result: object) -> bool:
    """A ledger that does not know this kiosk is as good as none."""
    if isinstance(result, Refusal):
        return Reason.DEVICE_UNKNOWN not in result.reasons
    return not isinstance(result, NoAnswer)
