"""The migrations and the tables say the same, and the promises are in the database itself."""

import json

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel

import controller.catalogue.tables
import controller.encoding.tables
import controller.gates.tables
import controller.holds.tables
import controller.kiosks.tables
import controller.loans.tables
import controller.offline.tables
import controller.security.tables
import controller.tables  # noqa: F401  # the imports fill the metadata
from circulation.configuration import read_gate_settings, read_kiosk_settings
from controller.db import BUSY_TIMEOUT_MS, alembic_config, make_engine, open_writer, upgrade
from controller.search.index import TABLE
from controller.sql import Statement


def is_not_the_search_index(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith(TABLE)  # FTS5 has no SQLModel


def test_migrations_and_tables_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_not_the_search_index}
        context = MigrationContext.configure(connection, opts=options)

        difference = compare_metadata(context, SQLModel.metadata)

    assert difference == []


def test_upgrading_twice_is_harmless(engine: Engine) -> None:
    upgrade(engine)

    with engine.connect() as connection:
        revisions = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    assert len(revisions) == 1


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)],
)
def test_every_connection_to_a_file_is_durable_and_checked(
    sqlite_ledger: str, pragma: str, value: str | int
) -> None:
    engine = make_engine(sqlite_ledger)
    with engine.connect() as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value
    engine.dispose()


def test_writer_puts_no_page_of_a_savepoint_into_a_temporary_file(sqlite_ledger: str) -> None:
    engine = make_engine(sqlite_ledger)
    writer = open_writer(engine)

    [(place,)] = writer.rows(Statement("PRAGMA temp_store"), {})

    writer.close()
    engine.dispose()
    assert place == 2, "memory"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("synchronous_commit", "on"),
        ("lock_timeout", f"{BUSY_TIMEOUT_MS // 1000}s"),
        ("idle_in_transaction_session_timeout", "1min"),
    ],
)
def test_every_session_on_a_server_is_durable_and_waits_for_nobody_for_ever(
    postgres_ledger: str, setting: str, value: str
) -> None:
    engine = make_engine(postgres_ledger)
    with engine.connect() as connection:
        assert connection.scalar(text(f"SHOW {setting}")) == value
    engine.dispose()


def test_second_open_loan_of_a_copy_is_refused_by_the_database(engine: Engine) -> None:
    insert_loan = text(
        "INSERT INTO loan (item_id, patron_id, lent_at, due, returned_at, renewals, counted,"
        " policy_version, device_id) VALUES (1, 'p1', '2026-09-01', '2026-09-15', :returned,"
        " 0, true, 'default-1', 1)"
    )
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO library VALUES ('RU-10010033', 'school', '')"))
        connection.execute(
            text(
                "INSERT INTO title (id, title, author, subtitle, publisher, kind, section, udc,"
                " age_mark, source, source_key)"
                " VALUES (1, 'Мцыри', '', '', '', 'book', '84', '', 0, 'hand', '1')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO item (id, owner, item_id, title_id, place, parts, state, security,"
                " reading_room_only)"
                " VALUES (1, 'RU-10010033', 'B-1', 1, '', 1, 'in_stock', 'armed', false)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO patron (id, family_name, given_name, patronymic, class_name, category,"
                " has_left)"
                " VALUES ('p1', 'Петрова', 'Анна', '', '7Б', 'pupil', false)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO device (id, library, name, kind, state)"
                " VALUES (1, 'RU-10010033', 'kiosk-1', 'kiosk', '{}')"
            )
        )
        connection.execute(insert_loan, {"returned": "2026-09-02"})
        connection.execute(insert_loan, {"returned": None})

        with pytest.raises(IntegrityError, match=r"(?i)unique constraint"):
            connection.execute(insert_loan, {"returned": None})


@pytest.mark.parametrize("act", ["UPDATE event SET detail = '{}'", "DELETE FROM event"])
def test_log_lines_cannot_be_changed(engine: Engine, act: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO event (at, kind, detail) VALUES ('2026-09-01', 'returned', '{}')")
        )

        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(act))


def test_unknown_word_is_refused_by_the_database(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(IntegrityError, match="patroncategory"):
        connection.execute(
            text(
                "INSERT INTO patron (id, family_name, given_name, patronymic, class_name, category,"
                " has_left)"
                " VALUES ('p2', 'Ким', '', '', '', 'ghost', false)"
            )
        )


@pytest.mark.usefixtures("tokens")
@pytest.mark.parametrize("revision", ["head", "0011"])
@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("UPDATE item SET state = 'eaten'", "itemstate"),
        ("UPDATE item SET security = 'asleep'", "securitystate"),
        ("UPDATE title SET kind = 'scroll'", "itemkind"),
        ("UPDATE title SET age_mark = 17", "age_mark"),
    ],
)
def test_copies_and_titles_are_guarded_before_and_after_their_guards_were_rewritten(
    engine: Engine, revision: str, change: str, guard: str
) -> None:
    with engine.begin() as connection:
        if revision != "head":
            command.downgrade(alembic_config(connection), revision)

        with pytest.raises(IntegrityError, match=guard):
            connection.execute(text(change))


