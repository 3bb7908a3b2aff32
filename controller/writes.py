"""A device's write over HTTP: token, body, operation, act, commit, answer."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from fastapi import APIRouter, Request, Response

from circulation.api import Message, Operation
from circulation.reasons import Reason
from controller.answers import FORBIDDEN, Answer, refused
from controller.clock import LibraryTime
from controller.devices.kinds import staff_only
from controller.devices.tokens import Caller
from controller.edge import Endpoint, as_device, read_body, respond, stranger, token_hash
from controller.openapi import WRITE_ERRORS, body_schema
from controller.operations import once, perform
from controller.sql import Transaction
from controller.staff.operators import find_operator, note_work
from controller.staff.rights import Right
from controller.writer import Joined, Writer

R = TypeVar("R", bound=Operation)
Act = Callable[[Transaction, Caller, R], Answer]
Together = Callable[[Transaction, Sequence[tuple[str, R]]], list[Answer]]  # token hash and body


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
        self._route(path, _endpoint(self._writer, self._time, model, act), model, receipt, name)

    def add_joined(
        self,
        path: str,
        model: type[R],
        act: Act[R],
        together: Together[R],
        receipt: type[Message],
        name: str,
    ) -> None:
        """The same for a write that costs less when several devices ask for it at once.

        `together` answers each as `act` would have done in its turn.
        """
        endpoint = _endpoint(self._writer, self._time, model, act, together)
        self._route(path, endpoint, model, receipt, name)

    def add_staff(
        self,
        path: str,
        model: type[R],
        act: Act[R],
        receipt: type[Message],
        name: str,
        right: Right = Right.DESK_WORK,
    ) -> None:
        """The same for a station at which somebody with this right has signed in: 403 otherwise."""
        endpoint = _staff_endpoint(self._writer, self._time, model, act, right)
        self._route(path, endpoint, model, receipt, name)

    def _route(
        self, path: str, endpoint: Endpoint, model: type[R], receipt: type[Message], name: str
    ) -> None:
        self._router.add_api_route(
            path,
            endpoint,
            methods=["POST"],
            name=name,
            response_model=receipt,
            responses=WRITE_ERRORS,
            openapi_extra=body_schema(model),
        )


def _endpoint(
    writer: Writer,
    time: LibraryTime,
    model: type[R],
    act: Act[R],
    together: Together[R] | None = None,
) -> Endpoint:
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

        if together is None:
            return respond(await writer.run(command))
        return respond(await writer.run(Joined(together, (token, body), command)))

    return endpoint


def _staff_endpoint(
    writer: Writer, time: LibraryTime, model: type[R], act: Act[R], right: Right
) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        token = token_hash(request)
        body = await read_body(request, model)

        def work(inside: Transaction, caller: Caller) -> Answer:
            now = time.now()
            person = _person(inside, caller, right, now)
            if isinstance(person, Answer):
                return person
            return once(inside, person, body, lambda within, who: act(within, who, body), now)

        return respond(await writer.run(as_device(token, work)))

    return endpoint


def _person(
    transaction: Transaction, caller: Caller, right: Right, now: datetime
) -> Caller | Answer:
    """The station with who works at it, or why nobody may do this: said anew at each asking."""
    if refusal := staff_only(caller):
        return refusal
    operator = find_operator(transaction, caller.device_id, now)
    if operator is None:
        return refused(FORBIDDEN, Reason.NOBODY_SIGNED_IN)
    if not operator.may(right):
        return refused(FORBIDDEN, Reason.RIGHT_MISSING)
    note_work(transaction, caller.device_id, now)
    return replace(caller, operator=operator.login)
