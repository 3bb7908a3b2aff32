"""Papers for people: a document of headings, tables and lines to sign, in the printed face."""

from collections.abc import Sequence
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, A5, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    HRFlowable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from controller.printing.fonts import BOLD, REGULAR, register

INK, QUIET, RULE = HexColor("#1C2430"), HexColor("#55606E"), HexColor("#8A94A0")
TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=14, leading=18, textColor=INK)
BODY = ParagraphStyle("body", fontName=REGULAR, fontSize=10, leading=13, textColor=INK)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=8.5, leading=11)
LANDSCAPE, HALF = landscape(A4), A5
_MARGIN = 14 * mm
_GRID = [
    ("FONT", (0, 0), (-1, -1), REGULAR, 9),
    ("FONT", (0, 0), (-1, 0), BOLD, 9),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("GRID", (0, 0), (-1, -1), 0.4, RULE),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
]


def text(words: str, style: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph; what came from the ledger is no markup."""
    register()
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Paragraph(escaped, style)


def table(
    rows: Sequence[Sequence[str | Flowable]],
    widths_mm: Sequence[float],
    *,
    row_mm: float | None = None,
    more: Sequence[tuple[object, ...]] = (),
) -> Table:
    """A grid whose first row is repeated on each page."""
    register()
    heights = None if row_mm is None else [None, *[row_mm * mm] * (len(rows) - 1)]
    made = Table(rows, [width * mm for width in widths_mm], heights, repeatRows=1)
    made.setStyle(TableStyle([*_GRID, *more]))
    return made


def to_sign(*who: str) -> Flowable:
    """A line for each signature, side by side."""
    row = [f"{name} ______________________" for name in who]
    made = Table([row], hAlign="LEFT")
    made.setStyle(
        TableStyle([("FONT", (0, 0), (-1, -1), REGULAR, 10), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    )
    return made


def gap(height_mm: float) -> Flowable:
    """White."""
    return Spacer(1, height_mm * mm)


def rule() -> Flowable:
    """A line across the page."""
    return HRFlowable(width="100%", thickness=0.4, color=RULE)


def new_page() -> Flowable:
    """The rest stands on the next page."""
    return PageBreak()


def make_paper(
    title: str, story: Sequence[Flowable], page: tuple[float, float], foot: str
) -> bytes:
    """The PDF; every page says below what it is and which page."""
    buffer = BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=page,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=title,
        author="Полка",
        lang="ru",
        invariant=1,
    )

    def mark(canvas: Canvas, made: SimpleDocTemplate) -> None:
        canvas.setFont(REGULAR, 8)
        canvas.setFillColor(QUIET)
        canvas.drawString(_MARGIN, 8 * mm, foot)
        canvas.drawRightString(page[0] - _MARGIN, 8 * mm, f"стр. {made.page}")

    document.build([*story], onFirstPage=mark, onLaterPages=mark)
    return buffer.getvalue()
