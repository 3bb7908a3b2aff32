"""Items over HTTP."""

from fastapi import APIRouter, Request, Response

from circulation.api import ITEMS_RESOLVE, ItemsAnswer, ItemsQuery
from controller.edge import as_device, read_body, respond, token_hash
from controller.items.service import resolve_items
from controller.openapi import READ_ERRORS, body_schema
from controller.reads import Reads


def item_routes(reads: Reads) -> APIRouter:
    """Which books lie on the pad: one question for the whole pad."""
    router = APIRouter(tags=["items"])

    @router.post(
        ITEMS_RESOLVE,
        response_model=ItemsAnswer,
        responses=READ_ERRORS,
        openapi_extra=body_schema(ItemsQuery),
    )
    async def resolve(request: Request) -> Response:
        query = await read_body(request, ItemsQuery)
        act = as_device(token_hash(request), lambda inside, who: resolve_items(inside, who, query))
        return respond(await reads.run(act))

    return router
