"""A kiosk's snapshot: signed for it alone, no names or cards in it, small when little changed."""

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx2
import pytest

from circulation.api import CHECKOUTS
from circulation.desk import HOLDS, HOLDS_SHELVE
from circulation.ids import CardUid
from circulation.offline import SNAPSHOT
from circulation.policy import Policy
from circulation.policy_part import policy_of
from circulation.snapshot import (
    BadSnapshot,
    Sections,
    SignedSnapshot,
    Snapshot,
    ask,
    card_hash,
    check_sum,
    completed,
    in_pieces,
    open_signed,
    piece_digest,
    signing_key,
)
from controller.devices.tokens import hash_token
from tests.controller.conftest import (
    ANNA,
    ANNAS_CARD,
    BORIS,
    BORISS_CARD,
    DICTIONARY,
    LOST_CARD,
    MTSYRI,
    Body,
    Running,
)

NOTHING = Sections()
Fetch = Callable[..., SignedSnapshot]


@pytest.fixture
def fetch(kiosk: httpx2.Client) -> Fetch:
    def post(**digests: object) -> SignedSnapshot:
        answer = kiosk.post(SNAPSHOT, json=digests)
        assert answer.status_code == 200, answer.text
        return SignedSnapshot.model_validate(answer.json())

    return post


@pytest.fixture
def key(running: Running) -> bytes:
    return signing_key(hash_token(running.kiosk_token))


def open_snapshot(signed: SignedSnapshot, key: bytes, known: Sections) -> tuple[Snapshot, Sections]:
    """The snapshot and the whole of its sections, checked, for who has `known` from before."""
    snapshot = open_signed(signed, key)
    whole = completed(snapshot, known)
    check_sum(snapshot, {name: piece_digest(text) for name, text in in_pieces(whole).items()})
    return snapshot, whole


