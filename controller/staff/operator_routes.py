"""A person signs in at a station, so that what is decided there carries a name."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from circulation.api import Refusal
from circulation.desk import (
    OPERATOR,
    OPERATOR_CARD,
    OPERATOR_LEAVE,
    OperatorCard,
    OperatorSignIn,
    OperatorView,
)
from circulation.ids import CardUid
from circulation.reasons import Reason
from controller.answers import FORBIDDEN, OK, Answer, granted, refused
from controller.devices.kinds import staff_only
from controller.devices.tokens import Caller
from controller.edge import ByHand, as_device, read_body, respond, token_hash
from controller.openapi import DEVICE_SECURITY, STAFF_READ_ERRORS, Responses, body_schema
from controller.sql import Transaction
from controller.staff import operators, tries
from controller.staff.door import Door
from controller.staff.refusals import TOO_MANY
from controller.staff.rights import Right
from controller.staff.signing_in import SigningIn
from controller.staff.staff_cards import find_holder

_SIGN_IN_ERRORS: Responses = STAFF_READ_ERRORS | {
    FORBIDDEN: {"model": Refusal, "description": "No station, or name or password do not fit"},
    TOO_MANY: {"model": Refusal, "description": "Too many tries: see Retry-After"},
}


def operator_routes(door: Door, sign_in: SigningIn) -> APIRouter:
    """Sign in, ask who is in, leave; all with the station's own token."""
    router = APIRouter(tags=["desk"], route_class=ByHand)
    _add_sign_in(router, door, sign_in)
    _add_card(router, door)

    def leave(transaction: Transaction, caller: Caller) -> Answer:
        if refusal := staff_only(caller):
            return refusal
        operators.leave(transaction, caller.device_id)
        return granted(OperatorView())

    @router.get(
        OPERATOR,
        response_model=OperatorView,
        responses=STAFF_READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def who(request: Request) -> Response:
        return respond(await door.reads.run(as_device(token_hash(request), _seeing(door))))

    @router.post(
        OPERATOR_LEAVE,
        response_model=OperatorView,
        responses=STAFF_READ_ERRORS,
        openapi_extra=DEVICE_SECURITY,
    )
    async def end(request: Request) -> Response:
        return respond(await door.writer.run(as_device(token_hash(request), leave)))

    return router


def _add_sign_in(router: APIRouter, door: Door, sign_in: SigningIn) -> None:
    see = _seeing(door)

    @router.post(
        OPERATOR,
        response_model=OperatorView,
        responses=_SIGN_IN_ERRORS,
        openapi_extra=body_schema(OperatorSignIn),
    )
    async def enter(request: Request) -> Response:
        wish = await read_body(request, OperatorSignIn)
        token = token_hash(request)
        known = await door.reads.run(as_device(token, see))
        if known.status != OK:
            return respond(known)  # a stranger tries no passwords here

        def let_in(transaction: Transaction, staff_id: int) -> Answer:
            def begin(inside: Transaction, caller: Caller) -> Answer:
                operators.enter(inside, caller.device_id, staff_id, door.time.now())
                return see(inside, caller)

            return as_device(token, begin)(transaction)

        address = request.client.host if request.client else ""
        match await sign_in(wish.login, wish.password, address, let_in):
            case tries.Locked(seconds):
                answer = respond(refused(TOO_MANY, Reason.SIGN_IN_LOCKED))
                answer.headers["Retry-After"] = str(seconds)
                return answer
            case None:
                return respond(refused(FORBIDDEN, Reason.SIGN_IN_WRONG))
            case done:
                return respond(done)


def _add_card(router: APIRouter, door: Door) -> None:
    see = _seeing(door)

    def enter_by_card(transaction: Transaction, caller: Caller, uid: CardUid) -> Answer:
        if refusal := staff_only(caller):
            return refusal
        now = door.time.now()
        station = f"station {caller.device_id}"
        claimed = tries.claim(transaction, login=f"card {uid}", address=station, now=now)
        if isinstance(claimed, tries.Locked):
            return refused(TOO_MANY, Reason.SIGN_IN_LOCKED)
        staff_id = find_holder(transaction, uid)
        if staff_id is None:
            return refused(FORBIDDEN, Reason.CARD_UNKNOWN)
        tries.release(transaction, claimed)
        operators.enter(transaction, caller.device_id, staff_id, now, by_card=True)
        return see(transaction, caller)

    @router.post(
        OPERATOR_CARD,
        response_model=OperatorView,
        responses=_SIGN_IN_ERRORS,
        openapi_extra=body_schema(OperatorCard),
    )
    async def enter(request: Request) -> Response:
        laid = await read_body(request, OperatorCard)
        act = as_device(
            token_hash(request),
            lambda inside, caller: enter_by_card(inside, caller, CardUid(laid.uid)),
        )
        return respond(await door.writer.run(act))


def _seeing(door: Door) -> Callable[[Transaction, Caller], Answer]:
    """Who works at the calling station."""

    def see(transaction: Transaction, caller: Caller) -> Answer:
        if refusal := staff_only(caller):
            return refusal
        found = operators.find_operator(transaction, caller.device_id, door.time.now())
        if found is None:
            return granted(OperatorView())
        overrides = found.may(Right.OVERRIDE_RULES)
        return granted(OperatorView(login=found.login, overrides=overrides))

    return see
