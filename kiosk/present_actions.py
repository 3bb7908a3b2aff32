"""The buttons of a View: what each says, in full, in one word, and aloud."""

from collections.abc import Mapping

from circulation.selfservice import Harm
from circulation.textbooks import Condition
from kiosk.access import Access
from kiosk.choices import DIGITS, Choice, bar_choices, character_of, main_choices
from kiosk.errands import NEXT_LETTERS
from kiosk.harms import CONDITIONS, HARMS
from kiosk.i18n import Texts, mark, name_of
from kiosk.present_damage import harm_action
from kiosk.state import Stage, State, is_collecting, unsecured
from kiosk.view import Action, Weight

_LABELS: Mapping[Choice, str] = {
    Choice.BORROW: mark("Borrow books"),
    Choice.RETURN: mark("Return books"),
    Choice.ACCOUNT: mark("My loans"),
    Choice.SEARCH: mark("Find a book"),
    Choice.FIND: mark("Find"),
    Choice.SPACE: mark("Blank"),
    Choice.UNTYPE: mark("Erase"),
    Choice.LETTERS: mark("Other keys"),
    Choice.OTHER_WORDS: mark("Other words"),
    Choice.FINISH: mark("Finish"),
    Choice.RECEIPT: mark("Finish with a receipt"),
    Choice.DAMAGE: mark("The book is damaged"),
    Choice.DAMAGE_BOOK: mark("Another book"),
    Choice.DAMAGE_CLOSE: mark("Back"),
    Choice.CLASS_LIST: mark("Pick from the list"),
    Choice.CLASS_CLOSE: mark("Back"),
    Choice.CLASS_TURN: mark("Take textbooks back"),
    Choice.CLASS_END: mark("End the class session"),
    Choice.CLASS_SKIP: mark("Books for myself"),
    Choice.CONTINUE: mark("Continue"),
    Choice.WAKE: mark("Continue"),
    Choice.HOME: mark("To the start"),
    Choice.RENEW_ALL: mark("Renew all"),
    Choice.LANGUAGE: mark("Change the language"),
    Choice.TEXT_SIZE: mark("Letters"),
    Choice.CONTRAST: mark("Contrast"),
    Choice.ACCESS: mark("For me"),
    Choice.HELP: mark("Help"),
    Choice.ACCESS_DONE: mark("Back"),
    Choice.LOW_REACH: mark("Buttons lower"),
    Choice.EXTRA_TIME: mark("More time"),
    Choice.PICTOGRAMS: mark("Pictures"),
    Choice.SPEECH: mark("Read aloud"),
    Choice.SERVICE: mark("For the librarian"),
    Choice.SERVICE_CLOSE: mark("Close"),
    Choice.ERASE: mark("Erase"),
    Choice.TEST_SOUND: mark("Try the sound"),
    Choice.RESTART_READERS: mark("Restart the readers"),
}
_SHORT: Mapping[Choice, str] = {
    Choice.BORROW: mark("Borrow"),
    Choice.RETURN: mark("Return"),
    Choice.ACCOUNT: mark("Mine"),
    Choice.RECEIPT: mark("Receipt"),
    Choice.RENEW_ALL: mark("Renew"),
    Choice.SEARCH: mark("Find"),
    Choice.OTHER_WORDS: mark("Words"),
    Choice.CONTINUE: mark("Go on"),
    Choice.DAMAGE: mark("Damaged"),
    Choice.CLASS_LIST: mark("List"),
    Choice.CLASS_TURN: mark("Take back"),
    Choice.CLASS_END: mark("End"),
    Choice.CLASS_SKIP: mark("For myself"),
    Choice.DAMAGE_BOOK: mark("Another"),
    Choice.LOW_REACH: mark("Lower"),
    Choice.EXTRA_TIME: mark("Slower"),
    Choice.SPEECH: mark("Aloud"),
    Choice.SERVICE: mark("Service"),
    Choice.TEST_SOUND: mark("Sound"),
    Choice.RESTART_READERS: mark("Restart"),
}
_SPOKEN: Mapping[Choice, str] = {
    Choice.ACCESS: mark("What makes it easier for you"),
}
_ICONS = {
    Choice.RENEW_ALL: "renew",
    Choice.ACCESS_DONE: "back",
    Choice.HOME: "back",
    Choice.WAKE: "continue",
    Choice.DAMAGE_CLOSE: "back",
    Choice.CLASS_CLOSE: "back",
    Choice.CLASS_END: "closed",
    Choice.CLASS_SKIP: "borrow",
    Choice.DAMAGE_BOOK: "book",
    Choice.UNTYPE: "erase",
    Choice.FIND: "search",
    Choice.OTHER_WORDS: "letters",
    Choice.SERVICE_CLOSE: "back",
    Choice.SERVICE: "staff",
    Choice.TEST_SOUND: "sound",
    Choice.RESTART_READERS: "retry",
}


