"""The limit: the rows of a checkout written straight into sqlite3, and no question asked."""

import shutil
import sqlite3
import time

from tests.bench.http_world import World

_LOANS = 1_500
_NOW = "2026-09-01 08:30:00.000000"
_HASH = "0" * 64
_ANSWER = '{"op_id":"00000000-0000-0000-0000-000000000000","loan_id":"1","item_id":"1"}' * 3


def raw_loans_per_second(world: World) -> float:
    """One loan per commit, as durable as the controller's."""
    database = world.folder / "raw.db"
    shutil.copy(world.database, database)
    db = sqlite3.connect(database, isolation_level=None, cached_statements=256)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    items = db.execute("SELECT id, title_id FROM item LIMIT ?", (_LOANS,)).fetchall()
    patrons = [row[0] for row in db.execute("SELECT id FROM patron")]
    began = time.perf_counter()
    for number, (item, title) in enumerate(items):
        _loan(db, number, item, title, patrons[number % len(patrons)])
    rate = len(items) / (time.perf_counter() - began)
    db.close()
    return rate


def _loan(db: sqlite3.Connection, number: int, item: int, title: int, patron: str) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.execute(
        "INSERT INTO loan (item_id, patron_id, lent_at, due, renewals, counted, policy_version,"
        " device_id) VALUES (?, ?, ?, '2026-09-15', 0, 1, 'default-1', 1)",
        (item, patron, _NOW),
    )
    db.execute("UPDATE item SET state = 'on_loan', security = 'disarm_due' WHERE id = ?", (item,))
    db.execute(
        "INSERT INTO event (at, kind, device_id, item_id, title_id, detail)"
        " VALUES (?, 'checked_out', 1, ?, ?, '{}')",
        (_NOW, item, title),
    )
    db.execute(
        "INSERT INTO operation (op_id, device_id, kind, body_hash, status, answer, device_time,"
        " received_at) VALUES (?, 1, 'CheckoutRequest', ?, 200, ?, ?, ?)",
        (f"{number:036d}", _HASH, _ANSWER, _NOW, _NOW),
    )
    db.execute("COMMIT")
