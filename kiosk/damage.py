"""A returned book is damaged: three pictures to choose from, and the librarian hears of it. Pure.

Only of a copy whose return the controller has: it takes the copy out of lending at once.
"""

from dataclasses import replace

from kiosk.choices import HARMS, Choice, reportable
from kiosk.errands import DamageReported, Report, ReportDamage
from kiosk.security import Step
from kiosk.state import State

DAMAGE_CHOICES = (Choice.DAMAGE, Choice.DAMAGE_BOOK, Choice.DAMAGE_CLOSE)


def damage(state: State, action: str) -> Step:
    """Open the panel, turn to another book, close it, or say what is wrong."""
    if action in HARMS:
        return _report(state, action)
    focus = None if state.focus is None else 0
    if action == Choice.DAMAGE_CLOSE:
        return replace(state, harmed=None, focus=focus), ()
    copies = reportable(state)
    place = copies.index(state.harmed) + 1 if state.harmed in copies else 0
    return replace(state, harmed=copies[place % len(copies)], focus=focus), ()


def damage_reported(state: State, event: DamageReported) -> State:
    """Whether the controller has noted it."""
    report = state.reports.get(event.copy)
    if event.session != state.session or report is None:
        return state
    return replace(state, reports={**state.reports, event.copy: replace(report, told=event.ok)})


def _report(state: State, action: str) -> Step:
    copy, harm = state.harmed, HARMS[action]
    if copy is None:
        return state, ()
    reports = {**state.reports, copy: Report(harm)}
    state = replace(state, reports=reports, harmed=None, focus=None)
    return state, (ReportDamage(state.session, copy, harm),)
