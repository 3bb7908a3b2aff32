"""A device's write over HTTP: token, body, operation, act, commit, answer."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter, Request, Response

from circulation.api import Message, Operation
from controller.answers import Answer
from controller.clock import LibraryTime
from controller.devices.tokens import Caller
from controller.edge import Endpoint, read_body, respond, stranger, token_hash
from controller.openapi import WRITE_ERRORS, body_schema
from controller.operations import perform
from controller.sql import Transaction
from controller.writer import Writer

R = TypeVar("R", bound=Operation)
Act = Callable[[Transaction, Caller, R], Answer]


class Writes:
    """Adds writes to a router whose routes are made by hand (`edge.ByHand`)."""

    def __init__(self, router: APIRouter, writer: Writer, time: LibraryTime) -> None:
        self._router = router
        self._writer = writer
        self._time = time

    def add(
        self, path: str, model: type[R], act: Act[R], receipt: type[Message], name: str
    ) -> None:
        """Done through the writer, answered after its commit; who may: `devices.kinds`."""
        self._router.add_api_route(
            path,
            _endpoint(self._writer, self._time, model, act),
            methods=["POST"],
            name=name,
            response_model=receipt,
            responses=WRITE_ERRORS,
            openapi_extra=body_schema(model),
        )


def _endpoint(writer: Writer, time: LibraryTime, model: type[R], act: Act[R]) -> Endpoint:
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
                now=time.now(),
            )

        return respond(await writer.run(command))

    return endpoint
