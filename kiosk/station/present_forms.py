"""Forms and lists as rows: one field or copy each, the one being typed in with its cursor."""

from collections.abc import Sequence

from circulation.encoding import CopyToTag
from kiosk.i18n import Texts, mark
from kiosk.station.state import FIELDS, LOGIN, PASSWORD, Listing, State
from kiosk.view import Action, Cover, Row, Tone, Weight

_CURSOR = "|"
_ABOVE = 2  # fields shown above the one that is typed in
_LABELS = {
    "isbn": mark("ISBN: scan it"),
    "title": mark("Title"),
    "author": mark("Author"),
    "grade": mark("Class of a textbook"),
    "batch": mark("Delivery note"),
    "place": mark("Shelf"),
    "first": mark("First inventory number"),
    "count": mark("How many copies"),
}


def sign_in_rows(state: State, texts: Texts) -> tuple[Row, ...]:
    """Name and password; of the password only its length."""
    shown = (state.form[LOGIN], "•" * len(state.form[PASSWORD]))
    labels = (texts.say("Name"), texts.say("Password"))
    return tuple(
        _field_row(number, label, text, state, texts)
        for number, (label, text) in enumerate(zip(labels, shown, strict=True))
    )


def arrival_rows(state: State, texts: Texts) -> tuple[Row, ...]:
    """Every field; above them the other titles with this ISBN."""
    found = state.arrival.found
    others = found.titles if found is not None and len(found.titles) > 1 else ()
    picks = tuple(
        Row(
            key=f"pick:{number}",
            title=title.title,
            author=title.author,
            note=" · ".join(str(part) for part in (title.publisher, title.year) if part),
            tone=Tone.INFO,
            cover=Cover(title.title, title.author, title.section),
            action=_button(f"pick:{number}", texts.say("This one")),
        )
        for number, title in enumerate(others)
    )
    first = max(0, state.at_field - _ABOVE)
    fields = tuple(
        _field_row(number, texts.say(_LABELS[name]), state.arrival.values[number], state, texts)
        for number, name in enumerate(FIELDS)
        if number >= first
    )
    return (*picks, *fields)


def list_rows(copies: Sequence[CopyToTag], texts: Texts) -> tuple[Row, ...]:
    """Copies to be taken one by one."""
    return tuple(
        Row(
            key=f"{copy.owner}/{copy.item_id}",
            title=copy.title,
            author=copy.author,
            note=" · ".join(part for part in (copy.item_id, copy.inventory_no, copy.place) if part),
            tone=Tone.INFO,
            cover=Cover(copy.title, copy.author, copy.section),
            action=_button(f"take:{copy.item_id}", texts.say("Tag it")),
            spoken=f"{copy.title}, {copy.item_id}",
        )
        for copy in copies
    )


def choice_rows(listing: Listing, texts: Texts) -> tuple[Row, ...]:
    """What the list can be narrowed to, and all of it."""
    choices = listing.choices
    found = (
        ()
        if choices is None
        else {
            "place": choices.places,
            "batch": choices.batches,
            "grade": choices.grades,
        }.get(listing.narrowing, ())
    )
    everything = Row(
        key="-",
        title=texts.say("All"),
        author="",
        note="",
        tone=Tone.INFO,
        icon="shelf",
        action=_button("only:-", texts.say("Show")),
    )
    return (
        everything,
        *(
            Row(
                key=choice.value,
                title=choice.value,
                author="",
                note=texts.count("{n} copy", "{n} copies", choice.copies),
                tone=Tone.INFO,
                icon="shelf",
                action=_button(f"only:{choice.value}", texts.say("Show")),
            )
            for choice in found
        ),
    )


def _field_row(number: int, label: str, text: str, state: State, texts: Texts) -> Row:
    here = number == state.at_field
    return Row(
        key=f"field:{number}",
        title=f"{label}: {text}{_CURSOR if here else ''}",
        author="",
        note=texts.say("Type it, then Enter") if here else "",
        tone=Tone.INFO if here else Tone.BUSY,
        icon="continue" if here else "off",
        spoken=label if here else "",
    )


def _button(action_id: str, label: str) -> Action:
    return Action(action_id, label, label, Weight.PLAIN)
