"""What the station does next: one event in, a new state and orders out. Pure; time is an event."""

from dataclasses import replace
from typing import assert_never

from circulation.api import Refusal
from circulation.encoding import (
    Choices,
    CopiesFound,
    CopyToTag,
    Progress,
    TagHolder,
    Untagged,
)
from circulation.reasons import Reason
from kiosk.events import (
    CardPresented,
    CardReaderBack,
    CardReaderLost,
    CardRemoved,
    NoAnswer,
    Pressed,
    ReaderBack,
    ReaderLost,
    ReaderRefused,
    Tick,
    TwoCards,
)
from kiosk.station import buttons
from kiosk.station.converting import (
    consider_stack,
    forget_lifted,
    found_for_stack,
    stack_written,
)
from kiosk.station.effects import FindNumber
from kiosk.station.events import (
    ArrivalAnswered,
    Char,
    ChoicesAnswered,
    Edit,
    Edited,
    Event,
    Line,
    ListAnswered,
    NumberAnswered,
    OperatorAnswered,
    PadMoves,
    PadSeen,
    PageWaits,
    ProgressAnswered,
    RecordAnswered,
    TagChecked,
    TagWritten,
    TitleAnswered,
    Unsent,
)
from kiosk.station.forms import (
    arrival_answered,
    arrival_line,
    erasing,
    list_line,
    sign_in_line,
    title_answered,
    typing,
)
from kiosk.station.numbers import is_ours
from kiosk.station.people import card_laid, operator_answered, page_turned, signed_out
from kiosk.station.state import (
    FIELDS,
    Asked,
    Notice,
    Question,
    ReaderWord,
    Stage,
    State,
    Word,
)
from kiosk.station.tagging import AGAIN, STOP, Step, consider, lost, say, start_job, written
from kiosk.station.undoing import consider_undo, undo_written


def step(state: State, event: Event) -> Step:  # noqa: C901  # one line per event is the table
    """The station after this event."""
    match event:
        case Tick(now=now):
            return _tick(state, now)
        case Pressed(action=action):
            return _pressed(state, action)
        case ReaderBack(simulated=simulated):
            return replace(state, reader=ReaderWord.OK, simulated=simulated, pad=()), ()
        case ReaderLost():
            after, effects = lost(state)
            return replace(after, reader=ReaderWord.LOST, pad=(), held={}), effects
        case ReaderRefused():
            return replace(state, reader=ReaderWord.REFUSED), ()
        case PadMoves():
            return replace(state, pad=None), ()
        case PadSeen(tags=tags):
            uids = frozenset(seen.uid for seen in tags)
            return _look(forget_lifted(replace(state, pad=tags), uids))
        case TagWritten():
            return _written(state, event)
        case Char(char=char):
            return typing(state, char), ()
        case Edited(edit=edit):
            return _edit(state, edit)
        case Line(text=text):
            return _line(replace(state, focus=None), text.strip())
        case NumberAnswered(number=number, answer=answer):
            return _number_answered(state, number, answer)
        case TagChecked():
            return _checked(state, event)
        case RecordAnswered(answer=said):
            return _record_answered(state, said)
        case (
            CardPresented()
            | CardRemoved()
            | TwoCards()
            | CardReaderLost()
            | CardReaderBack()
            | PageWaits()
        ):
            return _card(state, event)
        case _:
            return _answered(state, event)


def _card(
    state: State,
    event: CardPresented | CardRemoved | TwoCards | CardReaderLost | CardReaderBack | PageWaits,
) -> Step:
    match event:
        case PageWaits(waits=waits):
            return page_turned(state, waits)
        case CardPresented(uid=uid):
            return card_laid(state, uid)
        case TwoCards():
            return say(replace(state, card=None), Word.TWO_CARDS, sound=STOP)
        case CardRemoved():
            return replace(state, card=None), ()
        case CardReaderLost():
            return replace(state, card=None, card_reader=ReaderWord.LOST), ()
        case CardReaderBack():
            return replace(state, card_reader=ReaderWord.OK), ()
        case _:
            assert_never(event)


def _answered(
    state: State,
    event: ListAnswered
    | ChoicesAnswered
    | ProgressAnswered
    | OperatorAnswered
    | TitleAnswered
    | ArrivalAnswered
    | Unsent,
) -> Step:
    match event:
        case ListAnswered(answer=Untagged() as page):
            return replace(state, listing=replace(state.listing, page=page)), ()
        case ChoicesAnswered(answer=Choices() as choices):
            return replace(state, listing=replace(state.listing, choices=choices)), ()
        case ListAnswered() | ChoicesAnswered():
            return say(state, Word.SILENT, sound=STOP)
        case ProgressAnswered(answer=Progress() as progress):
            return replace(state, progress=progress), ()
        case ProgressAnswered():
            return state, ()  # asked again before long
        case OperatorAnswered(answer=answer):
            return operator_answered(state, answer)
        case TitleAnswered(answer=answer):
            return title_answered(state, answer) if state.stage is Stage.ARRIVAL else (state, ())
        case ArrivalAnswered(answer=answer):
            return arrival_answered(state, answer) if state.stage is Stage.ARRIVAL else (state, ())
        case Unsent(count=count):
            return replace(state, unsent=count), ()
        case _:
            assert_never(event)


