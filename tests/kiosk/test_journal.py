"""What was kept survives a kill -9, goes out again word for word, and nobody else can read it."""

import signal
import sqlite3
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

import kiosk
from circulation.api import CheckoutRequest, ReturnRequest, SightingRequest
from circulation.messages import Clock
from kiosk.journal import KEEP_DAYS, Journal, Kind, Outcome
from kiosk.vault import BadSeal, Vault

VAULT = Vault("s3cret")
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
    from kiosk.vault import Vault

    def reached(point):
        print(point, flush=True)
        if point == sys.argv[2]:
            sys.stdin.readline()  # killed while it waits here

    journal = Journal(Path(sys.argv[1]), Vault("s3cret"))
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
    opened = Journal(tmp_path / "kiosk.sqlite", VAULT)
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

    journal = Journal(path, VAULT)

    assert [entry.op_id for entry in journal.pending_facts()] == pending
    assert [entry.op_id for entry in journal.with_outcome(Outcome.UNKNOWN)] == unknown
    assert [entry.op_id for entry in journal.with_outcome(Outcome.DONE)] == done
    journal.close()
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_facts_wait_through_a_restart_in_their_order_and_word_for_word(tmp_path):
    first = Journal(tmp_path / "kiosk.sqlite", VAULT)
    first.keep(RETURN)
    first.keep(SIGHTING)
    first.close()

    second = Journal(tmp_path / "kiosk.sqlite", VAULT)

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


def raw(folder: Path) -> bytes:
    """Every byte that lies on the disk."""
    return b"".join(file.read_bytes() for file in folder.glob("kiosk.sqlite*"))


def test_file_is_durable_and_nothing_in_it_can_be_read(journal, tmp_path):
    journal.keep(CHECKOUT, alone=True)
    journal.settle(CHECKOUT.op_id, Outcome.DONE)

    with sqlite3.connect(tmp_path / "kiosk.sqlite") as database:
        mode = database.execute("PRAGMA journal_mode").fetchone()
    database.close()
    assert mode == ("wal",)
    assert str(CHECKOUT.op_id).encode() in raw(tmp_path)  # it is there
    for secret in (b"p-1", b"A2", b"RU-10010033", b"patron"):
        assert secret not in raw(tmp_path)


def test_what_was_decided_alone_is_a_fact_through_a_restart(tmp_path):
    first = Journal(tmp_path / "kiosk.sqlite", VAULT)
    first.keep(CHECKOUT, alone=True, clock=Clock.UNSURE)
    first.close()

    second = Journal(tmp_path / "kiosk.sqlite", VAULT)

    [entry] = second.pending_facts()
    assert (entry.request, entry.alone, entry.clock) == (CHECKOUT, True, Clock.UNSURE)
    second.close()


def test_wish_without_an_answer_can_become_a_fact_with_its_own_id(journal):
    journal.keep(CHECKOUT)
    journal.settle(CHECKOUT.op_id, Outcome.UNKNOWN)

    journal.become_facts((CHECKOUT.op_id,), Clock.SURE)

    assert [(entry.op_id, entry.alone) for entry in journal.pending_facts()] == [
        (CHECKOUT.op_id, True)
    ]


def test_since_a_number_are_all_facts_that_wait_and_what_was_settled_after_it(journal):
    journal.keep(SIGHTING)
    journal.settle(SIGHTING.op_id, Outcome.DONE)
    asked_at = journal.settled()
    journal.keep(RETURN)
    journal.keep(CHECKOUT)
    journal.settle(CHECKOUT.op_id, Outcome.DONE)

    assert [entry.op_id for entry in journal.since(asked_at)] == [RETURN.op_id, CHECKOUT.op_id]
    assert len(journal.since(0)) == 3


