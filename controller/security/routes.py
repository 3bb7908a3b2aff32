"""The security ledger over HTTP, for the librarian's station."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from circulation.api import Refusal
from circulation.desk import SECURITY_REPAIRS, SECURITY_WORN_TAGS, Repairs, WornTags
from circulation.proof import SECURITY_PROOF, Proof
from circulation.reasons import Reason
from controller.answers import NOT_FOUND, Answer, granted, refused
from controller.clock import LibraryTime
from controller.devices.kinds import staff_only
from controller.devices.tokens import Caller
from controller.edge import as_device, respond, token_hash
from controller.openapi import DEVICE_SECURITY, STAFF_READ_ERRORS, Responses
from controller.reads import Reads
from controller.security.proof import prove_copy, prove_event
from controller.security.repairs import repairs, worn_tags
from controller.sql import Transaction

_NO_SUCH: Responses = {
    NOT_FOUND: {"model": Refusal, "description": "No such copy, no such event of a gate"}
}
Number = Annotated[str, Query(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f\x7f]*$")]
EventId = Annotated[str, Query(pattern=r"^[0-9a-fA-F-]{36}$")]


def security_routes(reads: Reads, time: LibraryTime) -> APIRouter:
    """What to mend."""
    router = APIRouter(tags=["security"])

    @router.get(
        SECURITY_REPAIRS,
        response_model=Repairs,
        responses=STAFF_READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def to_mend(request: Request) -> Response:
        return respond(await reads.run(as_device(token_hash(request), repairs)))

    @router.get(
        SECURITY_WORN_TAGS,
        response_model=WornTags,
        responses=STAFF_READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def to_replace(request: Request) -> Response:
        return respond(await reads.run(as_device(token_hash(request), worn_tags)))

    @router.get(
        SECURITY_PROOF,
        response_model=Proof,
        responses=STAFF_READ_ERRORS | _NO_SUCH,
        openapi_extra=DEVICE_SECURITY,
    )
    async def proof(
        request: Request, number: Number | None = None, event: EventId | None = None
    ) -> Response:
        """Of a copy (`number`: item id or inventory number) or of a gate's event; one of the two.

        With neither of them 404, with both the event counts.
        """

        def prove(transaction: Transaction, caller: Caller) -> Answer:
            return staff_only(caller) or _proof(
                transaction, caller.library, number, event, time.now()
            )

        return respond(await reads.run(as_device(token_hash(request), prove)))

    return router


def _proof(
    transaction: Transaction, library: str, number: str | None, event: str | None, now: datetime
) -> Answer:
    if event is not None:
        found = prove_event(transaction, library, event.lower(), now)
    else:
        found = prove_copy(transaction, library, number or "", now)
    if not found.copies and not found.foreign_tags:
        return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
    return granted(found)
