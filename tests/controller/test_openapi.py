"""What /openapi.json says is what the controller does."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from circulation.api import (
    ACCOUNTS,
    CARDS_RESOLVE,
    CHECKOUTS,
    DEVICE_STATE,
    EVENTS,
    ITEMS_RESOLVE,
    RENEWALS,
    RETURNS,
    SIGHTINGS,
)
from circulation.class_sets import (
    TEXTBOOK_CLASS,
    TEXTBOOK_CONDITIONS,
    TEXTBOOK_LED,
    TEXTBOOK_SESSION,
    TEXTBOOK_SESSION_END,
    TEXTBOOK_STACKS,
)
from circulation.desk import (
    HOLD_SHELF,
    HOLDS,
    HOLDS_CANCEL,
    HOLDS_EXPIRE,
    HOLDS_SHELVE,
    OPERATOR,
    OPERATOR_CARD,
    OPERATOR_LEAVE,
    PATRON_HOLDS,
    PICK_LIST,
    RENEW_ALL,
    SECURITY_REPAIRS,
    SECURITY_WORN_TAGS,
    STAFF_BLOCKS,
    STAFF_BLOCKS_LIFT,
    STAFF_CHECKOUTS,
    STAFF_MARKS,
    STAFF_PARTS,
    STAFF_RENEWALS,
)
from circulation.encoding import (
    ARRIVALS,
    ARRIVALS_TITLE,
    CARD_WISH,
    ENCODING_CHECK,
    ENCODING_CHOICES,
    ENCODING_FIND,
    ENCODING_PROGRESS,
    ENCODING_TAGS,
    ENCODING_UNDO,
    ENCODING_UNTAGGED,
)
from circulation.offline import CONFLICTS, CONFLICTS_SETTLE, OPERATIONS, SNAPSHOT
from circulation.proof import SECURITY_PROOF
from circulation.search import SEARCH, TITLES
from circulation.selfservice import CALLS, DAMAGES, USAGE
from circulation.titles import TITLE_PAGES
from controller.app import create_app
from controller.db import sqlite_url
from controller.gates.routes import DIGEST, VISITS
from controller.settings import Settings
from controller.textbooks.wire import TEXTBOOK_PROVISION, TEXTBOOK_SETS
from tests.controller.conftest import ISIL, LIBRARY

WRITES = (CHECKOUTS, RENEWALS, RETURNS, SIGHTINGS)
MORE_WRITES = (
    *(RENEW_ALL, HOLDS, HOLDS_CANCEL, DAMAGES, CALLS),
    *(TEXTBOOK_SESSION, TEXTBOOK_SESSION_END, TEXTBOOK_CONDITIONS),
)
STAFF_WRITES = (
    STAFF_CHECKOUTS,
    STAFF_RENEWALS,
    STAFF_MARKS,
    STAFF_PARTS,
    STAFF_BLOCKS,
    STAFF_BLOCKS_LIFT,
    HOLDS_SHELVE,
    HOLDS_EXPIRE,
    CONFLICTS_SETTLE,
    ENCODING_TAGS,
    ENCODING_UNDO,
    ARRIVALS,
)
STAFF_READS = (
    *(PICK_LIST, HOLD_SHELF, SECURITY_REPAIRS, SECURITY_WORN_TAGS, CONFLICTS),
    *(ENCODING_FIND, ENCODING_CHECK, ENCODING_UNTAGGED, ENCODING_CHOICES, ENCODING_PROGRESS),
    ARRIVALS_TITLE,
)
WRITE_STATUSES = {"200", "202", "401", "403", "404", "409", "422", "503"}
DOCUMENTED = {
    **dict.fromkeys(WRITES + MORE_WRITES + STAFF_WRITES, WRITE_STATUSES),
    **{path: {"200", "401", "403", "422", "503"} for path in STAFF_READS},
    TEXTBOOK_STACKS: {"200", "401", "403", "404", "422", "503"},
    TEXTBOOK_LED: {"200", "401", "403", "422", "503"},
    OPERATOR_CARD: {"200", "401", "403", "422", "429", "503"},
    CARD_WISH: {"200", "401", "403", "422", "503"},
    TEXTBOOK_CLASS: {"200", "401", "403", "409", "422", "503"},
    TEXTBOOK_SETS: {"200", "401", "403", "409", "422", "503"},
    TEXTBOOK_PROVISION: {"200", "401", "403", "422", "503"},
    OPERATIONS: {"200", "401", "422", "503"},
    SNAPSHOT: {"200", "401", "403", "422", "503"},
    TITLE_PAGES: {"200", "401", "403", "422", "503"},
    PATRON_HOLDS: {"200", "401", "403", "404", "422", "503"},
    CARDS_RESOLVE: {"200", "401", "403", "404", "409", "422", "503"},
    ITEMS_RESOLVE: {"200", "401", "422", "503"},
    ACCOUNTS + "/{patron_id}": {"200", "401", "403", "404", "422", "503"},
    DEVICE_STATE: {"204", "401", "422", "503"},
    CALLS + "/{call_id}": {"200", "401", "404", "422", "503"},
    USAGE: {"204", "401", "422", "503"},
    SEARCH: {"200", "401", "422", "503"},
    TITLES + "/{title_id}": {"200", "401", "404", "422", "503"},
    EVENTS: {"200", "422"},
    "/api/v1/enrolments": {"201", "422", "429", "503"},
    "/api/v1/enrolments/{enrolment_id}/collect": {"200", "202", "404", "410", "422", "503"},
    "/api/v1/device-settings": {"200", "304", "401", "422", "503"},
    "/api/v1/devices": {"200", "401", "403", "503"},
    "/api/v1/devices/enrolments": {"200", "401", "403", "503"},
    "/api/v1/devices/enrolments/{enrolment_id}/confirm": {
        *("204", "401", "403", "404", "409", "410", "422", "503")
    },
    "/api/v1/devices/{name}/revoke": {"204", "401", "403", "404", "422", "503"},
    "/api/v1/devices/{name}/settings": {"200", "401", "403", "404", "409", "422", "503"},
    "/api/v1/patrons": {"200", "401", "403", "409", "422", "503"},
    "/api/v1/patrons/find": {"200", "401", "403", "422", "503"},
    **{
        "/api/v1/patrons/{patron_id}" + act: {"200", "401", "403", "404", "409", "422", "503"}
        for act in ("", "/cards", "/cards/block", "/numbers", "/consents", "/history")
    },
    "/api/v1/patrons/{patron_id}/seen": {"200", "401", "403", "422", "503"},
    "/api/v1/patrons/{patron_id}/erase": {"204", "401", "403", "404", "409", "422", "503"},
    "/api/v1/promotion": {"200", "401", "403", "409", "422", "503"},
    "/api/v1/debts": {"200", "401", "403", "422", "503"},
    OPERATOR: {"200", "401", "403", "422", "429", "503"},
    OPERATOR_LEAVE: {"200", "401", "403", "422", "503"},
    SECURITY_PROOF: {"200", "401", "403", "404", "422", "503"},
    "/api/v1/staff/me": {"200", "401", "403", "503"},
    "/metrics": {"200", "503"},
    VISITS: {"200", "422", "503"},
    DIGEST: {"200", "422", "503"},
    "/healthz": {"200"},
    "/readyz": {"200", "503"},
}


@pytest.fixture(scope="module")
def document(sqlite_template: Path) -> dict[str, Any]:
    """What /openapi.json answers; the ledger is not opened for it."""
    url = sqlite_url(sqlite_template)
    settings = Settings(library_isil=ISIL, library_name=LIBRARY, database_url=url)
    return create_app(settings).openapi()


def test_every_answer_is_documented(document: dict[str, Any]) -> None:
    paths = document["paths"]

    documented = {
        path: {status for operation in operations.values() for status in operation["responses"]}
        for path, operations in paths.items()
    }
    assert documented == DOCUMENTED


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("status", ["401", "404", "409"])
def test_refusals_have_a_model(document: dict[str, Any], path: str, status: str) -> None:
    responses = document["paths"][path]["post"]["responses"]

    schema = responses[status]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Refusal"}


@pytest.mark.parametrize("path", WRITES)
def test_unprocessable_is_one_of_two(document: dict[str, Any], path: str) -> None:
    responses = document["paths"][path]["post"]["responses"]

    schema = responses["422"]["content"]["application/json"]["schema"]
    models = {choice["$ref"].rsplit("/")[-1] for choice in schema["anyOf"]}
    assert models == {"Malformed", "Refusal"}


@pytest.mark.parametrize("path", WRITES)
def test_body_and_token_are_documented(document: dict[str, Any], path: str) -> None:
    operation = document["paths"][path]["post"]
    model = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    fields = document["components"]["schemas"][model.rsplit("/")[-1]]["properties"]
    assert {"op_id", "at", "owner", "item_id"} <= set(fields)
    assert operation["security"] == [{"device": []}]
    assert document["components"]["securitySchemes"]["device"]["scheme"] == "bearer"


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)

    schemas = document["components"]["schemas"]
    referred = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}
    assert referred
    assert referred <= {f"#/components/schemas/{name}" for name in schemas}


def test_every_operation_for_staff_says_what_it_needs(document: dict[str, Any]) -> None:
    paths = document["paths"]

    needs = {
        (method, tuple(operation["security"][0]))
        for operations in paths.values()
        for method, operation in operations.items()
        if "403" in operation["responses"] and "device" not in operation["security"][0]
    }
    writes = ("staff", "form")
    assert needs == {("get", ("staff",)), ("post", writes), ("put", writes)}


def numbers_in(node: object, schemas: dict[str, Any], within: frozenset[str]) -> Iterator[Any]:
    """Every schema of a whole number below this node, references followed."""
    if isinstance(node, list):
        for each in node:
            yield from numbers_in(each, schemas, within)
    if not isinstance(node, dict):
        return
    name = node.get("$ref", "").rsplit("/")[-1]
    if name and name not in within:
        yield from numbers_in(schemas[name], schemas, within | {name})
    if node.get("type") == "integer":
        yield node
    for each in node.values():
        yield from numbers_in(each, schemas, within)


def test_no_number_that_is_asked_for_is_larger_than_a_database_takes(
    document: dict[str, Any],
) -> None:
    """Without a bound SQLite raises OverflowError and PostgreSQL DataError: both were a 500."""
    asked = [
        (path, number)
        for path, operations in document["paths"].items()
        for operation in operations.values()
        for part in (operation.get("parameters"), operation.get("requestBody"))
        for number in numbers_in(part, document["components"]["schemas"], frozenset())
    ]

    bounds = {"maximum", "exclusiveMaximum", "const", "enum"}
    assert len(asked) > 10
    assert [path for path, number in asked if not bounds & number.keys()] == []