def _tick(state: State, now: float) -> Step:
    state = replace(state, now=now)
    job = state.job
    waits = job is not None and state.stage is Stage.BOOK and state.pad == ()
    if job is None or not waits or job.warned or state.writing or state.question:
        return state, ()
    if now - job.since < state.config.no_tag_s:
        return state, ()
    after, effects = say(replace(state, job=replace(job, warned=True)), Word.NO_TAG, sound=AGAIN)
    return after, effects


def _look(state: State) -> Step:
    """The pad came to rest."""
    if state.question is not None and state.question.uid is not None and _is_gone(state):
        state = replace(state, question=None)  # who takes the book away has answered
    match state.stage:
        case Stage.CONVERT:
            return consider_stack(state)
        case Stage.UNDO:
            return consider_undo(state)
        case _:
            return consider(state)


def _pressed(state: State, action: str) -> Step:
    state = replace(state, focus=None)
    pressed, effects = _line(state, "") if action == "enter" else buttons.press(state, action)
    after, more = _look(pressed)
    return after, (*effects, *more)


def _is_gone(state: State) -> bool:
    asked = state.question
    return asked is not None and all(seen.uid != asked.uid for seen in state.pad or ())


def _written(state: State, event: TagWritten) -> Step:
    if state.writing is not None and state.writing.undoes is not None:
        return undo_written(state, event)
    if state.stage is Stage.CONVERT:
        return stack_written(state, event)
    return written(state, event)


def _edit(state: State, edit: Edit) -> Step:
    match edit:
        case Edit.ERASE:
            return erasing(state), ()
        case Edit.BACK:
            return buttons.press(state, "cancel")
        case Edit.NEXT | Edit.PREVIOUS:
            way = 1 if edit is Edit.NEXT else -1
            fields = {Stage.SIGN_IN: len(state.form), Stage.ARRIVAL: len(FIELDS)}
            if state.stage not in fields:
                return replace(state, focus=0 if state.focus is None else state.focus + way), ()
            return replace(state, at_field=(state.at_field + way) % fields[state.stage]), ()
        case _:
            assert_never(edit)


def _line(state: State, text: str) -> Step:
    """A line was entered: what it means is what the station waits for."""
    match state.stage:
        case Stage.SIGN_IN:
            return sign_in_line(state, text)
        case Stage.ARRIVAL:
            return arrival_line(state, text)
        case Stage.LIST:
            return list_line(state, text)
        case Stage.NUMBER | Stage.BOOK | Stage.CHOOSE:
            return _number(state, text or state.typed)
        case Stage.NARROW | Stage.CONVERT | Stage.UNDO:
            return replace(state, typed=""), ()
        case _:
            assert_never(state.stage)


def _number(state: State, text: str) -> Step:
    state = replace(state, typed="")
    if not text:
        return state, ()
    odd = not is_ours(text, prefixes=state.config.prefixes, check=state.config.check)
    if state.writing is not None:
        if odd:
            return say(state, Word.ODD_NUMBER, text, sound=STOP)
        return replace(state, pending=text, queue=()), ()
    if odd:
        return replace(state, question=Question(Asked.NUMBER, other=text), notice=None), (STOP,)
    looking = replace(state, looking=text, question=None, notice=None, job=None, queue=())
    return replace(looking, stage=Stage.NUMBER), (FindNumber(text),)


def _number_answered(state: State, number: str, answer: CopiesFound | NoAnswer | Refusal) -> Step:
    state = replace(state, asked=state.asked - {number})
    if not isinstance(answer, CopiesFound):
        after = signed_out(state, answer) if isinstance(answer, Refusal) else state
        return say(replace(after, looking=""), Word.SILENT, sound=STOP)
    if state.stage is Stage.CONVERT:
        return found_for_stack(state, number, answer.copies)
    if number != state.looking:
        return state, ()  # another number was scanned since
    return _found(replace(state, looking=""), number, answer.copies)


def _found(state: State, number: str, copies: tuple[CopyToTag, ...]) -> Step:
    if not copies:
        return say(state, Word.UNKNOWN_NUMBER, number, sound=STOP)
    if len(copies) > 1:
        return replace(state, stage=Stage.CHOOSE, found=copies), (AGAIN,)
    return start_job(state, copies[0])


def _checked(state: State, event: TagChecked) -> Step:
    state = replace(state, asked=state.asked - {event.uid})
    if not isinstance(event.answer, TagHolder):
        return say(state, Word.SILENT, sound=STOP)
    return _look(replace(state, checked={**state.checked, event.uid: event.answer}))


def _record_answered(state: State, answer: object) -> Step:
    """The ledger took it over, or says why not: then the tag is written and the ledger is not."""
    if not isinstance(answer, Refusal):
        return state, ()
    if Reason.NOBODY_SIGNED_IN in answer.reasons:
        return signed_out(state, answer), (STOP,)
    return replace(state, notice=Notice(Word.REFUSED, reason=answer.reasons[0])), (STOP,)
