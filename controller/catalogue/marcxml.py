"""MARCXML: the records of ISO 2709 as XML (Library of Congress, schema MARC21slim, any namespace).

Entities and document types are refused (defusedxml): a catalogue needs none, and a few lines of
them can ask for gigabytes. A record may take `MAX_RECORD` bytes of the file.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from controller.catalogue.fields import SourceRecord, by_tag
from controller.catalogue.iso2709 import parse_field
from controller.catalogue.problems import Code, Problem, problem

MAX_RECORD = 4 << 20  # bytes; a class set of 1,500 copies takes half a megabyte
_BLOCK = 1 << 16


class _TooLong(Exception):
    """More bytes went by than a record may have."""


class _Metered:
    """A stream that ends with `_TooLong` when no record was finished for too long."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.since_record = 0

    def read(self, size: int = _BLOCK) -> bytes:
        data = self._stream.read(min(size, _BLOCK))
        self.since_record += len(data)
        if self.since_record > MAX_RECORD + _BLOCK:
            raise _TooLong
        return data


def looks_like_marcxml(head: bytes) -> bool:
    """True for the beginning of an XML file with records in it."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return start == b"<" and any(word in head for word in (b"record", b"collection"))


def read_marcxml(stream: BinaryIO) -> Iterator[SourceRecord | Problem]:
    """Every record in the order of the file; what cannot be parsed ends it with a problem."""
    metered = _Metered(stream)
    number = 0
    try:
        for element in _elements(metered):
            number += 1
            metered.since_record = 0
            yield _record(element, number)
            element.clear()
    except _TooLong:
        yield problem(Code.RECORD_TOO_LONG, f"> {MAX_RECORD >> 20} MB", record=number + 1)
    except DefusedXmlException as error:
        yield problem(Code.XML_FORBIDDEN, type(error).__name__, record=number + 1)
    except ParseError as error:
        line, _ = error.position
        yield problem(Code.FILE_BROKEN, error.msg, record=number + 1, line=line)
    except (LookupError, ValueError) as error:  # a charset that expat does not know
        yield problem(Code.FILE_BROKEN, error, record=number + 1)


def _elements(stream: Any) -> Iterator[Element]:
    """Finished records; the root forgets them, so that memory holds one."""
    root: Element | None = None
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            root = element if root is None else root
        elif _local(element) == "record":
            yield element
            if root is not None and root is not element:
                root.clear()


def _record(element: Element, number: int) -> SourceRecord:
    leader = ""
    texts: list[tuple[str, str]] = []
    for child in element:
        match _local(child):
            case "leader":
                leader = child.text or ""
            case "controlfield":
                texts.append((child.get("tag", ""), _plain(child.text)))
            case "datafield":
                texts.append((child.get("tag", ""), _data(child)))
            case _:
                continue
    return SourceRecord(number, by_tag(texts), parse_field, leader, offset=None)


def _data(field: Element) -> str:
    parts = [
        f"\x1f{part.get('code', ' ')[:1]}{_plain(part.text)}"
        for part in field
        if _local(part) == "subfield"
    ]
    return "  " + "".join(parts)


def _local(element: Element) -> str:
    name: str = element.tag
    return name.rpartition("}")[2]


def _plain(text: str | None) -> str:
    """One line: indentation of the file is not part of a value."""
    return " ".join((text or "").replace("\x1f", " ").split()) if text else ""
