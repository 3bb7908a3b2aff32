"""A whole kiosk without a window: the real shell on a simulated pad, and a ledger to ask."""

import json
import threading
import time

import httpx2

from circulation.api import (
    CARDS_RESOLVE,
    CHECKOUTS,
    DEVICE_STATE,
    ITEMS_RESOLVE,
    RETURNS,
    SIGHTINGS,
    CheckoutRequest,
    ItemsAnswer,
    ItemsQuery,
    ItemView,
    LoanReceipt,
    PatronView,
    Refusal,
    ReturnReceipt,
    ReturnRequest,
    SightingReceipt,
    SightingRequest,
)
from circulation.configuration import DEVICE_SETTINGS
from circulation.ids import ItemId
from circulation.loan import ItemState, SecurityState
from circulation.offline import OPERATIONS, SNAPSHOT, Batch, BatchAnswer, LateAnswer
from circulation.reasons import Reason
from circulation.selfservice import USAGE
from circulation.tags.codec import encode
from circulation.tags.item_tag import TagContent
from drivers.card import CardPoll, CardPollKind
from drivers.reader import Capabilities, Identity
from kiosk.client import ControllerClient
from kiosk.settings import Settings
from kiosk.shell import Ports, Shell

OWNER = "RU-10010033"


UID = "E004010012345678"


CARD = "04A1B2C3D4E5F6"


PATHS = {"checkout": CHECKOUTS, "return": RETURNS, "sighting": SIGHTINGS}


ANNA = PatronView(
    patron_id="p-1",
    masked_name="Анна П.",
    class_name="5 «Б»",
    blocked=(),
    open_loans=0,
    overdue_loans=0,
    can_still_borrow=5,
)


class Ledger:
    """A controller of one book, at the wire. `calls` is every operation with its body."""

    def __init__(self):
        self.state = ItemState.IN_STOCK
        self.calls = []
        self.reports = []
        self.settings = '{"version": 0, "settings": null}'
        self.away = False
        self.unknown_device = False

    def __call__(self, request):
        if self.away:
            raise httpx2.ConnectError("nobody there")
        if self.unknown_device:
            refusal = Refusal(reasons=(Reason.DEVICE_UNKNOWN,))
            return httpx2.Response(401, content=refusal.model_dump_json())
        body = request.content
        path = request.url.path
        if path == DEVICE_STATE:
            self.reports.append(json.loads(body))
            return httpx2.Response(204)
        if path == USAGE:
            return httpx2.Response(204)
        if path == DEVICE_SETTINGS:
            return httpx2.Response(200, content=self.settings)
        if path == SNAPSHOT:
            return httpx2.Response(503)
        if path == OPERATIONS:
            return self._take_over(Batch.model_validate_json(body))
        answer = self._answer(path, body)
        if path in (CHECKOUTS, RETURNS, SIGHTINGS):
            self.calls.append((path, body))
        return httpx2.Response(200, content=answer.model_dump_json())

    def _take_over(self, batch):
        """Facts or a stack, each operation as if it had come by itself."""
        answers = []
        for late in batch.operations:
            path, body = PATHS[late.kind], late.request.model_dump_json().encode()
            self.calls.append((path, body))
            receipt = self._answer(path, body)
            answers.append(LateAnswer(op_id=late.request.op_id, done="applied", receipt=receipt))
        content = BatchAnswer(answers=tuple(answers)).model_dump_json()
        return httpx2.Response(200, content=content)

    def _answer(self, path, body):
        if path == CARDS_RESOLVE:
            return ANNA
        if path == ITEMS_RESOLVE:
            return self._items(ItemsQuery.model_validate_json(body))
        if path == CHECKOUTS:
            return self._lend(CheckoutRequest.model_validate_json(body))
        if path == RETURNS:
            return self._take_back(ReturnRequest.model_validate_json(body))
        assert path == SIGHTINGS
        sighting = SightingRequest.model_validate_json(body)
        security = SecurityState.ARMED if sighting.armed else SecurityState.DISARMED
        return SightingReceipt(op_id=sighting.op_id, security=security)

    def _items(self, query):
        lent = self.state is ItemState.ON_LOAN
        items = tuple(
            ItemView(
                owner=OWNER,
                item_id=copy.item_id,
                title="Два капитана",
                author="Каверин В. А.",
                kind="book",
                section="84",
                parts=1,
                state=self.state,
                security=SecurityState.DISARMED if lent else SecurityState.ARMED,
            )
            for copy in query.copies
        )
        return ItemsAnswer(items=items, unknown=())

    def _lend(self, request):
        self.state = ItemState.ON_LOAN
        return LoanReceipt(
            op_id=request.op_id,
            loan_id="l-1",
            item_id=request.item_id,
            title="Два капитана",
            due="2026-10-14",
            renewals=0,
            security=SecurityState.DISARM_DUE,
        )

    def _take_back(self, request):
        self.state = ItemState.IN_STOCK
        return ReturnReceipt(
            op_id=request.op_id,
            item_id=request.item_id,
            title="Два капитана",
            was_on_loan=True,
            overdue_days=0,
            destination="shelf",
            security=SecurityState.ARMED,
        )


def book_bytes():
    """What stands on the tag of the one book."""
    return encode(TagContent(ItemId("A1"), owner=OWNER), size=112)


class CardSlot:
    """A card reader at the level of its protocol; `card` is what lies there."""

    capabilities = Capabilities(max_tags=1, has_afi=False, has_eas=False, echoes_uid=True)

    def __init__(self):
        self.card = ""

    def identify(self):
        return Identity("scripted", "1", "test", simulated=False)

    def poll(self):
        if not self.card:
            return CardPoll(CardPollKind.NONE)
        return CardPoll(CardPollKind.ONE, uid=self.card, sak=0)

    def close(self):
        self.card = ""


class Room:
    """One kiosk in a room: the shell, the pad, the card slot, the ledger."""

    def __init__(self, path, reader):
        self.reader = reader
        self.slot = CardSlot()
        self.ledger = Ledger()
        self.sounds = []
        self.settings = Settings(
            device="kiosk-1",
            owner=OWNER,
            controller_url="http://controller",
            token="s3cret",
            journal=path / "state" / "kiosk.sqlite",
            reader_port="test",
        )
        self.shell = None

    def open(self):
        client = ControllerClient(
            "http://controller", "s3cret", transport=httpx2.MockTransport(self.ledger)
        )
        ports = Ports(lambda: self.reader, lambda: self.slot, client, self.sounds.append)
        self.shell = Shell(self.settings, ports)
        self._ready = threading.Event()
        self.shell.on_ready(self._ready.set)
        self.shell.start()
        return self

    def close(self):
        if self.shell is not None:
            self.shell.stop()
            self.shell = None

    def until(self, condition, timeout_s=60.0):
        """Drain as the app does until the view fulfils `condition`."""
        end = time.monotonic() + timeout_s
        while True:
            self._ready.clear()
            self.shell.tick()
            view = self.shell.drain()
            if condition(view):
                return view
            assert time.monotonic() < end, view
            self._ready.wait(0.05)

    def lay_book(self, afi):
        self.reader.lay(UID, book_bytes(), afi)

    def paths(self):
        return [path for path, _ in self.ledger.calls]


def tone_is(tone):
    return lambda view: bool(view.rows) and view.rows[0].tone is tone
