"""The gate keeps the lists its aisles need, asks for what is missing and knows their age."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from circulation.messages import ListDelta, ListKind, ListQuestion, PendingList
from gate.keeper import Draft, Keeper
from gate.lists import Lists

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
BOOK = "E004010000000001"
LOANS, OURS = ListKind.ARMED_LOANS, ListKind.OURS
Handed = list[tuple[frozenset[str], ListKind]]


def nothing_was_dropped() -> Draft:
    raise AssertionError


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    made = Keeper(tmp_path / "outbox.db", max_bytes=1_000_000, tell_dropped=nothing_was_dropped)
    yield made
    made.close()


@pytest.fixture
def handed() -> Handed:
    return []


def lists(keeper: Keeper, handed: Handed, *kinds: ListKind) -> Lists:
    made = Lists(kinds, keeper, lambda uids, kind: handed.append((uids, kind)))
    made.load()
    return made


def test_a_list_goes_to_the_loop_and_is_there_again_after_a_restart(
    keeper: Keeper, handed: Handed
) -> None:
    lists(keeper, handed, LOANS).take(PendingList(version=4, at=NOW, uids=(BOOK,)))
    again: Handed = []

    restarted = lists(keeper, again, LOANS)

    assert handed == again == [(frozenset({BOOK}), LOANS)]
    assert (restarted.version, restarted.vouched_at) == (4, NOW)


def test_it_asks_for_every_kind_at_once_and_then_rests(keeper: Keeper, handed: Handed) -> None:
    held = lists(keeper, handed, LOANS, OURS)

    first, second = held.questions(), held.questions()
    held.ask_now()

    assert first == [ListQuestion(have=None, kind=LOANS), ListQuestion(have=None, kind=OURS)]
    assert second == []
    assert held.questions() == first


def test_a_kind_that_no_aisle_needs_is_not_kept(keeper: Keeper, handed: Handed) -> None:
    lists(keeper, handed, LOANS).take(PendingList(version=4, at=NOW, kind=OURS, uids=(BOOK,)))

    assert handed == []


def test_a_missed_change_is_asked_for_again(
    keeper: Keeper, handed: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = lists(keeper, handed, LOANS)
    held.take(PendingList(version=4, at=NOW, uids=()))
    held.questions()

    held.take(ListDelta(after=5, version=6, at=NOW, added=(BOOK,)))
    now = time.monotonic()
    monkeypatch.setattr("gate.lists.time.monotonic", lambda: now + 6)

    assert held.questions() == [ListQuestion(have=4, kind=LOANS)]
    assert handed == [(frozenset(), LOANS)]


def test_the_age_is_that_of_the_oldest_list_and_grows_until_somebody_vouches(
    keeper: Keeper, handed: Handed
) -> None:
    held = lists(keeper, handed, LOANS, OURS)
    held.take(PendingList(version=4, at=NOW, uids=()))
    incomplete = (held.version, held.vouched_at)
    later = NOW + timedelta(minutes=5)
    held.take(PendingList(version=3, at=later, kind=OURS, uids=(BOOK,)))
    both = (held.version, held.vouched_at)

    held.take(ListDelta(after=4, version=4, at=later))

    assert incomplete == (None, None)
    assert both == (3, NOW)
    assert held.vouched_at == later
