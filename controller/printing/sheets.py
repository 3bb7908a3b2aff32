"""Sheets of labels and single labels: where each one lies, and the PDF of many.

Formats are those of the self-adhesive A4 paper sold in Russia (24 labels of 70 x 37 mm and so on)
and of rolls for label printers. Measures in millimetres.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from controller.printing.fonts import register

A4 = (210.0, 297.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A label's place on its page, in points from the lower left corner."""

    left: float
    bottom: float
    width: float
    height: float

    def inset(self, margin_mm: float) -> "Box":
        """The same without a margin."""
        edge = margin_mm * mm
        width, height = self.width - 2 * edge, self.height - 2 * edge
        return Box(self.left + edge, self.bottom + edge, width, height)


Draw = Callable[[Canvas, Box], None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Columns x rows of one label size on a page; `gap` lies between columns."""

    columns: int
    rows: int
    label: tuple[float, float]
    page: tuple[float, float] = A4
    gap: float = 0.0

    @property
    def count(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows

    def box(self, place: int) -> Box:
        """The label's place, counted from 0 by rows from the top left."""
        row, column = divmod(place, self.columns)
        wide, high = self.label
        left = (self.page[0] - self.columns * wide - (self.columns - 1) * self.gap) / 2
        top = (self.page[1] - self.rows * high) / 2
        return Box(
            (left + column * (wide + self.gap)) * mm,
            (self.page[1] - top - (row + 1) * high) * mm,
            wide * mm,
            high * mm,
        )


class SheetName(StrEnum):
    """What a librarian may choose."""

    A4_3X8 = "a4-3x8"
    A4_5X13 = "a4-5x13"
    A4_4X10 = "a4-4x10"
    A4_3X7 = "a4-3x7"
    A4_2X5 = "a4-2x5"
    ROLL_58X40 = "roll-58x40"
    ROLL_43X25 = "roll-43x25"
    CARD = "card"


SHEETS: dict[SheetName, Sheet] = {
    SheetName.A4_3X8: Sheet(3, 8, (70.0, 37.0)),
    SheetName.A4_5X13: Sheet(5, 13, (38.0, 21.2), gap=2.5),
    SheetName.A4_4X10: Sheet(4, 10, (48.5, 25.4)),
    SheetName.A4_3X7: Sheet(3, 7, (70.0, 42.3)),
    SheetName.A4_2X5: Sheet(2, 5, (85.6, 54.0), gap=5.0),  # cards, ISO/IEC 7810 ID-1
    SheetName.ROLL_58X40: Sheet(1, 1, (58.0, 40.0), page=(58.0, 40.0)),
    SheetName.ROLL_43X25: Sheet(1, 1, (43.0, 25.0), page=(43.0, 25.0)),
    SheetName.CARD: Sheet(1, 1, (85.6, 54.0), page=(85.6, 54.0)),
}


def print_labels(labels: Sequence[Draw], sheet: Sheet, title: str, *, first: int = 1) -> bytes:
    """A PDF; `first` is the place of the first label on a sheet that was begun before."""
    register()
    buffer = BytesIO()
    size = (sheet.page[0] * mm, sheet.page[1] * mm)
    canvas = Canvas(buffer, pagesize=size, invariant=1, lang="ru")
    canvas.setTitle(title)
    canvas.setAuthor("Полка")
    for place, draw in enumerate(labels, start=(first - 1) % sheet.count):
        canvas.saveState()
        draw(canvas, sheet.box(place % sheet.count))
        canvas.restoreState()
        if place % sheet.count == sheet.count - 1:
            canvas.showPage()
    canvas.save()
    return buffer.getvalue()
