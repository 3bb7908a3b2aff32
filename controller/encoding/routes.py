"""The encoding station over HTTP."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from circulation.encoding import (
    ARRIVALS,
    ARRIVALS_TITLE,
    ENCODING_CHECK,
    ENCODING_CHOICES,
    ENCODING_FIND,
    ENCODING_PROGRESS,
    ENCODING_TAGS,
    ENCODING_UNDO,
    ENCODING_UNTAGGED,
    ArrivalReceipt,
    ArrivalRequest,
    Choices,
    CopiesFound,
    IsbnQuery,
    NumberQuery,
    Progress,
    TagHolder,
    TagQuery,
    TagReceipt,
    TagRequest,
    TitleFound,
    TitlesFound,
    TitleSource,
    UndoTagRequest,
    Untagged,
    UntaggedQuery,
)
from circulation.reasons import Reason
from controller.answers import OK, Answer, granted
from controller.catalogue.numbers import isbn13
from controller.clock import LibraryTime
from controller.devices.kinds import staff_only
from controller.devices.tokens import Caller
from controller.edge import ByHand, as_device, read_body, respond, token_hash
from controller.encoding.arrivals import receive, titles_with
from controller.encoding.copies import check_tag, find_copies
from controller.encoding.progress import tell_progress
from controller.encoding.sru import Catalogue
from controller.encoding.tagging import Tagging
from controller.encoding.untagged import list_choices, list_untagged
from controller.openapi import DEVICE_SECURITY, STAFF_READ_ERRORS, body_schema
from controller.reads import Reads
from controller.sql import Transaction
from controller.staff.rights import Right
from controller.writer import Writer
from controller.writes import Writes


def encoding_routes(
    writer: Writer, reads: Reads, time: LibraryTime, catalogue: Catalogue | None
) -> APIRouter:
    """`catalogue` None: a title that the ledger does not have is typed."""
    router = APIRouter(tags=["encoding"], route_class=ByHand)
    writes = Writes(router, writer, time)
    tagging = Tagging(time)
    writes.add_staff(ENCODING_TAGS, TagRequest, tagging.record, TagReceipt, "record tag")
    writes.add_staff(ENCODING_UNDO, UndoTagRequest, tagging.undo, TagReceipt, "undo tag")
    edit = Right.EDIT_CATALOGUE
    writes.add_staff(ARRIVALS, ArrivalRequest, receive, ArrivalReceipt, "receive copies", edit)
    _add_questions(router, reads)
    _add_looks(router, reads, time)
    _add_title(router, reads, catalogue)
    return router


def _add_questions(router: APIRouter, reads: Reads) -> None:
    """Reads that carry what is asked as a body."""

    async def answer(request: Request, act: Callable[[Transaction, Caller], Answer]) -> Response:
        return respond(await reads.run(as_device(token_hash(request), act)))

    @router.post(
        ENCODING_FIND,
        response_model=CopiesFound,
        responses=STAFF_READ_ERRORS,
        openapi_extra=body_schema(NumberQuery),
    )
    async def find(request: Request) -> Response:
        query = await read_body(request, NumberQuery)
        return await answer(request, lambda inside, who: find_copies(inside, who, query))

    @router.post(
        ENCODING_CHECK,
        response_model=TagHolder,
        responses=STAFF_READ_ERRORS,
        openapi_extra=body_schema(TagQuery),
    )
    async def check(request: Request) -> Response:
        query = await read_body(request, TagQuery)
        return await answer(request, lambda inside, who: check_tag(inside, who, query))

    @router.post(
        ENCODING_UNTAGGED,
        response_model=Untagged,
        responses=STAFF_READ_ERRORS,
        openapi_extra=body_schema(UntaggedQuery),
    )
    async def untagged(request: Request) -> Response:
        query = await read_body(request, UntaggedQuery)
        return await answer(request, lambda inside, who: list_untagged(inside, who, query))


def _add_looks(router: APIRouter, reads: Reads, time: LibraryTime) -> None:
    @router.get(
        ENCODING_CHOICES,
        response_model=Choices,
        responses=STAFF_READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def choices(request: Request) -> Response:
        return respond(await reads.run(as_device(token_hash(request), list_choices)))

    @router.get(
        ENCODING_PROGRESS,
        response_model=Progress,
        responses=STAFF_READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def progress(request: Request) -> Response:
        act = as_device(token_hash(request), lambda inside, who: tell_progress(inside, who, time))
        return respond(await reads.run(act))


def _add_title(router: APIRouter, reads: Reads, catalogue: Catalogue | None) -> None:
    @router.post(
        ARRIVALS_TITLE,
        response_model=TitlesFound,
        responses=STAFF_READ_ERRORS,
        openapi_extra=body_schema(IsbnQuery),
    )
    async def title(request: Request) -> Response:
        query = await read_body(request, IsbnQuery)
        isbn = isbn13(query.isbn) or ""

        def look(inside: Transaction, caller: Caller) -> Answer:
            if refusal := staff_only(caller):
                return refusal
            return granted(_in_ledger(titles_with(inside, isbn)))

        known = await reads.run(as_device(token_hash(request), look))
        if known.status != OK:
            return respond(known)
        if not isbn:
            return respond(granted(_nothing(Reason.ISBN_WRONG)))
        if TitlesFound.model_validate_json(known.body).titles or catalogue is None:
            return respond(known)
        found = await catalogue.find(isbn)
        if isinstance(found, Reason):
            return respond(granted(_nothing(found)))
        source = TitleSource.SRU if found else None
        return respond(granted(TitlesFound(source=source, titles=found)))


def _in_ledger(titles: tuple[TitleFound, ...]) -> TitlesFound:
    return TitlesFound(source=TitleSource.LEDGER if titles else None, titles=titles)


def _nothing(trouble: Reason) -> TitlesFound:
    return TitlesFound(source=None, titles=(), trouble=trouble)
