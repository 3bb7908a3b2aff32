"""The security ledger over HTTP, for the librarian's station."""

from fastapi import APIRouter, Request, Response

from circulation.desk import SECURITY_REPAIRS, SECURITY_WORN_TAGS, Repairs, WornTags
from controller.edge import as_device, respond, token_hash
from controller.openapi import DEVICE_SECURITY, STAFF_READ_ERRORS
from controller.reads import Reads
from controller.security.repairs import repairs, worn_tags


def security_routes(reads: Reads) -> APIRouter:
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

    return router
