"""The snapshot on the kiosk's disk: verified, sealed, in pieces, never a reason not to start."""

import sqlite3
from datetime import timedelta

import pytest

from circulation.snapshot import BadSnapshot, Digests, ask
from kiosk.snapshots import SnapshotStore
from kiosk.vault import Vault
from tests.kiosk.conftest import CARD, OWNER
from tests.kiosk.snapshot_maker import AT, KNOWN_AS, TOKEN, sections, signed

FIRST = sections({"item_id": "A1", "state": "on_loan", "holder": "p-1"})
SECOND = sections({"item_id": "A2", "state": "lost"}, blocked=True)
LATER = AT + timedelta(hours=1)


@pytest.fixture
def open_store(tmp_path):
    opened = []

    def open_it(token=TOKEN):
        store = SnapshotStore(tmp_path / "snapshot.sqlite", Vault(token), KNOWN_AS)
        store.load()
        opened.append(store)
        return store

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store):
    return open_store()


def test_first_question_is_for_everything_and_the_answer_is_there_after_a_restart(open_store):
    store = open_store()
    assert (store.question(), store.held) == (Digests(), None)
    store.take(signed(FIRST), settled=7)
    store.close()

    again = open_store()

    assert (again.held.sections, again.held.at, again.held.settled) == (FIRST, AT, 7)
    assert again.question() == ask(FIRST)


def test_change_is_put_on_what_is_here_and_only_its_pieces_are_written(store, tmp_path):
    store.take(signed(FIRST), settled=1)
    before = pieces(tmp_path)

    store.take(signed(SECOND, store.question(), at=LATER), settled=2)

    assert store.held.sections == SECOND
    after = pieces(tmp_path)
    written = {name for name in after if after[name] != before.get(name)}
    assert {name.split("/")[0] for name in written} == {"head", "cards", "copies"}
    assert len(written) <= 4


def test_same_again_only_moves_its_time(store, tmp_path):
    store.take(signed(FIRST), settled=1)
    before = pieces(tmp_path)

    store.take(signed(FIRST, store.question(), at=LATER), settled=2)

    after = pieces(tmp_path)
    assert {name for name in after if after[name] != before[name]} == {"head"}
    assert (store.held.at, store.held.settled) == (LATER, 2)


@pytest.mark.parametrize(
    "answer",
    [
        signed(SECOND, token="another kiosk's", at=LATER),
        signed(SECOND, ask(SECOND), at=LATER),
        signed(SECOND, at=AT - timedelta(seconds=1)),
        signed(SECOND, at=LATER).model_copy(update={"signature": "0" * 64}),
    ],
    ids=["for another kiosk", "on another ground", "older", "forged"],
)
def test_what_does_not_fit_changes_nothing(store, answer):
    store.take(signed(FIRST), settled=1)

    with pytest.raises(BadSnapshot):
        store.take(answer, settled=2)

    assert store.held.sections == FIRST


def test_nothing_in_the_file_can_be_read(store, tmp_path):
    store.take(signed(FIRST), settled=1)

    raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    for secret in (CARD.encode(), b"p-1", b"on_loan", b"patron_id", OWNER.encode()):
        assert secret not in raw


@pytest.mark.parametrize("damage", ["another secret", "a piece is gone", "not a database"])
def test_file_that_cannot_be_used_is_begun_anew(open_store, tmp_path, damage):
    store = open_store()
    store.take(signed(FIRST), settled=1)
    store.close()
    file = tmp_path / "snapshot.sqlite"
    match damage:
        case "a piece is gone":
            with sqlite3.connect(file) as db:
                db.execute("DELETE FROM piece WHERE name LIKE 'copies/%'")
            db.close()
        case "not a database":
            file.write_bytes(b"\xff" * 5000)

    again = open_store("new token" if damage == "another secret" else TOKEN)

    assert again.held is None
    again.take(signed(SECOND), settled=2)
    assert again.held.sections == SECOND


def pieces(folder):
    with sqlite3.connect(folder / "snapshot.sqlite") as db:
        found = dict(db.execute("SELECT name, sealed FROM piece"))
    db.close()
    return found
