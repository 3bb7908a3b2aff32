"""Staff's accounts and a controller that is a process, for the proofs that need them."""

from tests.controller.staff.conftest import new_browser, password_hash, signed_in
from tests.controller.test_process import start, url

__all__ = ["new_browser", "password_hash", "signed_in", "start", "url"]