_PICTURES: Mapping[str, Harm | Condition] = {**HARMS, **CONDITIONS}


def main_actions(state: State, texts: Texts) -> tuple[Action, ...]:
    """The actions below the screen; the first is the primary one."""
    return tuple(
        harm_action(_PICTURES[choice], choice, texts)
        if choice in _PICTURES
        else _key(DIGITS.get(choice) or character_of(choice), choice)
        if choice in DIGITS or character_of(choice)
        else _action(state, Choice(choice), texts, Weight.PLAIN if place else Weight.PRIMARY)
        for place, choice in enumerate(main_choices(state))
    )


def _key(character: str, choice: str) -> Action:
    """A key of a pad: its character is all there is to say."""
    return Action(choice, character, character, short=character)


def bar_actions(state: State, texts: Texts) -> tuple[Action, ...]:
    """The small ones that every screen has."""
    return tuple(_bar_action(state, Choice(choice), texts) for choice in bar_choices(state))


def _action(state: State, choice: Choice, texts: Texts, weight: Weight) -> Action:
    label = texts.say(_LABELS[choice])
    short = texts.say(_SHORT.get(choice, _LABELS[choice]))
    armed = len(unsecured(state))
    if choice is Choice.FINISH and armed:
        label = texts.count("Finish ({n} book unsafe)", "Finish ({n} books unsafe)", armed)
    if choice is Choice.FINISH and state.stage is Stage.SEARCH:
        label, short = texts.say("To the start"), texts.say("Back")
    if state.class_session is not None:
        label, short = _in_class(state, choice, texts) or (label, short)
    on = _switch(state.access, choice)
    spoken = label if on is None else _with_switch(label, on, texts)
    icon = _icon(state, choice)
    return Action(choice, label, spoken, weight, icon=icon, short=short, on=on)


def _in_class(state: State, choice: Choice, texts: Texts) -> tuple[str, str] | None:
    """What a button says in a class session and nowhere else, in full and in one word."""
    match choice:
        case Choice.FINISH if not unsecured(state):
            return texts.say("Next pupil"), texts.say("Next")
        case Choice.CLASS_TURN if is_collecting(state):
            return texts.say("Give out textbooks"), texts.say("Give out")
        case Choice.DAMAGE:
            return texts.say("The state of the book"), texts.say("State")
        case _:
            return None


def _icon(state: State, choice: Choice) -> str:
    if choice is Choice.LETTERS and state.search is not None:
        return NEXT_LETTERS[state.search.letters]
    if choice is Choice.CLASS_TURN:
        return "borrow" if is_collecting(state) else "return"
    searching = choice is Choice.FINISH and state.stage is Stage.SEARCH
    return icon_of(Choice.HOME if searching else choice)


def _bar_action(state: State, choice: Choice, texts: Texts) -> Action:
    label = texts.say(_LABELS[choice])
    spoken = texts.say(_SPOKEN.get(choice, _LABELS[choice]))
    if choice is Choice.LANGUAGE:
        languages = state.config.languages
        following = languages[(languages.index(state.language) + 1) % len(languages)]
        label = name_of(following)
        spoken = f"{spoken}: {label}"
    if choice is Choice.TEXT_SIZE:
        spoken = f"{spoken}: {state.access.text_scale:.0%}"
    if choice is Choice.CONTRAST:
        spoken = _with_switch(spoken, state.access.contrast, texts)
    return Action(choice, label, spoken, Weight.SMALL, icon=icon_of(choice))


def icon_of(choice: Choice) -> str:
    """The icon of a button, a name in `kiosk.icons`."""
    return _ICONS.get(choice, choice)


def _switch(access: Access, choice: Choice) -> bool | None:
    match choice:
        case Choice.LOW_REACH:
            return access.low_reach
        case Choice.EXTRA_TIME:
            return access.extra_time
        case Choice.PICTOGRAMS:
            return access.pictograms
        case Choice.SPEECH:
            return access.speech
        case _:
            return None


def _with_switch(label: str, on: bool, texts: Texts) -> str:
    word = texts.say("on") if on else texts.say("off")
    return f"{label}: {word}"
