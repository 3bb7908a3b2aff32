"""How far a kiosk is trusted alone, and that what it grants is on its disk before it says so."""

from datetime import timedelta
from uuid import uuid4

import pytest

from circulation.api import (
    CheckoutRequest,
    Destination,
    LoanReceipt,
    PatronView,
    Refusal,
    RenewRequest,
    ReturnRequest,
)
from circulation.configuration import KioskSettings
from circulation.ids import CardUid, PatronId
from circulation.loan import ItemState, SecurityState
from circulation.messages import Clock
from circulation.reasons import Reason
from circulation.titles import TitleEntry, TitlePage, TitlesQuery, sign_titles, titles_key
from kiosk.alone import Alone, Trust
from kiosk.clock import WallClock
from kiosk.journal import Journal, Outcome
from kiosk.snapshots import SnapshotStore
from kiosk.titles import TitleStore
from kiosk.vault import Vault
from tests.kiosk.conftest import CARD, OWNER, copy_of, uid_of
from tests.kiosk.snapshot_maker import AT, KNOWN_AS, sections, signed

TRUST = Trust(books=2, operations=4, age=timedelta(hours=24))
MINE = {"item_id": "A1", "state": "on_loan", "holder": "p-1", "due": "2026-10-10"}


class Office:
    """A kiosk's knowledge, its disk and its clock."""

    def __init__(self, folder, whole):
        self.now = AT + timedelta(hours=1)
        vault = Vault("s3cret")
        self.journal = Journal(folder / "kiosk.sqlite", vault)
        self.store = SnapshotStore(folder / "snapshot.sqlite", vault, KNOWN_AS)
        if whole is not None:
            self.store.take(signed(whole), settled=self.journal.settled())
        wall = WallClock(lambda: self.now, lambda: False)
        self.titles = TitleStore(folder / "titles.sqlite", KNOWN_AS)
        self.alone = Alone(self.journal, self.store, self.titles, KNOWN_AS, TRUST, wall)

    def lend(self, item, patron="p-1"):
        return self.alone.check_out(self.request(CheckoutRequest, item, patron_id=patron))

    def take_back(self, item):
        return self.alone.take_back(self.request(ReturnRequest, item))

    def renew(self, item):
        return self.alone.renew(self.request(RenewRequest, item, patron_id="p-1"))

    def request(self, kind, item, **fields):
        return kind(op_id=uuid4(), at=self.now, owner=OWNER, item_id=item, **fields)


@pytest.fixture
def open_office(tmp_path):
    opened = []

    def open_it(whole=None):
        office = Office(tmp_path, whole)
        opened.append(office)
        return office

    yield open_it
    for office in opened:
        office.store.close()
        office.titles.close()
        office.journal.close()


@pytest.fixture
def office(open_office):
    return open_office(sections(MINE, counted_loans=1))


def test_without_a_snapshot_it_is_not_able_to_decide(open_office):
    assert not open_office().alone.is_able


def test_card_is_found_under_its_hash_and_nobody_has_a_name(office):
    view = office.alone.resolve_card(CARD)

    assert view == PatronView(
        patron_id="p-1",
        masked_name="",
        class_name="",
        blocked=(),
        open_loans=1,
        overdue_loans=0,
        can_still_borrow=2,  # of four by the policy: no kiosk is trusted with more alone
    )


def test_books_lent_alone_leave_fewer_to_promise(office):
    office.lend("A2")

    assert office.alone.resolve_card(CARD).can_still_borrow == 1


@pytest.mark.parametrize(
    ("whole", "card", "reason"),
    [
        (sections(), CardUid("DEADBEEF"), Reason.CARD_UNKNOWN),
        (sections(card_blocked=True), CARD, Reason.CARD_BLOCKED),
    ],
)
def test_card_of_nobody_or_blocked_is_refused(open_office, whole, card, reason):
    assert open_office(whole).alone.resolve_card(card) == Refusal(reasons=(reason,))


def test_blocked_patron_hears_it_before_a_book_is_touched(open_office):
    view = open_office(sections(blocked=True)).alone.resolve_card(CARD)

    assert view.blocked == (Reason.PATRON_BLOCKED,)


def test_granted_loan_is_on_the_disk_as_a_fact_with_its_clock(office):
    receipt = office.lend("A2")

    assert isinstance(receipt, LoanReceipt)
    assert receipt.security is SecurityState.DISARM_DUE
    [entry] = office.journal.pending_facts()
    assert (entry.op_id, entry.alone, entry.clock) == (receipt.op_id, True, Clock.UNSURE)


def test_refusal_leaves_nothing_on_the_disk(office):
    refusal = office.lend("A1")

    assert refusal.reasons[0] is Reason.ALREADY_YOURS
    assert refusal.due is not None
    assert office.journal.pending_facts() == ()


def test_more_books_than_trusted_with_are_refused_with_their_own_code(office):
    office.lend("A2")
    office.lend("A3")

    assert office.lend("A4").reasons == (Reason.OFFLINE_LIMIT,)
    assert office.alone.resolve_card(CARD).blocked == (Reason.OFFLINE_LIMIT,)


def test_what_the_ledger_has_heard_of_frees_the_trust_again(office):
    for item in ("A2", "A3"):
        office.journal.settle(office.lend(item).op_id, Outcome.DONE)

    assert isinstance(office.lend("A4"), LoanReceipt)


def test_more_operations_than_trusted_with_are_refused_and_returns_are_still_taken(office):
    office.take_back("A1")
    office.lend("A2")
    office.take_back("A2")
    office.lend("A3")

    assert office.lend("A4").reasons == (Reason.OFFLINE_FULL, Reason.OFFLINE_LIMIT)
    assert office.take_back("A3").was_on_loan


