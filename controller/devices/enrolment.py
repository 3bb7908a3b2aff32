"""Let a new device in: it shows a code, staff types it, the device fetches its token once.

The code proves that staff stands before this device; the secret proves that who fetches the token
is the device that asked. Both die after ten minutes, the code also after five wrong tries.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from controller import journal
from controller.broker import mosquitto_hash
from controller.columns import to_utc, utc_text
from controller.devices.tokens import hash_token, new_token
from controller.devices.wire import (
    DeviceCredentials,
    EnrolmentRequest,
    EnrolmentStarted,
    EnrolmentView,
    EnrolmentWaiting,
)
from controller.sql import Statement, Transaction
from controller.staff.refusals import Refused, StaffReason
from controller.tables import DeviceKind, EventKind

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 characters: 8 of them are 40 bits
CODE_LENGTH = 8
LASTS = timedelta(minutes=10)
MAX_TRIES = 5
MOST_WAITING, MOST_WAITING_OF_ADDRESS = 32, 3  # asking needs no login, so it has a bound

_SWEEP = Statement("DELETE FROM enrolment WHERE ends_at <= :now OR ends_at > :latest")
_COUNT = Statement(
    "SELECT count(*), coalesce(sum(CASE WHEN address = :address THEN 1 ELSE 0 END), 0)"
    " FROM enrolment"
)
_ASK = Statement(
    "INSERT INTO enrolment (id, library, name, kind, version, address, secret_hash, code_hash,"
    " tries, confirmed, collected, ends_at) VALUES (:id, :library, :name, :kind, :version,"
    " :address, :secret_hash, :code_hash, 0, false, false, :ends_at)"
)
_WAITING = Statement(
    "SELECT id, name, kind, version, address, tries, ends_at FROM enrolment"
    " WHERE confirmed = false AND ends_at > :now AND tries < 5 ORDER BY ends_at, id"
)
_FIND = Statement(
    "SELECT library, name, kind, secret_hash, code_hash, tries, confirmed, collected, ends_at"
    " FROM enrolment WHERE id = :id"
)
_WRONG = Statement("UPDATE enrolment SET tries = tries + 1 WHERE id = :id AND tries < 5")
_CONFIRM = Statement("UPDATE enrolment SET confirmed = true WHERE id = :id AND confirmed = false")
_COLLECT = Statement("UPDATE enrolment SET collected = true WHERE id = :id AND collected = false")
_KIND = Statement("SELECT kind FROM device WHERE library = :library AND name = :name")
_LET_IN = Statement(
    "INSERT INTO device (library, name, kind, token_hash, state)"
    " VALUES (:library, :name, :kind, :token_hash, '{}') ON CONFLICT (library, name)"
    " DO UPDATE SET token_hash = excluded.token_hash RETURNING id"
)
_ACCESS = Statement(
    "INSERT INTO device_access (device_id, mqtt_hash, enrolled_at, revoked_at)"
    " VALUES (:device_id, :mqtt_hash, :now, NULL) ON CONFLICT (device_id) DO UPDATE SET"
    " mqtt_hash = excluded.mqtt_hash, enrolled_at = excluded.enrolled_at, revoked_at = NULL"
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One enrolment as it stands."""

    library: str
    name: str
    kind: DeviceKind
    secret_hash: str
    code_hash: str
    tries: int
    confirmed: bool
    collected: bool
    ends_at: datetime


def ask(
    transaction: Transaction, library: str, request: EnrolmentRequest, address: str, now: datetime
) -> EnrolmentStarted:
    """A new enrolment; `Refused` (too_many) while many wait."""
    transaction.run(_SWEEP, {"now": utc_text(now), "latest": utc_text(now + LASTS)})
    waiting, of_address = transaction.row(_COUNT, {"address": address})
    if waiting >= MOST_WAITING or of_address >= MOST_WAITING_OF_ADDRESS:
        raise Refused(StaffReason.TOO_MANY)
    number, secret, ends_at = str(uuid4()), new_token(), now + LASTS
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    parameters = {
        "id": number,
        "library": library,
        "name": request.name,
        "kind": request.kind.value,
        "version": request.version,
        "address": address,
        "secret_hash": hash_token(secret),
        "code_hash": _code_hash(number, code),
        "ends_at": utc_text(ends_at),
    }
    transaction.run(_ASK, parameters)
    return EnrolmentStarted(enrolment_id=number, code=code, secret=secret, ends_at=ends_at)


