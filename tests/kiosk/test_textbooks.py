"""The textbook week: the set is shown with the card and ticked with the stack, book by book."""

from dataclasses import replace

import pytest

from circulation.api import ItemsAnswer, ItemView, PatronView, Refusal
from circulation.class_sets import StackAnswer, StackCopy, StackTick
from circulation.loan import ItemState, SecurityState
from circulation.policy import ItemKind
from circulation.reasons import Reason
from circulation.textbooks import Purpose, Spare
from kiosk.effects import AskStack, Effect, RequestCheckout, RequestCheckouts, ResolveItems
from kiosk.events import (
    Configured,
    ItemsResolved,
    Key,
    KeyPressed,
    LinkTurned,
    NoAnswer,
    StackAnswered,
    TagsUnread,
)
from kiosk.state import Phase
from kiosk.textbooks import is_textbook_week
from kiosk.view import Tone
from tests.kiosk.conftest import OWNER, Story, copy_of

ANNA = PatronView(
    patron_id="p-1",
    masked_name="Анна П.",
    class_name="5А",
    blocked=(),
    open_loans=0,
    overdue_loans=0,
    can_still_borrow=5,
)


class Week(Story):
    """A kiosk in the textbook week; titles are named by the first letter of their copies."""

    def __init__(self) -> None:
        super().__init__()
        self.state = replace(self.state, config=replace(self.state.config, textbook_week=True))

    def known_as(self, kind: ItemKind) -> None:
        """The ledger tells what the copies are."""
        asked = self.take(ResolveItems)
        items = tuple(
            ItemView(
                owner=OWNER,
                item_id=copy.item,
                title=f"Учебник {copy.item[0]}",
                author="",
                kind=kind,
                section="",
                parts=1,
                state=ItemState.IN_STOCK,
                security=SecurityState.ARMED,
            )
            for copy, _ in asked.copies
        )
        self.happens(
            ItemsResolved(
                asked.session,
                tuple(copy for copy, _ in asked.copies),
                ItemsAnswer(items=items, unknown=()),
            )
        )

    def lay(self, *items: str) -> None:
        """Textbooks on the pad, known to the ledger."""
        for item in items:
            self.place(item)
            self.known_as(ItemKind.TEXTBOOK)

    def compared(self, ticks: dict[str, str] | None = None, **spare: Spare) -> list[str]:
        """The ledger answers the oldest question: which copies were asked about.

        `ticks`: title letter to "wanted held". Copies of the question that are not spare are taken.
        """
        [asked, *_] = self.ordered_of(AskStack)
        self.compare_and_see(ticks, **spare)
        return sorted(copy.item for copy in asked.copies)

    def compare_and_see(
        self, ticks: dict[str, str] | None = None, **spare: Spare
    ) -> tuple[Effect, ...]:
        """The same; what follows from it."""
        asked = self.take(AskStack)
        take = [copy.item for copy in asked.copies if copy.item not in spare]
        answer = StackAnswer(
            patron=ANNA,
            purpose=Purpose.ISSUE,
            ticks=tuple(
                _tick(letter, *map(int, counts.split()), take)
                for letter, counts in (ticks or {}).items()
            ),
            take=tuple(_copy(item) for item in take),
            spare=tuple(_copy(item, why) for item, why in spare.items()),
            unknown=(),
            ambiguous=(),
            complete=False,
        )
        return self.happens(StackAnswered(asked.session, answer))

    def lent(self) -> list[str]:
        return sorted(one.copy.item for one in self.ordered_of(RequestCheckout))


def _tick(letter: str, wanted: int, held: int, take: list[str]) -> StackTick:
    on_pad = sum(item.startswith(letter) for item in take)
    return StackTick(
        title_id=ord(letter),
        title=f"Учебник {letter}",
        author="",
        section="",
        wanted=wanted,
        held=held,
        on_pad=on_pad,
        missing=max(0, wanted - held - on_pad),
    )


def _copy(item: str, why: Spare | None = None) -> StackCopy:
    return StackCopy(owner=OWNER, item_id=item, title="", author="", why=why)


