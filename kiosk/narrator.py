"""What to say aloud when one View follows another. Pure; the words are all in the View.

A new screen is told whole, a change on it by what changed. Whatever a person does ends the sentence
that is being said (EN 301 549, 5.1.3.5); news that come by themselves wait for its end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.view import Row, Tone, View
from kiosk.wording import sentences


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence for the voice. Empty and interrupting: be silent."""

    text: str
    language: str
    interrupts: bool
    gain: float = 1.0
    private: bool = False  # holds what may be heard in headphones only, and is kept nowhere


def narrate(before: View | None, after: View) -> Saying | None:
    """What is to be said now; None when nothing is new."""
    if not after.speech:
        spoke = before is not None and before.speech
        return _saying("", after, interrupts=True) if spoke else None
    if before is None or not before.speech:
        return _saying(sentences(after.guide, *_whole(after)), after, interrupts=True)
    if _is_another(before, after):
        return _saying(sentences(*_whole(after)), after, interrupts=True)
    moved = after.focus != before.focus or _act_in_focus(before) != _act_in_focus(after)
    text = sentences(*_changes(before, after), _act_in_focus(after) if moved else "")
    return _saying(text, after, interrupts=moved) if text else None


def _is_another(before: View, after: View) -> bool:
    """Another screen or language, or what is said may not be heard the same way as before."""
    return (before.screen, before.language, before.private, before.title) != (
        after.screen,
        after.language,
        after.private,
        after.title,
    )


def _whole(view: View) -> Iterator[str]:
    yield view.spoken
    yield from (row.spoken for row in view.rows if _is_settled(row))
    yield _act_in_focus(view)


def _changes(before: View, after: View) -> Iterator[str]:
    if after.notice is not None and after.notice != before.notice:
        yield after.notice.text
    known = {row.key: row.spoken for row in before.rows if _is_settled(row)}
    for row in reversed(after.rows):  # the newest is on top, and is told last
        if _is_settled(row) and known.get(row.key) != row.spoken:
            yield row.spoken
    if after.private and after.typed != before.typed:
        yield after.typed
    if after.status != before.status:
        yield after.status
    if after.spoken_left != before.spoken_left:
        yield after.spoken_left


def _is_settled(row: Row) -> bool:
    """ "One moment" of every book would drown the results."""
    return row.tone is not Tone.BUSY


def _act_in_focus(view: View) -> str:
    """The action that the keypad stands on, after the book it belongs to."""
    if view.focus is None:
        return ""
    in_rows = [(row.action.spoken, row.spoken) for row in view.rows if row.action is not None]
    plain = [(action.spoken, "") for action in view.actions]
    in_bar = [(action.spoken, "") for action in view.bar]
    spoken, book = (*plain, *in_rows, *in_bar)[view.focus]
    return sentences(book, spoken)


def _saying(text: str, view: View, *, interrupts: bool) -> Saying:
    return Saying(text, view.language, interrupts, view.gain, view.private)
