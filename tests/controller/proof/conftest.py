"""Staff's accounts and a controller that is a process, for the proofs that need them."""

import pytest

from tests.controller.staff.conftest import new_browser, password_hash, signed_in
from tests.controller.test_process import start, url

__all__ = ["new_browser", "password_hash", "signed_in", "start", "url"]


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    """A file: torn, full and killed ledgers are about it. Two controllers prove PostgreSQL."""
    return sqlite_ledger
