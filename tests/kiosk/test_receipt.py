"""What is on the paper, and what happens when the paper ends."""

import queue
import socket
import threading
from datetime import UTC, date, datetime

import pytest

from kiosk.effects import PrintReceipt
from kiosk.events import Paper, Pressed, PrinterSeen, ReceiptPrinted
from kiosk.i18n import load_texts
from kiosk.printer import ReceiptPrinter
from kiosk.receipt import Entry, Receipt, lay_out
from kiosk.view import ScreenName, Tone

AT = datetime(2026, 9, 30, 12, 5, tzinfo=UTC)
LONG = "Экспериментальные задачи по физике для учащихся 7–9 классов и учителей"
OK, LOW, OUT = b"\x12", b"\x1e", b"\x72"  # answers to DLE EOT 4 (ESC/POS reference)


def paper_text(columns, *entries, language="ru"):
    receipt = Receipt(language, entries)
    return lay_out(receipt, load_texts(language), library="Библиотека № 7", at=AT, columns=columns)


@pytest.mark.parametrize("columns", [32, 48])
def test_forty_books_fit_the_paper_line_by_line(columns):
    entries = [Entry(f"{n}. {LONG}", date(2026, 10, 14)) for n in range(40)]

    lines = paper_text(columns, *entries).splitlines()

    assert max(len(line) for line in lines) == columns
    assert sum("14.10.2026" in line for line in lines) == 40
    assert lines[:2] == ["Библиотека № 7", "30.09.2026 12:05"]


def test_lent_and_returned_books_stand_apart():
    text = paper_text(32, Entry("Муму", date(2026, 10, 14)), Entry("Атлас", returned=True))

    assert text.index("Выдана 1 книга") < text.index("Муму") < text.index("Принята 1 книга")
    assert text.index("Принята 1 книга") < text.index("Атлас")


def test_everything_on_a_receipt_can_be_printed_in_cp866():
    text = paper_text(32, Entry("«Ёлка» — 451°, № 3", date(2026, 10, 14)))

    assert "№ 3" in text.encode("cp866", "replace").decode("cp866")


class FakePrinter:
    """A printer at the wire. `answers` is what its paper sensor says, the last one for ever."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.printed = b""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with line:
                while heard := line.recv(65536):
                    *told, rest = heard.split(b"\x10\x04\x04")
                    self.printed += b"".join(told) + rest
                    for _ in told:
                        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                        line.sendall(answer)

    def close(self):
        self._socket.close()


@pytest.fixture
def printer_of():
    opened = []

    def make(*answers):
        fake = FakePrinter(*answers)
        events = queue.SimpleQueue()
        printer = ReceiptPrinter(fake.url, events.put)
        opened.extend((printer.stop, fake.close))
        return fake, printer, events

    yield make
    for close in opened:
        close()


@pytest.fixture
def unused_url():
    """Nobody listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"tcp://127.0.0.1:{taken.getsockname()[1]}"


def test_a_receipt_is_printed_in_the_printer_s_own_letters_and_cut(printer_of):
    fake, printer, events = printer_of(OK)

    printer.print_text("Выдана 1 книга\n")

    assert events.get(timeout=60) == PrinterSeen(Paper.OK)
    assert events.get(timeout=60) == ReceiptPrinted(ok=True)
    assert "Выдана 1 книга\n".encode("cp866") in fake.printed
    assert b"\x1dV" in fake.printed  # GS V: cut


def test_without_paper_nothing_is_sent(printer_of):
    fake, printer, events = printer_of(OUT)

    printer.print_text("Муму\n")

    assert events.get(timeout=60) == PrinterSeen(Paper.OUT)
    assert events.get(timeout=60) == ReceiptPrinted(ok=False)
    assert "Муму".encode("cp866") not in fake.printed


def test_paper_that_ends_in_the_middle_is_told(printer_of):
    _, printer, events = printer_of(LOW, OUT)

    printer.print_text("Муму\n")

    assert events.get(timeout=60) == PrinterSeen(Paper.OUT)
    assert events.get(timeout=60) == ReceiptPrinted(ok=False)


def test_a_printer_that_is_not_there_is_told_once(unused_url):
    events = queue.SimpleQueue()
    printer = ReceiptPrinter(unused_url, events.put)

    printer.print_text("Муму\n")
    printer.print_text("Муму\n")

    told = [events.get(timeout=60) for _ in range(3)]
    printer.stop()
    assert told == [PrinterSeen(Paper.LOST), ReceiptPrinted(ok=False), ReceiptPrinted(ok=False)]


def test_low_paper_is_seen_before_anybody_wants_a_receipt(printer_of):
    _, printer, events = printer_of(LOW)

    printer.start()

    assert events.get(timeout=60) == PrinterSeen(Paper.LOW)


@pytest.fixture
def done(story):
    """Anna has borrowed a book at a kiosk with a printer."""
    story.happens(PrinterSeen(Paper.OK))
    story.card()
    story.borrowed("A1")
    return story


def offered(story):
    return [action.id for action in story.view().actions]


@pytest.mark.parametrize("paper", [Paper.NONE, Paper.UNKNOWN, Paper.OUT, Paper.LOST])
def test_no_receipt_is_offered_that_cannot_be_printed(done, paper):
    before = offered(done)

    done.happens(PrinterSeen(paper))

    assert "receipt" in before
    assert "receipt" not in offered(done)


def test_there_is_no_receipt_for_nothing(story):
    story.happens(PrinterSeen(Paper.OK))
    story.card()

    assert "receipt" not in offered(story)


def test_a_receipt_ends_the_session_and_holds_no_name(done):
    effects = done.happens(Pressed("receipt"))

    (order,) = [effect for effect in effects if isinstance(effect, PrintReceipt)]
    assert order.receipt == Receipt("ru", (Entry("Книга A1", date(2026, 10, 14)),))
    assert done.state.person is None
    assert done.view().screen is ScreenName.DONE
    assert "печатаю чек" in done.view().notice.text


@pytest.mark.parametrize(
    ("ok", "text", "tone"),
    [(True, "Возьмите чек", Tone.DONE), (False, "но всё записано", Tone.WAIT)],
)
def test_the_thanks_tell_what_became_of_the_receipt(done, ok, text, tone):
    done.happens(Pressed("receipt"), ReceiptPrinted(ok=ok))

    notice = done.view().notice

    assert text in notice.text
    assert notice.tone is tone


def test_a_receipt_that_comes_late_does_not_bring_the_thanks_back(done):
    done.happens(Pressed("receipt"))
    done.passes(20)

    done.happens(ReceiptPrinted(ok=True))

    assert done.view().screen is ScreenName.START