def test_refused_id_and_the_fact_in_its_place_change_together(journal):
    journal.keep(RETURN, alone=True)
    other = RETURN.model_copy(update={"op_id": UUID(int=9)})

    journal.keep(other, alone=True, in_place_of=RETURN.op_id)

    assert [(entry.op_id, entry.again) for entry in journal.pending_facts()] == [
        (UUID(int=9), True)
    ]
    assert [entry.op_id for entry in journal.with_outcome(Outcome.REFUSED)] == [RETURN.op_id]


def test_new_token_opens_what_the_earlier_one_sealed_and_seals_it_anew(tmp_path):
    path = tmp_path / "kiosk.sqlite"
    before = Journal(path, VAULT)
    before.keep(RETURN)
    before.close()

    between = Journal(path, Vault("new", "s3cret"))
    between.close()
    after = Journal(path, Vault("new"))

    assert [entry.request for entry in after.pending_facts()] == [RETURN]
    after.close()
    with pytest.raises(BadSeal, match="another device token"):
        Journal(path, VAULT)


def test_history_under_a_lost_token_is_dropped_and_the_kiosk_starts(tmp_path):
    before = Journal(tmp_path / "kiosk.sqlite", VAULT)
    before.keep(RETURN)
    before.settle(RETURN.op_id, Outcome.DONE)
    before.keep(CHECKOUT)  # a wish that nobody was told of
    before.close()

    after = Journal(tmp_path / "kiosk.sqlite", Vault("new"))

    assert [after.with_outcome(outcome) for outcome in Outcome] == [()] * len(Outcome)
    after.close()


def test_journal_in_clear_is_taken_over_and_wiped(tmp_path):
    path = tmp_path / "kiosk.sqlite"
    with sqlite3.connect(path) as old:
        old.execute("PRAGMA journal_mode = WAL")
        old.executescript(IN_CLEAR)
        old.execute(
            "INSERT INTO operation (seq, op_id, kind, owner, item, body, outcome, kept_at)"
            " VALUES (41, ?, 'return', 'RU-10010033', 'A1', ?, 'pending', ?)",
            (str(RETURN.op_id), RETURN.model_dump_json(), AT.isoformat()),
        )
    old.close()

    journal = Journal(path, VAULT)

    assert [(entry.seq, entry.request) for entry in journal.pending_facts()] == [(41, RETURN)]
    assert journal.keep(SIGHTING).seq == 42
    assert b"RU-10010033" not in raw(tmp_path)
    journal.close()


IN_CLEAR = """
CREATE TABLE operation (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, op_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    owner TEXT NOT NULL, item TEXT NOT NULL, body TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT 'pending', reasons TEXT NOT NULL DEFAULT '',
    kept_at TEXT NOT NULL, settled_at TEXT
);
CREATE INDEX operation_pending ON operation (seq) WHERE outcome = 'pending';
"""


def test_what_is_over_for_a_month_goes_and_what_must_be_heard_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "kiosk.sqlite", Vault("s3cret"))
    journal.keep(CHECKOUT)
    journal.settle(CHECKOUT.op_id, Outcome.DONE)
    journal.keep(RETURN)

    journal.drop_old(datetime.now(UTC) + timedelta(days=KEEP_DAYS - 1))
    before = journal.with_outcome(Outcome.DONE)
    journal.drop_old(datetime.now(UTC) + timedelta(days=KEEP_DAYS + 1))

    assert len(before) == 1
    assert journal.with_outcome(Outcome.DONE) == ()
    assert [entry.op_id for entry in journal.pending_facts()] == [RETURN.op_id]
    journal.close()


def test_what_is_over_is_kept_on_the_disk_and_not_in_memory(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "kiosk.sqlite", Vault("s3cret"))
    journal.keep(RETURN)
    before = journal.pending_facts()

    journal.settle(RETURN.op_id, Outcome.DONE)

    assert len(before) == 1
    assert journal._entries == {}
    assert [entry.request for entry in journal.since(0)] == [RETURN]
    journal.close()
