"""A run that was cut off goes on; copies come and go by documents; the index follows."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from circulation.ids import Isil
from circulation.loan import ItemState
from controller.catalogue import writing
from controller.catalogue.apply import apply
from controller.catalogue.preview import Preview, preview
from controller.catalogue.problems import Code
from controller.catalogue.stock import Document, write_off
from controller.catalogue.tables import Batch, BatchItem, BatchKind, ImportRun
from controller.db import raw_connection
from controller.devices.tokens import Caller
from controller.search.service import Question, search
from controller.sql import Dialect, Transaction
from controller.tables import Device, DeviceKind, Event, EventKind, Item, Loan, Patron, Title

OWNER = Isil("RU-10010033")
NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
TITLES = 25
ACT = Document(BatchKind.WRITE_OFF, "3/2026", date(2026, 9, 1), "ветхость")


def irbis(count: int) -> str:
    return "".join(
        f"#903: k{n}\n#200: ^AКнига{n}\n#910: ^A0^B{n}^H9{n}^DАбонемент^U15/2021\n*****\n"
        for n in range(count)
    )


@pytest.fixture
def seen(tmp_path: Path) -> Preview:
    file = tmp_path / "export.txt"
    file.write_text(irbis(TITLES), encoding="utf-8")
    return preview(file)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "BATCH_TITLES", 10)


def titles(engine: Engine) -> int:
    with Session(engine) as session:
        return session.exec(select(func.count()).select_from(Title)).one()


class PowerCut(Exception):
    """The lights went out."""


def cut_at(done: int) -> None:
    if done >= 20:
        raise PowerCut


@pytest.mark.usefixtures("small_batches")
def test_run_when_cut_off_keeps_its_whole_batches_and_goes_on(
    seen: Preview, engine: Engine
) -> None:
    with pytest.raises(PowerCut):
        apply(seen, engine, owner=OWNER, now=NOW, progress=cut_at)
    kept = titles(engine)

    rest = apply(seen, engine, owner=OWNER, now=NOW, resume=True)

    assert (kept, rest.titles_new, rest.titles_updated) == (20, 5, 0)
    assert titles(engine) == TITLES


@pytest.mark.usefixtures("small_batches")
def test_run_when_repeated_without_resume_updates_all(seen: Preview, engine: Engine) -> None:
    with pytest.raises(PowerCut):
        apply(seen, engine, owner=OWNER, now=NOW, progress=cut_at)

    again = apply(seen, engine, owner=OWNER, now=NOW)

    assert (again.titles_new, again.titles_updated) == (5, 20)


def test_finished_run_is_not_resumed_but_done_again(seen: Preview, engine: Engine) -> None:
    apply(seen, engine, owner=OWNER, now=NOW)

    again = apply(seen, engine, owner=OWNER, now=NOW, resume=True)

    assert (again.titles_new, again.titles_updated) == (0, TITLES)
    with Session(engine) as session:
        run = session.exec(select(ImportRun)).one()
        assert (run.titles_done, run.finished_at) == (TITLES, NOW)


@pytest.mark.usefixtures("small_batches")
def test_progress_is_told_batch_by_batch(seen: Preview, engine: Engine) -> None:
    told: list[int] = []

    apply(seen, engine, owner=OWNER, now=NOW, progress=told.append)

    assert told == [10, 20, 25]


def test_copies_of_one_delivery_are_one_batch(seen: Preview, engine: Engine) -> None:
    apply(seen, engine, owner=OWNER, now=NOW)
    apply(seen, engine, owner=OWNER, now=NOW)

    with Session(engine) as session:
        batch = session.exec(select(Batch)).one()
        assert (batch.kind, batch.number) == (BatchKind.ARRIVAL, "15/2021")
        assert len(session.exec(select(BatchItem)).all()) == TITLES


def test_imported_title_is_found_at_once_and_again_after_a_correction(
    seen: Preview, engine: Engine, tmp_path: Path
) -> None:
    apply(seen, engine, owner=OWNER, now=NOW)
    file = tmp_path / "corrected.txt"
    file.write_text(irbis(1).replace("Книга0", "Поправка"), encoding="utf-8")
    apply(preview(file), engine, owner=OWNER, now=NOW)

    assert [hits(engine, word) for word in ("книга7", "книга0", "поправка")] == [1, 0, 1]


def test_write_off_withdraws_by_one_act(seen: Preview, engine: Engine) -> None:
    apply(seen, engine, owner=OWNER, now=NOW)
    with Session(engine) as session:
        on_loan = session.exec(select(Item).where(Item.item_id == "93")).one()
        on_loan.state = ItemState.ON_LOAN
        session.add(on_loan)
        session.commit()

    done, problems = write_off(engine, OWNER, ACT, ["91", "92", "93", "777"], NOW)

    assert done == 2
    assert [(found.code, found.place.line) for found in problems] == [
        (Code.ITEM_ON_LOAN, 3),
        (Code.ITEM_UNKNOWN, 4),
    ]
    with Session(engine) as session:
        states = dict(session.exec(select(Item.item_id, Item.state)).all())
        assert [states[n] for n in ("91", "92", "93")] == [
            ItemState.WITHDRAWN,
            ItemState.WITHDRAWN,
            ItemState.ON_LOAN,
        ]
        events = session.exec(select(Event).where(Event.kind == EventKind.ITEM_MARKED)).all()
        assert len(events) == 2


def test_loan_of_a_lost_copy_ends_when_it_is_written_off(seen: Preview, engine: Engine) -> None:
    apply(seen, engine, owner=OWNER, now=NOW)
    with Session(engine) as session:
        item = session.exec(select(Item).where(Item.item_id == "91")).one()
        item.state = ItemState.LOST
        session.add(Patron(id="p-1", family_name="Ким"))
        device = Device(library=OWNER, name="desk-1", kind=DeviceKind.STATION)
        session.add_all([item, device])
        session.flush()
        loan = {"item_id": item.id, "patron_id": "p-1", "device_id": device.id, "lent_at": NOW}
        session.add(Loan(**loan, due=NOW.date(), policy_version="default-1"))
        session.commit()

    assert write_off(engine, OWNER, ACT, ["91"], NOW) == (1, ())

    with Session(engine) as session:
        assert session.exec(select(Loan.returned_at)).one() == NOW


def test_write_off_when_repeated_is_harmless(seen: Preview, engine: Engine) -> None:
    apply(seen, engine, owner=OWNER, now=NOW)
    write_off(engine, OWNER, ACT, ["91"], NOW)

    again = write_off(engine, OWNER, ACT, ["91"], NOW)

    assert again == (1, ())
    with Session(engine) as session:
        events = session.exec(select(Event).where(Event.kind == EventKind.ITEM_MARKED)).all()
        assert len(events) == 1


def hits(engine: Engine, text: str) -> int:
    transaction = Transaction(raw_connection(engine), Dialect(engine.dialect.name))
    try:
        caller = Caller(1, OWNER, "kiosk-1", DeviceKind.KIOSK)
        return len(json.loads(search(transaction, caller, Question(text)).body)["hits"])
    finally:
        transaction.close()
