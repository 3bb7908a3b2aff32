"""What the reader sees when the kiosk decides alone, and what the session does at the turn."""

from dataclasses import replace

import pytest

from circulation.api import Account, LoanView, PatronView, Refusal
from circulation.reasons import Reason, reason_code
from kiosk.effects import FetchAccount, RequestCheckout, ResolveCard, ResolveItems
from kiosk.events import (
    AccountFetched,
    CardPresented,
    CardResolved,
    ItemsResolved,
    LinkSeen,
    LinkTurned,
    NoAnswer,
    Pressed,
    UnsentReturns,
)
from kiosk.state import Phase
from kiosk.view import Tone
from tests.kiosk.conftest import CARD, copy_of

ALONE = LinkTurned(alone=True, able=True)
LOST = LinkTurned(alone=True, able=False)
BACK = LinkTurned(alone=False, able=True)
LOAN = LoanView(
    loan_id="",
    owner="RU-10010033",
    item_id="A1",
    title="",
    author="",
    section="",
    due="2026-10-20",
    overdue=False,
    renewals_left=1,
    security="disarmed",
)
NOBODY_KNOWN = PatronView(
    patron_id="p-1",
    masked_name="",
    class_name="",
    blocked=(),
    open_loans=0,
    overdue_loans=0,
    can_still_borrow=3,
)


@pytest.mark.parametrize(
    ("language", "words"),
    [("ru", "Нет связи: работаю автономно"), ("en", "No connection: working on my own")],
)
def test_screen_says_that_it_works_alone_as_long_as_it_does(story, language, words):
    story.happens(ALONE)
    assert words in story.view(language).status

    story.happens(LinkSeen(online=True))  # one answer is not the end of it
    assert words in story.view(language).status

    story.happens(BACK)
    assert story.view(language).status == ""


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (None, "Нет связи: работаю автономно"),
        (5, "Нет связи: работаю автономно ещё 5 часов"),
        (1, "Нет связи: работаю автономно ещё 1 час"),
        (0, "Нет связи слишком долго: только возврат"),
    ],
)
def test_end_of_the_trust_is_told_before_it_comes(story, hours, words):
    story.happens(replace(ALONE, hours_left=hours))

    assert story.view().status == words


def test_back_with_the_controller_no_hours_are_counted(story):
    story.happens(replace(ALONE, hours_left=2), BACK, ALONE)

    assert story.view().status == "Нет связи: работаю автономно"


def test_without_anything_to_decide_by_it_only_says_that_there_is_no_connection(story):
    story.happens(LOST)

    assert story.view().status == "Нет связи"


def test_nobody_is_greeted_by_a_name_that_is_not_known(story):
    story.happens(ALONE, CardPresented(CARD))
    asked = story.take(ResolveCard)

    story.happens(CardResolved(asked.session, CARD, NOBODY_KNOWN))

    view = story.view()
    assert view.subtitle == ""
    assert view.notice.text.endswith("ещё 3 книги")


def test_book_is_lent_alone_like_any_other_and_shown_by_its_number(story):
    story.happens(ALONE)
    story.card()
    story.place("A1")
    items = story.take(ResolveItems)
    story.ordered.append(items)
    story.ledger_knows()
    story.state = story.state.with_item(
        copy_of("A1"), story.state.items[copy_of("A1")].model_copy(update={"title": ""})
    )

    story.ledger_lends()
    story.tag_disarmed()
    story.disk_keeps()

    row = story.row("A1")
    assert (row.tone, row.cover) == (Tone.DONE, None)
    assert row.title.endswith("A1")
    assert row.note.startswith("Записано без связи · до ")


def test_book_taken_back_alone_is_marked_and_one_taken_back_before_is_not(story):
    story.happens(Pressed("return"))
    give_back(story, "A1")
    story.happens(ALONE)
    give_back(story, "A2")

    assert (story.row("A1").note, story.row("A2").note) == ("Принято", "Принято без связи")


def give_back(story, item):
    story.place(item)
    story.ledger_knows()
    story.ledger_takes_back()


def test_reason_of_mistrust_is_said_with_its_code(story):
    story.happens(ALONE, CardPresented(CARD))
    asked = story.take(ResolveCard)

    refusal = Refusal(reasons=(Reason.OFFLINE_TOO_LONG,))
    story.happens(CardResolved(asked.session, CARD, refusal))

    assert story.view().notice.text.endswith(reason_code(Reason.OFFLINE_TOO_LONG))


def test_whoever_waits_for_an_answer_is_asked_for_again_at_the_turn(story):
    story.card()
    story.place("A1")
    story.ledger_knows()
    story.ledger_is_silent(sent=True)
    assert story.state.lines[copy_of("A1")].phase is Phase.UNANSWERED

    story.happens(ALONE)

    [again] = story.ordered_of(RequestCheckout)
    assert again.slot == story.state.lines[copy_of("A1")].slot  # the same operation


def test_card_and_books_without_an_answer_are_asked_for_again_at_the_turn(story):
    story.happens(CardPresented(CARD))
    card = story.take(ResolveCard)
    story.place("A1")
    items = story.take(ResolveItems)
    story.happens(
        CardResolved(card.session, CARD, NoAnswer(sent=False)),
        ItemsResolved(items.session, (copy_of("A1"),), NoAnswer(sent=False)),
    )

    story.happens(ALONE)

    assert len(story.ordered_of(ResolveCard)) == 1
    assert len(story.ordered_of(ResolveItems)) == 1


@pytest.mark.parametrize("turn", [ALONE, BACK])
def test_copies_with_unsent_returns_are_left_alone_until_somebody_knows_of_them(story, turn):
    story.happens(UnsentReturns((copy_of("A1"),)), LOST)
    assert story.state.returning == {copy_of("A1")}

    story.happens(turn)

    assert story.state.returning == frozenset()


@pytest.mark.parametrize("loans", [(), (LOAN,)])
def test_account_without_a_network_says_that_orders_are_shown_later(story, loans):
    story.happens(ALONE, Pressed("account"))
    story.card()
    fetch = story.take(FetchAccount)
    account = Account(patron=story.state.person.view, loans=loans)

    story.happens(AccountFetched(fetch.session, fetch.patron_id, account, ()))

    told = story.view().notice.text
    assert "Заказы будут видны, когда появится связь" in told
    assert ("книг нет" in told) is (not loans)
