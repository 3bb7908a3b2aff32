"""A card on the station's reader: who works here, or what a page of the console waits for."""

import httpx2
import pytest

from circulation.api import Refusal
from circulation.desk import OPERATOR_CARD, OperatorView
from circulation.encoding import CARD_WISH, CardWish
from circulation.ids import CardUid
from circulation.reasons import Reason
from kiosk.events import (
    CardPresented,
    CardReaderBack,
    CardReaderLost,
    CardRemoved,
    NoAnswer,
    TwoCards,
)
from kiosk.i18n import load_texts
from kiosk.station.client import StationClient
from kiosk.station.effects import SignInByCard, TellCard
from kiosk.station.events import OperatorAnswered, PageWaits, Unsent
from kiosk.station.present import present
from kiosk.station.state import Stage, Word
from kiosk.station.wishing import PageWatch
from tests.kiosk.station.conftest import Station, blank

IRINA = CardUid("04A1B2C3D4E5F6")


def lays(station: Station, uid: CardUid = IRINA) -> None:
    station.happens(CardPresented(uid))


def signed_in(station: Station, login: str) -> None:
    station.take(SignInByCard)
    station.happens(OperatorAnswered(OperatorView(login=login)))


def test_laying_a_card_changes_who_works_here_and_the_counts_begin_anew(station: Station) -> None:
    station.scans("B-0001")
    station.lays(blank())
    station.pad_writes()
    station.lifts()
    station.scans("B-0002")

    lays(station)
    signed_in(station, "irina")

    state = station.state
    assert (state.operator, state.written, state.lines, state.last) == ("irina", 0, (), None)
    assert (state.stage, state.job) == (Stage.NUMBER, None)


def test_own_card_in_the_middle_of_the_work_disturbs_nothing(station: Station) -> None:
    station.scans("B-0001")

    lays(station)
    signed_in(station, "olga")

    assert station.state.stage is Stage.BOOK
    assert station.state.job is not None


def test_card_signs_in_where_nobody_works_also_with_messages_waiting(station: Station) -> None:
    station.happens(OperatorAnswered(OperatorView()), Unsent(3))

    lays(station)
    signed_in(station, "irina")

    assert station.state.stage is Stage.NUMBER


@pytest.mark.parametrize("busy", ["writing", "unsent"])
def test_what_one_did_is_written_down_before_the_next_one_begins(
    station: Station, busy: str
) -> None:
    if busy == "unsent":
        station.happens(Unsent(1))
    else:
        station.scans("B-0001")
        station.lays(blank())

    lays(station)

    assert station.ordered(SignInByCard) == []
    assert station.says is Word.FINISH_FIRST
    assert station.state.operator == "olga"


@pytest.mark.parametrize("answer", [Refusal(reasons=(Reason.CARD_UNKNOWN,)), NoAnswer(sent=True)])
def test_card_of_nobody_leaves_everything_as_it_is(station: Station, answer: object) -> None:
    station.scans("B-0001")

    lays(station)
    station.happens(OperatorAnswered(answer))

    assert station.says in (Word.REFUSED, Word.SILENT)
    assert (station.state.operator, station.state.stage) == ("olga", Stage.BOOK)


def test_while_a_page_waits_the_card_goes_there_and_signs_nobody_in(station: Station) -> None:
    station.happens(PageWaits(waits=True))
    said = present(station.state, load_texts("ru")).status

    lays(station)

    assert "Страница в браузере ждёт карту" in said
    assert station.take(TellCard) == TellCard(IRINA)
    assert station.ordered(SignInByCard) == []


def test_card_that_lay_there_a_moment_before_is_told_but_not_who_works_here(
    station: Station,
) -> None:
    stranger = CardUid("04CCCCCCCCCCCC")
    lays(station)
    signed_in(station, "irina")
    station.happens(PageWaits(waits=True))
    of_who_works_here = station.ordered(TellCard)
    station.happens(PageWaits(waits=False), CardRemoved())
    lays(station, stranger)
    station.happens(OperatorAnswered(Refusal(reasons=(Reason.CARD_UNKNOWN,))))

    station.happens(PageWaits(waits=True))

    assert of_who_works_here == []
    assert station.ordered(TellCard) == [TellCard(stranger)]


def test_where_there_is_a_reader_the_sign_in_says_so(station: Station) -> None:
    station.happens(OperatorAnswered(OperatorView()))
    without = present(station.state, load_texts("ru")).subtitle
    station.happens(CardReaderBack())

    assert without == ""
    assert present(station.state, load_texts("ru")).subtitle == "Или приложите свою карту"


def test_two_cards_are_nobodys_and_a_lost_reader_is_said(station: Station) -> None:
    station.happens(TwoCards())
    two = station.says
    station.happens(CardReaderLost())
    lost = present(station.state, load_texts("ru")).status
    station.happens(CardReaderBack())

    assert two is Word.TWO_CARDS
    assert "Считыватель билетов не отвечает" in lost
    assert "не отвечает" not in present(station.state, load_texts("ru")).status


class Far:
    """A controller that answers with what `says` holds, and keeps what came."""

    def __init__(self) -> None:
        self.says = httpx2.Response(200, content=CardWish(asked=True).model_dump_json())
        self.came: list[tuple[str, str, bytes]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.came.append((request.method, request.url.path, request.content))
        return self.says


@pytest.fixture
def far() -> Far:
    return Far()


@pytest.fixture
def client(far: Far) -> StationClient:
    return StationClient("http://c", "t", transport=httpx2.MockTransport(far))


def test_station_hears_of_a_page_as_long_as_it_waits_and_once_that_it_ended(
    far: Far, client: StationClient
) -> None:
    told: list[bool] = []
    watch = PageWatch(client, told.append)
    watch.look()
    watch.look()
    far.says = httpx2.Response(503)
    watch.look()
    watch.look()

    assert told == [True, True, False]


def test_card_that_could_not_be_told_is_told_when_the_page_is_heard_of_again(
    station: Station,
) -> None:
    station.happens(PageWaits(waits=True))
    lays(station)
    station.take(TellCard)
    station.happens(PageWaits(waits=False))  # nobody answered

    station.happens(PageWaits(waits=True), PageWaits(waits=True))

    assert station.ordered(TellCard) == [TellCard(IRINA)]


def test_card_travels_in_a_body_and_never_in_an_address(far: Far, client: StationClient) -> None:
    client.tell_card(IRINA)
    far.says = httpx2.Response(200, content=OperatorView(login="irina").model_dump_json())
    answer = client.sign_in_by_card(IRINA)

    assert answer == OperatorView(login="irina")
    assert [(method, path) for method, path, _ in far.came] == [
        ("POST", CARD_WISH),
        ("POST", OPERATOR_CARD),
    ]
    assert all(IRINA.encode() in content for _, _, content in far.came)
