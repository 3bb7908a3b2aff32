"""The account: what one has, what waits for one, and what is renewed."""

from datetime import date

import pytest

from circulation.api import Account, LoanReceipt, LoanView, Refusal
from circulation.desk import HoldReceipt, HoldView
from circulation.holds import HoldState
from circulation.loan import SecurityState
from circulation.reasons import Reason, reason_code
from kiosk.effects import FetchAccount, RequestRenewal
from kiosk.errands import CancelHold, HoldCancelled
from kiosk.events import (
    AccountFetched,
    Pressed,
    RenewalAnswered,
)
from kiosk.view import Tone

HOLDS = (
    HoldView(
        hold_id=1,
        title_id=1,
        title="Дубровский",
        author="Пушкин А. С.",
        state=HoldState.WAITING,
        ahead=1,
        code="0001",
    ),
    HoldView(
        hold_id=2,
        title_id=2,
        title="Атлас",
        author="",
        state=HoldState.READY,
        ahead=0,
        code="0042",
        ready_until=date(2026, 10, 5),
    ),
)


def loan(item, due, *, overdue=False, renewals_left=2):
    return LoanView(
        loan_id=f"l-{item}",
        owner="RU-10010033",
        item_id=item,
        title=f"Книга {item}",
        author="Автор",
        section="84",
        due=due,
        overdue=overdue,
        renewals_left=renewals_left,
        security=SecurityState.DISARMED,
    )


@pytest.fixture
def account(story):
    """Anna looks at her two loans; the second may be renewed."""
    story.happens(Pressed("account"))
    story.card()
    fetch = story.take(FetchAccount)
    patron = story.state.person.view
    loans = (loan("A1", "2026-09-01", overdue=True, renewals_left=0), loan("A2", "2026-10-14"))
    account = Account(patron=patron, loans=loans)
    story.happens(AccountFetched(fetch.session, fetch.patron_id, account, HOLDS))
    return story


def test_account_lists_loans_and_renews_one(account):
    late, open_ = account.row("A1"), account.row("A2")
    account.happens(Pressed(account.row("A2").action.id))
    asked = account.take(RequestRenewal)
    receipt = LoanReceipt(
        op_id="00000000-0000-0000-0000-000000000001",
        loan_id="l-A2",
        item_id="A2",
        title="Книга",
        due="2026-10-28",
        renewals=1,
        security=SecurityState.DISARMED,
    )

    account.happens(RenewalAnswered(asked.session, asked.slot, asked.copy, receipt))

    assert [late.note, open_.note] == ["Просрочена с 1 сентября", "До 14 октября"]
    assert late.action is None
    assert account.row("A2").note == "Продлено до 28 октября"
    assert account.view().notice.text == "Продлена 1 книга"


def test_renew_all_gives_each_its_own_answer(account):
    account.happens(Pressed("renew_all"))
    asked = account.take(RequestRenewal)

    refusal = Refusal(reasons=(Reason.RENEWAL_LIMIT,))
    account.happens(RenewalAnswered(asked.session, asked.slot, asked.copy, refusal))

    assert reason_code(Reason.RENEWAL_LIMIT) in account.row("A2").note
    assert account.view().notice.text == "1 книгу продлить нельзя."
    assert "renew_all" not in [action.id for action in account.view().actions]


def test_everything_personal_is_gone_at_the_end(account):
    account.happens(Pressed("finish"))

    state = account.state
    assert (state.person, state.account, state.lines, state.renewals) == (None, None, {}, {})
    assert "Анна" not in repr(state)


def test_overdue_books_are_told_in_one_neutral_line(account):
    notice = account.view().notice

    assert notice.text == "Просрочена 1 книга. Верните, пожалуйста, поскорее."
    assert notice.tone is Tone.INFO


def test_overdue_comes_first_then_what_is_ready_and_what_is_waited_for_last(account):
    rows = account.view().rows

    assert [row.title for row in rows] == ["Книга A1", "Атлас", "Книга A2", "Дубровский"]
    assert rows[1].note == "Готова к выдаче, № 0042 · до 5 октября"
    assert rows[3].note == "Заказана, вы 2-й в очереди"
    assert account.view().count == "2 книги"


def test_a_loudspeaker_does_not_say_what_somebody_waits_for(account):
    assert "Атлас" not in account.view().rows[1].spoken


def hold_row(account, title):
    return next(row for row in account.view().rows if row.title == title)


def test_a_hold_is_given_up_by_two_presses(account):
    account.happens(Pressed(hold_row(account, "Дубровский").action.id))
    asked, orders = hold_row(account, "Дубровский"), account.ordered_of(CancelHold)
    account.happens(Pressed(asked.action.id))
    order = account.take(CancelHold)

    receipt = HoldReceipt(op_id="00000000-0000-0000-0000-000000000001", hold=HOLDS[0])
    account.happens(HoldCancelled(order.session, order.hold_id, receipt))

    assert (asked.note, asked.action.label) == ("Отменить заказ? Нажмите ещё раз", "Да, отменить")
    assert orders == []
    assert order.hold_id == 1
    assert hold_row(account, "Дубровский").note == "Заказ отменён"
    assert hold_row(account, "Дубровский").action is None


def test_another_press_in_between_keeps_the_hold(account):
    first = hold_row(account, "Дубровский").action.id

    account.happens(Pressed(first), Pressed("text_size"), Pressed(first))

    assert account.ordered_of(CancelHold) == []
    assert hold_row(account, "Дубровский").action.label == "Да, отменить"


@pytest.mark.parametrize(
    ("result", "note"),
    [
        (Refusal(reasons=(Reason.HOLD_OVER,)), reason_code(Reason.HOLD_OVER)),
        (None, reason_code(Reason.NO_CONNECTION)),
    ],
)
def test_a_hold_that_could_not_be_cancelled_says_why(account, result, note):
    first = hold_row(account, "Атлас").action.id
    account.happens(Pressed(first), Pressed(first))
    order = account.take(CancelHold)

    account.happens(HoldCancelled(order.session, order.hold_id, result))

    assert note in hold_row(account, "Атлас").note


def test_the_holds_go_with_the_person(account):
    account.happens(Pressed("finish"))

    assert account.state.holds == ()
