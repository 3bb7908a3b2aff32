"""The station's side and the page's side of a card laid on a station's reader."""

from functools import partial
from typing import Literal

from fastapi import APIRouter, Request, Response

from circulation.api import Message
from circulation.encoding import CARD_WISH, CardSeen, CardWish
from circulation.ids import CardUid
from controller.answers import Answer, granted
from controller.devices.kinds import staff_only
from controller.devices.tokens import Caller
from controller.edge import ByHand, as_device, read_body, respond, token_hash
from controller.encoding import card_wishes
from controller.encoding.card_wishes import Look, Page, Waiting
from controller.openapi import DEVICE_SECURITY, STAFF_READ_ERRORS, body_schema
from controller.sql import Transaction
from controller.staff.door import Door
from controller.staff.pages import read_form
from controller.staff.rights import Right

READER = "/console/reader"


class ReaderSays(Message):
    """To the page: a card, or why there is none yet."""

    uid: str | None = None
    state: Waiting | Literal["card"]


def card_routes(door: Door, library: str) -> APIRouter:
    """Ask whether a page waits, tell it the card; and wait for it."""
    router = APIRouter(tags=["encoding"], route_class=ByHand)
    _add_station(router, door)
    _add_page(router, door, library)
    return router


def _add_station(router: APIRouter, door: Door) -> None:
    def hear(transaction: Transaction, caller: Caller) -> Answer:
        card_wishes.note_heard(transaction, caller, door.time.now())
        return granted(CardWish(asked=True))

    @router.get(
        CARD_WISH,
        response_model=CardWish,
        responses=STAFF_READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def wished(request: Request) -> Response:
        to_note = False

        def find(transaction: Transaction, caller: Caller) -> Answer:
            nonlocal to_note
            if refusal := staff_only(caller):
                return refusal
            asked, to_note = card_wishes.is_wished(transaction, caller, door.time.now())
            return granted(CardWish(asked=asked))

        token = token_hash(request)
        answer = await door.reads.run(as_device(token, find))
        if to_note:
            answer = await door.writer.run(as_device(token, hear))
        return respond(answer)

    @router.post(
        CARD_WISH,
        response_model=CardWish,
        responses=STAFF_READ_ERRORS,
        openapi_extra=body_schema(CardSeen),
    )
    async def seen(request: Request) -> Response:
        card = await read_body(request, CardSeen)

        def tell(transaction: Transaction, caller: Caller) -> Answer:
            if refusal := staff_only(caller):
                return refusal
            uid, now = CardUid(card.uid), door.time.now()
            return granted(card_wishes.tell(transaction, caller, uid, now))

        return respond(await door.writer.run(as_device(token_hash(request), tell)))


def _add_page(router: APIRouter, door: Door, library: str) -> None:
    @router.post(READER, include_in_schema=False)
    async def wait(request: Request) -> Response:
        """Asked by a page several times a second, as long as somebody looks at it."""
        form = await read_form(request)
        caller = await door.allow(request, Right.SEE_PATRONS, form.get("form", ""))
        page = Page(library, form.get("station", ""), caller.staff_id)
        now = door.time.now()
        seen = await door.reads.run(partial(card_wishes.look, page=page, now=now))
        if seen.writes:
            seen = await door.writer.run(partial(card_wishes.ask, page=page, now=now))
        answer = respond(granted(_said(seen)))
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _said(seen: Look) -> ReaderSays:
    if isinstance(seen.found, Waiting):
        return ReaderSays(state=seen.found)
    return ReaderSays(uid=seen.found, state="card")
