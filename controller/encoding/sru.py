"""Copy cataloguing: an ISBN is asked of an SRU server, which may lie, hang, or send anything.

Nothing of an answer is believed that does not carry the ISBN that was asked for. The server gets
one span of time in all and a bounded size; entities and document types are refused by sruthi's
parser (defusedxml).
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import requests
import structlog
from sruthi import Client
from sruthi.errors import SruthiError

from circulation.encoding import TitleFound
from circulation.reasons import Reason
from controller.catalogue.draft import check
from controller.catalogue.fields import SourceRecord, by_tag
from controller.catalogue.iso2709 import parse_field
from controller.catalogue.marc21 import draft_marc21
from controller.catalogue.numbers import isbn13
from controller.catalogue.records import TitleRecord
from controller.catalogue.rusmarc import draft_rusmarc
from controller.encoding.sru_settings import SruSettings

log = structlog.get_logger()

MOST_BYTES: Final = 1 << 20
MOST_RECORDS: Final = 10
_CHUNK = 1 << 14
_AT_ONCE = 2  # a server that hangs holds a thread: not more than these
_MOST_TEXT, _MOST_SHORT = 400, 64  # characters, as the wire takes them


class Silent(Exception):
    """No answer in time, or none at all."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What sruthi wants of a response."""

    content: bytes

    def raise_for_status(self) -> None:
        """A bad status was an exception before."""


@dataclass(frozen=True, slots=True)
class _Wire:
    """What sruthi wants of a session: one bounded GET that follows nobody elsewhere."""

    deadline: float

    def get(self, url: str, params: dict[str, Any]) -> _Answer:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Silent
        try:
            with requests.get(
                url, params=params, timeout=left, stream=True, allow_redirects=False
            ) as response:
                response.raise_for_status()
                return _Answer(b"".join(self._bounded(response)))
        except requests.exceptions.HTTPError as error:
            raise ValueError(f"the server answers {error}") from error
        except requests.exceptions.RequestException as error:
            raise Silent from error

    def _bounded(self, response: Any) -> Iterator[bytes]:
        size = 0
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if time.monotonic() > self.deadline:
                raise Silent
            if size > MOST_BYTES:
                raise ValueError(f"the answer is larger than {MOST_BYTES} bytes")
            yield chunk


class Catalogue:
    """One SRU server. `find` never raises and never takes longer than the settings say."""

    def __init__(self, settings: SruSettings) -> None:
        self._settings = settings
        self._free = threading.BoundedSemaphore(_AT_ONCE)

    async def find(self, isbn: str) -> tuple[TitleFound, ...] | Reason:
        """Descriptions with this ISBN-13 (none: the server has none), or why there is no answer."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[tuple[TitleFound, ...] | Reason] = loop.create_future()
        if not self._free.acquire(blocking=False):
            return Reason.CATALOGUE_SILENT  # two questions hang already

        def ask() -> None:
            try:
                found = self._ask(isbn)
            finally:
                self._free.release()
            with suppress(RuntimeError):  # the controller has ended meanwhile
                loop.call_soon_threadsafe(_settle, answer, found)

        threading.Thread(target=ask, name="sru", daemon=True).start()
        try:
            return await asyncio.wait_for(answer, self._settings.timeout_s)
        except TimeoutError:
            log.warning("sru_silent", url=self._settings.url)
            return Reason.CATALOGUE_SILENT

    def _ask(self, isbn: str) -> tuple[TitleFound, ...] | Reason:
        settings = self._settings
        client = Client(
            settings.url,
            maximum_records=MOST_RECORDS,
            record_schema=settings.record_schema,
            sru_version=settings.version,
            session=_Wire(time.monotonic() + settings.timeout_s),
        )
        try:
            found = client.searchretrieve(f'{settings.index}="{isbn}"')
            records = found.records[:MOST_RECORDS]  # more pages would be more than one ISBN
            return _described(records, isbn)
        except Silent:
            log.warning("sru_silent", url=settings.url)
            return Reason.CATALOGUE_SILENT
        except (SruthiError, ValueError, TypeError, LookupError, AttributeError) as error:
            # sruthi trips over answers of another shape with whatever Python says then
            log.warning("sru_odd", url=settings.url, error=type(error).__name__)
            return Reason.CATALOGUE_ODD


def _settle(answer: "asyncio.Future[Any]", found: object) -> None:
    if not answer.done():
        answer.set_result(found)


def _described(records: list[dict[str, Any]], isbn: str) -> tuple[TitleFound, ...] | Reason:
    titles = [title for record in records if (title := _title(record)) is not None]
    meant = tuple(_found(title) for title in titles if title.isbn == isbn)
    return meant or (Reason.CATALOGUE_ODD if records else ())


def _title(record: dict[str, Any]) -> TitleRecord | None:
    texts = [(tag, " ".join(text.split())) for tag, text in _controls(record)]
    texts += [(tag, f"  {text}") for tag, text in _fields(record)]
    source = SourceRecord(1, by_tag(texts), parse_field, str(record.get("leader") or ""))
    draft = draft_marc21(source) if "245" in source.texts else draft_rusmarc(source)
    title, _ = check(draft, source)
    return title


def _controls(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field in _list(record.get("controlfield")):
        yield str(field["tag"]), str(field.get("text") or "")


def _fields(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field in _list(record.get("datafield")):
        parts = (
            f"\x1f{str(part['code'])[:1]}{_plain(part.get('text'))}"
            for part in _list(field.get("subfield"))
        )
        yield str(field["tag"]), "".join(parts)


def _list(value: Any) -> list[dict[str, Any]]:
    """xmltodict makes a list of what comes several times, and only then."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _plain(text: object) -> str:
    line = "".join(char if char.isprintable() else " " for char in str(text or ""))
    return " ".join(line.split())


def _found(title: TitleRecord) -> TitleFound:
    return TitleFound(
        title=_plain(title.title)[:_MOST_TEXT],
        author=_plain(title.author)[:_MOST_TEXT],
        publisher=_plain(title.publisher)[:_MOST_TEXT],
        year=title.year,
        isbn=isbn13(title.isbn) or "",
        kind=title.kind,
        section=_plain(title.section)[:_MOST_SHORT],
        grade=title.grade,
    )
