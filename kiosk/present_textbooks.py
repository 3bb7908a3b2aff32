"""The pupil's set on the screen: how much of it is there, and a row for each title that lacks."""

from circulation.class_sets import StackTick
from kiosk.class_set import SetDesk
from kiosk.i18n import Texts
from kiosk.state import Line, Phase, Stage, State, is_collecting, is_done
from kiosk.textbooks import is_by_set, is_textbook, is_textbook_week, set_desk
from kiosk.view import Cover, Notice, Row, Tone
from kiosk.wording import sentences


def set_rows(state: State, texts: Texts) -> tuple[Row, ...]:
    """What is neither at home nor on the pad, in the order of the set.

    Of a set that is collected: what is not back and not on the pad.
    """
    answer = set_desk(state).answer if is_by_set(state) else None
    ticks = answer.ticks if answer else ()
    return tuple(_row(state, tick, texts) for tick in ticks if tick.missing)


def set_notice(state: State, texts: Texts) -> Notice | None:
    """«Ваши учебники: 10 из 12»; None when nobody's set is known."""
    desk = set_desk(state)
    if state.alone:
        return _unknown_set(state, texts)
    if not is_by_set(state) or desk.answer is None:
        return None
    if is_collecting(state):
        return _collected(state, desk, texts)
    if not desk.wanted:
        return None
    there = desk.wanted - desk.missing
    told = texts.say("Your textbooks: {there} of {wanted}", there=there, wanted=desk.wanted)
    if desk.missing or not all(_is_settled(state, line) for line in state.lines.values()):
        return Notice(told, Tone.INFO)
    return Notice(sentences(told, texts.say("The set is complete")), Tone.DONE)


def _unknown_set(state: State, texts: Texts) -> Notice | None:
    """Alone: as soon as a textbook lies there, that nobody compares it with a set."""
    week = is_textbook_week(state) and state.stage is Stage.BORROW
    if not week or not any(is_textbook(state, copy) for copy in state.lines):
        return None
    text = texts.say("Without a connection your set is not known. I lend by the usual rules")
    return Notice(text, Tone.INFO)


def _collected(state: State, desk: SetDesk, texts: Texts) -> Notice:
    if desk.missing:
        return Notice(texts.say("Not returned yet: {n}", n=desk.missing), Tone.INFO)
    if not all(_is_settled(state, line) for line in state.lines.values()):
        return Notice(texts.say("One moment…"), Tone.BUSY)
    return Notice(texts.say("All textbooks are back"), Tone.DONE)


def _is_settled(state: State, line: Line) -> bool:
    """Lent with its tag silenced, or no part of the set."""
    return is_done(state, line) or line.phase in (Phase.REFUSED, Phase.ALREADY_YOURS)


def _row(state: State, tick: StackTick, texts: Texts) -> Row:
    if is_collecting(state):
        note = texts.say("Not returned yet: {n}", n=tick.missing)
    else:
        note = texts.say("Still missing: {n}", n=tick.missing)
    title = tick.title if state.headphones else texts.say("A textbook of your set")
    return Row(
        key=f"set/{tick.title_id}",
        title=tick.title,
        author=tick.author,
        note=note,
        tone=Tone.INFO,
        cover=Cover(tick.title, tick.author, tick.section),
        spoken=sentences(title, note),
    )
