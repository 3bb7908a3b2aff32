"""A local list stays right whatever the broker drops, repeats or reorders."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circulation.messages import ListDelta, PendingList
from gate.local_list import LocalList, Outcome, take
from gate.uids import Uids

START = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
A, B, C = "E004010000000001", "E004010000000002", "E004010000000003"


def at(version: int) -> datetime:
    return START + timedelta(seconds=version)


def whole(version: int, *uids: str, part: int = 1, parts: int = 1) -> PendingList:
    return PendingList(version=version, at=at(version), part=part, parts=parts, uids=uids)


def change(after: int, version: int, added: str = "", removed: str = "") -> ListDelta:
    return ListDelta(
        after=after,
        version=version,
        at=at(version),
        added=(added,) if added else (),
        removed=(removed,) if removed else (),
    )


def held(version: int, *uids: str) -> LocalList:
    return LocalList(version, at(version), Uids(uids))


def test_a_whole_list_and_a_change_make_the_newest_list() -> None:
    first, how_first = take(LocalList(), whole(5, A, B))
    second, how_second = take(first, change(5, 8, added=C, removed=A))

    assert (how_first, how_second) == (Outcome.CHANGED, Outcome.CHANGED)
    assert second == held(8, B, C)


def test_a_change_to_a_version_that_is_not_held_is_a_gap_and_changes_nothing() -> None:
    same, outcome = take(held(5, A), change(6, 8, added=C))

    assert outcome is Outcome.GAP
    assert same == held(5, A)


@pytest.mark.parametrize("late", [whole(4, B), change(3, 4, added=B)])
def test_what_the_broker_kept_for_too_long_is_ignored(late: PendingList | ListDelta) -> None:
    same, outcome = take(held(5, A), late)

    assert outcome is Outcome.OLD
    assert same == held(5, A)


def test_an_empty_change_says_that_the_list_is_still_good() -> None:
    vouched = ListDelta(after=5, version=5, at=at(90))

    same, outcome = take(held(5, A), vouched)

    assert outcome is Outcome.CONFIRMED
    assert same == LocalList(5, at(90), Uids({A}))


def test_a_list_in_parts_counts_when_all_are_there_in_any_order() -> None:
    half, waiting = take(held(5, A), whole(9, C, part=2, parts=2))
    full, changed = take(half, whole(9, B, part=1, parts=2))

    assert (waiting, changed) == (Outcome.WAITING, Outcome.CHANGED)
    assert half.uids == {A}, "until then the old list is good"
    assert full == held(9, B, C)


def test_parts_of_two_versions_do_not_mix() -> None:
    half, _ = take(LocalList(), whole(8, A, part=1, parts=2))

    other, outcome = take(half, whole(9, B, part=2, parts=2))

    assert outcome is Outcome.WAITING
    assert set(other.parts) == {2}


def test_a_controller_restored_from_a_backup_is_believed_though_it_counts_from_less() -> None:
    restored = PendingList(version=3, at=at(1_000), uids=(C,))

    now, outcome = take(held(50, A), restored)

    assert outcome is Outcome.CHANGED
    assert now == LocalList(3, at(1_000), Uids({C}))


@given(st.data())
def test_a_gate_that_asks_after_a_gap_ends_with_the_truth(data: st.DataObject) -> None:
    """The controller's side is played by hand: changes get lost, repeated and late."""
    truth, version, said = frozenset[str](), 0, [whole(0)]
    gate, _ = take(LocalList(), said[0])
    for _ in range(data.draw(st.integers(1, 12))):
        uid = data.draw(st.sampled_from([A, B, C]))
        is_on = uid in truth
        said.append(
            change(version, version + 1, removed=uid if is_on else "", added="" if is_on else uid)
        )
        truth, version = truth ^ {uid}, version + 1
        for heard in data.draw(st.lists(st.sampled_from(said), max_size=4)):
            gate, outcome = take(gate, heard)
            if outcome is Outcome.GAP and data.draw(st.booleans()):
                gate, _ = take(gate, whole(version, *sorted(truth)))

    gate, _ = take(gate, whole(version, *sorted(truth)))

    assert (gate.version, gate.uids) == (version, truth)
