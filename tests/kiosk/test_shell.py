"""The whole kiosk without a window: threads, disk and HTTP around the session."""

import json
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

import httpx2
import pytest

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
from drivers.registry import open_reader
from kiosk.client import ControllerClient
from kiosk.journal import Journal, Outcome
from kiosk.settings import Settings
from kiosk.shell import Ports, Shell
from kiosk.vault import Vault
from kiosk.view import ScreenName, Tone

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


@pytest.fixture
def room(tmp_path, reader):
    """A kiosk that has started and shows its start screen."""
    opened = Room(tmp_path, reader).open()
    opened.until(lambda view: view.screen is ScreenName.START)
    yield opened
    opened.close()


def tone_is(tone):
    return lambda view: bool(view.rows) and view.rows[0].tone is tone


def test_book_is_lent_and_its_tag_disarmed(room):
    room.lay_book(afi=0x07)
    room.slot.card = CARD

    view = room.until(tone_is(Tone.DONE))

    assert view.rows[0].title == "Два капитана"
    assert room.reader.afis[UID] == 0xC2
    room.until(lambda _: room.paths() == [CHECKOUTS, SIGHTINGS])


def test_book_is_returned_and_its_tag_armed_first(room):
    room.ledger.state = ItemState.ON_LOAN
    room.shell.act("return")
    room.lay_book(afi=0xC2)

    room.until(tone_is(Tone.DONE))

    assert room.reader.afis[UID] == 0x07
    assert room.paths() == [RETURNS]


def test_return_without_a_controller_is_kept_and_delivered_after_a_restart(room):
    room.ledger.state = ItemState.ON_LOAN
    room.ledger.away = True
    room.shell.act("return")
    room.lay_book(afi=0xC2)
    said = room.until(tone_is(Tone.DONE))
    room.close()
    room.reader.tags.clear()

    room.ledger.away = False
    room.open()
    room.until(lambda _: room.paths() == [RETURNS])

    assert said.rows[0].note.startswith("Принято. Библиотека узнает")
    assert room.ledger.state is ItemState.IN_STOCK


def test_unknown_token_loses_no_return(room):
    room.ledger.state = ItemState.ON_LOAN
    room.ledger.unknown_device = True
    room.shell.act("return")
    room.lay_book(afi=0xC2)
    room.until(tone_is(Tone.DONE))

    room.ledger.unknown_device = False

    room.until(lambda _: room.paths() == [RETURNS])


def test_kept_return_is_not_disarmed_by_the_ledgers_old_view(room, tmp_path):
    room.close()
    journal = Journal(room.settings.journal, Vault("s3cret"))
    returned = ReturnRequest(
        op_id=UUID(int=1), at=datetime.now(UTC), owner=OWNER, item_id="A1", uid=UID
    )
    journal.keep(returned)
    journal.close()
    room.ledger.state = ItemState.ON_LOAN
    room.lay_book(afi=0x07)

    room.open()
    room.until(lambda _: room.paths() == [RETURNS])

    assert ("write_afi", UID) not in room.reader.log


def test_interrupted_checkout_is_not_sent_by_a_kiosk_nobody_stands_at(room):
    room.close()
    journal = Journal(room.settings.journal, Vault("s3cret"))
    journal.keep(
        CheckoutRequest(
            op_id=UUID(int=3), at=datetime.now(UTC), patron_id="p-1", owner=OWNER, item_id="A1"
        )
    )
    journal.close()

    room.open()
    room.until(lambda view: view.screen is ScreenName.START)
    room.close()

    journal = Journal(room.settings.journal, Vault("s3cret"))
    assert [entry.op_id for entry in journal.with_outcome(Outcome.UNKNOWN)] == [UUID(int=3)]
    assert room.paths() == []
    journal.close()


def test_interrupted_loan_is_finished_at_the_next_sighting(room):
    room.ledger.state = ItemState.ON_LOAN
    room.lay_book(afi=0x07)

    view = room.until(lambda view: bool(view.rows) and "Защита снята" in view.rows[0].note)

    assert view.rows[0].note == "Книга выдана. Защита снята"
    assert room.reader.afis[UID] == 0xC2


def test_disk_that_cannot_be_written_lends_nothing(room):
    room.shell._journal.close()
    room.lay_book(afi=0x07)
    room.slot.card = CARD

    room.until(tone_is(Tone.WAIT))

    assert room.paths() == []
    assert room.reader.afis[UID] == 0x07


def test_simulated_pad_is_refused_unless_allowed(tmp_path, reader):
    reader.simulated = True
    room = Room(tmp_path, reader).open()

    view = room.until(lambda view: view.notice is not None)

    assert view.screen is ScreenName.PROBLEM
    assert "учебная" in view.notice.text
    room.close()


def test_keys_and_language_reach_the_session(room):
    room.shell.act("language")
    room.shell.key("next")

    view = room.until(lambda view: view.language == "en")

    assert room.shell.language == "en"
    assert view.focus == 0


def test_key_without_a_meaning_is_an_error(room):
    with pytest.raises(ValueError, match="volume"):
        room.shell.key("volume")


def test_reader_that_is_not_plugged_in_is_a_problem_screen(tmp_path):
    settings = Settings(
        device="kiosk-1",
        owner=OWNER,
        controller_url="http://127.0.0.1:9",
        token="s3cret",
        journal=tmp_path / "kiosk.sqlite",
        reader_port=str(tmp_path / "no-such-port"),
    )
    ports = Ports(
        lambda: open_reader(settings.reader_model, settings.reader_port),
        CardSlot,
        ControllerClient(settings.controller_url, settings.read_token()),
        lambda _: None,
    )
    shell = Shell(settings, ports)
    shell.start()

    end = time.monotonic() + 60
    while (view := shell.drain()).notice is None and time.monotonic() < end:
        time.sleep(0.02)
    shell.stop()

    assert view.screen is ScreenName.PROBLEM
    assert view.notice.text.startswith("Полка не отвечает")


def test_settings_from_afar_are_in_force_before_anybody_comes(tmp_path, reader):
    room = Room(tmp_path, reader)
    settings = {"format": "kiosk-1", "languages": ["en"], "idle_s": 60, "volume_percent": 5}
    room.ledger.settings = json.dumps({"version": 3, "settings": settings})
    room.open()

    view = room.until(lambda view: view.screen is ScreenName.START and view.language == "en", 30)

    assert view.language == "en"
    kept = json.loads((tmp_path / "state" / "settings.json").read_text())
    assert (kept["version"], kept["settings"]["idle_s"]) == (3, 60)
    room.close()