def test_catalogue_step_goes_back_and_forth(engine: Engine) -> None:
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0001")
    upgrade(engine)

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM title_search")) == 0
        assert connection.scalar(text("SELECT count(*) FROM batch")) == 0


def test_block_keeps_blocking_through_the_steps(engine: Engine) -> None:
    blocked = text("SELECT id FROM patron WHERE blocked = true")
    block = text("SELECT patron_id, until, lifted_at FROM patron_block")
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0001")
        for patron, is_blocked in (("p1", True), ("p2", False)):
            connection.execute(
                text(
                    "INSERT INTO patron (id, family_name, given_name, patronymic, class_name,"
                    " category, blocked, has_left) VALUES (:id, 'Ким', '', '', '', 'pupil', :no,"
                    " false)"
                ),
                {"id": patron, "no": is_blocked},
            )
    upgrade(engine)

    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(block)] == [("p1", None, None)]
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0001")
        assert connection.scalars(blocked).all() == ["p1"]


def test_what_gates_saw_stays_through_the_steps(engine: Engine) -> None:
    seen = text("SELECT t.uid, g.kind FROM gate_tag t JOIN gate_event g ON g.id = t.event_id")
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0004")
        for sql in (
            "INSERT INTO library VALUES ('RU-10010033', 'school', '')",
            "INSERT INTO device (id, library, name, kind, state)"
            " VALUES (1, 'RU-10010033', 'gate-1', 'gate', '{}')",
            "INSERT INTO gate_event (id, device_id, seq, at, clock, kind, direction, verdict, tags,"
            " count_in, count_out, received_at) VALUES ('e1', 1, 1, '2026-09-01', 'sure', 'alarm',"
            " 'out', 'alarm', '[]', 0, 0, '2026-09-01')",
            "INSERT INTO gate_tag VALUES ('e1', 'E004010012345678', NULL, 'foreign')",
        ):
            connection.execute(text(sql))

    upgrade(engine)
    with engine.begin() as connection:
        up = [tuple(row) for row in connection.execute(seen)]
        command.downgrade(alembic_config(connection), "0004")
        down = [tuple(row) for row in connection.execute(seen)]

    assert up == down == [("E004010012345678", "alarm")]


OLD_KIOSK = {
    "format": "kiosk-1",
    "languages": ["ru", "ru"],
    "functions": ["borrow"],
    "idle_s": 30,
    "volume_percent": 5,
    "greeting": "Доброе утро",
}
OLD_GATE = {"format": "gate-1", "alarm_s": 30, "volume_percent": 9}


def test_settings_of_devices_keep_what_a_device_can_do(engine: Engine) -> None:
    kept = text("SELECT document FROM device_settings ORDER BY device_id")
    add = text(
        "INSERT INTO device_settings (device_id, version, document, changed_at, staff_id)"
        " VALUES (:device, 4, :document, '2026-09-01', 1)"
    )
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0006")
        for sql in (
            "INSERT INTO library VALUES ('RU-10010033', 'school', '')",
            "INSERT INTO staff (id, login, role, class_name, password_hash, active, created_at)"
            " VALUES (1, 'olga', 'head', '', 'x', true, '2026-09-01')",
            "INSERT INTO device (id, library, name, kind, state)"
            " VALUES (1, 'RU-10010033', 'kiosk-1', 'kiosk', '{}')",
            "INSERT INTO device (id, library, name, kind, state)"
            " VALUES (2, 'RU-10010033', 'gate-1', 'gate', '{}')",
        ):
            connection.execute(text(sql))
        for device, settings in ((1, OLD_KIOSK), (2, OLD_GATE)):
            document = json.dumps({"version": 4, "settings": settings})
            connection.execute(add, {"device": device, "document": document})

    upgrade(engine)
    with engine.begin() as connection:
        kiosk, gate = connection.scalars(kept).all()
        command.downgrade(alembic_config(connection), "0006")
        old = [json.loads(document)["settings"] for document in connection.scalars(kept)]

    assert read_kiosk_settings(kiosk).settings.languages == ("ru",)
    assert read_gate_settings(gate).settings.alarm_s == 10
    assert [settings.keys() for settings in old] == [OLD_KIOSK.keys(), OLD_GATE.keys()]