def test_whole_snapshot_says_who_may_borrow_and_what_may_not_be_lent(
    running: Running, kiosk: httpx2.Client, body: Body, fetch: Fetch, key: bytes
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    _, whole = open_snapshot(fetch(), key, NOTHING)

    token = hash_token(running.kiosk_token)
    cards = whole.cards or {}
    annas = cards[card_hash(token, CardUid(ANNAS_CARD))]
    assert (annas.patron_id, annas.counted_loans, annas.age_years) == (ANNA, 1, 13)
    assert cards[card_hash(token, CardUid(LOST_CARD))].card_blocked
    copies = {copy.item_id: copy for copy in whole.copies or ()}
    assert (copies[MTSYRI].state, copies[MTSYRI].holder) == ("on_loan", ANNA)
    assert (copies[MTSYRI].due, copies[MTSYRI].renewals) == (date(2026, 10, 28), 0)
    assert copies[DICTIONARY].reading_room_only
    assert "C-1" not in copies  # what can simply be lent is not listed


def test_copies_of_a_title_that_is_waited_for_say_who_waits_and_what_else_is_free(
    running: Running, kiosk: httpx2.Client, body: Body, fetch: Fetch, key: bytes
) -> None:
    request = body()
    for item in ("C-1", "C-2"):
        kiosk.post(CHECKOUTS, json=body(patron_id=BORIS, item_id=item))
    common = {"at": request["at"], "title_id": 1}
    answer = kiosk.post(HOLDS, json=common | {"op_id": request["op_id"], "patron_id": ANNA})
    assert answer.status_code == 200

    _, whole = open_snapshot(fetch(), key, NOTHING)

    copies = {copy.item_id: copy for copy in whole.copies or ()}
    assert (copies["C-1"].waiting, copies["C-1"].free_besides) == ((ANNA,), 7)  # C-0, C-3..7, Мцыри
    assert (copies["C-3"].waiting, copies["C-3"].free_besides) == ((ANNA,), 6)
    assert copies["R-0001"].waiting == ()


def test_policy_of_a_snapshot_is_the_policy_of_the_controller(
    running: Running, fetch: Fetch, key: bytes
) -> None:
    _, whole = open_snapshot(fetch(), key, NOTHING)

    assert whole.policy is not None
    assert policy_of(whole.policy) == Policy()


def test_held_copy_is_named_with_its_patron(
    kiosk: httpx2.Client, station: httpx2.Client, body: Body, fetch: Fetch, key: bytes
) -> None:
    request = body()
    common = {"op_id": request["op_id"], "at": request["at"]}
    kiosk.post(HOLDS, json=common | {"patron_id": ANNA, "title_id": 1})
    station.post(HOLDS_SHELVE, json=body())

    _, whole = open_snapshot(fetch(), key, NOTHING)

    assert [(copy.item_id, copy.patron_id) for copy in whole.holds or ()] == [(MTSYRI, ANNA)]


def test_only_what_changed_is_sent_and_the_rest_is_kept(
    kiosk: httpx2.Client, body: Body, fetch: Fetch, key: bytes
) -> None:
    first, known = open_snapshot(fetch(), key, NOTHING)
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    signed = fetch(**first.digests.model_dump())
    second, whole = open_snapshot(signed, key, known)

    assert (second.sections.policy, second.sections.holds) == (None, None)
    assert second.sections.copies is not None
    assert whole == open_snapshot(fetch(), key, NOTHING)[1]
    assert second.seq > first.seq


def test_change_cannot_be_put_on_what_the_kiosk_never_had(
    kiosk: httpx2.Client, body: Body, fetch: Fetch, key: bytes
) -> None:
    first, _ = open_snapshot(fetch(), key, NOTHING)

    with pytest.raises(BadSnapshot, match="whole snapshot"):
        open_snapshot(fetch(**first.digests.model_dump()), key, NOTHING)


def test_snapshot_of_another_device_or_changed_on_the_way_is_refused(
    tokens: dict[str, str], fetch: Fetch, key: bytes
) -> None:
    signed = fetch()
    changed = signed.model_copy(update={"snapshot": signed.snapshot.replace("5", "6", 1)})

    for bad, with_key in ((changed, key), (signed, signing_key(hash_token(tokens["kiosk-2"])))):
        with pytest.raises(BadSnapshot, match="signature"):
            open_snapshot(bad, with_key, NOTHING)


@pytest.mark.parametrize("personal", [ANNAS_CARD, BORISS_CARD, LOST_CARD, "Петрова", "Анна", "7Б"])
def test_nothing_personal_is_in_a_snapshot(fetch: Fetch, personal: str) -> None:
    assert personal not in fetch().snapshot


def test_stranger_gets_none(running: Running) -> None:
    answer: Any = httpx2.post(running.url + SNAPSHOT, json={})

    assert answer.status_code == 401


def test_snapshot_is_dated_and_for_one_device(running: Running, fetch: Fetch) -> None:
    snapshot = Snapshot.model_validate_json(fetch().snapshot)

    assert (snapshot.device, snapshot.at) == ("kiosk-1", running.clock())


@pytest.fixture
def textbooks(running: Running) -> int:
    """The first of September is over: 2,000 copies are out."""
    running.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
        " INSERT INTO item (owner, item_id, title_id, place, condition, parts, state, security,"
        " reading_room_only) SELECT 'RU-10010033', 'U-' || i, 1, '', '', 1, 'on_loan', 'disarmed',"
        " false FROM n"
    )
    return 2000


def test_an_old_snapshot_costs_what_has_changed_and_not_the_whole(
    running: Running,
    kiosk: httpx2.Client,
    body: Body,
    fetch: Fetch,
    key: bytes,
    textbooks: int,
) -> None:
    full = fetch()
    _, known = open_snapshot(full, key, NOTHING)
    running.clock.move(days=300)
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.change("UPDATE item SET state = 'in_stock' WHERE item_id IN ('U-7', 'U-1999')")
    running.change("DELETE FROM card WHERE uid = :uid", uid=BORISS_CARD)

    signed = fetch(**ask(known).model_dump())
    second, whole = open_snapshot(signed, key, known)

    assert len(known.copies or ()) > textbooks
    assert (second.sections.cards, second.sections.copies) == (None, None)
    assert whole == open_snapshot(fetch(), key, NOTHING)[1]
    assert len(signed.snapshot) * 20 < len(full.snapshot)
    assert len(ask(known).model_dump_json()) * 10 < len(full.snapshot)


def test_nothing_changed_sends_no_row(fetch: Fetch, key: bytes) -> None:
    _, known = open_snapshot(fetch(), key, NOTHING)

    second, whole = open_snapshot(fetch(**ask(known).model_dump()), key, known)

    assert (second.sections, second.patches.cards, second.patches.copies) == (NOTHING, None, None)
    assert whole == known


def test_rows_on_another_ground_than_asked_for_are_refused(
    kiosk: httpx2.Client, body: Body, fetch: Fetch, key: bytes
) -> None:
    _, known = open_snapshot(fetch(), key, NOTHING)
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    other = known.model_copy(update={"copies": ()})

    with pytest.raises(BadSnapshot, match="whole snapshot"):
        open_snapshot(fetch(**ask(known).model_dump()), key, other)