def waiting(transaction: Transaction, now: datetime) -> tuple[EnrolmentView, ...]:
    """The devices whose code can still be typed, the oldest first."""
    return tuple(
        EnrolmentView(
            enrolment_id=row[0],
            name=row[1],
            kind=DeviceKind(row[2]),
            version=row[3],
            address=row[4],
            tries_left=MAX_TRIES - row[5],
            ends_at=to_utc(row[6]),
        )
        for row in transaction.rows(_WAITING, {"now": utc_text(now)})
    )


def confirm(
    transaction: Transaction, number: str, code: str, now: datetime, staff: str
) -> StaffReason | None:
    """None when it is confirmed. A wrong code is a value and no exception: its count must stay."""
    asked = _find(transaction, number)
    if asked is None:
        return StaffReason.UNKNOWN
    if asked.confirmed or asked.tries >= MAX_TRIES or _is_over(asked, now):
        return StaffReason.ENDED
    if not hmac.compare_digest(_code_hash(number, code), asked.code_hash):
        transaction.run(_WRONG, {"id": number})
        return StaffReason.WRONG_CODE
    known = transaction.row(_KIND, {"library": asked.library, "name": asked.name})
    if known is not None and known[0] != asked.kind:
        return StaffReason.TAKEN
    transaction.run(_CONFIRM, {"id": number})
    detail = {"access": "confirmed", "device": asked.name, "staff": staff}
    journal.append(transaction, EventKind.DEVICE_CHANGED, now, device_id=None, detail=detail)
    return None


def collect(
    transaction: Transaction, number: str, secret: str, now: datetime
) -> DeviceCredentials | EnrolmentWaiting:
    """The token, once; `Refused` for a stranger (unknown) or when it is too late (ended)."""
    asked = _find(transaction, number)
    if asked is None or not hmac.compare_digest(hash_token(secret), asked.secret_hash):
        raise Refused(StaffReason.UNKNOWN)
    if asked.collected or asked.tries >= MAX_TRIES or _is_over(asked, now):
        raise Refused(StaffReason.ENDED)
    if not asked.confirmed:
        return EnrolmentWaiting(ends_at=asked.ends_at)
    if transaction.run(_COLLECT, {"id": number}) != 1:
        raise Refused(StaffReason.ENDED)
    return _let_in(transaction, asked, now)


def _let_in(transaction: Transaction, asked: _Asked, now: datetime) -> DeviceCredentials:
    """A device known by this name gets the new token; its old one ends."""
    credential = new_token()
    is_gate = asked.kind is DeviceKind.GATE
    parameters = {
        "library": asked.library,
        "name": asked.name,
        "kind": asked.kind.value,
        "token_hash": None if is_gate else hash_token(credential),
    }
    device = int(transaction.row(_LET_IN, parameters)[0])
    mqtt_hash = mosquitto_hash(credential) if is_gate else None
    access = {"device_id": device, "mqtt_hash": mqtt_hash, "now": utc_text(now)}
    transaction.run(_ACCESS, access)
    journal.append(
        transaction, EventKind.DEVICE_CHANGED, now, device_id=device, detail={"access": "given"}
    )
    return DeviceCredentials(
        device=asked.name,
        library=asked.library,
        token=None if is_gate else credential,
        mqtt_password=credential if is_gate else None,
    )


def _find(transaction: Transaction, number: str) -> _Asked | None:
    row = transaction.row(_FIND, {"id": number})
    if row is None:
        return None
    library, name, kind, secret_hash, code_hash, tries, confirmed, collected, ends_at = row
    return _Asked(
        library,
        name,
        DeviceKind(kind),
        secret_hash,
        code_hash,
        tries,
        bool(confirmed),
        bool(collected),
        to_utc(ends_at),
    )


def _is_over(asked: _Asked, now: datetime) -> bool:
    """It ran out, or a clock that was set back would give it longer than it has."""
    return not now < asked.ends_at <= now + LASTS


def _code_hash(number: str, code: str) -> str:
    plain = code.upper().replace(" ", "").replace("-", "")
    return hashlib.sha256(f"{number}:{plain}".encode()).hexdigest()
