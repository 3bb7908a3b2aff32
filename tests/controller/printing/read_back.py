"""What stands in a PDF for a person and for a scanner: text, and codes read from the pixels."""

import pypdfium2
import zxingcpp
from PIL.Image import Image

_DPI = 300  # as a label printer's


def pages(pdf: bytes) -> list[Image]:
    """Each page as a printer would put it on paper."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=_DPI / 72).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def texts(pdf: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def codes(pdf: bytes) -> list[str]:
    """The numbers that a scanner reads, sorted."""
    found = (zxingcpp.read_barcodes(page) for page in pages(pdf))
    return sorted(code.text for of_page in found for code in of_page)
