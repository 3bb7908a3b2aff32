"""New copies in one pass, and a catalogue elsewhere that answers, lies, or hangs."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest

from circulation.encoding import ARRIVALS, ARRIVALS_TITLE, TitleFound, TitlesFound
from circulation.reasons import Reason
from controller.encoding.sru import Catalogue
from controller.encoding.sru_settings import SruSettings
from tests.controller.conftest import GOGOL, Body, Running

# sruthi asks an element for its truth, which newer Pythons announce to change
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

ISBN = "9785091022285"
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<zs:searchRetrieveResponse xmlns:zs="http://www.loc.gov/zing/srw/"><zs:version>1.1'
    "</zs:version><zs:numberOfRecords>{count}</zs:numberOfRecords><zs:records>{records}"
    "</zs:records></zs:searchRetrieveResponse>"
)
RECORD = (
    "<zs:record><zs:recordSchema>marcxml</zs:recordSchema><zs:recordPacking>xml"
    "</zs:recordPacking><zs:recordData>{marc}</zs:recordData></zs:record>"
)
MARC21 = (
    '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>'
    '<controlfield tag="001">x1</controlfield>'
    '<datafield tag="020" ind1=" " ind2=" "><subfield code="a">978-5-09-102228-5</subfield>'
    '</datafield><datafield tag="100" ind1="1" ind2=" "><subfield code="a">Макарычев, Ю. Н.'
    '</subfield></datafield><datafield tag="245" ind1="1" ind2="0"><subfield code="a">Алгебра :'
    '</subfield><subfield code="b">7 класс : учебник</subfield></datafield><datafield tag="260"'
    ' ind1=" " ind2=" "><subfield code="b">Просвещение,</subfield><subfield code="c">2023'
    "</subfield></datafield></record>"
)
UNIMARC = (
    '<record xmlns="info:lc/xmlns/marcxchange-v1"><leader>01000nam0 2200000 i 450 </leader>'
    '<controlfield tag="001">RU/1</controlfield><datafield tag="010" ind1=" " ind2=" ">'
    '<subfield code="a">978-5-09-102228-5</subfield></datafield><datafield tag="200" ind1="1"'
    ' ind2=" "><subfield code="a">Алгебра</subfield><subfield code="e">учебник</subfield>'
    '</datafield><datafield tag="700" ind1=" " ind2="1"><subfield code="a">Макарычев</subfield>'
    '<subfield code="b">Ю. Н.</subfield></datafield></record>'
)


class Server:
    """An SRU server that says `body` when asked, or what it likes."""

    def __init__(self) -> None:
        self.status, self.body, self.asked = 200, b"", []
        self.hold = threading.Event()
        self.hold.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.hold.wait(30)
                try:
                    self.send_response(outer.status)
                    self.send_header("Location", "http://elsewhere.invalid/")
                    self.end_headers()
                    self.wfile.write(outer.body)
                except OSError:
                    pass  # who asked has given up

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def says(self, *marc: str, count: int | None = None) -> None:
        records = "".join(RECORD.format(marc=one) for one in marc)
        text = ENVELOPE.format(count=len(marc) if count is None else count, records=records)
        self.body = text.encode()

    def ask(self, timeout_s: float = 10.0) -> tuple[TitleFound, ...] | Reason:
        url = f"http://127.0.0.1:{self.http.server_address[1]}/sru"
        return asyncio.run(Catalogue(SruSettings(url=url, timeout_s=timeout_s)).find(ISBN))


@pytest.fixture
def server() -> Iterator[Server]:
    opened = Server()
    yield opened
    opened.hold.set()
    opened.http.shutdown()
    opened.http.server_close()


@pytest.mark.parametrize("marc", [MARC21, UNIMARC], ids=["marc21", "unimarc"])
def test_a_title_is_found_by_its_isbn(server: Server, marc: str) -> None:
    server.says(marc)

    (title,) = server.ask()

    assert isinstance(title, TitleFound)
    assert (title.title, title.isbn) == ("Алгебра", ISBN)
    assert title.author.startswith("Макарычев")
    assert "bath.isbn%3D%22" + ISBN in server.asked[0]


def test_a_server_that_has_nothing_says_nothing(server: Server) -> None:
    server.says()

    assert server.ask() == ()


DIAGNOSTIC = (
    '<d:diagnostic xmlns:d="http://www.loc.gov/zing/srw/diagnostic/"><d:uri>info:srw/diagnostic/'
    "1/16</d:uri></d:diagnostic>"
)
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Welcome!</body></html>",
        b"\x00\xff\xfe garbage",
        BOMB.encode(),
        ENVELOPE.format(count=1, records=RECORD.format(marc="<record/>")).encode(),
        ENVELOPE.format(count=1, records=RECORD.format(marc="text only")).encode(),
        ENVELOPE.format(
            count=1, records=RECORD.format(marc=MARC21.replace("978-5-09-102228-5", "5-09-000001"))
        ).encode(),
        b"<a>" * 100_000,
        b" " * 2_000_000,
    ],
    ids=["empty", "html", "garbage", "bomb", "hollow", "text", "another-isbn", "deep", "large"],
)
def test_a_server_that_lies_is_not_believed(server: Server, body: bytes) -> None:
    server.body = body

    assert server.ask() in (Reason.CATALOGUE_ODD, ())


def test_many_records_are_not_asked_for_one_by_one(server: Server) -> None:
    server.says(MARC21, count=10**9)

    assert isinstance(server.ask(), tuple)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [301, 404, 500])
def test_a_server_that_refuses_or_sends_elsewhere_counts_as_silent_or_odd(
    server: Server, status: int
) -> None:
    server.status = status

    assert server.ask() in (Reason.CATALOGUE_SILENT, Reason.CATALOGUE_ODD)


def test_a_server_that_hangs_is_given_up(server: Server) -> None:
    server.hold.clear()

    assert server.ask(timeout_s=0.3) is Reason.CATALOGUE_SILENT


def test_nobody_there_is_said_as_silence() -> None:
    settings = SruSettings(url="http://127.0.0.1:9/sru", timeout_s=10)

    assert asyncio.run(Catalogue(settings).find(ISBN)) is Reason.CATALOGUE_SILENT


Post = Callable[..., httpx2.Response]


@pytest.fixture
def arrive(station: httpx2.Client, body: Body) -> Post:
    """Two copies of a typed title by delivery note 7/2026, unless said otherwise."""

    def post(**fields: Any) -> httpx2.Response:
        common = {key: value for key, value in body().items() if key in ("op_id", "at")}
        said = {
            "title": {"title": "Новая книга", "isbn": ISBN, "grade": 7, "kind": "textbook"},
            "batch": "7/2026",
            "copies": [{"item_id": "N-1", "inventory_no": "2001"}, {"item_id": "N-2"}],
        }
        return station.post(ARRIVALS, json=common | said | fields)

    return post


def test_the_copies_are_in_the_ledger_with_title_batch_and_numbers(
    running: Running, arrive: Post
) -> None:
    answer = arrive(part_names=["книга", "диск"])

    assert answer.status_code == 200
    assert [copy["item_id"] for copy in answer.json()["copies"]] == ["N-1", "N-2"]
    rows = running.rows(
        "SELECT i.item_id, i.inventory_no, t.title, t.grade, i.parts, b.number FROM item i"
        " JOIN title t ON t.id = i.title_id JOIN batch_item bi ON bi.item_id = i.id"
        " JOIN batch b ON b.id = bi.batch_id ORDER BY i.id"
    )
    assert rows == [
        ("N-1", "2001", "Новая книга", 7, 2, "7/2026"),
        ("N-2", None, "Новая книга", 7, 2, "7/2026"),
    ]


@pytest.mark.parametrize(
    "copies",
    [
        [{"item_id": "N-1"}, {"item_id": GOGOL}],
        [{"item_id": "N-1", "inventory_no": GOGOL}],
        [{"item_id": "№" * 8}],
        [{"item_id": "N-1", "inventory_no": "9"}, {"item_id": "N-2", "inventory_no": "9"}],
        [{"item_id": "N-1", "inventory_no": "N-2"}, {"item_id": "N-2"}],
    ],
    ids=[
        "taken",
        "taken as an inventory number",
        "too long for a tag",
        "one inventory number for two",
        "the inventory number of one is the other's",
    ],
)
def test_a_number_that_cannot_be_stops_all_of_them(
    running: Running, arrive: Post, copies: list[dict[str, str]]
) -> None:
    before = (
        running.scalar("SELECT count(*) FROM item"),
        running.scalar("SELECT count(*) FROM title"),
    )

    answer = arrive(copies=copies)

    assert (answer.status_code, answer.json()["reasons"]) == (409, [Reason.NUMBER_TAKEN])
    after = (
        running.scalar("SELECT count(*) FROM item"),
        running.scalar("SELECT count(*) FROM title"),
    )
    assert after == before


def test_more_copies_of_a_known_title_make_no_second_title(running: Running, arrive: Post) -> None:
    arrive(title={"title_id": 2, "title": "as the station shows it"})

    assert running.scalar("SELECT count(*) FROM item WHERE title_id = 2") == 3
    assert running.scalar("SELECT title FROM title WHERE id = 2") == "Вий"


def test_an_unknown_title_takes_no_copies(arrive: Post) -> None:
    assert arrive(title={"title_id": 99, "title": "?"}).status_code == 404


def ask_title(station: httpx2.Client, isbn: str) -> TitlesFound:
    return TitlesFound.model_validate_json(
        station.post(ARRIVALS_TITLE, json={"isbn": isbn}).content
    )


def test_the_ledger_is_asked_first_and_a_wrong_isbn_is_said(
    running: Running, station: httpx2.Client
) -> None:
    running.change("UPDATE title SET isbn = :isbn WHERE id = 2", isbn=ISBN)

    found = ask_title(station, "978-5-09-102228-5")

    assert [(title.title_id, title.title) for title in found.titles] == [(2, "Вий")]
    assert ask_title(station, "9785091022286").trouble is Reason.ISBN_WRONG
    unknown = ask_title(station, "978-5-17-118366-0")
    assert (unknown.titles, unknown.trouble) == ((), None), "no catalogue is set: it is typed"
