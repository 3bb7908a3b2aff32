"""The desk over HTTP: checkout, renewal, return, sighting."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter, Request, Response

from circulation.api import (
    CHECKOUTS,
    RENEWALS,
    RETURNS,
    SIGHTINGS,
    CheckoutRequest,
    LoanReceipt,
    Message,
    Operation,
    RenewRequest,
    ReturnReceipt,
    ReturnRequest,
    SightingReceipt,
    SightingRequest,
)
from controller.answers import Answer
from controller.devices.tokens import Caller
from controller.edge import (
    ByHand,
    Endpoint,
    read_body,
    respond,
    stranger,
    token_hash,
)
from controller.loans.service import Loans
from controller.openapi import WRITE_ERRORS, body_schema
from controller.operations import perform
from controller.sql import Transaction
from controller.writer import Writer

R = TypeVar("R", bound=Operation)
Act = Callable[[Transaction, Caller, R], Answer]


def loan_routes(writer: Writer, loans: Loans) -> APIRouter:
    """Every write goes through the writer and is answered after its commit."""
    router = APIRouter(tags=["desk"], route_class=ByHand)

    def add(path: str, model: type[R], act: Act[R], receipt: type[Message], name: str) -> None:
        router.add_api_route(
            path,
            _endpoint(writer, loans, model, act),
            methods=["POST"],
            name=name,
            response_model=receipt,
            responses=WRITE_ERRORS,
            openapi_extra=body_schema(model),
        )

    add(CHECKOUTS, CheckoutRequest, loans.checkout, LoanReceipt, "checkout")
    add(RENEWALS, RenewRequest, loans.renew, LoanReceipt, "renew")
    add(RETURNS, ReturnRequest, loans.take_back, ReturnReceipt, "return")
    add(SIGHTINGS, SightingRequest, loans.sight, SightingReceipt, "sight")
    return router


def _endpoint(writer: Writer, loans: Loans, model: type[R], act: Act[R]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        token = token_hash(request)
        if token is None:
            return respond(stranger())
        body = await read_body(request, model)

        def command(transaction: Transaction) -> Answer:
            return perform(
                transaction,
                token_hash=token,
                request=body,
                act=lambda inside, caller: act(inside, caller, body),
                now=loans.time.now(),
            )

        return respond(await writer.run(command))

    return endpoint