@pytest.fixture
def week() -> Week:
    return Week()


def test_the_card_alone_shows_the_whole_set(week: Week) -> None:
    week.card()
    week.compared({"A": "1 0", "B": "2 1"})

    view = week.view()

    assert view.notice.text == "Ваши учебники: 1 из 3"
    assert [(row.title, row.note) for row in view.rows] == [
        ("Учебник A", "Не хватает: 1"),
        ("Учебник B", "Не хватает: 1"),
    ]
    assert view.count == ""


def test_a_stack_is_ticked_and_lent_and_the_extra_book_is_named(week: Week) -> None:
    week.card()
    week.compared({"A": "1 0", "B": "1 0"})
    week.lay("A1", "A2", "X1")
    before = week.lent()
    asked = [
        *week.compared({"A": "1 0", "B": "1 0"}),
        *week.compared({"A": "1 0", "B": "1 0"}, A2=Spare.ONE_TOO_MANY, X1=Spare.NOT_IN_SET),
    ]

    assert before == []
    assert asked == ["A1", "A1", "A2", "X1"]
    assert week.lent() == ["A1"]
    assert week.state.lines[copy_of("A2")].reasons == (Reason.ONE_TOO_MANY,)
    assert week.state.lines[copy_of("X1")].reasons == (Reason.NOT_IN_SET,)
    row = week.row("X1")
    assert (row.tone, row.note.startswith("Этой книги нет в вашем комплекте")) == (Tone.STOP, True)
    assert week.view().count == "3 книги"
    assert [row.title for row in week.view().rows if row.key.startswith("set/")] == ["Учебник B"]


def test_the_stack_may_lie_there_before_the_card(week: Week) -> None:
    week.lay("A1", "B1")
    week.card()
    asked = week.compared({"A": "1 0", "B": "1 0"})

    assert asked == ["A1", "B1"]
    assert week.lent() == ["A1", "B1"]
    assert week.view().notice.tone is Tone.INFO
    for _ in range(2):
        week.ledger_lends()
        week.tag_disarmed()
        week.disk_keeps()
    assert week.view().notice.text == "Ваши учебники: 2 из 2. Комплект собран."
    assert week.view().notice.tone is Tone.DONE


def test_a_library_book_is_lent_as_ever(week: Week) -> None:
    week.card()
    week.compared({"A": "1 0"})
    week.place("N1")
    week.known_as(ItemKind.BOOK)

    assert week.lent() == ["N1"]
    assert week.ordered_of(AskStack) == []


def test_who_has_no_set_borrows_textbooks_as_ever(week: Week) -> None:
    week.card()
    week.compared()
    week.lay("A1")
    week.compared(A1=Spare.NOT_IN_SET)

    assert week.lent() == ["A1"]
    assert week.view().notice is None


def test_without_an_answer_it_is_asked_again_and_nothing_is_lent(week: Week) -> None:
    week.lay("A1")
    week.card()
    asked = week.take(AskStack)
    week.happens(StackAnswered(asked.session, NoAnswer(sent=True)))
    none = week.ordered_of(AskStack)
    week.passes(week.state.config.ask_retry_s + 1)

    assert none == []
    assert len(week.ordered_of(AskStack)) == 1
    assert week.lent() == []
    assert week.state.lines[copy_of("A1")].phase is Phase.WAITING


def test_a_refusal_of_the_question_is_no_permission(week: Week) -> None:
    week.lay("A1")
    week.card()
    asked = week.take(AskStack)

    week.happens(StackAnswered(asked.session, Refusal(reasons=(Reason.CARD_UNKNOWN,))))

    assert week.lent() == []


def test_an_answer_to_the_pupil_before_reaches_nobody(week: Week) -> None:
    week.card()
    old = week.take(AskStack)
    week.state = replace(week.state, session=week.state.session + 1)

    answer = StackAnswer(
        patron=ANNA,
        purpose=Purpose.ISSUE,
        ticks=(_tick("A", 1, 0, []),),
        take=(),
        spare=(),
        unknown=(),
        ambiguous=(),
        complete=False,
    )
    week.happens(StackAnswered(old.session, answer))

    assert not [row for row in week.view().rows if row.key.startswith("set/")]


