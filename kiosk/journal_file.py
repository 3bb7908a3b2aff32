"""The journal's file: its tables, and the sealing of one that is older or under an earlier secret.

`PRAGMA user_version` says how a file is written: 0 is a new one, or one with bodies in clear.
"""

import sqlite3
from pathlib import Path

from kiosk.sealed_rows import open_durably, scalar, seal_anew, wipe_log
from kiosk.vault import Vault

_VERSION = 2
_SCHEMA = """
CREATE TABLE operation (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    op_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    sealed BLOB NOT NULL,
    alone INTEGER NOT NULL DEFAULT 0,
    clock TEXT NOT NULL DEFAULT 'sure',
    again INTEGER NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT 'pending',
    reasons TEXT NOT NULL DEFAULT '',
    kept_at TEXT NOT NULL,
    settled INTEGER,
    settled_at TEXT
);
CREATE INDEX operation_pending ON operation (seq) WHERE outcome = 'pending';
CREATE INDEX operation_settled ON operation (settled);
CREATE TABLE counter (settled INTEGER NOT NULL);
INSERT INTO counter VALUES (0);
"""
_UNHEARD = "outcome = 'pending' AND (alone OR kind IN ('return', 'sighting'))"


def open_file(path: Path, vault: Vault) -> sqlite3.Connection:
    """Open or make it, WAL and FULL. All rows are sealed with the vault's present secret.

    `BadSeal`, with nothing changed, when what the ledger must hear opens with none of its secrets.
    """
    db = open_durably(path)
    try:
        db.execute("BEGIN IMMEDIATE")
        _bring_up_to_date(db, vault)
        db.execute("COMMIT")
        wipe_log(db)
    except BaseException:
        db.close()
        raise
    return db


def _bring_up_to_date(db: sqlite3.Connection, vault: Vault) -> None:
    version = scalar(db, "PRAGMA user_version")
    if version == _VERSION:
        seal_anew(db, vault, "operation", unheard=_UNHEARD)
        return
    old = scalar(db, "SELECT count(*) FROM sqlite_master WHERE name = 'operation'")
    if old:
        db.execute("ALTER TABLE operation RENAME TO operation_in_clear")
        db.execute("DROP INDEX IF EXISTS operation_pending")
    for statement in _SCHEMA.split(";"):
        db.execute(statement)
    if old:
        _take_over(db, vault)
    db.execute(f"PRAGMA user_version = {_VERSION}")


def _take_over(db: sqlite3.Connection, vault: Vault) -> None:
    """Rows of a journal that was written before bodies were sealed keep their numbers."""
    db.create_function("seal", 2, vault.seal)
    db.execute(
        "INSERT INTO operation (seq, op_id, kind, sealed, outcome, reasons, kept_at, settled_at)"
        " SELECT seq, op_id, kind, seal(body, op_id), outcome, reasons, kept_at, settled_at"
        " FROM operation_in_clear ORDER BY seq"
    )
    db.execute("DROP TABLE operation_in_clear")
