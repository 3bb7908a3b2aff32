"""What was kept survives a kill -9, goes out again word for word, and holds nothing personal."""

import signal
import sqlite3
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

import kiosk
from circulation.api import CheckoutRequest, ReturnRequest, SightingRequest
from kiosk.journal import Journal, Kind, Outcome

ROOT = Path(kiosk.__file__).parent.parent
AT = datetime(2026, 9, 30, 12, 0, tzinfo=UTC)
RETURN = ReturnRequest(op_id=UUID(int=1), at=AT, owner="RU-10010033", item_id="A1")
SIGHTING = SightingRequest(op_id=UUID(int=2), at=AT, owner="RU-10010033", item_id="A1", armed=True)
CHECKOUT = CheckoutRequest(
    op_id=UUID(int=3), at=AT, patron_id="p-1", owner="RU-10010033", item_id="A2"
)

STORY = """
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from uuid import UUID
    from circulation.api import CheckoutRequest, ReturnRequest
    from kiosk.journal import Journal, Outcome

    def reached(point):
        print(point, flush=True)
        if point == sys.argv[2]:
            sys.stdin.readline()  # killed while it waits here

    journal = Journal(Path(sys.argv[1]))
    at = datetime(2026, 9, 30, 12, 0, tzinfo=UTC)
    book = dict(at=at, owner="RU-10010033")
    reached("opened")
    journal.keep(ReturnRequest(op_id=UUID(int=1), item_id="A1", **book))
    reached("return_kept")
    journal.keep(CheckoutRequest(op_id=UUID(int=3), patron_id="p-1", item_id="A2", **book))
    reached("checkout_kept")
    journal.settle(UUID(int=3), Outcome.DONE)
    reached("checkout_done")
    journal.settle(UUID(int=1), Outcome.DONE)
    reached("return_done")
"""


@pytest.fixture
def journal(tmp_path):
    opened = Journal(tmp_path / "kiosk.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("point", "pending", "unknown", "done"),
    [
        ("opened", [], [], []),
        ("return_kept", [UUID(int=1)], [], []),
        ("checkout_kept", [UUID(int=1)], [UUID(int=3)], []),
        ("checkout_done", [UUID(int=1)], [], [UUID(int=3)]),
        ("return_done", [], [], [UUID(int=1), UUID(int=3)]),
    ],
)
def test_power_cut_at_every_step_leaves_the_truth(tmp_path, point, pending, unknown, done):
    path = tmp_path / "kiosk.sqlite"
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(STORY), str(path), point],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        while child.stdout.readline().strip() != point:
            assert child.poll() is None
        child.send_signal(signal.SIGKILL)

    journal = Journal(path)

    assert [entry.op_id for entry in journal.pending_facts()] == pending
    assert [entry.op_id for entry in journal.with_outcome(Outcome.UNKNOWN)] == unknown
    assert [entry.op_id for entry in journal.with_outcome(Outcome.DONE)] == done
    journal.close()
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_facts_wait_through_a_restart_in_their_order_and_word_for_word(tmp_path):
    first = Journal(tmp_path / "kiosk.sqlite")
    first.keep(RETURN)
    first.keep(SIGHTING)
    first.close()

    second = Journal(tmp_path / "kiosk.sqlite")

    waiting = second.pending_facts()
    assert [entry.kind for entry in waiting] == [Kind.RETURN, Kind.SIGHTING]
    assert ReturnRequest.model_validate_json(waiting[0].body) == RETURN
    second.close()


def test_settled_fact_is_not_sent_again(journal):
    journal.keep(RETURN)

    journal.settle(RETURN.op_id, Outcome.DONE)

    assert journal.pending_facts() == ()


def test_wish_is_no_fact_and_never_waits_to_be_sent(journal):
    journal.keep(CHECKOUT)

    assert journal.pending_facts() == ()


def test_same_operation_is_not_kept_twice(journal):
    journal.keep(RETURN)

    with pytest.raises(sqlite3.IntegrityError):
        journal.keep(RETURN)

    assert len(journal.pending_facts()) == 1


def test_file_is_durable_and_holds_ids_only(journal, tmp_path):
    journal.keep(CHECKOUT)

    with sqlite3.connect(tmp_path / "kiosk.sqlite") as database:
        mode = database.execute("PRAGMA journal_mode").fetchone()
        body = database.execute("SELECT body FROM operation").fetchone()[0]
    database.close()
    assert mode == ("wal",)
    assert set(CheckoutRequest.model_validate_json(body).model_dump(exclude_none=True)) == {
        "op_id",
        "at",
        "patron_id",
        "owner",
        "item_id",
    }
