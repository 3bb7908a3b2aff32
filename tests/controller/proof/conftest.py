"""A ledger in a file, staff's accounts, and a controller that is a process: what proofs need."""

import pytest

from tests.controller.staff.conftest import new_browser, password_hash, signed_in
from tests.controller.test_process import start, url

__all__ = ["new_browser", "password_hash", "signed_in", "start", "url"]


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    """SQLite: kills, cuts and full disks are about files; the rest is too long to be done twice."""
    return sqlite_ledger
