"""A PDF as an answer: shown by the browser, kept by nobody."""

from fastapi.responses import Response


def pdf_answer(pdf: bytes, name: str) -> Response:
    """Inline, under a plain file name."""
    headers = {
        "Content-Disposition": f'inline; filename="{name}.pdf"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)
