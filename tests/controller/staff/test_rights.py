"""The table of roles and rights, and the passwords and names of accounts."""

import pytest

from controller.clock import system_clock
from controller.staff.accounts import BadAccount, add_account, end_account, parse_login
from controller.staff.passwords import NOBODYS_HASH, BadPassword, hash_password, is_password
from controller.staff.rights import RIGHTS, Right, Role, may, rights_of
from tests.controller.conftest import Running
from tests.controller.staff.conftest import PASSWORD, As


def test_every_right_has_its_row() -> None:
    assert set(RIGHTS) == set(Right)


@pytest.mark.parametrize("right", list(Right))
def test_head_may_everything(right: Right) -> None:
    assert may(Role.HEAD, right)


def test_engineer_sees_no_patron_and_teacher_no_device() -> None:
    about_people = {right for right in Right if "patrons" in right or "debts" in right}

    assert not about_people & set(rights_of(Role.ENGINEER))
    assert rights_of(Role.TEACHER) == (Right.SEE_DEBTS,)


@pytest.mark.parametrize(
    "password", ["", "short", "x" * 129, "administrator", "Administrator", "аааааааааааа"]
)
def test_weak_password_is_refused(password: str) -> None:
    with pytest.raises(BadPassword):
        hash_password(password, login="administrator")


def test_password_of_nobody_is_never_right() -> None:
    assert not is_password("", NOBODYS_HASH)
    assert not is_password(PASSWORD, NOBODYS_HASH)


@pytest.mark.parametrize("name", ["", "-x", "a b", "x" * 33, "a/b", "_"])
def test_unusable_account_name_is_refused(name: str) -> None:
    with pytest.raises(BadAccount):
        parse_login(name)


@pytest.mark.parametrize(
    ("role", "class_name"), [(Role.TEACHER, ""), (Role.HEAD, "7Б")], ids=["none", "needless"]
)
def test_class_is_for_teachers(running: Running, role: Role, class_name: str) -> None:
    with pytest.raises(BadAccount, match="--class"):
        add_account(
            running.engine,
            name="x",
            role=role,
            password=PASSWORD,
            clock=system_clock,
            class_name=class_name,
        )


def test_ended_account_is_out_at_the_next_click(signed_in: As, running: Running) -> None:
    browser = signed_in(Role.LIBRARIAN)

    end_account(running.engine, name="librarian")

    assert browser.get("/api/v1/staff/me").status_code == 401
    assert browser.sign_in("librarian").status_code == 401


def test_new_password_ends_the_sessions_of_the_old(signed_in: As, running: Running) -> None:
    browser = signed_in(Role.HEAD)

    is_new = add_account(
        running.engine,
        name="head",
        role=Role.HEAD,
        password="another good one",
        clock=running.clock,
    )

    assert (is_new, browser.get("/api/v1/staff/me").status_code) == (False, 401)
