"""Whatever can happen at a kiosk, one event after the other, for tests of what always holds."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from circulation.api import (
    Account,
    Destination,
    ItemsAnswer,
    ItemView,
    LoanReceipt,
    LoanView,
    PatronView,
    Refusal,
    ReturnReceipt,
)
from circulation.class_sets import ClassList, ClassPupil, StackAnswer, StackCopy, StackTick
from circulation.desk import HoldView
from circulation.holds import HoldState
from circulation.ids import CardUid, Copy, Isil, ItemId, PatronId, TagUid
from circulation.loan import ItemState, SecurityState
from circulation.policy import ItemKind
from circulation.reasons import Reason
from circulation.search import Facets, Hit, SearchAnswer, Shelf
from circulation.textbooks import Purpose
from kiosk.choices import Choice
from kiosk.class_errands import ClassListed, ClassOpened, ClassOpening
from kiosk.class_session import ClassSession
from kiosk.errands import CallSeen, CatalogueSearched, DamageReported, HoldCancelled
from kiosk.events import (
    AccountFetched,
    BookTag,
    CardPresented,
    CardReaderBack,
    CardReaderLost,
    CardRemoved,
    CardResolved,
    CheckoutAnswered,
    HeadphonesSeen,
    HoursSeen,
    ItemLifted,
    ItemPlaced,
    ItemsResolved,
    Key,
    KeyPressed,
    LinkSeen,
    NoAnswer,
    OddTag,
    Paper,
    Pressed,
    PrinterSeen,
    ReaderBack,
    ReaderLost,
    ReceiptPrinted,
    RenewalAnswered,
    ReturnAnswered,
    SecuritySeen,
    SecurityWritten,
    SightingKept,
    StackAnswered,
    TagsUnread,
    Tick,
    TwoCards,
    UnsentReturns,
    VoiceHeard,
)
from kiosk.hours import House
from kiosk.session import step
from kiosk.state import Config, Stage, State
from kiosk.view import ScreenName

OWNER = Isil("RU-10010033")


NOBODY = (
    ScreenName.START,
    ScreenName.CLASS,
    ScreenName.CLOSED,
    ScreenName.DARK,
    ScreenName.PROBLEM,
)


SECRET = "Пелагея Ж."


OP = "00000000-0000-0000-0000-000000000001"


copies = st.sampled_from([Copy(OWNER, ItemId(item)) for item in ("A1", "A2")])


uids = st.sampled_from([TagUid(f"E0{n:014X}") for n in range(4)])


cards = st.sampled_from([CardUid("11223344"), CardUid("04A1B2C3D4E5F6"), CardUid("08112233")])


sessions = st.integers(1, 6)


slots = st.integers(1, 6)


securities = st.sampled_from(SecurityState)


reasons = st.sampled_from(Reason)


refusals = st.builds(lambda reason: Refusal(reasons=(reason,)), reasons)


silence = st.builds(NoAnswer, st.booleans())


patrons = st.builds(
    PatronView,
    patron_id=st.sampled_from(["p-1", "p-2"]),
    masked_name=st.just(SECRET),
    class_name=st.sampled_from(["", "5А"]),
    blocked=st.sampled_from([(), (Reason.PATRON_BLOCKED,)]),
    open_loans=st.just(0),
    overdue_loans=st.just(0),
    can_still_borrow=st.just(5),
)


items = st.builds(
    ItemView,
    owner=st.just(OWNER),
    item_id=st.sampled_from(["A1", "A2"]),
    title=st.just("Тайная книга"),
    author=st.just("Автор"),
    kind=st.just(ItemKind.BOOK),
    section=st.just("84"),
    parts=st.integers(1, 2),
    state=st.sampled_from(ItemState),
    security=securities,
)


loans = st.builds(
    LoanReceipt,
    op_id=st.just(OP),
    loan_id=st.just("l"),
    item_id=st.just("A1"),
    title=st.just("Тайная книга"),
    due=st.just(date(2026, 10, 14)),
    renewals=st.just(0),
    security=securities,
)


returns = st.builds(
    ReturnReceipt,
    op_id=st.just(OP),
    item_id=st.just("A1"),
    title=st.just("Тайная книга"),
    was_on_loan=st.booleans(),
    overdue_days=st.integers(0, 3),
    destination=st.sampled_from(Destination),
    security=securities,
)


accounts = st.builds(
    Account,
    patron=patrons,
    loans=st.just(
        (
            LoanView(
                loan_id="l",
                owner=OWNER,
                item_id="A1",
                title="Тайная книга",
                author="Автор",
                section="84",
                due=date(2026, 10, 14),
                overdue=False,
                renewals_left=1,
                security=SecurityState.DISARMED,
            ),
        )
    ),
)


holds = st.sampled_from(HoldState).map(
    lambda state: (
        HoldView(
            hold_id=7,
            title_id=1,
            title="Тайная книга",
            author="Автор",
            state=state,
            ahead=0,
            code="0007",
        ),
    )
)


hits = st.builds(
    Hit,
    title_id=st.integers(1, 3),
    title=st.just("Тайная книга"),
    subtitle=st.just(""),
    author=st.just("Автор"),
    year=st.none(),
    isbn=st.just(""),
    kind=st.just(ItemKind.BOOK),
    section=st.sampled_from(["", "84"]),
    author_mark=st.just("А 1"),
    age_mark=st.just(0),
    exact=st.just(False),
    copies=st.just(2),
    available=st.integers(0, 2),
    shelves=st.just((Shelf(place="Абонемент", copies=2, available=1),)),
)


searches = st.builds(
    SearchAnswer,
    hits=st.lists(hits, max_size=1).map(tuple),
    found=st.just(1),
    more=st.booleans(),
    facets=st.just(Facets()),
)


pupils = st.builds(
    ClassPupil,
    patron_id=st.just("p-3"),
    number=st.integers(1, 2),
    name=st.just(SECRET),
    wanted=st.integers(0, 2),
    held=st.integers(0, 2),
    has_card=st.booleans(),
)


class_lists = st.builds(
    ClassList,
    class_name=st.just("5А"),
    year=st.just(2027),
    purpose=st.sampled_from(Purpose),
    pupils=st.lists(pupils, max_size=2, unique_by=lambda pupil: pupil.number).map(tuple),
)


openings = st.builds(ClassOpening, st.just("5А"), st.sampled_from(Purpose), st.just(900.0))


stacks = st.builds(
    StackAnswer,
    patron=patrons,
    purpose=st.sampled_from(Purpose),
    ticks=st.just(
        (
            StackTick(
                title_id=1,
                title="Тайная книга",
                author="Автор",
                section="",
                wanted=2,
                held=0,
                on_pad=1,
                missing=1,
            ),
        )
    ),
    take=st.just(
        (StackCopy(owner=OWNER, item_id="A1", title="Тайная книга", author="", why=None),)
    ),
    spare=st.just(()),
    unknown=st.just(()),
    ambiguous=st.just(()),
    complete=st.booleans(),
)


book_tags = st.builds(BookTag, copies, st.integers(1, 2), st.integers(1, 2))


events = st.one_of(
    st.builds(ItemPlaced, uids, book_tags | st.builds(OddTag, reasons)),
    st.builds(ItemLifted, uids),
    st.builds(SecuritySeen, uids, st.sampled_from([True, False, None])),
    st.builds(TagsUnread, st.integers(0, 3)),
    st.builds(SecurityWritten, uids, st.booleans(), st.booleans(), st.booleans()),
    st.builds(ReaderLost),
    st.builds(ReaderBack, st.booleans()),
    st.builds(CardPresented, cards),
    st.builds(CardRemoved),
    st.builds(TwoCards),
    st.builds(CardReaderLost),
    st.builds(CardReaderBack),
    st.builds(CardResolved, sessions, cards, patrons | refusals | silence),
    st.builds(
        ItemsResolved,
        sessions,
        st.tuples(copies),
        st.builds(lambda item: ItemsAnswer(items=(item,), unknown=()), items) | refusals | silence,
    ),
    st.builds(AccountFetched, sessions, st.just("p-1"), accounts | refusals | silence, holds),
    st.builds(CheckoutAnswered, sessions, slots, copies, loans | refusals | silence),
    st.builds(RenewalAnswered, sessions, slots, copies, loans | refusals | silence),
    st.builds(ReturnAnswered, sessions, slots, copies, returns | refusals | silence),
    st.builds(SightingKept, sessions, copies, st.booleans()),
    st.builds(UnsentReturns, st.tuples(copies)),
    st.builds(LinkSeen, st.booleans()),
    st.builds(DamageReported, sessions, copies, st.booleans()),
    st.builds(CallSeen, st.sampled_from([None, 1, 2]), st.booleans()),
    st.builds(HoldCancelled, sessions, st.just(7), refusals | st.none()),
    st.builds(
        Pressed,
        st.sampled_from(Choice)
        | st.sampled_from(["type:а", "harm:wet", "harm:worn", "cancel:7", "pick:1"]),
    ),
    st.builds(ClassOpened, sessions, cards, st.just("p-1"), openings | refusals | st.none()),
    st.builds(ClassListed, sessions, class_lists | refusals | st.none()),
    st.builds(StackAnswered, sessions, stacks | refusals | silence),
    st.builds(CatalogueSearched, sessions, st.integers(1, 3), searches | st.none()),
    st.builds(HeadphonesSeen, st.booleans()),
    st.builds(VoiceHeard, st.booleans()),
    st.builds(lambda *how: HoursSeen(House(how[0], None, 0, how[1])), *[st.booleans()] * 2),
    st.builds(PrinterSeen, st.sampled_from(Paper)),
    st.builds(ReceiptPrinted, st.booleans()),
    st.builds(KeyPressed, st.sampled_from(Key)),
    st.builds(lambda now: ("ticks", now), st.floats(0.25, 50)),
)


CLASS = ClassSession("5А", Purpose.ISSUE, CardUid("04A1B2C3D4E5F6"), PatronId("p-1"), 900.0, True)


def play(history, class_session=None):
    """The state after a history that began on a working pad."""
    state = State(stage=Stage.IDLE, trouble=None, config=Config(textbook_week=True))
    state = replace(state, class_session=class_session)
    for event in history:
        if isinstance(event, tuple):
            event = Tick(state.now + event[1])
        state, _ = step(state, event)
    return state


histories = st.builds(
    play,
    st.lists(events, max_size=40),
    st.sampled_from([None, CLASS, replace(CLASS, purpose=Purpose.COLLECT)]),
)
