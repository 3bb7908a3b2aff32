"""Every answer of the controller, and every silence, ends in one typed value."""

import httpx2
import pytest

from circulation.api import (
    ACCOUNTS,
    CARDS_RESOLVE,
    CHECKOUTS,
    DeviceState,
    LoanReceipt,
    PatronView,
    ReaderState,
    Refusal,
)
from circulation.reasons import Reason
from kiosk.client import ControllerClient, Heard, NotUnderstood
from kiosk.events import NoAnswer

CARD = "04A1B2C3D4E5F6"
PATRON = {
    "patron_id": "p-1",
    "masked_name": "Анна П.",
    "class_name": "5 «Б»",
    "blocked": [],
    "open_loans": 0,
    "overdue_loans": 0,
    "can_still_borrow": 5,
}
REFUSAL = Refusal(reasons=(Reason.CARD_UNKNOWN,))


class Line:
    """Answers with these, in turn; an exception is raised instead."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def connect():
    """A client on a line of prepared answers."""
    clients = []

    def make(line):
        client = ControllerClient(
            "http://controller", "s3cret", transport=httpx2.MockTransport(line)
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


def test_card_is_asked_with_the_token_and_answered(connect):
    line = Line(httpx2.Response(200, json=PATRON))

    answer = connect(line).resolve_card(CARD)

    assert isinstance(answer, PatronView)
    assert line.requests[0].url.path == CARDS_RESOLVE
    assert line.requests[0].headers["authorization"] == "Bearer s3cret"


@pytest.mark.parametrize("status", [401, 404, 409])
def test_refusal_is_a_value(connect, status):
    line = Line(httpx2.Response(status, content=REFUSAL.model_dump_json()))

    assert connect(line).resolve_card(CARD) == REFUSAL


@pytest.mark.parametrize(
    ("faults", "sent"),
    [
        ([httpx2.ConnectError("refused")] * 2, False),
        ([httpx2.ConnectTimeout("slow")] * 2, False),
        ([httpx2.ReadTimeout("silent")] * 2, True),
        ([httpx2.ReadTimeout("silent"), httpx2.ConnectError("gone")], True),
        ([httpx2.RemoteProtocolError("cut")] * 2, True),
    ],
)
def test_silence_says_whether_the_request_may_have_arrived(connect, faults, sent):
    line = Line(*faults)

    assert connect(line).resolve_card(CARD) == NoAnswer(sent)
    assert len(line.requests) == 2


def test_second_try_sends_the_same_body(connect):
    body = '{"op_id": "x"}'
    receipt = LoanReceipt(
        op_id="00000000-0000-0000-0000-000000000001",
        loan_id="l",
        item_id="A1",
        title="Книга",
        due="2026-10-14",
        renewals=0,
        security="disarm_due",
    )
    line = Line(
        httpx2.ReadTimeout("silent"), httpx2.Response(201, content=receipt.model_dump_json())
    )

    answer = connect(line).operate(CHECKOUTS, body, LoanReceipt)

    assert answer == receipt
    assert [request.content for request in line.requests] == [body.encode()] * 2


@pytest.mark.parametrize(
    "response",
    [
        httpx2.Response(500, text="oops"),
        httpx2.Response(503, content=REFUSAL.model_dump_json()),
        httpx2.Response(200, text="<html>Welcome to the router</html>"),
        httpx2.Response(200, json={"patron_id": "p-1"}),
        httpx2.Response(404, text="Not Found"),
    ],
)
def test_answer_that_is_none_of_ours_is_no_answer(connect, response):
    assert connect(Line(response)).resolve_card(CARD) == NoAnswer(sent=True)


def test_request_that_the_controller_cannot_read_is_a_fault_of_ours(connect):
    line = Line(httpx2.Response(422, json={"detail": []}))

    with pytest.raises(NotUnderstood):
        connect(line).operate(CHECKOUTS, "{}", LoanReceipt)


def test_patron_id_cannot_leave_its_place_in_the_path(connect):
    refused = httpx2.Response(404, content=REFUSAL.model_dump_json())
    line = Line(refused, refused)

    connect(line).account("../../events?x=")
    connect(line).holds("../../events?x=")

    asked = [request.url.raw_path.decode() for request in line.requests]
    assert asked == [
        f"{ACCOUNTS}/..%2F..%2Fevents%3Fx%3D",
        f"{ACCOUNTS}/..%2F..%2Fevents%3Fx%3D/holds",
    ]


@pytest.mark.parametrize(
    ("answer", "noted"),
    [
        (httpx2.Response(204), Heard.YES),
        (httpx2.Response(401), Heard.SHUT_OUT),
        (httpx2.Response(503), Heard.NO),
        (httpx2.ReadTimeout(""), Heard.NO),
    ],
)
def test_report_says_whether_it_was_noted(connect, answer, noted):
    state = DeviceState(
        at="2026-09-30T12:00:00Z",
        version="1",
        pad=ReaderState.OK,
        card_reader=ReaderState.OK,
        simulated=False,
    )

    assert connect(Line(answer)).report(state) is noted