@pytest.mark.parametrize("hours", [24.1, -0.1], ids=["too old", "clock behind the snapshot"])
def test_snapshot_of_unusable_age_lends_nothing_and_still_takes_books_back(office, hours):
    office.now = AT + timedelta(hours=hours)

    assert office.lend("A2").reasons[0] is Reason.OFFLINE_TOO_LONG
    assert office.take_back("A1").was_on_loan


def test_return_tells_how_late_it_is_and_the_book_can_be_lent_again(office):
    receipt = office.take_back("A1")

    assert (receipt.was_on_loan, receipt.overdue_days) == (True, 4)
    assert receipt.destination is Destination.SHELF
    assert isinstance(office.lend("A1"), LoanReceipt)


@pytest.mark.parametrize(
    "copy",
    [
        {"item_id": "A1", "state": "on_loan", "holder": "p-2", "waiting": ("p-9",)},
        {"item_id": "A1", "state": "damaged"},
        {"item_id": "A1", "state": "lost"},
    ],
    ids=["somebody waits", "damaged", "lost"],
)
def test_book_that_is_not_simply_back_goes_to_the_librarian(open_office, copy):
    assert open_office(sections(copy)).take_back("A1").destination is Destination.STAFF


def test_withdrawn_book_is_not_taken_back(open_office):
    office = open_office(sections({"item_id": "A1", "state": "withdrawn"}))

    assert office.take_back("A1").reasons == (Reason.NOT_LENDABLE,)
    assert office.journal.pending_facts() == ()


def test_renewal_goes_by_the_rules(open_office):
    whole = sections(MINE | {"due": "2026-10-20"}, MINE | {"item_id": "A2"})
    office = open_office(whole)

    assert office.renew("A1").due.isoformat() == "2026-10-28"
    assert office.renew("A2").reasons == (Reason.RENEWAL_OVERDUE,)
    assert office.renew("A3").reasons[0] is Reason.NOT_ON_LOAN


def test_account_shows_loans_of_the_snapshot_and_of_this_kiosk(office):
    office.lend("A2")

    account = office.alone.account(PatronId("p-1"))

    assert [(loan.item_id, loan.overdue) for loan in account.loans] == [
        ("A1", True),
        ("A2", False),
    ]


def test_copies_are_as_the_acts_left_them(office):
    office.take_back("A1")
    office.lend("A2")
    asked = tuple((copy_of(item), uid_of(item)) for item in ("A1", "A2", "A3"))

    found = office.alone.resolve_items(asked)

    assert [item.state for item in found.items] == [
        ItemState.IN_STOCK,
        ItemState.ON_LOAN,
        ItemState.IN_STOCK,
    ]


def test_wish_whose_answer_never_came_is_decided_under_its_own_id(office):
    wish = office.request(CheckoutRequest, "A2", patron_id="p-1")
    kept = office.journal.keep(wish)
    office.journal.settle(wish.op_id, Outcome.UNKNOWN)

    receipt = office.alone.check_out(wish, kept)

    assert receipt.op_id == wish.op_id
    assert [entry.op_id for entry in office.journal.pending_facts()] == [wish.op_id]


@pytest.mark.parametrize(
    ("wished", "reason"),
    [
        ({"offline_books": 0}, Reason.OFFLINE_LIMIT),
        ({"offline_operations": 0}, Reason.OFFLINE_FULL),
        ({"offline_hours": 0.5}, Reason.OFFLINE_TOO_LONG),
    ],
)
def test_trust_that_staff_took_away_ends_with_the_next_book(office, wished, reason):
    first = office.lend("A2")
    settings = KioskSettings(
        format="kiosk-1", languages=("ru",), idle_s=40, volume_percent=50, **wished
    )

    office.alone.set_trust(TRUST.with_wishes(settings))
    second = office.lend("A3")
    office.alone.set_trust(TRUST.with_wishes(None))

    assert isinstance(first, LoanReceipt)
    assert second == Refusal(reasons=(reason,), can_still_borrow=second.can_still_borrow)
    assert isinstance(office.lend("A3"), LoanReceipt)


@pytest.mark.parametrize(
    ("hours", "left", "near"), [(1, 23, False), (20, 4, True), (25, 0, True), (-1, 0, True)]
)
def test_how_long_the_snapshot_is_good_for(office, hours, left, near):
    office.now = AT + timedelta(hours=hours)

    trusted = office.alone.trusted

    assert (trusted.at, trusted.hours_left, trusted.near) == (AT, left, near)


def test_without_a_snapshot_there_is_no_time_to_tell(open_office):
    assert open_office().alone.trusted is None


def test_without_trust_there_is_no_time_to_tell(office):
    office.alone.set_trust(Trust(age=timedelta(0)))

    assert office.alone.trusted is None


def test_books_are_called_by_their_titles_where_they_are_known(office):
    entry = TitleEntry(title="Мцыри", author="Лермонтов", section="84", copies={"A1": (), "A2": ()})
    page = TitlePage(owner=OWNER, after="", upto=None, titles=(entry,))
    office.titles.take(sign_titles(page, titles_key(KNOWN_AS), None), TitlesQuery())
    copies = [(copy_of(item), uid_of(item)) for item in ("A2", "A3")]

    [known, unknown] = office.alone.resolve_items(copies).items
    [loan] = office.alone.account(PatronId("p-1")).loans

    assert (known.title, known.author, known.section) == ("Мцыри", "Лермонтов", "84")
    assert (unknown.title, unknown.parts) == ("", 1)
    assert (loan.item_id, loan.title) == ("A1", "Мцыри")
