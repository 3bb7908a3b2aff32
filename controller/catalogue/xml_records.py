"""What an XML parser calls: elements become records, and what is too long is dropped as it passes.

A record that takes more than `MAX_RECORD` is left out and said when its end comes; memory holds one
record of that size, whatever the file does. Depth has a bound as well: expat keeps every open name.
"""

from collections.abc import Mapping

from controller.catalogue.fields import SourceRecord, by_tag
from controller.catalogue.iso2709 import parse_field
from controller.catalogue.problems import Code, Problem, problem

MAX_RECORD = 4 << 20  # characters, about; a class set of 1,500 copies takes half a million
_ELEMENT = 32  # what an element costs in memory beside its text
_DEEPEST = 100  # a record of a search answer (SRU) is five deep


class TooDeep(Exception):
    """Elements within elements without an end: no catalogue."""


class RecordTarget:
    """The target of an `XMLParser`. `take` gives what was finished since the last time."""

    def __init__(self) -> None:
        self.number = 0
        """Of the newest record that was begun and is worth a number: finished ones count."""
        self.events = 0
        """Grows with whatever is parsed; what does not make it grow is one endless token."""
        self._done: list[SourceRecord | Problem] = []
        self._depth = 0
        self._open = False
        self._size = 0
        self._leader = self._field = self._code = ""
        self._texts: list[tuple[str, str]] = []
        self._parts: list[str] = []
        self._text: list[str] | None = None  # of the field that is open

    @property
    def in_too_long(self) -> bool:
        """True within a record that is being dropped."""
        return self._open and self._size > MAX_RECORD

    def take(self) -> list[SourceRecord | Problem]:
        """Records, and a problem for each that was too long, in the order of the file."""
        done, self._done = self._done, []
        return done

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.events += 1
        self._depth += 1
        if self._depth > _DEEPEST:
            raise TooDeep(f"more than {_DEEPEST} elements within each other")
        name = tag.rpartition("}")[2]
        if name == "record":
            self._open, self._size = True, 0
            self._forget()
        elif self._open:
            self._grow(_ELEMENT)
            self._begin(name, attributes)

    def data(self, text: str) -> None:
        """Text of the innermost element."""
        self.events += 1
        if self._open:
            self._grow(len(text))
            if self._text is not None and not self.in_too_long:
                self._text.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        self.events += 1
        self._depth -= 1
        name = tag.rpartition("}")[2]
        if not self._open:
            return
        if name == "record":
            self._finish()
        elif not self.in_too_long:
            self._keep(name)

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "leader" | "controlfield":
                self._field, self._text = attributes.get("tag", ""), []
            case "datafield":
                self._field, self._parts, self._text = attributes.get("tag", ""), [], None
            case "subfield":
                self._code, self._text = attributes.get("code", " ")[:1], []
            case _:
                self._text = None

    def _keep(self, name: str) -> None:
        text, self._text = plain("".join(self._text or ())), None
        match name:
            case "leader":
                self._leader = text
            case "controlfield":
                self._texts.append((self._field, text))
            case "subfield":
                self._parts.append(f"\x1f{self._code}{text}")
            case "datafield":
                self._texts.append((self._field, "  " + "".join(self._parts)))
            case _:
                pass

    def _finish(self) -> None:
        self.number += 1
        if self.in_too_long:
            self._done.append(too_long(self.number))
        else:
            fields = by_tag(self._texts)
            self._done.append(
                SourceRecord(self.number, fields, parse_field, self._leader, offset=None)
            )
        self._open = False
        self._forget()

    def _grow(self, by: int) -> None:
        self._size += by
        if self.in_too_long and self._texts:
            self._forget()

    def _forget(self) -> None:
        self._leader = self._field = self._code = ""
        self._texts, self._parts, self._text = [], [], None


def too_long(number: int) -> Problem:
    """This record is left out."""
    return problem(Code.RECORD_TOO_LONG, f"> {MAX_RECORD >> 20} MB", record=number)


def plain(text: str) -> str:
    """One line: indentation of the file is not part of a value."""
    return " ".join(text.replace("\x1f", " ").split())
