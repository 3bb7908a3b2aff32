"""Lists worked through, arrivals written down, people who sign in; and what is said of it all."""

from uuid import UUID

import httpx2
import pytest

from circulation.api import Refusal
from circulation.desk import OperatorView
from circulation.encoding import (
    ArrivalReceipt,
    TitleFound,
    TitlesFound,
    TitleSource,
    Untagged,
)
from circulation.reasons import Reason
from kiosk.events import NoAnswer, Pressed
from kiosk.i18n import load_texts
from kiosk.narrator import narrate
from kiosk.station.client import StationClient
from kiosk.station.effects import FetchList, FindTitle, Receive, SignIn
from kiosk.station.events import (
    ArrivalAnswered,
    Char,
    Edit,
    Edited,
    Line,
    ListAnswered,
    OperatorAnswered,
    RecordAnswered,
    TitleAnswered,
)
from kiosk.station.numbers import CheckDigit, following, is_ours, isbn_13
from kiosk.station.present import present
from kiosk.station.receiving import Receiving
from kiosk.station.state import Stage, Word
from tests.kiosk.station.conftest import Station, blank, copy_to_tag

OP = UUID(int=1)
COPIES = tuple(copy_to_tag(f"B-000{number}") for number in (1, 2, 3))


def types(station: Station, text: str) -> None:
    station.happens(*(Char(char) for char in text))


def fills(station: Station, *values: str) -> None:
    for value in values:
        types(station, value)
        station.happens(Line(""))


def test_a_list_is_worked_through_without_a_touch(station: Station) -> None:
    station.happens(
        Pressed("list"), ListAnswered(Untagged(copies=COPIES, total=3, next_after=None))
    )
    station.happens(Pressed("work"))

    for number in (1, 2, 3):
        assert station.state.job is not None
        assert station.state.job.copy.item_id == f"B-000{number}"
        station.lays(blank(number))
        station.pad_writes()
        station.lifts()

    assert [item for item, _, _ in station.records()] == ["B-0001", "B-0002", "B-0003"]
    assert station.state.stage is Stage.NUMBER


def test_a_book_that_is_not_at_hand_waits_for_later(station: Station) -> None:
    station.happens(
        Pressed("list"), ListAnswered(Untagged(copies=COPIES, total=3, next_after=None))
    )
    station.happens(Pressed("work"), Pressed("skip"))

    assert station.state.job is not None
    assert station.state.job.copy.item_id == "B-0002"


def test_keys_alone_reach_every_button(station: Station) -> None:
    texts = load_texts("ru")
    reached = []
    for _ in range(4):
        station.happens(Edited(Edit.NEXT))
        view = present(station.state, texts)
        assert view.focus is not None
        reached.append(view.actions[view.focus].id)

    assert reached == ["list", "arrival", "convert", "list"]
    station.happens(Pressed("list"))
    assert present(station.state, texts).focus is None


def test_a_list_is_narrowed_by_what_is_typed_and_chosen(station: Station) -> None:
    station.happens(Pressed("list"))
    types(station, "алгебра")
    station.happens(Line(""), Pressed("narrow:grade"), Pressed("only:7"))

    assert station.ordered(FetchList)[-1].query.text == "алгебра"
    assert station.ordered(FetchList)[-1].query.grade == 7


def arrivals(station: Station) -> None:
    station.happens(Pressed("arrival"), Line("978-5-09-102228-5"))


def test_an_isbn_fills_the_title_and_the_copies_go_to_the_pad(station: Station) -> None:
    arrivals(station)
    assert station.take(FindTitle).isbn == "978-5-09-102228-5"
    title = TitleFound(title="Алгебра", author="Макарычев Ю. Н.", isbn="9785091022285", grade=7)
    station.happens(TitleAnswered(TitlesFound(source=TitleSource.SRU, titles=(title,))))

    fills(station, "15/2026", "Б-2", "0099", "3")

    order = station.take(Receive)
    assert [copy.item_id for copy in order.copies] == ["0099", "0100", "0101"]
    assert (order.title.title, order.title.isbn, order.title.grade) == ("Алгебра", title.isbn, 7)
    assert (order.batch, order.place) == ("15/2026", "Б-2")
    station.happens(ArrivalAnswered(ArrivalReceipt(op_id=OP, copies=COPIES)))
    assert station.state.job is not None
    assert len(station.state.queue) == 2


