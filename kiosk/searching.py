"""Searching the catalogue at the kiosk: type, ask, look at the shelves. Pure; needs no card."""

from dataclasses import replace

from kiosk.effects import PlaySound
from kiosk.errands import KEYS, MAX_WORDS, NEXT_LETTERS, CatalogueSearched, Search, SearchCatalogue
from kiosk.security import Step
from kiosk.sounds import Sound
from kiosk.state import State

_NOTHING_DONE = (PlaySound(Sound.STOP),)  # a press is always answered, by eye or by ear


def typed(state: State, character: str) -> Step:
    """One more character; a blank neither begins the words nor follows another."""
    search = state.search or Search()
    if character == " " and (not search.words or search.words.endswith(" ")):
        return state, _NOTHING_DONE
    words = (search.words + character)[:MAX_WORDS]
    return replace(state, search=replace(search, words=words)), ()


def erased(state: State) -> Step:
    """The last character less."""
    search = state.search or Search()
    if not search.words:
        return state, _NOTHING_DONE
    return replace(state, search=replace(search, words=search.words[:-1])), ()


def other_letters(state: State) -> State:
    """The next kind of keys; the focus stays on the key that changes them."""
    search = state.search or Search()
    letters = NEXT_LETTERS[search.letters]
    by = len(KEYS[letters]) - len(KEYS[search.letters])
    focus = None if state.focus is None else state.focus + by
    return replace(state, search=replace(search, letters=letters), focus=focus)


def ask(state: State) -> Step:
    """Ask for what was typed; nothing typed asks nothing."""
    search = state.search or Search()
    words = search.words.strip()
    if not words:
        return state, _NOTHING_DONE
    number = search.number + 1
    search = Search(search.words, search.letters, number, asked=True, waiting=True)
    question = SearchCatalogue(state.session, number, words)
    return replace(state, search=search, focus=None if state.focus is None else 0), (question,)


def type_again(state: State) -> State:
    """Back to the keys, with the words as they are."""
    search = state.search or Search()
    focus = None if state.focus is None else 0
    return replace(state, search=replace(search, asked=False, waiting=False), focus=focus)


def answered(state: State, event: CatalogueSearched) -> State:
    """What was found, unless somebody has typed on or gone."""
    search = state.search
    if event.session != state.session or search is None or search.number != event.number:
        return state
    if not search.waiting:
        return state
    if event.result is None:
        return replace(state, search=replace(search, waiting=False, silent=True))
    hits, found = event.result.hits, event.result.found
    return replace(state, search=replace(search, waiting=False, hits=hits, found=found))
