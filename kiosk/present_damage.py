"""The three pictures of a damaged book, and what is said of a reported one."""

from collections.abc import Mapping

from circulation.ids import Copy
from circulation.selfservice import Harm
from circulation.textbooks import Condition
from kiosk.i18n import Texts, mark
from kiosk.state import State, is_collecting
from kiosk.view import Action, Tone

_HARMS: Mapping[Harm | Condition, str] = {
    Condition.GOOD: mark("Good"),
    Condition.WORN: mark("Worn"),
    Condition.DAMAGED: mark("Spoiled"),
    Harm.TORN: mark("It is torn"),
    Harm.WET: mark("It is wet"),
    Harm.PAGES_MISSING: mark("Pages are missing"),
}


def harm_action(harm: Harm | Condition, action: str, texts: Texts) -> Action:
    """One picture with its word."""
    label = texts.say(_HARMS[harm])
    return Action(action, label, label, icon=harm.value, short=label)


def harm_title(state: State, texts: Texts) -> str:
    """What the pictures answer."""
    if is_collecting(state):
        return texts.say("In what state is the book?")
    return texts.say("What is wrong with the book?")


def needs_staff(state: State, copy: Copy) -> bool:
    """True for a copy of which was said what the librarian has to look at."""
    report = state.reports.get(copy)
    return report is not None and report.harm not in (Condition.GOOD, Condition.WORN)


def harmed_title(state: State, texts: Texts) -> str:
    """Which of the returned books is meant."""
    copy = state.harmed
    if copy is None:
        return ""
    item = state.items.get(copy)
    return (item.title if item else "") or texts.say("Book {number}", number=copy.item)


def report_note(state: State, copy: Copy, texts: Texts) -> tuple[str, Tone] | None:
    """What became of the report; None when nothing was said of this copy."""
    report = state.reports.get(copy)
    if report is None:
        return None
    harm = texts.say(_HARMS[report.harm]).lower()
    if report.told is None:
        return texts.say("One moment…"), Tone.BUSY
    if report.told and isinstance(report.harm, Condition):
        return texts.say("Accepted, state: {state}", state=harm), Tone.DONE
    if report.told:
        return texts.say("Thank you for telling us: {harm}", harm=harm), Tone.DONE
    return texts.say("Please tell the librarian: {harm}", harm=harm), Tone.WAIT
