"""What every page of the console needs: its frame, its headers, its forms."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from controller.live.words import Language
from controller.staff.door import COOKIE
from controller.staff.sessions import StaffCaller, form_token
from controller.staff.words import ROLES, WORDS

HERE = Path(__file__).parent
_MAX_FORM_BYTES = 4_096
LISTENS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        " script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
"""Headers of a page that waits for a card on a station's reader: its one script is our own."""
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Pages:
    """Draws the templates of these folders within the console's frame."""

    library: str
    templates: Jinja2Templates

    def draw(
        self,
        request: Request,
        name: str,
        language: Language,
        context: dict[str, object],
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> HTMLResponse:
        """A whole page; nothing on it comes from elsewhere and nothing is kept by the browser."""
        frame = {
            "language": language,
            "other": Language.EN if language is Language.RU else Language.RU,
            "library": self.library,
            "words": WORDS[language],
        }
        return self.templates.TemplateResponse(
            request, name, frame | context, status, {**_HEADERS, **(headers or {})}
        )


def make_pages(library: str) -> Pages:
    """The pages of this library's console."""
    folders = [
        HERE.parent / part / "templates"
        for part in (
            *("staff", "devices", "patrons", "security", "offline", "catalogue"),
            *("encoding", "items", "kiosks", "textbooks", "holds", "printing", "search", "loans"),
        )
    ]
    return Pages(library, Jinja2Templates(folders))


def signed_in(request: Request, caller: StaffCaller, language: Language) -> dict[str, object]:
    """What a page shows of the person, and the token for its forms."""
    return {
        "caller": caller,
        "role": ROLES[language][caller.role],
        "form": form_token(request.cookies.get(COOKIE, "")),
    }


async def read_form(request: Request) -> dict[str, str]:
    """A small form's fields; the last of a name counts. Too large a form is a 422."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_FORM_BYTES:
            message = f"the form is larger than {_MAX_FORM_BYTES} bytes"
            raise RequestValidationError([{"loc": ("body",), "msg": message, "type": "too_long"}])
    text = bytes(body).decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))
