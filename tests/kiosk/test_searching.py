"""Finding a book at the kiosk: typed, asked, shown with its shelf; and gone with the session."""

import pytest

from circulation.policy import ItemKind
from circulation.search import Facets, Hit, SearchAnswer, Shelf
from kiosk.choices import Choice
from kiosk.effects import PlaySound
from kiosk.errands import KEYS, CatalogueSearched, Letters, SearchCatalogue
from kiosk.events import HeadphonesSeen, Key, KeyPressed, Pressed
from kiosk.state import Stage
from kiosk.view import ScreenName, Tone
from tests.kiosk.conftest import Story


def hit(title: str, *, available: int, title_id: int = 1) -> Hit:
    return Hit(
        title_id=title_id,
        title=title,
        subtitle="",
        author="Пушкин А. С.",
        year=1990,
        isbn="",
        kind=ItemKind.BOOK,
        section="84(2)",
        author_mark="П 91",
        age_mark=0,
        exact=False,
        copies=3,
        available=available,
        shelves=(Shelf(place="Абонемент", copies=3, available=available),),
    )


def answer(*hits: Hit, found: int | None = None) -> SearchAnswer:
    return SearchAnswer(hits=hits, found=found or len(hits), more=False, facets=Facets())


def type_words(story: Story, words: str) -> None:
    for character in words:
        story.happens(Pressed("space" if character == " " else f"type:{character}"))


@pytest.fixture
def searching(story: Story) -> Story:
    """Somebody without a card has typed a word and asked."""
    story.happens(Pressed("search"))
    type_words(story, "дубр")
    story.happens(Pressed("find"))
    return story


def test_keys_write_and_erase_and_need_no_card(story: Story) -> None:
    story.happens(Pressed("search"))

    type_words(story, "лев  толстойй")
    story.happens(Pressed("untype"))

    view = story.view()
    assert (view.screen, view.typed) == (ScreenName.SEARCH, "лев толстой")
    assert story.state.person is None


@pytest.mark.parametrize("letters", Letters)
def test_every_kind_of_keys_is_reached_and_has_36_at_most(story: Story, letters: Letters) -> None:
    story.happens(Pressed("search"))
    while story.state.search and story.state.search.letters is not letters:
        story.happens(Pressed("letters"))

    keys = [action.label for action in story.view().actions[2:]]

    assert "".join(keys[:-3]) == KEYS[letters]
    assert len(keys) <= 36  # what a panel of 10.1 inches holds


def test_what_was_typed_is_asked_for(searching: Story) -> None:
    asked = searching.take(SearchCatalogue)

    assert asked.words == "дубр"
    assert searching.view().screen is ScreenName.FOUND
    assert searching.view().notice.text == "Одну секунду…"


def test_nothing_typed_asks_nothing_and_says_so(story: Story) -> None:
    story.happens(Pressed("search"))

    effects = story.happens(Pressed("find"), Pressed("untype"), Pressed("space"))

    assert [type(effect) for effect in effects] == [PlaySound] * 3


def test_a_hit_tells_where_the_book_stands(searching: Story) -> None:
    asked = searching.take(SearchCatalogue)
    found = answer(hit("Дубровский", available=2), hit("Метель", available=0, title_id=2))

    searching.happens(CatalogueSearched(asked.session, asked.number, found))

    here, away = searching.view().rows
    assert (here.title, here.note) == ("Дубровский", "Абонемент · на месте 2 из 3")
    assert here.place is not None
    assert here.place.text == "84(2) П 91"
    assert (away.place, away.tone) == (None, Tone.WAIT)
    assert "заказать" in away.note
    assert searching.view().count == "2 книги"


def test_nothing_found_and_no_answer_are_said(searching: Story) -> None:
    asked = searching.take(SearchCatalogue)
    searching.happens(CatalogueSearched(asked.session, asked.number, answer()))
    nothing = searching.view().notice

    searching.happens(Pressed("other_words"), Pressed("find"))
    again = searching.take(SearchCatalogue)
    searching.happens(CatalogueSearched(again.session, again.number, None))

    assert "«дубр»" in nothing.text
    assert "Нет связи" in searching.view().notice.text


def test_an_answer_that_comes_after_other_words_is_not_shown(searching: Story) -> None:
    asked = searching.take(SearchCatalogue)
    searching.happens(Pressed("other_words"), Pressed("type:о"), Pressed("find"))

    searching.happens(
        CatalogueSearched(asked.session, asked.number, answer(hit("Метель", available=1)))
    )

    assert searching.view().rows == ()


def test_the_words_are_gone_with_the_session(searching: Story) -> None:
    asked = searching.take(SearchCatalogue)
    searching.passes(61)

    searching.happens(
        CatalogueSearched(asked.session, asked.number, answer(hit("Дубровский", available=1)))
    )

    assert searching.state.search is None
    assert searching.view().screen is ScreenName.START


def test_a_book_on_the_pad_and_a_card_begin_a_loan(searching: Story) -> None:
    searching.place("A1")

    assert searching.state.stage is Stage.BORROW
    assert searching.state.search is None

    searching.happens(Pressed("finish"), Pressed("search"))
    searching.card()

    assert searching.state.stage is Stage.BORROW
    assert searching.state.person is not None


def test_five_keys_write_a_word_and_hear_it_in_headphones(story: Story) -> None:
    story.happens(HeadphonesSeen(plugged=True), Pressed("search"))
    while story.view().actions[story.state.focus or 0].label != "в":
        story.happens(KeyPressed(Key.NEXT))

    story.happens(KeyPressed(Key.PRESS))

    view = story.view()
    assert view.typed == "в"
    assert view.actions[view.focus].spoken == "в"


def test_the_focus_stays_on_the_key_that_changes_the_keys(story: Story) -> None:
    story.happens(Pressed("search"), KeyPressed(Key.PREVIOUS))

    for _ in Letters:
        story.happens(KeyPressed(Key.PRESS))
        view = story.view()
        assert view.actions[view.focus].id == Choice.LETTERS


def test_a_loudspeaker_does_not_say_which_book_somebody_found(searching: Story) -> None:
    asked = searching.take(SearchCatalogue)
    found = answer(hit("Дубровский", available=2))
    searching.happens(CatalogueSearched(asked.session, asked.number, found))
    aloud = searching.view().rows[0].spoken

    searching.happens(HeadphonesSeen(plugged=True))

    assert "Дубровский" not in aloud
    assert "полка 84(2) П 91" in aloud
    assert "Дубровский" in searching.view().rows[0].spoken
