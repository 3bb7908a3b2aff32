"""A tag becomes a copy's: what is bound, what is asked first, what is undone."""

from uuid import uuid4

import httpx2
import pytest

from circulation.encoding import (
    ENCODING_CHECK,
    ENCODING_FIND,
    ENCODING_TAGS,
    ENCODING_UNDO,
    CopiesFound,
    TagHolder,
)
from circulation.reasons import Reason
from tests.controller.conftest import DICTIONARY, GOGOL, ISIL, MTSYRI, MTSYRI_TAG, Body, Running
from tests.controller.encoding.conftest import TAG_A, TAG_B, TAG_C, Tell


def tag_of(running: Running, item: str = GOGOL) -> str | None:
    return running.scalar("SELECT tag_uid FROM item WHERE item_id = :item", item=item)


def reasons(answer: httpx2.Response) -> list[str]:
    return answer.json()["reasons"]


def test_a_verified_tag_is_the_copys_and_stands_in_the_log(running: Running, tell: Tell) -> None:
    answer = tell()

    assert answer.status_code == 200
    assert answer.json()["copy_of"]["tag_uid"] == TAG_A == tag_of(running)
    assert running.rows("SELECT staff, item_id, part, uid, result FROM tag_log") == [
        ("olga", GOGOL, 1, TAG_A, "written")
    ]


@pytest.mark.parametrize("result", ["lifted", "failed", "refused"])
def test_what_was_not_verified_is_logged_and_binds_nothing(
    running: Running, tell: Tell, result: str
) -> None:
    assert tell(result=result).status_code == 200

    assert tag_of(running) is None
    assert running.rows("SELECT result FROM tag_log") == [(result,)]


def test_told_twice_it_is_written_once(running: Running, tell: Tell) -> None:
    op_id = str(uuid4())

    assert tell(op_id=op_id).text == tell(op_id=op_id).text

    assert running.scalar("SELECT count(*) FROM tag_log") == 1


def test_the_tag_of_another_copy_moves_only_when_asked_to(running: Running, tell: Tell) -> None:
    refused = tell(uid=MTSYRI_TAG)
    assert (refused.status_code, reasons(refused)) == (409, [Reason.TAG_OF_OTHER_COPY])
    assert tag_of(running) is None

    assert tell(uid=MTSYRI_TAG, moves=True).status_code == 200

    assert (tag_of(running), tag_of(running, MTSYRI)) == (MTSYRI_TAG, None)


def test_the_tag_of_a_book_on_loan_moves_nowhere(running: Running, tell: Tell) -> None:
    running.change("UPDATE item SET state = 'on_loan' WHERE item_id = :item", item=MTSYRI)

    refused = tell(uid=MTSYRI_TAG, moves=True)

    assert reasons(refused) == [Reason.ON_LOAN_TO_OTHER]
    assert tag_of(running, MTSYRI) == MTSYRI_TAG


def test_a_copy_gets_a_second_tag_only_when_asked_to(running: Running, tell: Tell) -> None:
    tell(uid=TAG_A)

    assert reasons(tell(uid=TAG_B)) == [Reason.COPY_HAS_TAG]
    assert tell(uid=TAG_B, replaces=True).status_code == 200
    assert tag_of(running) == TAG_B


def test_a_set_is_tagged_part_by_part(running: Running, tell: Tell, station: httpx2.Client) -> None:
    running.change("UPDATE item SET parts = 3 WHERE item_id = :item", item=GOGOL)
    for part, uid in ((2, TAG_B), (1, TAG_A), (3, TAG_C)):
        assert tell(part=part, uid=uid).status_code == 200

    copy = station.post(ENCODING_FIND, json={"number": GOGOL}).json()["copies"][0]
    assert sorted(copy["tagged"]) == [1, 2, 3]
    assert tag_of(running) == TAG_A
    found = TagHolder.model_validate_json(station.post(ENCODING_CHECK, json={"uid": TAG_C}).content)
    assert found.copy_of is not None
    assert (found.copy_of.item_id, found.part) == (GOGOL, 3)


def test_a_part_that_does_not_exist_is_refused(running: Running, tell: Tell) -> None:
    answer = tell(part=2)

    assert (answer.status_code, reasons(answer)) == (409, [Reason.PART_UNKNOWN])
    assert running.scalar("SELECT count(*) FROM tag_log") == 0


def test_an_unknown_copy_and_a_withdrawn_one_get_no_tag(running: Running, tell: Tell) -> None:
    assert tell(item_id="nobody").status_code == 404
    running.change("UPDATE item SET state = 'withdrawn' WHERE item_id = :item", item=GOGOL)

    assert reasons(tell()) == [Reason.NOT_LENDABLE]


def test_undone_everything_is_as_before(
    running: Running, tell: Tell, station: httpx2.Client, body: Body
) -> None:
    tell(uid=TAG_A)
    op_id = str(uuid4())
    tell(uid=MTSYRI_TAG, moves=True, replaces=True, op_id=op_id)
    undo = {key: value for key, value in body().items() if key in ("op_id", "at")}

    answer = station.post(ENCODING_UNDO, json=undo | {"undoes": op_id})

    assert answer.status_code == 200
    assert (tag_of(running), tag_of(running, MTSYRI)) == (TAG_A, MTSYRI_TAG)
    again = undo | {"undoes": op_id, "op_id": str(uuid4())}
    assert reasons(station.post(ENCODING_UNDO, json=again)) == [Reason.NOTHING_TO_UNDO]


def test_what_somebody_wrote_over_cannot_be_undone(
    running: Running, tell: Tell, station: httpx2.Client, body: Body
) -> None:
    op_id = str(uuid4())
    tell(op_id=op_id)
    tell(uid=TAG_B, replaces=True)
    undo = {key: value for key, value in body().items() if key in ("op_id", "at")}

    answer = station.post(ENCODING_UNDO, json=undo | {"undoes": op_id})

    assert reasons(answer) == [Reason.NOTHING_TO_UNDO]
    assert tag_of(running) == TAG_B


def test_a_number_that_two_copies_have_finds_both(running: Running, station: httpx2.Client) -> None:
    running.change(
        "UPDATE item SET inventory_no = :number WHERE item_id = :item",
        number=GOGOL,
        item=DICTIONARY,
    )

    answer = station.post(ENCODING_FIND, json={"number": f" {GOGOL} "})

    found = CopiesFound.model_validate_json(answer.content)
    assert [copy.item_id for copy in found.copies] == [GOGOL, DICTIONARY]


def test_what_the_station_armed_the_ledger_knows_as_armed(running: Running, tell: Tell) -> None:
    running.change("UPDATE item SET security = 'arm_due' WHERE item_id = :item", item=GOGOL)

    tell(armed=True)

    assert running.scalar("SELECT security FROM item WHERE item_id = :i", i=GOGOL) == "armed"


def test_nobody_writes_without_a_name(
    running: Running, station: httpx2.Client, kiosk: httpx2.Client, body: Body
) -> None:
    said = body(owner=ISIL, item_id=GOGOL, uid=TAG_A, result="written")
    assert reasons(kiosk.post(ENCODING_TAGS, json=said)) == [Reason.STAFF_ONLY]
    assert kiosk.post(ENCODING_FIND, json={"number": GOGOL}).status_code == 403
    running.change("DELETE FROM device_operator")

    refused = station.post(ENCODING_TAGS, json=said)

    assert (refused.status_code, reasons(refused)) == (403, [Reason.NOBODY_SIGNED_IN])
    assert tag_of(running) is None
