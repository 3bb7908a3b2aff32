"""The controller over HTTP: every call ends in a typed answer, a `Refusal` or `NoAnswer`.

Calls block and belong on worker threads. A call is tried once more when the line failed; writes
carry their operation id, so that asking twice is harmless.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar
from urllib.parse import quote, urlencode

import httpx2
import structlog
from pydantic import ValidationError

from circulation.api import (
    ACCOUNTS,
    API,
    CARDS_RESOLVE,
    DEVICE_STATE,
    ITEMS_RESOLVE,
    Account,
    CardQuery,
    CopyQuery,
    DeviceState,
    ItemsAnswer,
    ItemsQuery,
    Message,
    PatronView,
    Refusal,
)
from circulation.class_sets import (
    TEXTBOOK_CLASS,
    TEXTBOOK_LED,
    TEXTBOOK_STACKS,
    ClassList,
    LedClasses,
    StackAnswer,
    StackCopyQuery,
    StackQuery,
)
from circulation.configuration import DEVICE_SETTINGS
from circulation.desk import PATRON_HOLDS, PatronHolds
from circulation.ids import CardUid, Copy, PatronId, TagUid
from circulation.offline import OPERATIONS, SNAPSHOT, Batch, BatchAnswer
from circulation.search import SEARCH, SearchAnswer
from circulation.selfservice import CALLS, USAGE, CallView, UsageReport
from circulation.snapshot import Digests, SignedSnapshot
from circulation.textbooks import Purpose
from circulation.titles import TITLE_PAGES, SignedTitles, TitlesQuery
from kiosk.events import NoAnswer

log = structlog.get_logger(__name__)

TIMEOUT_S = 3.0  # features 5.3: a call gets 3 s, and one retry with the same operation id
SNAPSHOT_TIMEOUT_S = 20.0  # nobody waits for it, and a whole one is megabytes
TRIES = 2
FOUND_MOST = 20  # hits: more than that nobody reads standing
M = TypeVar("M", bound=Message)
_OK = 200
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_SERVER_ERROR = 500
_NO_CONTENT = 204
_UNAUTHORIZED = 401
_UNPROCESSABLE = 422


class Heard(StrEnum):
    """Whether the controller took note."""

    YES = "yes"
    NO = "no"
    SHUT_OUT = "shut_out"  # it answers, and does not know this kiosk (any more)


class NotUnderstood(Exception):
    """The controller cannot read the request: the fault of a program, never of a reader."""


class ControllerClient:
    """One controller. Safe to use from several threads."""

    def __init__(
        self, url: str, token: str, *, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._http = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_S,
            transport=transport,
            verify=not url.startswith("http:"),  # else authorities are read for nothing: 40 ms
        )

    def close(self) -> None:
        """Drop the connections."""
        self._http.close()

    def resolve_card(self, uid: CardUid) -> PatronView | Refusal | NoAnswer:
        """Whose card it is."""
        return self._post(CARDS_RESOLVE, CardQuery(uid=uid).model_dump_json(), PatronView)

    def compare_stack(
        self, patron_id: PatronId, copies: Sequence[Copy], purpose: Purpose
    ) -> StackAnswer | Refusal | NoAnswer:
        """A stack of textbooks against the patron's set."""
        asked = tuple(StackCopyQuery(owner=copy.owner, item_id=copy.item) for copy in copies)
        query = StackQuery(patron_id=patron_id, purpose=purpose, copies=asked)
        return self._post(TEXTBOOK_STACKS, query.model_dump_json(), StackAnswer)

    def resolve_items(
        self, copies: Sequence[tuple[Copy, TagUid]]
    ) -> ItemsAnswer | Refusal | NoAnswer:
        """What the ledger knows of up to 100 copies."""
        asked = tuple(
            CopyQuery(owner=copy.owner, item_id=copy.item, uid=uid) for copy, uid in copies
        )
        return self._post(ITEMS_RESOLVE, ItemsQuery(copies=asked).model_dump_json(), ItemsAnswer)

    def account(self, patron_id: PatronId) -> Account | Refusal | NoAnswer:
        """A patron's open loans."""
        return self._ask("GET", f"{ACCOUNTS}/{quote(patron_id, safe='')}", None, Account)

    def holds(self, patron_id: PatronId) -> PatronHolds | Refusal | NoAnswer:
        """What a patron waits for, and what waits for him."""
        path = PATRON_HOLDS.format(patron_id=quote(patron_id, safe=""))
        return self._ask("GET", path, None, PatronHolds)

    def class_list(self) -> ClassList | Refusal | NoAnswer:
        """The pupils of the class whose session stands on this kiosk."""
        return self._ask("GET", TEXTBOOK_CLASS, None, ClassList)

    def led_classes(self, patron_id: PatronId) -> LedClasses | Refusal | NoAnswer:
        """Which classes this teacher leads."""
        path = TEXTBOOK_LED.format(patron_id=quote(patron_id, safe=""))
        return self._ask("GET", path, None, LedClasses)

    def search(self, words: str) -> SearchAnswer | Refusal | NoAnswer:
        """What the catalogue has for these words; the last one may be unfinished."""
        question = urlencode({"q": words, "typing": "true", "limit": FOUND_MOST})
        return self._ask("GET", f"{SEARCH}?{question}", None, SearchAnswer)

    def call(self, number: int) -> CallView | Refusal | NoAnswer:
        """How this kiosk's call for the librarian stands."""
        return self._ask("GET", f"{CALLS}/{number}", None, CallView)

    def operate(self, path: str, body: str, receipt: type[M]) -> M | Refusal | NoAnswer:
        """Send one kept operation, word for word as it was kept. `path` is below the API's root."""
        if not path.startswith(f"{API}/"):
            raise ValueError(f"{path} is not a path of the controller: it begins with {API}/")
        return self._post(path, body, receipt)

    def send_batch(self, batch: Batch) -> BatchAnswer | Refusal | NoAnswer:
        """Hand over what was kept, in its order; each operation has its answer, or none has."""
        answer = self._post(OPERATIONS, batch.model_dump_json(), BatchAnswer)
        if isinstance(answer, BatchAnswer):
            asked = [late.request.op_id for late in batch.operations]
            if [one.op_id for one in answer.answers] != asked:
                log.error("answer_not_understood", path=OPERATIONS, status=_OK)
                return NoAnswer(sent=True)
        return answer

    def snapshot(self, known: Digests) -> SignedSnapshot | Refusal | NoAnswer:
        """What this kiosk may decide by, as far as it does not have it yet."""
        body = known.model_dump_json(exclude_none=True)
        return self._ask("POST", SNAPSHOT, body, SignedSnapshot, timeout_s=SNAPSHOT_TIMEOUT_S)

    def titles(self, query: TitlesQuery) -> SignedTitles | Refusal | NoAnswer:
        """What a page of the library's copies is called, unless this kiosk has just that."""
        body = query.model_dump_json(exclude_defaults=True)
        return self._ask("POST", TITLE_PAGES, body, SignedTitles, timeout_s=SNAPSHOT_TIMEOUT_S)

    def report_usage(self, report: UsageReport) -> bool:
        """Say how this kiosk was used on a day; False when nobody took note."""
        try:
            response = self._send("POST", USAGE, report.model_dump_json())
        except httpx2.TransportError:
            return False
        return response.status_code == _NO_CONTENT

    def report(self, state: DeviceState) -> Heard:
        """Say how this kiosk is, and hear whether anybody took note."""
        try:
            response = self._send("POST", DEVICE_STATE, state.model_dump_json())
        except httpx2.TransportError:
            return Heard.NO
        if response.status_code == _UNAUTHORIZED:
            return Heard.SHUT_OUT
        return Heard.YES if response.status_code in (_OK, _NO_CONTENT) else Heard.NO

    def settings(self, have: int | None) -> str | None:
        """What staff set from afar, unread; None: nothing newer than this version, or no answer."""
        headers = {} if have is None else {"If-None-Match": f'"{have}"'}
        try:
            response = self._http.request("GET", DEVICE_SETTINGS, headers=headers)
        except httpx2.TransportError:
            return None
        return response.text if response.status_code == _OK else None

    def _post(self, path: str, body: str, expected: type[M]) -> M | Refusal | NoAnswer:
        return self._ask("POST", path, body, expected)

    def _ask(
        self,
        method: str,
        path: str,
        body: str | None,
        expected: type[M],
        *,
        timeout_s: float = TIMEOUT_S,
    ) -> M | Refusal | NoAnswer:
        sent = False
        for _ in range(TRIES):
            try:
                response = self._send(method, path, body, timeout_s)
            except _NOT_SENT:
                continue
            except httpx2.TransportError:
                sent = True
                continue
            if response.status_code >= _SERVER_ERROR:
                return NoAnswer(sent=True)
            return read_answer(response, expected)
        return NoAnswer(sent)

    def _send(
        self, method: str, path: str, body: str | None, timeout_s: float = TIMEOUT_S
    ) -> httpx2.Response:
        headers = {} if body is None else {"Content-Type": "application/json"}
        return self._http.request(method, path, content=body, headers=headers, timeout=timeout_s)


def read_answer(response: httpx2.Response, expected: type[M]) -> M | Refusal | NoAnswer:
    """A body of the promised shape, or the news that something else answers there."""
    try:
        if response.is_success:
            return expected.model_validate_json(response.content)
        return Refusal.model_validate_json(response.content)
    except ValidationError as error:
        if response.status_code == _UNPROCESSABLE:
            raise NotUnderstood(f"{response.request.url.path}: {response.status_code}") from error
        log.error(
            "answer_not_understood", path=response.request.url.path, status=response.status_code
        )
        return NoAnswer(sent=True)
