"""What stands on a label or card. A card carries no whole name unless the library wants it to."""

from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from controller.printing.author_marks import AuthorMarks
from controller.printing.codes import draw_code128, draw_qr
from controller.printing.fonts import BOLD, REGULAR, fit, width, wrap
from controller.printing.sheets import Box

_INK, _QUIET, _BRAND = HexColor("#1C2430"), HexColor("#55606E"), HexColor("#0E5A63")
_LARGEST_MARK, _SMALLEST_MARK = 22.0, 6.0


@dataclass(frozen=True, slots=True)
class PatronCard:
    """A library card: number as bars or QR, a name as far as the library wants it to be read."""

    library: str
    number: str
    name: str
    class_name: str
    is_qr: bool

    def draw(self, canvas: Canvas, box: Box) -> None:
        """Into a place of 85.6 x 54 mm."""
        canvas.setStrokeColor(_QUIET)
        canvas.setLineWidth(0.2)
        canvas.roundRect(box.left, box.bottom, box.width, box.height, 3 * mm)
        inner = box.inset(5)
        top = inner.bottom + inner.height
        _text(canvas, fit(self.library, inner.width, 8), inner.left, top - 8, 8, _QUIET)
        _text(canvas, "Читательский билет", inner.left, top - 24, 13, _BRAND, BOLD)
        room = inner.width - (26 * mm if self.is_qr else 0)
        _text(canvas, fit(self.name, room, 12), inner.left, top - 44, 12, _INK)
        _text(canvas, fit(self.class_name, room, 10), inner.left, top - 58, 10, _QUIET)
        if self.is_qr:
            left = inner.left + inner.width - 26 * mm
            draw_qr(canvas, self.number, left=left, bottom=inner.bottom, size=28 * mm)
            _text(canvas, self.number, inner.left, inner.bottom, 9, _INK)
        else:
            _bars(canvas, self.number, Box(inner.left, inner.bottom, inner.width, 15 * mm), 9)


@dataclass(frozen=True, slots=True)
class ItemLabel:
    """A copy's label: the title, the number as bars, the inventory number, the library."""

    library: str
    title: str
    number: str
    inventory_no: str

    def draw(self, canvas: Canvas, box: Box) -> None:
        """Into any label of 38 x 21 mm or more."""
        inner = box.inset(2)
        size = 6.0 if inner.height < 20 * mm else 7.5
        top = inner.bottom + inner.height
        lines = wrap(self.title, inner.width, size, 1 if inner.height < 20 * mm else 2)
        for row, line in enumerate(lines, start=1):
            _text(canvas, line, inner.left, top - row * size * 1.15, size, _INK)
        foot = " · ".join(part for part in (self.inventory_no, self.library) if part)
        _text(canvas, fit(foot, inner.width, size), inner.left, inner.bottom, size, _QUIET)
        free = inner.height - (len(lines) + 1) * size * 1.25 - 2
        _bars(canvas, self.number, Box(inner.left, inner.bottom + size * 1.2, inner.width, free), 7)


@dataclass(frozen=True, slots=True)
class SpineLabel:
    """A spine's label: the shelf mark over the author mark, as large as fits."""

    section: str  # ББК or УДК
    author_mark: str

    def draw(self, canvas: Canvas, box: Box) -> None:
        """Into any label; lines in the middle."""
        inner = box.inset(2)
        lines = [line for line in (self.section, self.author_mark) if line]
        size = _LARGEST_MARK
        while size > _SMALLEST_MARK and not _fits(lines, inner, size):
            size -= 0.5
        total = len(lines) * size * 1.2
        line_at = inner.bottom + (inner.height + total) / 2 - size
        canvas.setFillColor(_INK)
        canvas.setFont(BOLD, size)
        for line in lines:
            shown = fit(line, inner.width, size, BOLD)
            canvas.drawCentredString(inner.left + inner.width / 2, line_at, shown)
            line_at -= size * 1.2


def spine_of(
    section: str, author_mark: str, author: str, title: str, marks: AuthorMarks | None = None
) -> SpineLabel:
    """The author mark (авторский знак) of the catalogue, of the library's table, or the initial."""
    by_table = marks.mark_for(author, title) if marks is not None else ""
    initial = (author or title).strip()[:1].upper()
    return SpineLabel(section, author_mark or by_table or initial)


def _fits(lines: list[str], box: Box, size: float) -> bool:
    high = len(lines) * size * 1.2 <= box.height
    return high and all(width(line, size, BOLD) <= box.width for line in lines)


def _bars(canvas: Canvas, number: str, box: Box, size: float) -> None:
    """The bars with their number below."""
    _centred(canvas, number, box, size)
    draw_code128(
        canvas,
        number,
        left=box.left,
        bottom=box.bottom + size * 1.4,
        width=box.width,
        height=box.height - size * 1.4,
    )


def _centred(canvas: Canvas, text: str, box: Box, size: float) -> None:
    canvas.setFillColor(_INK)
    canvas.setFont(REGULAR, size)
    canvas.drawCentredString(box.left + box.width / 2, box.bottom + size * 0.25, text)


def _text(
    canvas: Canvas,
    text: str,
    left: float,
    bottom: float,
    size: float,
    colour: HexColor,
    face: str = REGULAR,
) -> None:
    canvas.setFillColor(colour)
    canvas.setFont(face, size)
    canvas.drawString(left, bottom, text)
