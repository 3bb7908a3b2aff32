"""The gates' half says and means the same on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine
from sqlmodel import SQLModel

import controller.gates.tables
import controller.security.tables  # noqa: F401  # the imports fill the metadata
from circulation.messages import (
    Clock,
    Direction,
    GateEvent,
    GateEventKind,
    GateTag,
    ListKind,
    Topic,
    Verdict,
)
from circulation.tags.afi import AFI_PROFILES
from controller.db import alembic_config, make_engine, raw_connection, upgrade
from controller.devices.registry import add_device, ensure_library
from controller.gates.digest import Digest, digest_between
from controller.gates.list_rows import known_gates, list_version, listed
from controller.gates.rounds import clean, note_silence
from controller.gates.store import Stored, find_gate, store_event
from controller.gates.visits import visits_between
from controller.security.passages import keep_findings
from controller.sql import Dialect, Transaction
from controller.tables import DeviceKind
from tests.controller.conftest import ISIL, LIBRARY

NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
DAY = (NOW - timedelta(hours=12), NOW + timedelta(hours=12))
EPC = "30361FACC400DE8000000001"


@pytest.fixture
def engine(postgres_ledger: str) -> Iterator[Engine]:
    engine = make_engine(postgres_ledger)
    ensure_library(engine, isil=ISIL, name=LIBRARY)
    add_device(engine, isil=ISIL, name="gate-1", kind=DeviceKind.GATE)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(engine: Engine) -> Iterator[Transaction]:
    transaction = Transaction(raw_connection(engine), Dialect.POSTGRESQL)
    transaction.begin_write()
    yield transaction
    transaction.close()


def event(seq: int, *, at: datetime = NOW, kind: GateEventKind = GateEventKind.ALARM) -> GateEvent:
    return GateEvent(
        id=uuid4(),
        seq=seq,
        at=at,
        clock=Clock.SURE,
        kind=kind,
        direction=Direction.OUT,
        verdict=Verdict.ALARM,
        tags=(GateTag(uid=EPC, afi=None, antenna=1, verdict=Verdict.ALARM),),
        count_in=0,
        count_out=seq,
        aisle="left",
        monitored=True,
    )


def test_the_steps_go_back_and_forth_and_agree_with_the_tables(engine: Engine) -> None:
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0004")
    upgrade(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        tables = {"gate_event", "gate_visit", "gate_tag"}
        difference = [
            change
            for change in compare_metadata(context, SQLModel.metadata)
            if any(name in str(change) for name in tables)
        ]
    assert difference == []


def test_an_event_is_stored_once_counted_told_and_cleaned(ledger: Transaction) -> None:
    gate = find_gate(ledger, Topic.parse(f"polka/v1/{LIBRARY}/gate-1/up/event"))
    assert gate is not None
    first, second = event(1, kind=GateEventKind.PASSAGE), event(2)

    stored = [store_event(ledger, gate, one, NOW) for one in (first, first, second)]
    for one in (first, second):
        keep_findings(ledger, gate, one, AFI_PROFILES["iso"], NOW)
    visits = visits_between(ledger, *DAY)
    digest = digest_between(ledger, *DAY)
    gone = clean(ledger, NOW + timedelta(days=1))

    assert stored == [Stored.NEW, Stored.AGAIN, Stored.NEW]
    assert [(one.device, one.went_out) for one in visits] == [("gate-1", 2)]
    assert digest == Digest(would_have_alarmed=1, not_disarmed={}, in_stock=0, unknown=1)
    assert gone == 1, "the newest stays for its counters"


def test_lists_and_silence_are_read(ledger: Transaction) -> None:
    assert [gate.device for gate in known_gates(ledger)] == ["gate-1"]
    assert list_version(ledger) == 0
    assert note_silence(ledger, NOW) == []
    assert [listed(ledger, ISIL, kind) for kind in ListKind] == [frozenset()] * 3
