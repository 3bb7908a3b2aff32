"""The drop's file: its tables, and the sealing of one that is older or under an earlier token.

`PRAGMA user_version` says how a file is written: 0 is a new one, or one with rows in clear.
"""

import json
import sqlite3
from pathlib import Path
from uuid import UUID, uuid4

from circulation.api import ReturnRequest
from kiosk.sealed_rows import open_durably, scalar, seal_anew, wipe_log
from kiosk.vault import Vault

_VERSION = 1
_SCHEMA = """
CREATE TABLE taken (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    op_id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL,
    clock TEXT NOT NULL,
    day TEXT NOT NULL,
    lies INTEGER NOT NULL DEFAULT 1,
    outcome TEXT NOT NULL DEFAULT 'waiting',
    detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX taken_waiting ON taken (seq) WHERE outcome = 'waiting';
CREATE TABLE doubtful (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    op_id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL,
    clock TEXT NOT NULL,
    day TEXT NOT NULL,
    doubt TEXT NOT NULL
);
"""


def open_file(path: Path, vault: Vault) -> sqlite3.Connection:
    """Open or make it; all rows are sealed with the vault's present secret.

    `BadSeal`, with nothing changed, when what the ledger must hear opens with none of its secrets;
    `sqlite3.DatabaseError` for a damaged file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    db = open_durably(path)
    try:
        if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the outbox is damaged")
        db.execute("BEGIN IMMEDIATE")
        _bring_up_to_date(db, vault)
        db.execute("COMMIT")
        wipe_log(db)
    except BaseException:
        db.close()
        raise
    return db


def _bring_up_to_date(db: sqlite3.Connection, vault: Vault) -> None:
    if scalar(db, "PRAGMA user_version") == _VERSION:
        seal_anew(db, vault, "taken", unheard="outcome = 'waiting'")
        seal_anew(db, vault, "doubtful", unheard="0")
        return
    for statement in _SCHEMA.split(";"):
        db.execute(statement)
    if scalar(db, "SELECT count(*) FROM sqlite_master WHERE name = 'dropped'"):
        _take_over(db, vault)
    db.execute(f"PRAGMA user_version = {_VERSION}")


def doubt_text(at: str, uid: str, item: str) -> str:
    """What is sealed of something that was put in and not taken back."""
    return json.dumps([at, uid, item])


def _take_over(db: sqlite3.Connection, vault: Vault) -> None:
    """Rows of a file that was written in clear keep their numbers and ids."""
    returns = "SELECT seq, op_id, owner, item, uid, at, clock, lies, outcome, detail FROM dropped"
    for seq, op_id, owner, item, uid, at, *rest in list(db.execute(returns)):
        body = ReturnRequest(op_id=UUID(op_id), at=at, owner=owner, item_id=item, uid=uid)
        sealed = vault.seal(body.model_dump_json(), op_id)
        clock, lies, outcome, detail = rest
        db.execute(
            "INSERT INTO taken VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (seq, op_id, sealed, clock, at[:10], lies, outcome, detail),
        )
    doubts = "SELECT at, clock, doubt, uid, item FROM review ORDER BY id"
    for at, clock, doubt, uid, item in list(db.execute(doubts)):
        op_id = str(uuid4())
        db.execute(
            "INSERT INTO doubtful (op_id, sealed, clock, day, doubt) VALUES (?, ?, ?, ?, ?)",
            (op_id, vault.seal(doubt_text(at, uid, item), op_id), clock, at[:10], doubt),
        )
    db.execute("DELETE FROM sqlite_sequence WHERE name = 'taken'")
    db.execute("UPDATE sqlite_sequence SET name = 'taken' WHERE name = 'dropped'")
    db.execute("DROP TABLE dropped")
    db.execute("DROP TABLE review")
