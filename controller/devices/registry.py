"""Enrol libraries and devices: what the command line does before a device may talk."""

from contextlib import closing
from datetime import datetime

from sqlalchemy import Engine, func, update
from sqlmodel import Session, col, select

from circulation.ids import parse_device_id, parse_isil
from controller.broker import mosquitto_hash
from controller.db import raw_connection
from controller.devices.revoking import revoke
from controller.devices.tables import DeviceAccess
from controller.devices.tokens import hash_token, new_token
from controller.sql import Dialect, Transaction
from controller.tables import Device, DeviceKind, Library, Patron


def ensure_library(engine: Engine, *, isil: str, name: str, display_name: str = "") -> None:
    """The owner library's row, new or brought up to date.

    While it is the only one, everybody without a home library is at home in it.
    """
    with Session(engine) as session:
        library = session.get(Library, parse_isil(isil)) or Library(isil=isil, name=name)
        library.name = parse_device_id(name)
        library.display_name = display_name or library.display_name
        session.add(library)
        session.flush()
        if session.scalar(select(func.count()).select_from(Library)) == 1:
            homeless = (col(Patron.library).is_(None), col(Patron.family_name) != "")
            session.execute(update(Patron).where(*homeless).values(library=isil))
        session.commit()


def add_device(engine: Engine, *, isil: str, name: str, kind: DeviceKind) -> str | None:
    """Enrol a device and return its token, which is kept nowhere; None for a gate.

    A gate speaks MQTT only and has its password with the broker. For a device that is there already
    this is a new token; the old one stops working at once.
    """
    token = None if kind is DeviceKind.GATE else new_token()
    with Session(engine) as session:
        known = select(Device).where(Device.library == isil, Device.name == parse_device_id(name))
        device = session.exec(known).first() or Device(library=isil, name=name, kind=kind)
        device.kind = kind
        device.token_hash = None if token is None else hash_token(token)
        session.add(device)
        session.flush()
        access = session.get(DeviceAccess, device.id)
        if access is not None:
            access.revoked_at = None
        session.commit()
    return token


def give_broker_password(engine: Engine, *, isil: str, name: str, now: datetime) -> str:
    """A new password at the broker for a gate that is enrolled; it is kept nowhere.

    The running controller writes its hash into the broker's files within seconds.
    """
    password = new_token()
    with Session(engine) as session:
        device = session.exec(
            select(Device).where(Device.library == isil, Device.name == name)
        ).one()
        access = session.get(DeviceAccess, device.id) or DeviceAccess(device_id=_saved(device.id))
        access.mqtt_hash, access.enrolled_at = mosquitto_hash(password), now
        session.add(access)
        session.commit()
    return password


def revoke_by_name(engine: Engine, *, isil: str, name: str, now: datetime) -> bool:
    """Take the access of a device away from the command line; False when there is none."""
    with closing(Transaction(raw_connection(engine), Dialect(engine.dialect.name))) as transaction:
        transaction.begin_write()
        found = revoke(transaction, isil, name, now)
        transaction.commit()
    return found


def _saved(number: int | None) -> int:
    if number is None:
        raise LookupError("the device is not in the ledger")
    return number
