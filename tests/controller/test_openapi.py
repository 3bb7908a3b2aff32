"""What /openapi.json says is what the controller does."""

import httpx2
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
from controller.gates.routes import DIGEST, VISITS

WRITES = (CHECKOUTS, RENEWALS, RETURNS, SIGHTINGS)
DOCUMENTED = {
    **{path: {"200", "401", "404", "409", "422", "503"} for path in WRITES},
    CARDS_RESOLVE: {"200", "401", "404", "409", "422", "503"},
    ITEMS_RESOLVE: {"200", "401", "422", "503"},
    ACCOUNTS + "/{patron_id}": {"200", "401", "404", "422", "503"},
    DEVICE_STATE: {"204", "401", "422", "503"},
    EVENTS: {"200", "422"},
    VISITS: {"200", "422", "503"},
    DIGEST: {"200", "422", "503"},
    "/healthz": {"200"},
    "/readyz": {"200", "503"},
}


def test_every_answer_is_documented(kiosk: httpx2.Client) -> None:
    paths = kiosk.get("/openapi.json").json()["paths"]

    documented = {
        path: set(operation["responses"])
        for path, operations in paths.items()
        for operation in operations.values()
    }
    assert documented == DOCUMENTED


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("status", ["401", "404", "409"])
def test_refusals_have_a_model(kiosk: httpx2.Client, path: str, status: str) -> None:
    responses = kiosk.get("/openapi.json").json()["paths"][path]["post"]["responses"]

    schema = responses[status]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Refusal"}


@pytest.mark.parametrize("path", WRITES)
def test_unprocessable_is_one_of_two(kiosk: httpx2.Client, path: str) -> None:
    responses = kiosk.get("/openapi.json").json()["paths"][path]["post"]["responses"]

    schema = responses["422"]["content"]["application/json"]["schema"]
    models = {choice["$ref"].rsplit("/")[-1] for choice in schema["anyOf"]}
    assert models == {"Malformed", "Refusal"}


@pytest.mark.parametrize("path", WRITES)
def test_body_and_token_are_documented(kiosk: httpx2.Client, path: str) -> None:
    document = kiosk.get("/openapi.json").json()

    operation = document["paths"][path]["post"]
    model = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    fields = document["components"]["schemas"][model.rsplit("/")[-1]]["properties"]
    assert {"op_id", "at", "owner", "item_id"} <= set(fields)
    assert operation["security"] == [{"device": []}]
    assert document["components"]["securitySchemes"]["device"]["scheme"] == "bearer"


def test_every_reference_leads_somewhere(kiosk: httpx2.Client) -> None:
    answer = kiosk.get("/openapi.json")

    schemas = answer.json()["components"]["schemas"]
    referred = {part.split('"')[0] for part in answer.text.split('"$ref":"')[1:]}
    assert referred <= {f"#/components/schemas/{name}" for name in schemas}
