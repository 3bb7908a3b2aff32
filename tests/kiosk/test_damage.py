"""A returned book is said to be damaged: by picture, of the right copy, only once it is back."""

from dataclasses import replace

import pytest

from circulation.api import Refusal
from circulation.reasons import Reason
from circulation.selfservice import Harm
from kiosk.effects import RequestReturn
from kiosk.errands import DamageReported, ReportDamage
from kiosk.events import LinkTurned, NoAnswer, Pressed, ReturnAnswered
from kiosk.view import ScreenName, Tone
from tests.kiosk.conftest import Story, copy_of


def give_back(story: Story, item: str) -> None:
    story.place(item)
    story.ledger_knows()
    story.ledger_takes_back()


def offered(story: Story) -> list[str]:
    return [action.id for action in story.view().actions]


@pytest.fixture
def returned(story: Story) -> Story:
    """One book came back."""
    story.happens(Pressed("return"))
    give_back(story, "A1")
    return story


def test_a_book_that_is_not_back_yet_cannot_be_reported(story: Story) -> None:
    story.happens(Pressed("return"))
    story.place("A1")

    assert "damage" not in offered(story)


@pytest.mark.parametrize("harm", Harm)
def test_a_picture_says_what_is_wrong(returned: Story, harm: Harm) -> None:
    returned.happens(Pressed("damage"))
    view = returned.view()

    returned.happens(Pressed(f"harm:{harm}"))

    told = returned.take(ReportDamage)
    assert (view.screen, view.subtitle) == (ScreenName.DAMAGE, "Книга A1")
    assert (told.copy, told.harm) == (copy_of("A1"), harm)
    assert returned.view().screen is ScreenName.PAD


def test_a_reported_book_goes_to_the_librarian(returned: Story) -> None:
    returned.happens(Pressed("damage"), Pressed("harm:wet"))
    told = returned.take(ReportDamage)

    returned.happens(DamageReported(told.session, told.copy, ok=True))

    row = returned.row("A1")
    assert row.note == "Спасибо, что сказали: промокла"
    assert row.place is not None
    assert row.place.icon == "staff"
    assert "damage" not in offered(returned)


def test_a_report_that_nobody_heard_asks_to_tell_the_librarian(returned: Story) -> None:
    returned.happens(Pressed("damage"), Pressed("harm:torn"))
    told = returned.take(ReportDamage)

    returned.happens(DamageReported(told.session, told.copy, ok=False))

    assert returned.row("A1").note == "Скажите, пожалуйста, библиотекарю: порвана"
    assert returned.row("A1").tone is Tone.WAIT


def test_of_several_books_the_right_one_is_chosen(returned: Story) -> None:
    give_back(returned, "A2")
    returned.happens(Pressed("damage"))
    newest = returned.view().subtitle

    returned.happens(Pressed("damage_book"))
    older = returned.view().subtitle
    returned.happens(Pressed("damage_book"))

    assert (newest, older, returned.view().subtitle) == ("Книга A2", "Книга A1", "Книга A2")


def test_a_book_whose_return_waits_on_the_disk_can_be_reported_too(story: Story) -> None:
    story.happens(Pressed("return"))
    story.place("A1")
    story.ledger_knows()
    asked = story.take(RequestReturn)
    story.happens(ReturnAnswered(asked.session, asked.slot, asked.copy, NoAnswer(sent=True)))

    story.happens(Pressed("damage"), Pressed("harm:wet"))

    assert story.take(ReportDamage).copy == copy_of("A1")


def test_a_refused_return_is_told_also_of_a_book_of_which_something_was_said(story: Story) -> None:
    story.happens(Pressed("return"))
    story.place("A1")
    story.ledger_knows()
    asked = story.take(RequestReturn)
    answered = ReturnAnswered(asked.session, asked.slot, asked.copy, NoAnswer(sent=True))
    story.happens(answered, Pressed("damage"), Pressed("harm:wet"))
    refused = Refusal(reasons=(Reason.ITEM_UNKNOWN,))

    story.happens(replace(answered, result=refused))

    assert story.row("A1").tone is Tone.STOP


def test_a_book_without_a_known_title_is_named_by_its_number(returned: Story) -> None:
    returned.happens(LinkTurned(alone=True, able=True))
    item = returned.state.items[copy_of("A1")].model_copy(update={"title": ""})
    returned.state = returned.state.with_item(copy_of("A1"), item)

    returned.happens(Pressed("damage"))

    assert returned.view().subtitle == "Книга A1"


def test_the_panel_closes_without_a_word_and_gives_way_to_the_warning(returned: Story) -> None:
    returned.happens(Pressed("damage"), Pressed("damage_close"))

    assert returned.view().screen is ScreenName.PAD
    assert returned.ordered_of(ReportDamage) == []

    returned.happens(Pressed("damage"))
    returned.passes(41)

    assert returned.view().screen is ScreenName.PAD
    assert offered(returned) == ["continue", "finish"]


def test_the_title_of_the_book_is_said_in_headphones_only(returned: Story) -> None:
    returned.happens(Pressed("damage"))

    assert "Книга A1" not in returned.view().spoken
