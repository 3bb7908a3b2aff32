"""The catalogue over HTTP: search, and one title with its copies."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from circulation.api import Refusal
from circulation.policy import ItemKind
from circulation.search import SEARCH, TITLES, SearchAnswer, TitleView
from controller.edge import as_device, respond, token_hash
from controller.openapi import DEVICE_SECURITY, READ_ERRORS, Responses
from controller.reads import Reads
from controller.search.service import Question, search, show_title

MAX_QUESTION = 200  # characters
MAX_PAGE = 50
_MAX_ID = 2**31 - 1
_UNKNOWN: Responses = {404: {"model": Refusal, "description": "The ledger has no such title"}}
Filter = Annotated[str, Query(max_length=120)]


def search_routes(reads: Reads) -> APIRouter:
    """Find a title; see its copies."""
    router = APIRouter(tags=["catalogue"])

    @router.get(
        SEARCH,
        response_model=SearchAnswer,
        responses=READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def find(
        request: Request,
        q: Annotated[str, Query(max_length=MAX_QUESTION, description="Words, ISBN or a number")],
        kind: ItemKind | None = None,
        section: Filter = "",
        place: Filter = "",
        available: bool = False,
        typing: Annotated[bool, Query(description="The last word may be unfinished")] = False,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 20,
        offset: Annotated[int, Query(ge=0, le=1_000)] = 0,
    ) -> Response:
        question = Question(
            text=q.replace("\0", ""),
            kind="" if kind is None else kind.value,
            section=section,
            place=place,
            available=available,
            typing=typing,
            limit=limit,
            offset=offset,
        )
        act = as_device(token_hash(request), lambda inside, who: search(inside, who, question))
        return respond(await reads.run(act))

    @router.get(
        TITLES + "/{title_id}",
        response_model=TitleView,
        responses={**READ_ERRORS, **_UNKNOWN},
        openapi_extra=DEVICE_SECURITY,
    )
    async def title(request: Request, title_id: Annotated[int, Path(ge=1, le=_MAX_ID)]) -> Response:
        act = as_device(token_hash(request), lambda inside, who: show_title(inside, who, title_id))
        return respond(await reads.run(act))

    return router