@pytest.mark.parametrize(
    "answer",
    [
        NoAnswer(sent=True),
        TitlesFound(source=None, titles=()),
        TitlesFound(source=None, titles=(), trouble=Reason.CATALOGUE_SILENT),
        TitlesFound(source=None, titles=(), trouble=Reason.CATALOGUE_ODD),
    ],
    ids=["controller away", "nothing found", "silent", "odd"],
)
def test_without_a_catalogue_the_title_is_typed(station: Station, answer: object) -> None:
    arrivals(station)
    station.happens(TitleAnswered(answer))  # type: ignore[arg-type]
    assert station.says is not None

    fills(station, "Новая книга", "Автор", "", "15/2026", "", "B-0500", "1")

    order = station.take(Receive)
    assert order.title == TitleFound(title="Новая книга", author="Автор", isbn="9785091022285")
    assert [copy.item_id for copy in order.copies] == ["B-0500"]


def test_the_edition_that_was_picked_is_the_one_that_is_written_down(station: Station) -> None:
    arrivals(station)
    editions = tuple(
        TitleFound(title="Алгебра", publisher="Просвещение", year=year, isbn="9785091022285")
        for year in (2019, 2024)
    )
    station.happens(TitleAnswered(TitlesFound(source=TitleSource.SRU, titles=editions)))
    station.happens(Pressed("pick:1"))

    fills(station, "15/2026", "", "0099", "1")

    assert station.take(Receive).title.year == 2024


def test_a_second_press_of_the_button_does_not_begin_the_tagging_anew(station: Station) -> None:
    station.happens(Pressed("arrival"), Edited(Edit.NEXT))
    fills(station, "Т", "", "", "15", "", "1043", "3")
    station.happens(Pressed("save"))
    receipt = ArrivalReceipt(op_id=OP, copies=COPIES)
    station.happens(ArrivalAnswered(receipt))
    station.lays(blank())
    station.pad_writes()
    station.lifts()

    station.happens(ArrivalAnswered(receipt))

    assert station.state.job is not None
    assert station.state.job.copy.item_id == "B-0002"


class Delivery:
    """A controller that loses its first answers, and knows an operation by its id."""

    def __init__(self) -> None:
        self.lost = 2  # the client itself asks twice
        self.seen: list[bytes] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(request.content)
        if len(self.seen) <= self.lost:
            raise httpx2.ReadError("cut in the middle")
        receipt = ArrivalReceipt(op_id=OP, copies=COPIES)
        return httpx2.Response(200, content=receipt.model_dump_json())


def test_copies_whose_answer_was_lost_are_the_same_operation_when_asked_for_again(
    station: Station,
) -> None:
    station.happens(Pressed("arrival"), Edited(Edit.NEXT))
    fills(station, "Т", "", "", "15", "", "1043", "1")
    wish = station.take(Receive)
    far = Delivery()
    receiving = Receiving(StationClient("http://c", "t", transport=httpx2.MockTransport(far)))

    first, second, third = (receiving.receive(wish) for _ in range(3))

    assert isinstance(first, NoAnswer)
    assert isinstance(second, ArrivalReceipt)
    assert isinstance(third, ArrivalReceipt)
    assert len(set(far.seen[:3])) == 1  # word for word
    assert far.seen[3] != far.seen[2]  # once heard, the same copies again are another wish


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("978-5-09-102228-5", "9785091022285"),
        ("9785091022285", "9785091022285"),
        ("5-02-013850-9", "9785020138506"),
        ("0-8044-2957-X", "9780804429573"),
        ("9785091022286", ""),
        ("5-02-013850-8", ""),
        ("1234567890128", ""),
        ("", ""),
    ],
)
def test_isbn_in_its_one_form(text: str, isbn: str) -> None:
    assert isbn_13(text) == isbn


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (("", "", "", "15", "", "1", "1"), "title"),
        (("Т", "", "", "", "", "1", "1"), "batch"),
        (("Т", "", "", "15", "", "", "1"), "first"),
        (("Т", "", "12", "15", "", "1", "1"), "grade"),
        (("Т", "", "", "15", "", "1", "0"), "count"),
        (("Т", "", "", "15", "", "1", "201"), "count"),
        (("Т", "", "", "15", "", "без номера", "2"), "first"),
        (("Т", "", "", "15", "", "99999999999999999", "1"), "first"),
    ],
)
def test_a_field_that_is_not_right_is_gone_back_to(
    station: Station, values: tuple[str, ...], field: str
) -> None:
    station.happens(Pressed("arrival"), Edited(Edit.NEXT))

    fills(station, *values)

    assert station.ordered(Receive) == []
    assert (station.says, station.state.notice and station.state.notice.about) == (
        Word.FILL_IN,
        field,
    )


