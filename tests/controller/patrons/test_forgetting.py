"""What is forgotten is gone: from the tables, the bytes on the disk, and the logs."""

from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import Engine, text

from controller.backup import sqlite_file
from controller.clock import LibraryTime
from controller.patrons.upkeep import Upkeep
from controller.reads import Reads
from controller.sql import Dialect
from controller.staff.rights import Role
from controller.writer import Writer
from tests.controller.conftest import ANNA, BORIS, GOGOL, MTSYRI, Body, Running
from tests.controller.staff.conftest import As, Browser

PATRONS = "/api/v1/patrons"


@pytest.fixture
def upkeep(running: Running) -> Upkeep:
    """What the running controller does once an hour, to be done now."""
    parts = running.app.state.door
    assert isinstance(parts.writer, Writer)
    assert isinstance(parts.reads, Reads)
    assert isinstance(parts.time, LibraryTime)
    return Upkeep(running.engine, parts.writer, parts.reads, parts.time)


def borrow_and_return(kiosk: httpx2.Client, body: Body, patron: str, item: str) -> None:
    for path, wish in (
        ("checkouts", body(patron_id=patron, item_id=item)),
        ("returns", body(item_id=item)),
    ):
        assert kiosk.post(f"/api/v1/{path}", json=wish).status_code == 200


def readers(running: Running) -> list[str]:
    return [row[0] for row in running.rows("SELECT patron_id FROM loan ORDER BY id")]


def test_past_loans_become_a_count_and_a_grade(
    running: Running, kiosk: httpx2.Client, body: Body, upkeep: Upkeep, signed_in: As
) -> None:
    borrow_and_return(kiosk, body, ANNA, MTSYRI)
    borrow_and_return(kiosk, body, ANNA, GOGOL)
    kiosk.post("/api/v1/checkouts", json=body(patron_id=ANNA))
    on_the_day = upkeep.run_once()
    running.clock.move(days=1, seconds=1)

    forgotten = [upkeep.run_once() for _ in range(2)]

    assert (on_the_day, forgotten) == (0, [2, 0])
    assert readers(running) == ["anonymous-pupil-7", "anonymous-pupil-7", ANNA]
    record = signed_in(Role.LIBRARIAN).get(f"{PATRONS}/{ANNA}").json()
    assert (record["past_loans"], record["keeps_history"]) == (2, False)
    assert kiosk.get(f"/api/v1/accounts/{ANNA}").json()["patron"]["open_loans"] == 1


def test_who_wants_the_history_keeps_it_until_the_wish_ends(
    running: Running, kiosk: httpx2.Client, body: Body, upkeep: Upkeep, signed_in: As
) -> None:
    librarian = signed_in(Role.LIBRARIAN)
    librarian.put(f"{PATRONS}/{ANNA}/history", json={"keep": True})
    borrow_and_return(kiosk, body, ANNA, MTSYRI)
    running.clock.move(days=2)
    kept = upkeep.run_once()
    librarian = signed_in(Role.HEAD)
    librarian.put(f"{PATRONS}/{ANNA}/history", json={"keep": False})

    assert (kept, upkeep.run_once()) == (0, 1)


def test_stand_ins_are_nobody(
    running: Running, kiosk: httpx2.Client, body: Body, upkeep: Upkeep, signed_in: As
) -> None:
    borrow_and_return(kiosk, body, BORIS, MTSYRI)
    running.clock.move(days=2)
    upkeep.run_once()
    librarian = signed_in(Role.LIBRARIAN)

    assert librarian.get(f"{PATRONS}/anonymous-pupil-3").status_code == 404
    assert librarian.post(f"{PATRONS}/find", json={"text": "3"}).json()["patrons"] == []


@pytest.mark.parametrize(
    ("left", "borrows", "reason"),
    [(False, False, "has_not_left"), (True, True, "has_loans")],
)
def test_who_stays_or_owes_is_not_erased(
    running: Running,
    kiosk: httpx2.Client,
    body: Body,
    signed_in: As,
    left: bool,
    borrows: bool,
    reason: str,
) -> None:
    if borrows:
        kiosk.post("/api/v1/checkouts", json=body(patron_id=ANNA))
    running.change("UPDATE patron SET has_left = :left WHERE id = :id", left=left, id=ANNA)

    answer = signed_in(Role.HEAD).post(f"{PATRONS}/{ANNA}/erase")

    assert (answer.status_code, answer.json()) == (409, {"reason": reason})
    assert running.scalar("SELECT family_name FROM patron WHERE id = :id", id=ANNA) == "Петрова"


def test_librarian_does_not_erase(signed_in: As) -> None:
    assert signed_in(Role.LIBRARIAN).post(f"{PATRONS}/{ANNA}/erase").status_code == 403


def add_marked(head: Browser, n: int) -> tuple[str, list[str]]:
    """A pupil with five markers: three names, a barcode and a card."""
    marks = [f"Марк{part}{n}ъ" for part in ("ерова", "елла", "овна")]
    number, uid = f"MARK-{n}-NUMBER", f"04{n:02d}A55AC33C69"
    fields = dict(zip(("family_name", "given_name", "patronymic"), marks, strict=True))
    wish = {
        "op_id": str(uuid4()),
        "fields": fields | {"category": "pupil", "class_name": "11А", "has_left": True},
    }
    patron: str = head.post(PATRONS, json=wish).json()["patron_id"]
    head.post(f"{PATRONS}/{patron}/numbers", json={"number": number, "kind": "qr"})
    assert head.post(f"{PATRONS}/{patron}/cards", json={"uid": uid}).status_code == 200
    return patron, [*marks, number, uid]


