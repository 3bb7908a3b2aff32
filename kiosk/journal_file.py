"""The journal's file: its tables, and the sealing of one that is older or under an earlier secret.

`PRAGMA user_version` says how a file is written: 0 is a new one, or one with bodies in clear.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk.vault import BadSeal, Vault

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
_ALL = (
    "SELECT seq, op_id, sealed, outcome = 'pending' AND (alone OR kind IN ('return', 'sighting'))"
    " FROM operation"
)


def open_file(path: Path, vault: Vault) -> sqlite3.Connection:
    """Open or make it, WAL and FULL. All rows are sealed with the vault's present secret.

    `BadSeal`, with nothing changed, when what the ledger must hear opens with none of its secrets.
    """
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")  # what was deleted is not readable on the disk
        db.execute("BEGIN IMMEDIATE")
        _bring_up_to_date(db, vault)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # nor is it in the log of changes
    except BaseException:
        db.close()
        raise
    return db


def _bring_up_to_date(db: sqlite3.Connection, vault: Vault) -> None:
    version = _scalar(db, "PRAGMA user_version")
    if version == _VERSION:
        _seal_anew(db, vault)
        return
    old = _scalar(db, "SELECT count(*) FROM sqlite_master WHERE name = 'operation'")
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


def _seal_anew(db: sqlite3.Connection, vault: Vault) -> None:
    """After a change of the device token. Rows are sealed anew all or none: the last one tells.

    What is over and cannot be opened is dropped; what the ledger must still hear is not.
    """
    rows = list(db.execute("SELECT seq, op_id, sealed FROM operation ORDER BY seq DESC LIMIT 1"))
    if all(vault.is_present(sealed, op_id) for _, op_id, sealed in rows):
        return
    for seq, op_id, sealed, unheard in list(db.execute(_ALL)):
        try:
            fresh = vault.seal(vault.open(sealed, op_id), op_id)
        except BadSeal:
            if unheard:
                raise
            db.execute("DELETE FROM operation WHERE seq = ?", (seq,))
        else:
            db.execute("UPDATE operation SET sealed = ? WHERE seq = ?", (fresh, seq))


def _scalar(db: sqlite3.Connection, query: str) -> int:
    with closing(db.execute(query)) as cursor:
        return int(cursor.fetchone()[0])
