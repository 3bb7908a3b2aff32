"""A returned book is damaged: three pictures to choose from, and the librarian hears of it. Pure.

What was said is kept on the disk behind the return, so that it also reaches a controller that is
away. A state in a class session is told at once or not at all: the teacher is still there.
"""

from dataclasses import replace

from circulation.selfservice import Harm
from circulation.textbooks import Condition
from kiosk.choices import Choice
from kiosk.class_errands import MarkCondition
from kiosk.errands import DamageReported, Report, ReportDamage
from kiosk.harms import CONDITIONS, HARMS, reportable
from kiosk.security import Step
from kiosk.state import State

DAMAGE_CHOICES = (Choice.DAMAGE, Choice.DAMAGE_BOOK, Choice.DAMAGE_CLOSE)


def damage(state: State, action: str) -> Step:
    """Open the panel, turn to another book, close it, or say what is wrong."""
    if action in HARMS:
        return _report(state, HARMS[action])
    if action in CONDITIONS:
        return _report(state, CONDITIONS[action])
    focus = None if state.focus is None else 0
    if action == Choice.DAMAGE_CLOSE:
        return replace(state, harmed=None, focus=focus), ()
    copies = reportable(state)
    place = copies.index(state.harmed) + 1 if state.harmed in copies else 0
    return replace(state, harmed=copies[place % len(copies)], focus=focus), ()


def damage_reported(state: State, event: DamageReported) -> State:
    """Whether it is certain that the controller will know of it."""
    report = state.reports.get(event.copy)
    if event.session != state.session or report is None:
        return state
    return replace(state, reports={**state.reports, event.copy: replace(report, told=event.ok)})


def _report(state: State, harm: Harm | Condition) -> Step:
    copy = state.harmed
    if copy is None:
        return state, ()
    reports = {**state.reports, copy: Report(harm)}
    state = replace(state, reports=reports, harmed=None, focus=None)
    if isinstance(harm, Condition):
        return state, (MarkCondition(state.session, copy, harm),)
    return state, (ReportDamage(state.session, copy, harm),)
