"""The buttons of a station, the one that is meant most first."""

from kiosk.i18n import Texts
from kiosk.station.state import Asked, Question, Stage, State
from kiosk.view import Action, Weight


def actions(state: State, texts: Texts) -> tuple[Action, ...]:
    """What may be done now."""
    if state.question is not None:
        return _answers(state.question, texts)
    match state.stage:
        case Stage.SIGN_IN:
            return (_action("enter", texts.say("Continue"), "continue", Weight.PRIMARY),)
        case Stage.NUMBER:
            return _at_rest(texts)
        case Stage.LIST:
            return _of_list(state, texts)
        case Stage.ARRIVAL:
            save = _action("save", texts.say("Write down and tag"), "finish", Weight.PRIMARY)
            return save, _back(texts)
        case Stage.BOOK if state.queue:
            return _action("skip", texts.say("Later"), "continue"), _back(texts)
        case _:
            return (_back(texts),)


def bar(state: State, texts: Texts) -> tuple[Action, ...]:
    """What is meant less often, small and out of the way."""
    if state.question is not None:
        return ()
    match state.stage:
        case Stage.NUMBER:
            undo = _small("undo", texts.say("Take the last one back"), texts.say("Undo"), "undo")
            leave = _small("sign_out", texts.say("Sign out"), texts.say("Sign out"), "account")
            return (undo, leave) if state.last else (leave,)
        case Stage.LIST:
            return (
                _small("narrow:place", texts.say("By shelf"), texts.say("Place"), "shelf"),
                _small("narrow:batch", texts.say("By delivery"), texts.say("Batch"), "receipt"),
                _small("narrow:grade", texts.say("By class"), texts.say("Class"), "account"),
                _small("clear", texts.say("All"), texts.say("All"), "erase"),
            )
        case _:
            return ()


def _answers(question: Question, texts: Texts) -> tuple[Action, ...]:
    yes = {
        Asked.MOVE: texts.say("Use it again") if question.withdrawn else texts.say("Move it here"),
        Asked.REPLACE: texts.say("Replace the tag"),
        Asked.DAMAGED: texts.say("Write it anew"),
        Asked.NUMBER: texts.say("Take it all the same"),
    }[question.asked]
    # leaving everything as it is comes first: Enter pressed too soon changes nothing
    no = _action("no", texts.say("Leave it"), "cancel", Weight.PRIMARY)
    return no, _action("yes", yes, "finish")


def _at_rest(texts: Texts) -> tuple[Action, ...]:
    return (
        _action("list", texts.say("Copies without a tag"), "shelf", Weight.PRIMARY),
        _action("arrival", texts.say("New arrivals"), "book"),
        _action("convert", texts.say("Convert old tags"), "renew"),
    )


def _of_list(state: State, texts: Texts) -> tuple[Action, ...]:
    page = state.listing.page
    some = page is not None and bool(page.copies)
    more = page is not None and page.next_after is not None
    work = _action("work", texts.say("Tag them one by one"), "continue", Weight.PRIMARY)
    return (
        *((work,) if some else ()),
        *((_action("more", texts.say("Next page"), "down"),) if more else ()),
        _back(texts),
    )


def _back(texts: Texts) -> Action:
    return _action("cancel", texts.say("Back"), "back")


def _action(action_id: str, label: str, icon: str, weight: Weight = Weight.PLAIN) -> Action:
    return Action(action_id, label, label, weight, icon)


def _small(action_id: str, label: str, short: str, icon: str) -> Action:
    return Action(action_id, short, label, Weight.SMALL, icon)
