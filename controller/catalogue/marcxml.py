"""MARCXML: the records of ISO 2709 as XML (Library of Congress, schema MARC21slim, any namespace).

Entities and document types are refused (defusedxml): a catalogue needs none, and a few lines of
them can ask for gigabytes.
"""

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from controller.catalogue.fields import SourceRecord
from controller.catalogue.problems import Code, Problem, problem
from controller.catalogue.xml_records import MAX_RECORD, RecordTarget, TooDeep, too_long

_BLOCK = 1 << 16


class _TooLong(Exception):
    """One token without an end: expat keeps it whole, so there is no going on."""


def looks_like_marcxml(head: bytes) -> bool:
    """True for the beginning of an XML file with records in it."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return start == b"<" and any(word in head for word in (b"record", b"collection"))


def read_marcxml(stream: BinaryIO) -> Iterator[SourceRecord | Problem]:
    """Every record in the order of the file; one that is too long is told of, and the rest goes on.

    What cannot be parsed ends the file with a problem.
    """
    target = RecordTarget()
    failure = None
    parts = _parts(stream, target)
    while True:
        try:
            finished = next(parts, None)
        except (
            _TooLong,
            TooDeep,
            DefusedXmlException,
            ParseError,
            LookupError,
            ValueError,
        ) as error:
            failure = error  # LookupError: a charset that expat does not know
            finished = target.take()
        yield from finished or ()
        if finished is None or failure is not None:
            break
    if failure is not None:
        yield from _told(failure, target)


def _parts(stream: BinaryIO, target: RecordTarget) -> Iterator[list[SourceRecord | Problem]]:
    """What each block of the file finished."""
    parser = XMLParser(target=target, forbid_dtd=True)
    silent = 0
    while block := stream.read(_BLOCK):
        before = target.events
        parser.feed(block)
        silent = silent + len(block) if target.events == before else 0
        if silent > MAX_RECORD:
            raise _TooLong
        yield target.take()
    parser.close()
    yield target.take()


def _told(failure: Exception, target: RecordTarget) -> Iterator[Problem]:
    """What ended the file, in the record after the last finished one."""
    number = target.number + 1
    if target.in_too_long or isinstance(failure, _TooLong):
        yield too_long(number)
    match failure:
        case _TooLong():
            pass
        case DefusedXmlException():
            yield problem(Code.XML_FORBIDDEN, type(failure).__name__, record=number)
        case ParseError(msg=words, position=(line, _)):
            yield problem(Code.FILE_BROKEN, words, record=number, line=line)
        case _:
            yield problem(Code.FILE_BROKEN, failure, record=number)
