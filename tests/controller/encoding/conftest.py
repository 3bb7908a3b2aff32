"""The librarian's station against a small ledger: bodies in, answers out."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from circulation.encoding import ENCODING_TAGS
from tests.controller.conftest import GOGOL, ISIL, Body

TAG_A, TAG_B, TAG_C = "E004015000000001", "E004015000000002", "E004015000000003"
Tell = Callable[..., httpx2.Response]


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    """SQLite; what PostgreSQL could do otherwise is in `test_on_postgres`."""
    return sqlite_ledger


@pytest.fixture
def tell(station: httpx2.Client, body: Body) -> Tell:
    """Tell the controller what became of a tag; GOGOL and TAG_A unless said otherwise."""

    def post(**fields: Any) -> httpx2.Response:
        said = {"item_id": GOGOL, "uid": TAG_A, "result": "written"} | fields
        return station.post(ENCODING_TAGS, json=body(owner=ISIL) | said)

    return post