def test_outside_the_week_nothing_is_asked(week: Week) -> None:
    week.state = replace(week.state, config=replace(week.state.config, textbook_week=False))
    week.card()
    week.lay("A1")

    assert week.ordered_of(AskStack) == []
    assert week.lent() == ["A1"]


def test_week_that_ends_amid_a_pupils_books_ends_for_the_next_one(week: Week) -> None:
    week.card()
    over = Configured(languages=("ru",), idle_s=40, volume=0.5, textbook_week=False)

    week.happens(over)

    assert is_textbook_week(week.state)
    week.happens(KeyPressed(Key.STAFF))
    assert not is_textbook_week(week.state)


def test_alone_nobody_knows_the_set_and_the_usual_rules_lend(week: Week) -> None:
    week.happens(LinkTurned(alone=True, able=True))
    week.card()
    before = week.view().notice
    week.lay("A1")

    assert week.ordered_of(AskStack) == []
    assert week.lent() == ["A1"]
    told = week.view().notice
    assert (told.text, told.tone) == (
        "Без связи ваш комплект неизвестен. Выдаю по обычным правилам",
        Tone.INFO,
    )
    assert told != before


def test_a_stack_that_waited_for_its_set_is_lent_when_the_line_is_given_up(week: Week) -> None:
    week.lay("A1")
    week.card()
    asked = week.take(AskStack)
    week.happens(StackAnswered(asked.session, NoAnswer(sent=False)))
    waiting = week.lent()

    week.happens(LinkTurned(alone=True, able=True))

    assert (waiting, week.lent()) == ([], ["A1"])


def test_whole_stack_is_one_question_and_one_act(week: Week) -> None:
    week.card()
    week.compared({"A": "1 0", "B": "1 0", "C": "1 0"})
    week.happens(TagsUnread(3))
    week.lay("A1", "B1", "C1", "D1")
    asked_early = week.ordered_of(AskStack)

    week.happens(TagsUnread(0))
    session = week.state.session
    effects = week.compare_and_see({"A": "1 0", "B": "1 0", "C": "1 0"}, D1=Spare.NOT_IN_SET)

    assert not asked_early
    [act] = [effect for effect in effects if isinstance(effect, RequestCheckouts)]
    assert sorted(wish.copy.item for wish in act.wishes) == ["A1", "B1", "C1"]
    assert {wish.session for wish in act.wishes} == {session}
    assert week.state.lines[copy_of("D1")].reasons == (Reason.NOT_IN_SET,)


def test_book_that_the_ledger_has_not_told_of_yet_holds_the_stack_up(week: Week) -> None:
    week.card()
    week.compared({"A": "1 0", "B": "1 0"})
    week.happens(TagsUnread(2))
    week.place("A1")
    week.place("B1")
    week.happens(TagsUnread(0))
    week.known_as(ItemKind.TEXTBOOK)
    while_one_is_unknown = week.ordered_of(AskStack)

    week.known_as(ItemKind.TEXTBOOK)

    assert not while_one_is_unknown
    assert week.compared({"A": "1 0", "B": "1 0"}) == ["A1", "B1"]


def test_set_is_shown_while_the_stack_is_still_being_read(week: Week) -> None:
    week.happens(TagsUnread(2))
    week.lay("A1")
    week.card()

    assert week.compared({"A": "1 0", "B": "1 0"}) == []
    assert len(week.view().rows) == 3  # the two titles of the set and the book that lies there


def test_latecomers_are_the_next_act(week: Week) -> None:
    week.card()
    week.compared({"A": "1 0", "B": "1 0"})
    week.lay("A1")
    week.compared({"A": "1 0", "B": "1 0"})

    week.happens(TagsUnread(1))
    week.lay("B1")
    week.happens(TagsUnread(0))
    week.compared({"A": "1 1", "B": "1 0"})

    assert week.lent() == ["A1", "B1"]
