"""The accounts of the staff tests, on the file engine."""

import pytest

from tests.controller.staff.conftest import new_browser, password_hash, signed_in

__all__ = ["new_browser", "password_hash", "signed_in"]


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    return sqlite_ledger
