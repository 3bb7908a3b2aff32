"""Staff at the devices: the accounts of the staff tests."""

from tests.controller.staff.conftest import new_browser, password_hash, signed_in

__all__ = ["new_browser", "password_hash", "signed_in"]