def bytes_of_ledger(engine: Engine) -> bytes:
    """What a thief of the disk reads; of a server's pages we see the rows only."""
    if engine.dialect.name == Dialect.POSTGRESQL:
        with engine.connect() as connection:
            schema = "SELECT schema_to_xml('public', true, false, '')::text"
            return str(connection.scalar(text(schema))).encode()
    ledger = sqlite_file(str(engine.url))
    files: list[Path] = sorted(ledger.parent.glob(ledger.name + "*"))
    assert ledger in files
    return b"".join(file.read_bytes() for file in files)


def test_erased_people_leave_no_trace(
    running: Running,
    kiosk: httpx2.Client,
    body: Body,
    signed_in: As,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Twenty markers in names, numbers and cards; looked at, lent to, searched, refused."""
    head = signed_in(Role.HEAD)
    people = [add_marked(head, n) for n in range(10, 14)]
    markers = [mark for _, marks in people for mark in marks]
    for patron, marks in people:
        running.change("UPDATE patron SET has_left = false WHERE id = :id", id=patron)
        borrow_and_return(kiosk, body, patron, MTSYRI)
        kiosk.post("/api/v1/cards/resolve", json={"uid": marks[4]})
        head.post(f"{PATRONS}/find", json={"text": marks[0]})
        head.put(f"{PATRONS}/{patron}", json={"family_name": marks[0] * 99, "category": "x"})
        fields = head.get(f"{PATRONS}/{patron}").json()["fields"]
        head.put(f"{PATRONS}/{patron}", json=fields | {"has_left": True})
    before = bytes_of_ledger(running.engine)

    erased = [head.post(f"{PATRONS}/{patron}/erase").status_code for patron, _ in people * 2]

    assert len(markers) == 20
    assert all(mark.encode() in before for mark in markers)
    assert set(erased) == {204}
    after = bytes_of_ledger(running.engine)
    assert [mark for mark in markers if mark.encode() in after] == []
    logged = "".join(capfd.readouterr())
    assert [mark for mark in markers if mark in logged] == []
    assert readers(running) == ["anonymous-pupil-11"] * 4
    assert head.get(f"{PATRONS}/{people[0][0]}").status_code == 404


def test_names_of_a_whole_leaving_class_are_gone_from_crowded_pages(
    running: Running, signed_in: As
) -> None:
    """Rows move between pages as names grow; nothing of the old places may stay readable."""
    head = signed_in(Role.HEAD)
    for n in range(400):
        running.change(
            "INSERT INTO patron (id, family_name, given_name, patronymic, class_name, category,"
            " has_left) VALUES (:id, :name, 'Имя', '', '11А', 'pupil', :left)",
            id=f"p{n * 7919 % 400:04d}",  # not in the order of the key
            name=f"Фамильев{n}ъ",
            left=n < 40,
        )
        if n % 10 == 0:
            running.change("UPDATE patron SET patronymic = :long", long="Отчествович" * 3)
            running.change("UPDATE patron SET patronymic = ''")

    for n in range(40):
        patron = running.scalar("SELECT id FROM patron WHERE family_name = :n", n=f"Фамильев{n}ъ")
        assert head.post(f"{PATRONS}/{patron}/erase").status_code == 204

    after = bytes_of_ledger(running.engine)
    assert [n for n in range(40) if f"Фамильев{n}ъ".encode() in after] == []
    assert "Фамильев399ъ".encode() in after


def test_holds_that_are_over_are_forgotten_too(
    running: Running, kiosk: httpx2.Client, body: Body, upkeep: Upkeep
) -> None:
    for patron in (ANNA, BORIS):
        kiosk.post("/api/v1/holds", json=hold(body, patron))
    kiosk.post("/api/v1/checkouts", json=body(patron_id=ANNA))
    running.clock.move(days=1, seconds=1)

    upkeep.run_once()

    assert running.rows("SELECT patron_id FROM hold") == [(BORIS,)]


def test_erased_person_waits_for_nothing(
    running: Running, kiosk: httpx2.Client, body: Body, signed_in: As
) -> None:
    kiosk.post("/api/v1/holds", json=hold(body, ANNA))
    running.block(ANNA)
    running.change("UPDATE patron SET has_left = true WHERE id = :id", id=ANNA)

    answer = signed_in(Role.HEAD).post(f"{PATRONS}/{ANNA}/erase")

    assert answer.status_code == 204
    assert running.scalar("SELECT count(*) FROM hold") == 0
    assert running.scalar("SELECT count(*) FROM patron_block") == 0
    assert running.scalar("SELECT count(*) FROM event WHERE kind = 'hold_ended'") == 1


def hold(body: Body, patron: str) -> dict[str, object]:
    wish = {key: value for key, value in body().items() if key in ("op_id", "at")}
    return {**wish, "patron_id": patron, "title_id": 1}
