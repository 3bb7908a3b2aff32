"""What the drop keeps: once for an operation, through restarts, until the ledger has it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from circulation.messages import Clock
from kiosk.drop.effects import Doubt
from kiosk.drop.outbox import KEEP_DAYS, Outbox, Outcome, open_outbox
from tests.kiosk.drop.conftest import copy, uid

NOW = datetime.now(UTC)


@pytest.fixture
def outbox(tmp_path: Path):
    made = Outbox(tmp_path / "state" / "outbox.db")
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
    assert (row.at, row.clock) == (NOW, Clock.SURE)


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

    after = Outbox(tmp_path / "state" / "outbox.db")
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

    after = Outbox(tmp_path / "state" / "outbox.db")
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
    Outbox(path).close()
    damage(path)

    outbox = open_outbox(path)
    keep(outbox, 1)
    [row] = outbox.waiting(10)
    outbox.close()

    assert row.seq > 1_000_000_000
    assert len(list(tmp_path.glob("outbox.db.damaged-*"))) == 1
