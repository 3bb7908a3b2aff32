"""Cards and accounts over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from circulation.api import ACCOUNTS, CARDS_RESOLVE, Account, CardQuery, PatronView, Refusal
from controller.edge import (
    as_device,
    read_body,
    respond,
    token_hash,
)
from controller.openapi import DEVICE_SECURITY, PEOPLE_READ_ERRORS, Responses, body_schema
from controller.patrons.service import Patrons
from controller.reads import Reads

_NOBODY: Responses = {404: {"model": Refusal, "description": "Nobody has this card or id"}}
_BLOCKED: Responses = {409: {"model": Refusal, "description": "The card is blocked"}}


def patron_routes(reads: Reads, patrons: Patrons) -> APIRouter:
    """Whose card, and what is on loan."""
    router = APIRouter(tags=["patrons"])

    @router.post(
        CARDS_RESOLVE,
        response_model=PatronView,
        responses={**PEOPLE_READ_ERRORS, **_NOBODY, **_BLOCKED},
        openapi_extra=body_schema(CardQuery),
    )
    async def resolve_card(request: Request) -> Response:
        query = await read_body(request, CardQuery)
        act = as_device(
            token_hash(request), lambda inside, who: patrons.resolve_card(inside, who, query)
        )
        return respond(await reads.run(act))

    @router.get(
        ACCOUNTS + "/{patron_id}",
        response_model=Account,
        responses={**PEOPLE_READ_ERRORS, **_NOBODY},
        openapi_extra=DEVICE_SECURITY,
    )
    async def account(
        request: Request, patron_id: Annotated[str, Path(min_length=1, max_length=40)]
    ) -> Response:
        act = as_device(
            token_hash(request), lambda inside, who: patrons.account(inside, who, patron_id)
        )
        return respond(await reads.run(act))

    return router
