"""The page about tags, and the log of tags as a file."""

from uuid import uuid4

import httpx2

from circulation.encoding import (
    ARRIVALS,
    ENCODING_CHOICES,
    ENCODING_PROGRESS,
    ENCODING_TAGS,
    ENCODING_UNDO,
    ENCODING_UNTAGGED,
)
from controller.sql import Dialect
from controller.staff.rights import Role
from tests.controller.conftest import GOGOL, ISIL, Body, Running
from tests.controller.staff.conftest import As, Open

TAG = "E004015000000001"


def test_page_and_file_say_who_wrote_which_tag(
    running: Running, station: httpx2.Client, body: Body, signed_in: As
) -> None:
    said = body(owner=ISIL, item_id=GOGOL, uid=TAG, result="failed", note="=cmd")
    assert station.post(ENCODING_TAGS, json=said).status_code == 200
    written = body(owner=ISIL, item_id=GOGOL, uid=TAG, result="written")
    assert station.post(ENCODING_TAGS, json=written).status_code == 200
    assert station.post(ENCODING_UNTAGGED, json={"text": "вий", "grade": 7}).status_code == 200
    browser = signed_in(Role.LIBRARIAN)
    assert station.get(ENCODING_CHOICES).status_code == 200  # on PostgreSQL too
    assert station.get(ENCODING_PROGRESS).json()["tagged"] == 2

    page = browser.get("/console/tags").text
    file = browser.get("/console/tags.csv")

    assert "Размечено 2" in page
    assert TAG in page
    assert "слишком мало" in page
    assert file.headers["content-disposition"] == 'attachment; filename="tags-2026-10-14.csv"'
    rows = file.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "Когда;Кто;Станция;Номер;Часть;UID метки;Итог;Примечание"
    assert rows[1] == f"14.10.2026 12:00:00;olga;desk-1;{GOGOL};1;{TAG};записана;"
    assert rows[2].endswith("не записалась;'=cmd"), "no cell is a formula"


def test_a_set_moves_undone_and_arrives_on_both_engines(
    running: Running, station: httpx2.Client, body: Body
) -> None:
    running.change("UPDATE item SET parts = 2 WHERE item_id = :item", item=GOGOL)
    seat = {"owner": ISIL, "item_id": GOGOL, "result": "written"}
    assert station.post(ENCODING_TAGS, json=body(**seat, part=2, uid=TAG)).status_code == 200
    moved = body(**seat, part=1, uid=TAG, moves=True)
    assert station.post(ENCODING_TAGS, json=moved).status_code == 200
    common = {key: value for key, value in body().items() if key in ("op_id", "at")}

    undone = station.post(ENCODING_UNDO, json=common | {"undoes": moved["op_id"]})

    assert undone.json()["copy_of"]["tagged"] == [2]
    if running.engine.dialect.name == Dialect.POSTGRESQL:  # the fixture counted by hand
        running.change("SELECT setval(pg_get_serial_sequence('title', 'id'), 100)")
    copies = [{"item_id": "N-1", "inventory_no": "2001"}]
    wish = {"title": {"title": "Новая"}, "batch": "1/2026", "copies": copies}
    arrived = station.post(ARRIVALS, json=common | {"op_id": str(uuid4())} | wish)
    assert arrived.status_code == 200


def test_nobody_else_sees_them(signed_in: As, new_browser: Open) -> None:
    assert new_browser().get("/console/tags").status_code == 303
    assert new_browser().get("/console/tags.csv").status_code == 401
    assert signed_in(Role.TEACHER).get("/console/tags.csv").status_code == 403
