"""What the drop keeps: once for an operation, through restarts, until the ledger has it."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from circulation.messages import Clock
from kiosk.drop.effects import Doubt
from kiosk.drop.outbox import KEEP_DAYS, Outbox, Outcome, open_outbox
from kiosk.vault import BadSeal, Vault
from tests.kiosk.drop.conftest import OWNER, VAULT, copy, uid

NOW = datetime.now(UTC)


@pytest.fixture
def outbox(tmp_path: Path):
    made = Outbox(tmp_path / "state" / "outbox.db", VAULT)
    yield made
    made.close()


def keep(outbox: Outbox, number: int, at: datetime = NOW) -> UUID:
    op_id = uuid4()
    outbox.keep(op_id, copy(number), uid(number), at, Clock.SURE)
    return op_id


def test_a_return_is_sent_word_for_word_however_often(outbox: Outbox) -> None:
    keep(outbox, 1)

    [first] = outbox.waiting(10)
    [again] = outbox.waiting(10)

    assert first.operation == again.operation
    assert first.operation.offline
    assert (first.operation.request.item_id, first.operation.request.at) == ("A1", NOW)


def test_the_same_operation_is_kept_once(outbox: Outbox) -> None:
    op_id = keep(outbox, 1)

    outbox.keep(op_id, copy(1), uid(1), NOW + timedelta(seconds=5), Clock.UNSURE)

    [row] = outbox.all_rows()
    assert (row.request.at, row.clock) == (NOW, Clock.SURE)


def test_what_is_settled_waits_no_more_and_is_still_told(outbox: Outbox) -> None:
    first, _ = keep(outbox, 1), keep(outbox, 2)

    outbox.settle(first, Outcome.CONFLICT, "lent_twice")

    assert [row.copy for row in outbox.waiting(10)] == [copy(2)]
    assert outbox.count_waiting() == 1
    assert next((row.outcome, row.detail) for row in outbox.all_rows()) == (
        Outcome.CONFLICT,
        "lent_twice",
    )


def test_what_lies_in_the_slot_is_known_after_a_power_cut(outbox: Outbox, tmp_path: Path) -> None:
    keep(outbox, 1)
    keep(outbox, 2)
    outbox.gone(copy(1))

    after = Outbox(tmp_path / "state" / "outbox.db", VAULT)
    lying = after.lying()
    after.close()

    assert lying == {copy(2)}


def test_a_clock_that_was_once_far_ahead_does_not_make_every_later_time_doubtful(
    outbox: Outbox,
) -> None:
    keep(outbox, 1)
    outbox.keep(uuid4(), copy(2), uid(2), NOW + timedelta(days=2_000), Clock.UNSURE)

    assert outbox.last_at() == NOW


def test_old_rows_go_when_all_is_well_and_never_before_the_ledger_has_them(
    outbox: Outbox, tmp_path: Path
) -> None:
    long_ago = NOW - timedelta(days=KEEP_DAYS + 1)
    done, _ = keep(outbox, 1, long_ago), keep(outbox, 2, long_ago)
    outbox.settle(done, Outcome.APPLIED)
    for number in (1, 2):
        outbox.gone(copy(number))
    outbox.review(Doubt.FOREIGN, long_ago, Clock.SURE, uid="E0", copy=None)

    after = Outbox(tmp_path / "state" / "outbox.db", VAULT)
    left, reviews = after.all_rows(), after.reviews()
    after.close()

    assert [row.copy for row in left] == [copy(2)]
    assert reviews == ()


def test_a_doubt_names_the_copy_where_there_is_one(outbox: Outbox) -> None:
    outbox.review(Doubt.NOT_ARMED, NOW, Clock.SURE, uid=uid(1), copy=copy(1))

    [doubtful] = outbox.reviews()

    assert (doubtful.doubt, doubtful.uid, doubtful.item) == (Doubt.NOT_ARMED, uid(1), "A1")


def garbage(path: Path) -> None:
    path.write_bytes(b"not an outbox" * 400)


def torn_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [garbage, torn_page])
def test_a_damaged_file_is_set_aside_and_numbers_do_not_come_again(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "outbox.db"
    Outbox(path, VAULT).close()
    damage(path)

    outbox = open_outbox(path, VAULT)
    keep(outbox, 1)
    [row] = outbox.waiting(10)
    outbox.close()

    assert row.seq > 1_000_000_000
    assert len(list(tmp_path.glob("outbox.db.damaged-*"))) == 1


def raw(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_stolen_disk_tells_of_no_book(outbox: Outbox, tmp_path: Path) -> None:
    one, other = 41_000_001, 41_000_002
    keep(outbox, one)
    outbox.review(Doubt.NOT_ARMED, NOW, Clock.SURE, uid=uid(other), copy=copy(other))

    found = raw(tmp_path)

    told = (OWNER, f"A{one}", f"A{other}", uid(one), uid(other), NOW.isoformat()[11:19])
    assert [word for word in told if word.encode() in found] == []


def test_after_a_new_token_what_waits_is_opened_with_the_earlier_one_and_sealed_anew(
    tmp_path: Path,
) -> None:
    path = tmp_path / "outbox.db"
    before = Outbox(path, VAULT)
    keep(before, 1)
    before.review(Doubt.FOREIGN, NOW, Clock.SURE, uid=uid(2), copy=None)
    before.close()

    Outbox(path, Vault("new", "s3cret")).close()
    after = Outbox(path, Vault("new"))

    assert [row.copy for row in after.waiting(10)] == [copy(1)]
    assert [one.uid for one in after.reviews()] == [uid(2)]
    after.close()
    with pytest.raises(BadSeal, match="another device token"):
        Outbox(path, VAULT)


def test_a_file_in_clear_is_taken_over_and_wiped(tmp_path: Path) -> None:
    path, op_id = tmp_path / "outbox.db", uuid4()
    with sqlite3.connect(path) as old:
        old.executescript(IN_CLEAR)
        old.execute(
            "INSERT INTO dropped (seq, op_id, owner, item, uid, at, clock)"
            " VALUES (41, ?, ?, 'A1', ?, ?, 'sure')",
            (str(op_id), OWNER, uid(1), NOW.isoformat()),
        )
        old.execute(
            "INSERT INTO review (at, clock, doubt, uid, item) VALUES (?, 'sure', 'foreign', ?, '')",
            (NOW.isoformat(), uid(7)),
        )
    old.close()

    outbox = Outbox(path, VAULT)
    [row] = outbox.waiting(10)
    keep(outbox, 2)

    assert (row.seq, row.op_id, row.copy, row.request.at) == (41, op_id, copy(1), NOW)
    assert [row.seq for row in outbox.waiting(10)] == [41, 42]
    assert [one.uid for one in outbox.reviews()] == [uid(7)]
    assert outbox.lying() == {copy(1), copy(2)}
    assert OWNER.encode() not in raw(tmp_path)
    outbox.close()


IN_CLEAR = """
CREATE TABLE dropped (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, op_id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
    item TEXT NOT NULL, uid TEXT NOT NULL, at TEXT NOT NULL, clock TEXT NOT NULL,
    lies INTEGER NOT NULL DEFAULT 1, outcome TEXT NOT NULL DEFAULT 'waiting',
    detail TEXT NOT NULL DEFAULT '');
CREATE INDEX dropped_waiting ON dropped (seq) WHERE outcome = 'waiting';
CREATE TABLE review (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, clock TEXT NOT NULL, doubt TEXT NOT NULL,
    uid TEXT NOT NULL DEFAULT '', owner TEXT NOT NULL DEFAULT '', item TEXT NOT NULL DEFAULT '');
"""
