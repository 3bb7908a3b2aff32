"""The controller's snapshot on this kiosk's disk: verified when it came, sealed, dated.

Only the pieces that changed are written, so that a card in a Pi does not wear out by it. The file
may be lost: the next answer of the controller makes it whole again.
"""

import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from pydantic import AwareDatetime, ValidationError

from circulation.api import Message
from circulation.snapshot import (
    BadSnapshot,
    Digests,
    Sections,
    SignedSnapshot,
    check_sum,
    completed,
    digests_of,
    new_pieces,
    of_pieces,
    open_signed,
    piece_digest,
    signing_key,
    without_buckets,
)
from kiosk.vault import BadSeal, Vault

log = structlog.get_logger(__name__)

_SCHEMA = "CREATE TABLE IF NOT EXISTS piece (name TEXT PRIMARY KEY, sealed BLOB NOT NULL)"
_HEAD = "head"
_PUT = "INSERT INTO piece VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed"


class _Head(Message):
    """What is kept besides the sections. The digests are those of all other pieces."""

    at: AwareDatetime
    settled: int
    digests: Digests


@dataclass(frozen=True, slots=True)
class Held:
    """A whole snapshot. `settled`: the journal's number when the controller was asked for it."""

    at: datetime
    settled: int
    sections: Sections
    digests: Digests  # without buckets


class SnapshotStore:
    """One file. `held` is a reference that is replaced as a whole: safe from any thread."""

    def __init__(self, path: Path, vault: Vault, token_hash: str) -> None:
        """Open the file, which may be lost: one that cannot be used is begun anew."""
        self._path = path
        self._vault = vault
        self._key = signing_key(token_hash)
        self._lock = threading.Lock()
        self._digests: dict[str, str] = {}  # of the pieces on the disk, which are the held ones
        self._held: Held | None = None
        try:
            self._db = _opened(path)
        except sqlite3.DatabaseError:
            log.warning("snapshot_given_up", why="not a database")
            self._db = _opened_anew(path)

    def load(self) -> None:
        """Hold what is on the disk; it takes a second for a school, so not while a screen waits."""
        try:
            self._held = self._load()
        except (sqlite3.DatabaseError, BadSeal, BadSnapshot, ValidationError) as error:
            log.warning("snapshot_given_up", why=type(error).__name__)
            self._db.close()
            self._digests.clear()
            self._db = _opened_anew(self._path)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    @property
    def held(self) -> Held | None:
        """The last snapshot, or None before the first."""
        return self._held

    def question(self) -> Digests:
        """What to ask the controller: what has changed since?"""
        return digests_of(self._digests) if self._held else Digests()

    def take(self, signed: SignedSnapshot, settled: int) -> Held:
        """Verify, put on the disk, and from then on hold it. Costs what has changed.

        `BadSnapshot` when it is not this kiosk's, is older than what is held, or does not fit to
        it: then nothing changes, and the whole should be asked for.
        """
        snapshot = open_signed(signed, self._key)
        if self._held is not None and snapshot.at < self._held.at:
            raise BadSnapshot("it is older than the one that is here")
        pieces = new_pieces(snapshot)
        news = {name: piece_digest(text) for name, text in pieces.items()}
        check_sum(snapshot, self._digests | news)
        known = self._held.sections if self._held else Sections()
        sections = completed(snapshot, known) if news else known
        head = _Head(at=snapshot.at, settled=settled, digests=snapshot.digests)
        fresh = {name: pieces[name] for name in news if news[name] != self._digests.get(name)}
        with self._lock:
            self._write({**fresh, _HEAD: head.model_dump_json()})
            self._digests |= news
            self._held = Held(snapshot.at, settled, sections, snapshot.digests)
        return self._held

    def _write(self, pieces: dict[str, str]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            sealed = [(name, self._vault.seal(text, name)) for name, text in pieces.items()]
            self._db.executemany(_PUT, sealed)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _load(self) -> Held | None:
        with closing(self._db.execute("SELECT name, sealed FROM piece")) as cursor:
            pieces = {name: self._vault.open(sealed, name) for name, sealed in cursor}
        if not pieces:
            return None
        head = _Head.model_validate_json(pieces.pop(_HEAD, ""))
        self._digests = {name: piece_digest(text) for name, text in pieces.items()}
        if without_buckets(digests_of(self._digests)) != head.digests:
            raise BadSnapshot("a piece is missing or of another snapshot")
        return Held(head.at, head.settled, of_pieces(pieces), head.digests)


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


def _opened_anew(path: Path) -> sqlite3.Connection:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return _opened(path)
