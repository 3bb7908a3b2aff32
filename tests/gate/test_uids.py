"""The packed set of UIDs is a set: whatever goes in is found again, in a fraction of the memory."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from gate.uids import Uids

ISO, EPC = st.integers(0, 2**64 - 1), st.integers(0, 2**96 - 1)
UIDS = st.frozensets(ISO.map("{:016X}".format) | EPC.map("{:024X}".format), max_size=30)


@given(UIDS, UIDS)
def test_it_holds_what_a_set_of_words_holds(listed: frozenset[str], asked: frozenset[str]) -> None:
    packed = Uids(listed)

    assert packed == listed
    assert len(packed) == len(listed)
    assert {uid for uid in asked if uid in packed} == listed & asked


@given(UIDS, UIDS, UIDS)
def test_a_change_takes_away_first_and_adds_then(
    listed: frozenset[str], removed: frozenset[str], added: frozenset[str]
) -> None:
    before = Uids(listed)

    after = before.changed(removed=removed, added=added)

    assert after == (listed - removed) | added
    assert before == listed


@given(st.lists(ISO.map("{:016X}".format), max_size=30))
def test_order_and_repetition_make_no_difference(uids: list[str]) -> None:
    assert Uids(uids) == Uids(reversed(uids)) == frozenset(uids)
    assert list(Uids(uids)) == sorted(set(uids))


def test_what_is_no_uid_is_in_no_set() -> None:
    packed = Uids(["E004010000000001"])

    assert "" not in packed
    assert "no hex" not in packed
    assert 17 not in packed
    assert not Uids()


def test_twenty_thousand_need_little_more_than_their_bytes() -> None:
    tracemalloc.start()

    packed = Uids(f"E00402{n:010X}" for n in range(20_000))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(packed) == 20_000
    assert peak < 600_000
