"""What each button of the station means. A button that is not on the screen means nothing."""

from dataclasses import replace

from circulation.encoding import CopyToTag
from kiosk.station.effects import FetchChoices, FetchList, FetchProgress, FindNumber, SignOut
from kiosk.station.forms import list_query, pick_title, save
from kiosk.station.state import Arrival, Asked, Listing, Question, Stage, State
from kiosk.station.tagging import Step, hold, start_job
from kiosk.station.undoing import begin_undo


def press(state: State, action_id: str) -> Step:
    """The station after this button, before it looks at its pad again."""
    name, _, value = action_id.partition(":")
    if not state.operator and name not in ("cancel", "field"):
        return state, ()
    if state.question is not None and name in ("yes", "no"):
        return _decide(state, state.question, yes=name == "yes")
    if name in _PLAIN and state.writing is None:
        return _PLAIN[name](state)
    if value and name in _WITH_VALUE and state.writing is None:
        return _WITH_VALUE[name](state, value)
    return state, ()


def _decide(state: State, question: Question, *, yes: bool) -> Step:
    state = replace(state, question=None)
    if question.asked is Asked.NUMBER:
        if not yes:
            return replace(state, looking=""), ()
        found = replace(state, looking=question.other, job=None, queue=(), stage=Stage.NUMBER)
        return found, (FindNumber(question.other),)
    job, uid = state.job, question.uid
    if job is None or uid is None:
        return state, ()
    if not yes:
        return hold(state, uid), ()
    if question.asked is Asked.REPLACE:
        return replace(state, job=replace(job, replaces=True)), ()
    return replace(state, job=replace(job, moves=uid)), ()


def _cancel(state: State) -> Step:
    """One step back, to the number."""
    if state.stage is Stage.SIGN_IN:
        return replace(state, form=("", ""), at_field=0, notice=None), ()
    if state.stage is Stage.NARROW:
        return replace(state, stage=Stage.LIST), ()
    return (
        replace(
            state,
            stage=Stage.NUMBER,
            job=None,
            question=None,
            queue=(),
            found=(),
            looking="",
            pending="",
            typed="",
            notice=None,
            at_field=0,
        ),
        (),
    )


def _open_list(state: State) -> Step:
    opened, _ = _cancel(state)
    after = replace(opened, stage=Stage.LIST)
    return after, (FetchList(list_query(state.listing)), FetchChoices())


def _more(state: State) -> Step:
    page = state.listing.page
    if page is None or page.next_after is None:
        return state, ()
    return state, (FetchList(list_query(state.listing, page.next_after)),)


def _clear(state: State) -> Step:
    listing = Listing(choices=state.listing.choices)
    return replace(state, listing=listing, typed=""), (FetchList(list_query(listing)),)


def _work_through(state: State) -> Step:
    """All copies of the page, one after the other."""
    page = state.listing.page
    if state.stage is not Stage.LIST or page is None or not page.copies:
        return state, ()
    first, *rest = page.copies
    return start_job(replace(state, queue=tuple(rest)), first)


def _skip(state: State) -> Step:
    """This copy later; the next of the list now."""
    if not state.queue:
        return _cancel(state)
    first, *rest = state.queue
    return start_job(replace(state, queue=tuple(rest), question=None), first)


def _convert(state: State) -> Step:
    opened, _ = _cancel(state)
    return replace(opened, stage=Stage.CONVERT, held={}, known={}), ()


def _arrival(state: State) -> Step:
    opened, _ = _cancel(state)
    return replace(opened, stage=Stage.ARRIVAL, arrival=Arrival()), ()


def _save(state: State) -> Step:
    return save(state) if state.stage is Stage.ARRIVAL else (state, ())


def _sign_out(state: State) -> Step:
    left, _ = _cancel(state)
    return replace(left, operator="", stage=Stage.SIGN_IN, last=None, lines=(), written=0), (
        SignOut(),
    )


def _refresh(state: State) -> Step:
    return state, (FetchProgress(),)


def _take(state: State, value: str) -> Step:
    """This copy of the list, or of those with one number."""
    shown = state.found if state.stage is Stage.CHOOSE else _page(state)
    found = [copy for copy in shown if copy.item_id == value]
    return start_job(state, found[0]) if found else (state, ())


def _page(state: State) -> tuple[CopyToTag, ...]:
    page = state.listing.page
    return page.copies if state.stage is Stage.LIST and page is not None else ()


def _narrow(state: State, value: str) -> Step:
    listing = replace(state.listing, narrowing=value)
    return replace(state, stage=Stage.NARROW, listing=listing), ()


def _only(state: State, value: str) -> Step:
    """Narrow the list to this value of the filter that was chosen; "-" is all."""
    if state.stage is not Stage.NARROW:
        return state, ()
    chosen = "" if value == "-" else value
    match state.listing.narrowing:
        case "grade":
            listing = replace(state.listing, grade=int(chosen) if chosen.isdecimal() else None)
        case "batch":
            listing = replace(state.listing, batch=chosen)
        case _:
            listing = replace(state.listing, place=chosen)
    after = replace(state, stage=Stage.LIST, listing=listing)
    return after, (FetchList(list_query(listing)),)


def _pick(state: State, value: str) -> Step:
    return pick_title(state, int(value)) if value.isdecimal() else (state, ())


def _go_to(state: State, value: str) -> Step:
    in_form = state.stage in (Stage.ARRIVAL, Stage.SIGN_IN) and value.isdecimal()
    return (replace(state, at_field=int(value)) if in_form else state), ()


_PLAIN = {
    "cancel": _cancel,
    "undo": begin_undo,
    "list": _open_list,
    "more": _more,
    "clear": _clear,
    "work": _work_through,
    "skip": _skip,
    "convert": _convert,
    "arrival": _arrival,
    "save": _save,
    "sign_out": _sign_out,
    "refresh": _refresh,
}
_WITH_VALUE = {
    "take": _take,
    "narrow": _narrow,
    "only": _only,
    "pick": _pick,
    "field": _go_to,
}
