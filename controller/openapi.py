"""What /openapi.json says beyond what FastAPI sees: bodies read by hand, every error, the token."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from circulation.api import (
    CardQuery,
    CheckoutRequest,
    DeviceState,
    ItemsQuery,
    LiveEvent,
    Message,
    Refusal,
    RenewRequest,
    ReturnRequest,
    SightingRequest,
)
from circulation.class_sets import (
    ConditionRequest,
    EndClassSession,
    OpenClassSession,
    StackQuery,
)
from circulation.desk import (
    BlockRequest,
    CancelHoldRequest,
    ExpireRequest,
    HoldRequest,
    LiftBlockRequest,
    MarkRequest,
    OperatorCard,
    OperatorSignIn,
    PartsRequest,
    RenewAllRequest,
    ShelveRequest,
    StaffCheckoutRequest,
    StaffRenewRequest,
)
from circulation.encoding import (
    ArrivalRequest,
    CardSeen,
    IsbnQuery,
    NumberQuery,
    TagQuery,
    TagRequest,
    UndoTagRequest,
    UntaggedQuery,
)
from circulation.offline import Batch, LateAnswer, SettleRequest
from circulation.selfservice import CallRequest, DamageRequest, UsageReport
from circulation.snapshot import Digests
from circulation.titles import TitlesQuery
from controller.answers import (
    ACCEPTED,
    CONFLICT,
    FORBIDDEN,
    NOT_FOUND,
    UNAUTHORIZED,
    UNAVAILABLE,
    UNPROCESSABLE,
)
from controller.devices.wire import Confirmation, EnrolmentRequest, SettingsChange
from controller.patrons.wire import STAFF_BODIES
from controller.staff.refusals import Refused, StaffReason, StaffRefusal
from controller.textbooks.wire import TEXTBOOK_BODIES


class Problem(BaseModel):
    """One thing wrong with a body: where, what, and pydantic's word for it."""

    loc: list[str | int]
    msg: str
    type: str


class Malformed(BaseModel):
    """Body of 422 when a request cannot be read; it never repeats what was sent."""

    detail: list[Problem]


Responses = dict[int | str, dict[str, Any]]
READ_ERRORS: Responses = {
    UNAUTHORIZED: {"model": Refusal, "description": "The device's token is missing or unknown"},
    UNPROCESSABLE: {"model": Malformed, "description": "The request cannot be read"},
    UNAVAILABLE: {"model": Refusal, "description": "The ledger cannot answer now; ask again"},
}
WRITE_ERRORS: Responses = {
    **READ_ERRORS,
    ACCEPTED: {"model": LateAnswer, "description": "It came in a batch: a librarian decides"},
    NOT_FOUND: {"model": Refusal, "description": "The copy or the patron is not in the ledger"},
    FORBIDDEN: {"model": Refusal, "description": "This kind of device may not write this"},
    CONFLICT: {
        "model": Refusal,
        "description": "The rules refuse; the first reason is the one to show",
    },
    UNPROCESSABLE: {
        "model": Malformed | Refusal,
        "description": "The body cannot be read, or the operation id had another body before",
    },
}
PEOPLE_READ_ERRORS: Responses = {
    **READ_ERRORS,
    FORBIDDEN: {"model": Refusal, "description": "This kind of device may not look at people"},
}
STAFF_READ_ERRORS: Responses = {
    **READ_ERRORS,
    FORBIDDEN: {"model": Refusal, "description": "Only the librarian's station may do this"},
}
STAFF_ERRORS: Responses = {
    UNAUTHORIZED: {"model": StaffRefusal, "description": "Nobody is signed in"},
    FORBIDDEN: {
        "model": StaffRefusal,
        "description": "The role has no such right, or X-Form-Token is not this session's",
    },
    UNAVAILABLE: READ_ERRORS[UNAVAILABLE],
}
DEVICE_SECURITY: dict[str, Any] = {"security": [{"device": []}]}
STAFF_READS: dict[str, Any] = {"security": [{"staff": []}]}
STAFF_WRITES: dict[str, Any] = {"security": [{"staff": [], "form": []}]}
_BY_HAND: tuple[type[Message], ...] = (
    CardQuery,
    ItemsQuery,
    CheckoutRequest,
    RenewRequest,
    ReturnRequest,
    SightingRequest,
    DeviceState,
    LiveEvent,
    RenewAllRequest,
    StaffCheckoutRequest,
    StaffRenewRequest,
    MarkRequest,
    BlockRequest,
    LiftBlockRequest,
    OperatorSignIn,
    OperatorCard,
    CardSeen,
    PartsRequest,
    HoldRequest,
    CancelHoldRequest,
    CallRequest,
    DamageRequest,
    UsageReport,
    ShelveRequest,
    ExpireRequest,
    Batch,
    SettleRequest,
    Digests,
    TitlesQuery,
    EnrolmentRequest,
    Confirmation,
    SettingsChange,
    NumberQuery,
    TagQuery,
    UntaggedQuery,
    TagRequest,
    UndoTagRequest,
    IsbnQuery,
    ArrivalRequest,
    StackQuery,
    OpenClassSession,
    EndClassSession,
    ConditionRequest,
    *STAFF_BODIES,
    *TEXTBOOK_BODIES,
)
_PLACE = "#/components/schemas/{model}"


def reference(model: type[Message]) -> dict[str, str]:
    """Where the document describes a model of `_BY_HAND`."""
    return {"$ref": _PLACE.format(model=model.__name__)}


def body_schema(
    model: type[Message], security: Mapping[str, Any] = DEVICE_SECURITY
) -> dict[str, Any]:
    """The OpenAPI of an operation whose body is read by hand; for devices unless said otherwise."""
    content = {"application/json": {"schema": reference(model)}}
    return {"requestBody": {"required": True, "content": content}, **security}


def staff_errors(*reasons: StaffReason) -> Responses:
    """`STAFF_ERRORS` and the refusals with these reasons."""
    more: Responses = {}
    for reason in reasons:
        said = more.get(Refused(reason).status, {}).get("description", "")
        description = f"{said}, {reason}" if said else reason.value
        more[Refused(reason).status] = {"model": StaffRefusal, "description": description}
    return STAFF_ERRORS | more


def complete(app: FastAPI) -> None:
    """Add the models read by hand and the token to the document."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        components = document["components"]
        scheme = {"type": "http", "scheme": "bearer", "description": "polka controller add-device"}
        cookie = {"type": "apiKey", "in": "cookie", "name": "polka_session"}
        form = {"type": "apiKey", "in": "header", "name": "X-Form-Token"}
        components["securitySchemes"] = {"device": scheme, "staff": cookie, "form": form}
        for model in _BY_HAND:
            schema = model.model_json_schema(ref_template=_PLACE)
            for name, part in schema.pop("$defs", {}).items():
                components["schemas"].setdefault(name, part)
            components["schemas"].setdefault(model.__name__, schema)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way
