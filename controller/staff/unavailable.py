"""The ledger is away: a page says so in words, a program gets its reason."""

from fastapi import FastAPI, Request, Response

from controller.answers import UNAVAILABLE
from controller.edge import unavailable
from controller.live.words import Language
from controller.sql import LedgerUnavailable
from controller.staff.pages import Pages

_RETRY = {"Retry-After": "5", "Refresh": "10"}


def install_unavailable_page(app: FastAPI, pages: Pages) -> None:
    """What a browser sees below `/console`; everybody else hears what `edge` says."""

    async def answer(request: Request, error: Exception) -> Response:
        said = await unavailable(request, error)
        if not request.url.path.startswith("/console"):
            return said
        reading = request.method == "GET"  # a form that was sent is not sent again by itself
        headers = _RETRY if reading else {}
        return pages.draw(
            request,
            "unavailable.html",
            language_of(request),
            {},
            status=UNAVAILABLE,
            headers=headers,
        )

    app.add_exception_handler(LedgerUnavailable, answer)


def language_of(request: Request) -> Language:
    """The language of the page that was asked for; Russian unless the address says English."""
    english = request.query_params.get("lang") == Language.EN
    return Language.EN if english else Language.RU
