"""Batches, snapshots, titles and conflicts over HTTP."""

from fastapi import APIRouter, Request, Response

from circulation.offline import (
    CONFLICTS,
    CONFLICTS_SETTLE,
    MAX_BATCH_BYTES,
    OPERATIONS,
    SNAPSHOT,
    Batch,
    BatchAnswer,
    Conflicts,
    SettleReceipt,
    SettleRequest,
)
from circulation.snapshot import Digests, SignedSnapshot
from circulation.titles import TITLE_PAGES, SignedTitles, TitlesQuery
from controller.edge import ByHand, as_device, read_body, respond, stranger, token_hash
from controller.loans.service import Loans
from controller.offline.batches import Batches, are_wishes_to_borrow
from controller.offline.facts import Facts
from controller.offline.inbox import open_conflicts
from controller.offline.settle import Settling
from controller.offline.snapshots import Snapshots
from controller.offline.titles import titles_page
from controller.openapi import (
    DEVICE_SECURITY,
    PEOPLE_READ_ERRORS,
    READ_ERRORS,
    STAFF_READ_ERRORS,
    body_schema,
)
from controller.reads import Reads
from controller.writer import Joined, Writer
from controller.writes import Writes


def offline_routes(writer: Writer, reads: Reads, loans: Loans) -> APIRouter:
    """What happened while the controller was away, and what staff make of it."""
    router = APIRouter(tags=["offline"], route_class=ByHand)
    facts = Facts(loans)
    batches = Batches(facts)
    snapshots = Snapshots(loans.policy, loans.time)

    @router.post(
        OPERATIONS,
        response_model=BatchAnswer,
        responses=READ_ERRORS,
        openapi_extra=body_schema(Batch),
    )
    async def batch(request: Request) -> Response:
        token = token_hash(request)
        if token is None:
            return respond(stranger())
        body = await read_body(request, Batch, MAX_BATCH_BYTES)
        act = as_device(token, lambda inside, caller: batches.take(inside, caller, body))
        if are_wishes_to_borrow(body):
            return respond(await writer.run(Joined(batches.take_together, (token, body), act)))
        return respond(await writer.run(act))

    @router.post(
        SNAPSHOT,
        response_model=SignedSnapshot,
        responses=PEOPLE_READ_ERRORS,
        openapi_extra=body_schema(Digests),
    )
    async def snapshot(request: Request) -> Response:
        token = token_hash(request)
        if token is None:
            return respond(stranger())
        known = await read_body(request, Digests)
        act = as_device(token, lambda inside, who: snapshots.make(inside, who, token, known))
        return respond(await reads.run(act))

    @router.post(
        TITLE_PAGES,
        response_model=SignedTitles,
        responses=PEOPLE_READ_ERRORS,
        openapi_extra=body_schema(TitlesQuery),
    )
    async def titles(request: Request) -> Response:
        token = token_hash(request)
        if token is None:
            return respond(stranger())
        query = await read_body(request, TitlesQuery)
        act = as_device(token, lambda inside, who: titles_page(inside, who, token, query))
        return respond(await reads.run(act))

    @router.get(
        CONFLICTS,
        response_model=Conflicts,
        responses=STAFF_READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def inbox(request: Request) -> Response:
        return respond(await reads.run(as_device(token_hash(request), open_conflicts)))

    writes = Writes(router, writer, loans.time)
    settling = Settling(facts)
    writes.add_staff(
        CONFLICTS_SETTLE, SettleRequest, settling.settle, SettleReceipt, "settle conflict"
    )
    return router
