"""Code 128 and QR as lines and squares, large enough for a cheap scanner."""

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

NARROWEST_MM = 0.19  # a thermal printer's two dots at 300 dpi; below this wands begin to fail
WIDEST_MM = 0.5
_QUIET_MODULES = 10  # ISO/IEC 15417, 4.2: ten modules of white on either side
_QR_QUIET_MODULES = 4  # ISO/IEC 18004, 9.1


class CodeTooLong(ValueError):
    """The number does not fit as bars; the message says of which and what to do."""


def draw_code128(
    canvas: Canvas, number: str, *, left: float, bottom: float, width: float, height: float
) -> None:
    """Bars in the middle of that room, white margins included. `CodeTooLong` when too narrow."""
    modules = Code128(number, barWidth=1, quiet=False).width + 2 * _QUIET_MODULES
    module = min(width / modules, WIDEST_MM * mm)
    if module < NARROWEST_MM * mm:
        raise CodeTooLong(
            f"Номер {number} не поместится штрихкодом в {width / mm:.0f} мм: "
            "возьмите этикетку шире или QR-код"
        )
    bars = Code128(number, barWidth=module, barHeight=height, quiet=False)
    canvas.setFillGray(0)  # black, not ink: a red beam sees more contrast
    bars.drawOn(canvas, left + (width - bars.width) / 2, bottom)


def draw_qr(canvas: Canvas, number: str, *, left: float, bottom: float, size: float) -> None:
    """A square with its white margin; error level M, a quarter of it may be worn off at H."""
    code = segno.make_qr(number, error="m", boost_error=True)
    rows = [list(row) for row in code.matrix]
    module = size / (len(rows) + 2 * _QR_QUIET_MODULES)
    edge = _QR_QUIET_MODULES * module
    canvas.saveState()
    canvas.setFillGray(0)
    for down, row in enumerate(rows):
        bottom_of_row = bottom + size - edge - (down + 1) * module
        for start, length in _runs(row):
            canvas.rect(
                left + edge + start * module,
                bottom_of_row,
                length * module,
                module,
                stroke=0,
                fill=1,
            )
    canvas.restoreState()


def _runs(row: list[int]) -> list[tuple[int, int]]:
    """Where black begins and how long it goes on: hairlines between squares would confuse."""
    found: list[tuple[int, int]] = []
    for place, dark in enumerate(row):
        if not dark:
            continue
        if found and sum(found[-1]) == place:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((place, 1))
    return found
