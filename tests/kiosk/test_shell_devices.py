"""The shell and what a librarian looks after: readers, printer, service screen."""

import threading

import httpx2
import pytest

from kiosk.client import ControllerClient
from kiosk.events import Paper, PrinterSeen, ReceiptPrinted
from kiosk.shell import Ports, Shell
from kiosk.view import ScreenName, Tone
from tests.kiosk.shell_room import CARD, Room, tone_is


class Paperwork:
    """A printer that always works; `texts` is what it was told to print."""

    def __init__(self):
        self.texts = []
        self.post = None

    def open(self, post):
        self.post = post
        return self

    def start(self):
        self.post(PrinterSeen(Paper.OK))

    def stop(self):
        """Nothing is going on."""

    def print_text(self, text):
        self.texts.append(text)
        self.post(ReceiptPrinted(ok=True))


class ServedRoom(Room):
    """A room whose kiosk has a printer and a service number, and counts how often readers open."""

    def __init__(self, path, reader):
        super().__init__(path, reader)
        pin = path / "pin"
        pin.write_text("2704\n")
        pin.chmod(0o600)
        self.settings = self.settings.model_copy(
            update={"service_pin_file": pin, "library_name": "Библиотека № 7"}
        )
        self.printer = Paperwork()
        self.opened = 0

    def open(self):
        transport = httpx2.MockTransport(self.ledger)
        client = ControllerClient("http://controller", "s3cret", transport=transport)
        ports = Ports(
            self._open_reader,
            lambda: self.slot,
            client,
            self.sounds.append,
            sound_works=lambda: False,
            open_printer=self.printer.open,
        )
        self.shell = Shell(self.settings, ports)
        self._ready = threading.Event()
        self.shell.on_ready(self._ready.set)
        self.shell.start()
        return self

    def _open_reader(self):
        self.opened += 1
        return self.reader

    def press(self, *actions):
        for action in actions:
            self.shell.act(action)


@pytest.fixture
def room(tmp_path, reader):
    opened = ServedRoom(tmp_path, reader).open()
    opened.until(lambda view: view.screen is ScreenName.START)
    yield opened
    opened.close()


def is_service(view):
    return view.screen is ScreenName.SERVICE and any(row.key == "device/sound" for row in view.rows)


def test_the_service_screen_looks_at_the_real_things(room):
    room.press("help", "service", *(f"digit:{digit}" for digit in "2704"))

    view = room.until(is_service)

    tones = {row.key.removeprefix("device/"): row.tone for row in view.rows}
    assert tones["shelf"] is Tone.DONE
    assert tones["sound"] is Tone.STOP
    assert tones["outbox"] is Tone.DONE


def test_the_readers_are_opened_again_from_the_screen_and_books_are_lent_as_before(room):
    room.press("help", "service", *(f"digit:{digit}" for digit in "2704"))
    room.until(is_service)

    room.press("restart_readers")
    room.until(lambda _: room.opened == 2)
    room.lay_book(afi=0x07)
    room.slot.card = CARD

    room.until(lambda view: view.screen is ScreenName.PAD)
    assert room.until(tone_is(Tone.DONE)).rows[0].title == "Два капитана"


def test_a_receipt_says_what_was_lent_and_by_which_library_and_to_nobody(room):
    room.lay_book(afi=0x07)
    room.slot.card = CARD
    room.until(tone_is(Tone.DONE))

    room.press("receipt")
    room.until(lambda view: view.notice is not None and "Возьмите чек" in view.notice.text)

    (text,) = room.printer.texts
    assert text.startswith("Библиотека № 7")
    assert "Два капитана" in text
    assert "Анна" not in text