def test_a_number_that_is_taken_is_said_with_the_number(station: Station) -> None:
    station.happens(Pressed("arrival"), Edited(Edit.NEXT))
    fills(station, "Т", "", "", "15", "", "1043", "1")
    station.happens(ArrivalAnswered(Refusal(reasons=(Reason.NUMBER_TAKEN,))))

    assert station.state.notice is not None
    assert station.state.notice.reason is Reason.NUMBER_TAKEN
    assert station.state.stage is Stage.ARRIVAL


def test_who_signs_in_is_shown_by_name_and_no_password_is() -> None:
    station = Station()
    station.happens(Pressed("sign_out"))
    fills(station, "olga")
    types(station, "secret")
    shown = present(station.state, load_texts("ru"))
    assert "secret" not in repr(shown)
    assert "••••••" in repr(shown)

    station.happens(Line(""))

    assert station.take(SignIn) == SignIn("olga", "secret")
    assert station.state.form == ("olga", "")
    station.happens(OperatorAnswered(Refusal(reasons=(Reason.SIGN_IN_WRONG,))))
    assert station.state.stage is Stage.SIGN_IN
    station.happens(OperatorAnswered(OperatorView(login="olga")))
    assert station.state.stage is Stage.NUMBER


def test_a_sign_in_that_has_ended_asks_for_a_name_and_loses_nothing(station: Station) -> None:
    station.scans("B-0001")
    station.lays(blank(1))
    station.pad_writes()

    station.happens(RecordAnswered(1, Refusal(reasons=(Reason.NOBODY_SIGNED_IN,))))

    assert station.state.stage is Stage.SIGN_IN
    assert len(station.records()) == 1, "the fact waits in the outbox"


def test_a_person_who_does_not_look_hears_title_trouble_and_end() -> None:
    station, texts = Station(speech=True), load_texts("ru")
    before = present(station.state, texts)
    station.scans("B-0001")
    laid = present(station.state, texts)
    station.lays(blank(1), blank(2))
    two = present(station.state, texts)

    assert "Книга B-0001" in narrate(before, laid).text
    assert "Больше одной метки".lower() in narrate(laid, two).text.lower()


@pytest.mark.parametrize(
    ("number", "check", "fits"),
    [
        ("4006381333931", CheckDigit.EAN, True),
        ("4006381333930", CheckDigit.EAN, False),
        ("79927398713", CheckDigit.LUHN, True),
        ("79927398710", CheckDigit.LUHN, False),
        ("B-0001", CheckDigit.LUHN, False),
        ("B-0001", CheckDigit.NONE, True),
        ("٣", CheckDigit.LUHN, False),
    ],
)
def test_check_digits_after_the_standards_examples(
    number: str, check: CheckDigit, fits: bool
) -> None:
    assert is_ours(number, prefixes=(), check=check) is fits


@pytest.mark.parametrize(
    ("first", "count", "numbers"),
    [
        ("0099", 3, ("0099", "0100", "0101")),
        ("Б-9/24", 2, ("Б-9/24", "Б-9/25")),
        ("A1x", 2, ("A1x", "A2x")),
        ("none", 2, ()),
        ("none", 1, ("none",)),
        ("", 1, ()),
    ],
)
def test_numbers_follow_each_other(first: str, count: int, numbers: tuple[str, ...]) -> None:
    assert following(first, count) == numbers
