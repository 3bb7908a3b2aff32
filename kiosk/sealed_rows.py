"""A file of sealed rows on this machine's disk: opened durably, and sealed anew after a new token.

Every table of such rows has `seq`, `op_id` and `sealed`, which is bound to the `op_id`.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk.vault import BadSeal, Vault


def open_durably(path: Path) -> sqlite3.Connection:
    """WAL and FULL; the caller begins and commits, and calls `wipe_log` after a change of seals."""
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")  # what was deleted is not readable on the disk
    except BaseException:
        db.close()
        raise
    return db


def wipe_log(db: sqlite3.Connection) -> None:
    """What was deleted or sealed anew is not in the log of changes either."""
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def seal_anew(db: sqlite3.Connection, vault: Vault, table: str, *, unheard: str) -> None:
    """After a change of the device token. Rows are sealed anew all or none: the last one tells.

    What is over and cannot be opened is dropped; what the ledger must still hear (`unheard`, a
    condition on `table`) is not: `BadSeal`.
    """
    last = f"SELECT op_id, sealed FROM {table} ORDER BY seq DESC LIMIT 1"  # noqa: S608  # our own names
    if all(vault.is_present(sealed, op_id) for op_id, sealed in list(db.execute(last))):
        return
    every = f"SELECT seq, op_id, sealed, {unheard} FROM {table}"  # noqa: S608
    for seq, op_id, sealed, must_be_heard in list(db.execute(every)):
        try:
            fresh = vault.seal(vault.open(sealed, op_id), op_id)
        except BadSeal:
            if must_be_heard:
                raise
            db.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))  # noqa: S608
        else:
            db.execute(f"UPDATE {table} SET sealed = ? WHERE seq = ?", (fresh, seq))  # noqa: S608


def scalar(db: sqlite3.Connection, query: str) -> int:
    """The one number that this query answers."""
    with closing(db.execute(query)) as cursor:
        return int(cursor.fetchone()[0])
