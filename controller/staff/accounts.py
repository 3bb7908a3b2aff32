"""Add and end accounts of staff: what the command line does before anybody can sign in."""

import re

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from controller.clock import Clock
from controller.staff.passwords import hash_password
from controller.staff.rights import Role
from controller.staff.tables import DeviceOperator, StaffAccount, StaffCard, StaffSession

_LOGIN = re.compile(r"[^\W_][\w.-]{0,31}\Z")


class BadAccount(ValueError):
    """An account that cannot be as asked; the message says why."""


def parse_login(text: str) -> str:
    """An account's name in its one form, lower case, or `BadAccount`."""
    login = text.strip().lower()
    if not _LOGIN.match(login):
        raise BadAccount(
            f"account name {text!r} must be 1 to 32 letters, digits, '.', '-' or '_',"
            " and begin with a letter or digit"
        )
    return login


def add_account(
    engine: Engine, *, name: str, role: Role, password: str, clock: Clock, class_name: str = ""
) -> bool:
    """A new account: True. For a known one the new role and password, and its sessions end: False.

    `BadAccount` or `BadPassword` when it cannot be so.
    """
    login = parse_login(name)
    if (role is Role.TEACHER) != bool(class_name):
        raise BadAccount("a teacher, and only a teacher, has a class: --class 7Б")
    password_hash = hash_password(password, login=login)
    with Session(engine) as session:
        account = session.exec(select(StaffAccount).where(StaffAccount.login == login)).first()
        is_new = account is None
        if account is None:
            account = StaffAccount(
                login=login, role=role, password_hash=password_hash, created_at=clock()
            )
        account.role, account.class_name, account.active = role, class_name, True
        account.password_hash = password_hash
        session.add(account)
        session.flush()
        _end_sessions(session, account)
        session.commit()
    return is_new


def end_account(engine: Engine, *, name: str) -> None:
    """Nobody can sign in with it, and who is signed in is out at the next click.

    Its cards are free for others.
    """
    with Session(engine) as session:
        known = select(StaffAccount).where(StaffAccount.login == parse_login(name))
        account = session.exec(known).first()
        if account is None:
            raise BadAccount(f"there is no account {name!r}")
        account.active = False
        _end_sessions(session, account)
        session.execute(delete(StaffCard).where(col(StaffCard.staff_id) == account.id))
        session.commit()


def _end_sessions(session: Session, account: StaffAccount) -> None:
    session.execute(delete(StaffSession).where(col(StaffSession.staff_id) == account.id))
    session.execute(delete(DeviceOperator).where(col(DeviceOperator.staff_id) == account.id))
