"""Every operation of the OpenAPI document, asked well and badly by everybody.

Schemathesis makes the requests from the document; half of the ids in them are ids that exist, so
that they come past the first "unknown". Whoever asks: no server error, and no answer but those that
the document has, in the shape that it says.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from circulation.api import EVENTS
from controller.staff.rights import Role
from tests.controller.conftest import (
    ANNA,
    ANNAS_CARD,
    BORIS,
    BORISS_CARD,
    GOGOL,
    ISIL,
    LOST_CARD,
    MTSYRI,
    MTSYRI_TAG,
    Running,
    sign_in_at_the_desk,
)
from tests.controller.staff.conftest import As

SHORT, LONG = 5, 200  # requests per operation, well made and again badly made
FIRST_REFUSAL = 400
NOT_BY_CHANCE = {  # what these need is not found by chance: a code, a preview's key, a queue
    "POST /api/v1/enrolments/{enrolment_id}/collect",
    "POST /api/v1/devices/enrolments/{enrolment_id}/confirm",
    "POST /api/v1/promotion",
    "POST /api/v1/staff/operator",  # the password
    "POST /api/v1/staff/encoding/tags/undo",  # the id of what was done
    "POST /api/v1/patrons/{patron_id}/erase",
    "POST /api/v1/staff/holds/shelve",
    "POST /api/v1/textbooks/session",  # a class teacher, or somebody signed in at the station
    "GET /api/v1/textbooks/class",
    "POST /api/v1/textbooks/conditions",
}
NO_DEVICE = {"Authorization": "Bearer of-nobody"}
JUDGES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
WHEN = "2026-10-01T00:00:00.000000+00:00"
FACT = (
    '{"seq": 1, "clock": "sure", "offline": true, "kind": "return", "request": {"op_id": '
    f'"{UUID(int=1)}", "at": "{WHEN}", "owner": "{ISIL}", "item_id": "{MTSYRI}"}}}}'
)
AS_ON_ANY_DAY = (  # a campaign before may have blocked all readers and written off all copies
    "UPDATE patron SET has_left = false WHERE family_name <> ''",
    "UPDATE item SET state = CASE WHEN EXISTS (SELECT 1 FROM loan l WHERE l.item_id = item.id"
    " AND l.returned_at IS NULL) THEN 'on_loan' ELSE 'in_stock' END",
    "DELETE FROM patron_block",
    "INSERT INTO patron_block (id, patron_id, note, staff, since, until) VALUES"
    f" (1, '{ANNA}', '', 'olga', '{WHEN}', '2026-10-02'),"
    f" (2, '{BORIS}', '', 'olga', '{WHEN}', '2026-10-02')",
    "INSERT INTO title (id, title, author, subtitle, publisher, kind, section, udc, age_mark,"
    " source, source_key) VALUES (9, 'Нос', '', '', '', 'book', '84', '', 0, 't', '9')"
    " ON CONFLICT (id) DO NOTHING",  # nobody asks for its copy, so it can be waited for
    "INSERT INTO item (owner, item_id, title_id, place, parts, state, security, reading_room_only)"
    f" VALUES ('{ISIL}', 'NOS-1', 9, '', 1, 'in_stock', 'armed', false)"
    " ON CONFLICT (owner, item_id) DO NOTHING",
    "DELETE FROM hold",
    "INSERT INTO hold (id, title_id, owner, patron_id, state, placed_at)"
    f" VALUES (1, 1, '{ISIL}', '{ANNA}', 'waiting', '{WHEN}'),"
    f" (2, 2, '{ISIL}', '{BORIS}', 'waiting', '{WHEN}')",
    "INSERT INTO conflict (id, op_id, owner, kind, device_id, happened_at, clock, fact, evidence,"
    f" found_at, decide_by, forgotten) SELECT 1, '{UUID(int=1)}', '{ISIL}',"
    f" 'returned_before_lent', d.id, '{WHEN}', 'sure', :fact, '{{}}', '{WHEN}', '2026-10-15',"
    " false FROM device d WHERE d.name = 'kiosk-1' ON CONFLICT DO NOTHING",
    "UPDATE conflict SET settled_at = NULL, choice = NULL, staff = NULL, note = NULL",
)
MOMENTS = ["2026-10-14T08:59:00Z", "2026-10-13T12:00:00+03:00", "1970-01-01T00:00:00Z"]
KNOWN: dict[str, list[Any]] = {
    "at": MOMENTS,
    "owner": [ISIL],
    "item_id": [MTSYRI, GOGOL, "C-1", "NEW-1", "NEW-2"],
    "patron_id": [ANNA, BORIS],
    "card": [ANNAS_CARD, LOST_CARD],
    "replaces": [ANNAS_CARD, BORISS_CARD],
    "title_id": [1, 2, 9],
    "hold_id": [1, 2],
    "block_id": [1, 2],
    "conflict_id": [1, 2],
    "name": ["kiosk-2"],  # not the desk: revoked, it would be refused everything that follows
    "class_name": ["7Б", "3А"],
    "school_year": [2027, 2028],
}
CARDS = [ANNAS_CARD, BORISS_CARD, LOST_CARD]
TAG_LENGTH = 16  # a card's UID has 8, 14 or 20 digits

Headers = dict[str, str]


@pytest.fixture
def everybody(running: Running, tokens: dict[str, str], signed_in: As) -> list[Headers]:
    """The head at the desk, who may do all and asks most; a kiosk, a teacher and two strangers."""
    desk, kiosk = ({"Authorization": f"Bearer {tokens[name]}"} for name in ("desk-1", "kiosk-1"))
    head, teacher = (
        {
            "Cookie": f"polka_session={browser.cookies['polka_session']}",
            "X-Form-Token": browser.headers["X-Form-Token"],
        }
        for browser in map(signed_in, (Role.HEAD, Role.TEACHER))
    )
    return [*[desk | head] * 5, kiosk, teacher, {}, NO_DEVICE]


@pytest.fixture
def wire() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def with_known_ids(draw: Callable[[st.SearchStrategy[Any]], Any], fields: Any) -> Any:
    """The same, with existing ids in most of the places that have room for one."""
    match fields:
        case dict():
            return {name: known_id(draw, name, value) for name, value in fields.items()}
        case list():
            return [with_known_ids(draw, value) for value in fields]
        case _:
            return fields


def known_id(draw: Callable[[st.SearchStrategy[Any]], Any], name: str, value: Any) -> Any:
    match name, value:
        case "uid", str():
            ids = [MTSYRI_TAG] if len(value) == TAG_LENGTH else CARDS
        case _:
            ids = KNOWN.get(name, [])
    if ids and draw(st.integers(0, 7)):
        return draw(st.sampled_from(ids))
    return with_known_ids(draw, value)


@st.composite
def requests_to(draw: Any, operation: APIOperation, mode: GenerationMode) -> Case:
    case = draw(operation.as_strategy(generation_mode=mode))
    if case.path_parameters:
        case.path_parameters = with_known_ids(draw, case.path_parameters)
    if mode is GenerationMode.POSITIVE:
        case.query = with_known_ids(draw, case.query)
        case.body = with_known_ids(draw, case.body)
    return case


@dataclass(frozen=True, slots=True)
class Examiner:
    """Asks and holds every answer against the document."""

    url: str
    wire: requests.Session
    everybody: list[Headers]
    examples: int
    prepare: Callable[[], None]
    """Before each operation: somebody works at the desk, and there is somebody to serve."""

    def examine(self, operation: APIOperation) -> tuple[set[int], list[str]]:
        """The statuses that were heard, and what was wrong."""
        self.prepare()
        heard: set[int] = set()
        wrong: list[str] = []
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                self._campaign(operation, mode, heard)
            except (Failure, FailureGroup, AssertionError) as error:
                wrong.append(f"{operation.label}: {error}")
            except Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE  # nothing in it could be made badly
        return heard, wrong

    def _campaign(self, operation: APIOperation, mode: GenerationMode, heard: set[int]) -> None:
        profile = settings(
            max_examples=self.examples,
            deadline=None,
            database=None,
            derandomize=self.examples == SHORT,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )

        @profile
        @given(case=requests_to(operation, mode), who=st.sampled_from(self.everybody))
        def campaign(case: Case, who: Headers) -> None:
            heard.add(self._ask(case, who))

        campaign()

    def _ask(self, case: Case, who: Headers) -> int:
        if case.operation.path == EVENTS:
            return self._ask_for_the_stream(case, who)
        answer = case.call(base_url=self.url, session=self.wire, headers=dict(who), timeout=30)
        case.validate_response(answer, checks=JUDGES)
        return answer.status_code

    def _ask_for_the_stream(self, case: Case, who: Headers) -> int:
        """It never ends, so only its head is read."""
        request = case.as_transport_kwargs(base_url=self.url, headers=dict(who))
        with self.wire.request(**request, stream=True, timeout=30) as answer:
            documented = case.operation.definition.raw["responses"][str(answer.status_code)]
            assert answer.headers["content-type"].split(";")[0] in documented["content"]
            return answer.status_code


def examiner(
    running: Running, wire: requests.Session, everybody: list[Headers], examples: int
) -> Examiner:
    return Examiner(running.url, wire, everybody, examples, partial(make_a_usual_day, running))


def make_a_usual_day(running: Running) -> None:
    sign_in_at_the_desk(running, Role.HEAD.value)
    for step in AS_ON_ANY_DAY:
        running.change(step, **({"fact": FACT} if ":fact" in step else {}))


def examine_all(asking: Examiner) -> set[str]:
    """The operations that never did what they were asked for."""
    document = schemathesis.openapi.from_url(f"{asking.url}/openapi.json")
    operations = [found.ok() for found in document.get_all_operations()]

    found = {operation.label: asking.examine(operation) for operation in operations}

    wrong = [problem for _heard, problems in found.values() for problem in problems]
    assert not wrong, "\n\n".join(wrong)
    return {label for label, (heard, _) in found.items() if min(heard) >= FIRST_REFUSAL}


def test_no_operation_fails_or_answers_with_what_is_not_documented(
    running: Running, wire: requests.Session, everybody: list[Headers]
) -> None:
    examine_all(examiner(running, wire, everybody, SHORT))


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_no_operation_fails_in_a_long_campaign(
    running: Running, wire: requests.Session, everybody: list[Headers]
) -> None:
    never_done = examine_all(examiner(running, wire, everybody, LONG))

    assert never_done <= NOT_BY_CHANCE
