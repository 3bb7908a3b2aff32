"""Rows, buttons and the bar that the views share."""

from kiosk.view import Action, Row, Tone, Weight
from tests.kiosk.screens.view_words import BOOKS, SHORT, words


def bar(language: str) -> tuple[Action, ...]:
    """What every screen has."""
    w = words(language)
    return (
        action("language", w["english"], Weight.SMALL, "language"),
        action("text_size", w["letters"], Weight.SMALL, "text_size"),
        action("contrast", w["contrast"], Weight.SMALL, "contrast"),
        action("access", w["for_me"], Weight.SMALL, "access"),
        action("help", w["help"], Weight.SMALL, "help"),
    )


def row(language: str, number: int, tone: Tone) -> Row:
    w = words(language)
    book = BOOKS[number % len(BOOKS)]
    if tone is Tone.BUSY:
        return Row(str(number), w["unknown"], "", w["busy"], tone)
    return Row(str(number), book.title, book.author, w[tone.value], tone, book)


def action(
    action_id: str, label: str, weight: Weight = Weight.PLAIN, icon: str = "", enabled: bool = True
) -> Action:
    short = SHORT.get(label, "")
    return Action(action_id, label, label, weight, icon, enabled, short)
