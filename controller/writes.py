"""A device's write over HTTP: token, body, operation, act, commit, answer."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response

from circulation.api import Message, Operation
from circulation.reasons import Reason
from controller.answers import FORBIDDEN, Answer, refused
from controller.clock import LibraryTime
from controller.devices.tokens import Caller
from controller.edge import Endpoint, read_body, respond, stranger, token_hash
from controller.openapi import STAFF_WRITE_ERRORS, WRITE_ERRORS, body_schema
from controller.operations import perform
from controller.sql import Transaction
from controller.tables import DeviceKind
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
        """For any device: done through the writer, answered after its commit."""
        self._add(path, model, act, receipt, name, WRITE_ERRORS)

    def add_for_staff(
        self, path: str, model: type[R], act: Act[R], receipt: type[Message], name: str
    ) -> None:
        """For stations only: any other device gets 403, and the refusal is kept as its answer."""
        self._add(path, model, for_staff(act), receipt, name, STAFF_WRITE_ERRORS)

    def _add(
        self,
        path: str,
        model: type[R],
        act: Act[R],
        receipt: type[Message],
        name: str,
        responses: dict[int | str, dict[str, Any]],
    ) -> None:
        self._router.add_api_route(
            path,
            _endpoint(self._writer, self._time, model, act),
            methods=["POST"],
            name=name,
            response_model=receipt,
            responses=responses,
            openapi_extra=body_schema(model),
        )


def for_staff(act: Act[R]) -> Act[R]:
    """The act, refused to everything but the librarian's own device."""

    def answer(transaction: Transaction, caller: Caller, request: R) -> Answer:
        refusal = staff_only(caller)
        return act(transaction, caller, request) if refusal is None else refusal

    return answer


def staff_only(caller: Caller) -> Answer | None:
    """403 for a device at which anybody may stand; None for the librarian's station."""
    if caller.kind is DeviceKind.STATION:
        return None
    return refused(FORBIDDEN, Reason.STAFF_ONLY)


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
