"""The station's own client against the controller: every question once, in the order of a day."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from circulation.api import Refusal
from circulation.encoding import (
    ENCODING_TAGS,
    ArrivalReceipt,
    ArrivalRequest,
    CopiesFound,
    NewCopy,
    Progress,
    TagHolder,
    TagReceipt,
    TagRequest,
    TagResult,
    TitleFound,
    TitlesFound,
    Untagged,
    UntaggedQuery,
)
from circulation.reasons import Reason
from kiosk.station.client import StationClient
from tests.controller.conftest import GOGOL, ISIL, Running, sign_in_at_the_desk
from tests.controller.encoding.conftest import TAG_A


@pytest.fixture
def client(running: Running, tokens: dict[str, str]) -> Iterator[StationClient]:
    opened = StationClient(running.url, tokens["desk-1"])
    yield opened
    opened.close()


def test_a_day_at_the_station(running: Running, client: StationClient) -> None:
    assert client.operator().login is None
    wrong = client.sign_in("olga", "guessed")
    assert isinstance(wrong, Refusal)
    assert wrong.reasons == (Reason.SIGN_IN_WRONG,)
    sign_in_at_the_desk(running)
    assert client.operator().login == "olga"

    listed, choices = client.list_untagged(UntaggedQuery()), client.choices()
    assert isinstance(listed, Untagged)
    assert not isinstance(choices, Refusal)
    found = client.find_number(GOGOL)
    assert isinstance(found, CopiesFound)
    assert [copy.item_id for copy in found.copies] == [GOGOL]
    assert client.check_tag(TAG_A) == TagHolder()
    fact = TagRequest(
        op_id=uuid4(),
        at=datetime.now(UTC),
        owner=ISIL,
        item_id=GOGOL,
        uid=TAG_A,
        result=TagResult.WRITTEN,
    )
    told = client.operate(ENCODING_TAGS, fact.model_dump_json(), TagReceipt)
    assert isinstance(told, TagReceipt)
    assert told.copy_of.tag_uid == TAG_A
    holder = client.check_tag(TAG_A)
    assert isinstance(holder, TagHolder)
    assert holder.copy_of == told.copy_of

    title = client.find_title("9785091022285")
    assert title == TitlesFound(source=None, titles=())
    wish = ArrivalRequest(
        op_id=uuid4(),
        at=datetime.now(UTC),
        title=TitleFound(title="Новая книга"),
        batch="7/2026",
        copies=(NewCopy(item_id="N-1"),),
    )
    assert isinstance(client.receive(wish), ArrivalReceipt)
    progress = client.progress()
    assert isinstance(progress, Progress)
    assert (progress.copies, progress.tagged) == (12, 2)
    assert client.sign_out().login is None
