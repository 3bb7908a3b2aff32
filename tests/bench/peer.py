"""The peer: the same checkout as the textbook of FastAPI and SQLModel has it.

A session per request from a dependency, rows as objects, a plain `def` in the thread pool, commit
before the answer. The same tables, the same durability, a checked token and a kept operation; the
rules are fewer than ours, which is in its favour.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from sqlmodel import Session, col, func, select

from circulation.api import CHECKOUTS, CheckoutRequest, LoanReceipt
from circulation.loan import ItemState, SecurityState
from controller.db import make_engine, sqlite_url
from controller.devices.tokens import hash_token
from controller.tables import Device, Event, EventKind, Item, Loan, Operation, Patron, Title

_MOST_LOANS = 100
_DAYS = 14


def make_peer(database: Path) -> FastAPI:
    """The service on this file."""
    engine = make_engine(sqlite_url(database))
    app = FastAPI()

    def session() -> Iterator[Session]:
        with Session(engine) as one:
            yield one

    def device(
        db: Annotated[Session, Depends(session)], authorization: Annotated[str, Header()]
    ) -> Device:
        token = hash_token(authorization.removeprefix("Bearer "))
        found = db.exec(select(Device).where(Device.token_hash == token)).first()
        if found is None:
            raise HTTPException(401)
        return found

    @app.post(CHECKOUTS)
    def checkout(
        request: CheckoutRequest,
        db: Annotated[Session, Depends(session)],
        caller: Annotated[Device, Depends(device)],
    ) -> LoanReceipt:
        receipt = _lend(db, request, caller)
        db.commit()
        return receipt

    return app


def _lend(db: Session, request: CheckoutRequest, caller: Device) -> LoanReceipt:
    now = datetime.now(UTC)
    kept = db.get(Operation, str(request.op_id))
    if kept is not None:
        return LoanReceipt.model_validate_json(kept.answer)
    item, title = _copy(db, request)
    patron = db.get(Patron, request.patron_id)
    if patron is None:
        raise HTTPException(404)
    mine = (col(Loan.patron_id) == patron.id, col(Loan.returned_at).is_(None))
    if db.exec(select(func.count()).select_from(Loan).where(*mine)).one() >= _MOST_LOANS:
        raise HTTPException(409)
    item.state, item.security = ItemState.ON_LOAN, SecurityState.DISARM_DUE
    due = (now + timedelta(days=_DAYS)).date()
    loan = Loan(
        item_id=item.id,
        patron_id=patron.id,
        lent_at=now,
        due=due,
        counted=True,
        policy_version="default-1",
        device_id=caller.id,
    )
    seen = Event(
        at=now, kind=EventKind.CHECKED_OUT, device_id=caller.id, item_id=item.id, title_id=title.id
    )
    db.add_all([item, loan, seen])
    db.flush()
    receipt = LoanReceipt(
        op_id=request.op_id,
        loan_id=str(loan.id),
        item_id=item.item_id,
        title=title.title,
        due=due,
        renewals=0,
        security=item.security,
    )
    db.add(
        Operation(
            op_id=str(request.op_id),
            device_id=caller.id,
            kind="CheckoutRequest",
            body_hash="0" * 64,
            status=200,
            answer=receipt.model_dump_json(),
            device_time=request.at,
            received_at=now,
        )
    )
    return receipt


def _copy(db: Session, request: CheckoutRequest) -> tuple[Item, Title]:
    asked = (Item.owner == request.owner, Item.item_id == request.item_id)
    item = db.exec(select(Item).where(*asked)).first()
    title = None if item is None else db.get(Title, item.title_id)
    if item is None or title is None:
        raise HTTPException(404)
    if item.state is not ItemState.IN_STOCK:
        raise HTTPException(409)
    return item, title


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("database", type=Path)
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    uvicorn.run(make_peer(options.database), port=options.port, log_config=None, access_log=False)
