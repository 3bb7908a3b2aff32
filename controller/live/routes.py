"""The live page, its two fragments, its stream and its files. No login and nobody's name."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.templating import Jinja2Templates

from circulation.api import EVENTS, LiveEvent
from controller.clock import LibraryTime
from controller.gates.grouping import one_row_each
from controller.kiosks.service import WaitingCall, waiting_calls
from controller.live.feed import (
    Counts,
    DeviceNow,
    counts_today,
    devices_now,
    last_seq,
    latest_events,
)
from controller.live.present import Line, card_of, grouped, line_of, russian_date, worth_showing
from controller.live.stream import Wakeup, stream
from controller.live.words import LABELS, Language
from controller.openapi import Malformed, reference
from controller.reads import Reads
from controller.sql import Transaction
from controller.staff.door import COOKIE
from controller.staff.sessions import form_token

_LINES = 60
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'",
    "Cache-Control": "no-store",
}
_STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
STATIC = Path(__file__).parent / "static"
_MAX_SEQ = 2**63 - 1

Seq = Annotated[int, Query(ge=0, le=_MAX_SEQ)]
Lang = Annotated[Language, Query(alias="lang")]


@dataclass(frozen=True, slots=True)
class Live:
    """What the page is made from."""

    reads: Reads
    time: LibraryTime
    wakeup: Wakeup
    library: str


@dataclass(frozen=True, slots=True)
class Now:
    """What the page shows beside the log."""

    counts: Counts
    devices: list[DeviceNow]
    calls: list[WaitingCall]


def live_routes(live: Live) -> APIRouter:
    """`/` for people, `/api/v1/events` for programs."""
    router = APIRouter(tags=["live"])
    templates = Jinja2Templates(Path(__file__).parent / "templates")

    def page(request: Request, name: str, context: dict[str, object]) -> HTMLResponse:
        return templates.TemplateResponse(request, name, context, headers=_PAGE_HEADERS)

    @router.get("/", include_in_schema=False)
    async def whole(request: Request, language: Lang = Language.RU) -> HTMLResponse:
        after, events, now = await live.reads.run(partial(_whole, live))
        context = {
            "language": language,
            "other": Language.EN if language is Language.RU else Language.RU,
            "library": live.library,
            "date": russian_date(live.time.now(), live.time.zone),
            "after": after,
            "lines": _lines(live, events, language),
        }
        return page(request, "page.html", context | _now_context(request, live, now, language))

    @router.get("/live/rows", include_in_schema=False)
    async def rows(request: Request, language: Lang = Language.RU) -> HTMLResponse:
        events = await live.reads.run(partial(latest_events, most=_LINES))
        return page(request, "rows.html", {"lines": _lines(live, events, language)})

    @router.get("/live/now", include_in_schema=False)
    async def now(request: Request, language: Lang = Language.RU) -> HTMLResponse:
        state = await live.reads.run(partial(_now, live))
        return page(request, "now.html", _now_context(request, live, state, language))

    @router.get(
        EVENTS,
        response_class=StreamingResponse,
        responses={
            200: {
                "description": "Each event's data is a LiveEvent, its id the LiveEvent's seq",
                "content": {"text/event-stream": {"schema": reference(LiveEvent)}},
            },
            422: {"model": Malformed, "description": "`after` is not a number of the log"},
        },
    )
    async def events(
        after: Annotated[int | None, Query(ge=0, le=_MAX_SEQ)] = None,
        last_event_id: Annotated[int | None, Header(ge=0, le=_MAX_SEQ)] = None,
    ) -> StreamingResponse:
        """Resume after `Last-Event-ID` or `after`; without either only what is new."""
        resume = after if last_event_id is None else last_event_id
        content = stream(live.reads, live.wakeup, resume)
        return StreamingResponse(content, media_type="text/event-stream", headers=_STREAM_HEADERS)

    return router


def _whole(live: Live, transaction: Transaction) -> tuple[int, list[LiveEvent], Now]:
    return last_seq(transaction), latest_events(transaction, _LINES), _now(live, transaction)


def _now(live: Live, transaction: Transaction) -> Now:
    now = live.time.now()
    return Now(
        counts_today(transaction, live.time),
        devices_now(transaction, now),
        waiting_calls(transaction, now),
    )


def _lines(live: Live, events: Sequence[LiveEvent], language: Language) -> list[Line]:
    shown = one_row_each([event for event in events if worth_showing(event)])
    return [line_of(event, language, live.time.zone) for event in shown]


def _now_context(request: Request, live: Live, now: Now, language: Language) -> dict[str, object]:
    """With a button at each call for whom the browser is signed in; the door looks again."""
    session = request.cookies.get(COOKIE, "")
    zone, moment = live.time.zone, live.time.now()
    return {
        "labels": LABELS[language],
        "numbers": {name: grouped(number) for name, number in asdict(now.counts).items()},
        "devices": [card_of(device, language, zone, moment) for device in now.devices],
        "calls": now.calls,
        "form": form_token(session) if session else "",
        "language": language,
    }
