"""The slip in a book on the hold shelf: 80 mm of receipt paper, a code and no name."""

from collections.abc import Sequence
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from circulation.desk import ShelfLine
from controller.printing.fonts import BOLD, REGULAR, register, wrap

WIDE_MM, HIGH_MM = 80.0, 60.0
_MARGIN = 4 * mm  # such printers reach 72 mm


def hold_slips(lines: Sequence[ShelfLine], library: str) -> bytes:
    """A page for each book; the reader finds his own by the code in his account."""
    register()
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDE_MM * mm, HIGH_MM * mm), invariant=1, lang="ru")
    canvas.setTitle("Полка заказов")
    for line in lines:
        _draw(canvas, line, library)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw(canvas: Canvas, line: ShelfLine, library: str) -> None:
    room, middle = WIDE_MM * mm - 2 * _MARGIN, WIDE_MM * mm / 2
    canvas.setFont(REGULAR, 10)
    canvas.drawCentredString(middle, 52 * mm, "Полка заказов")
    canvas.setFont(BOLD, 40)
    canvas.drawCentredString(middle, 36 * mm, line.code)
    canvas.setFont(BOLD, 12)
    canvas.drawCentredString(middle, 28 * mm, f"ждёт до {line.ready_until:%d.%m.%Y}")
    canvas.setFont(REGULAR, 10)
    for row, words in enumerate(wrap(line.title, room, 10, 2)):
        canvas.drawString(_MARGIN, (20 - 5 * row) * mm, words)
    canvas.setFont(REGULAR, 8)
    canvas.drawString(_MARGIN, 6 * mm, f"{line.item_id} · {library}"[:60])
