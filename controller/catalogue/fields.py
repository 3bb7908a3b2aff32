"""One description as tags and subfields: the shape IRBIS64, RUSMARC and MARC21 have in common."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Field(NamedTuple):
    """One repetition of a field: text before the first subfield, then the subfields in order.

    A tuple, because an import makes twenty of them for every record.
    """

    text: str
    subfields: tuple[tuple[str, str], ...] = ()

    def first(self, codes: str) -> str:
        """The first filled subfield of the first of `codes` that has one, or an empty string."""
        for code in codes:
            for key, value in self.subfields:
                if key == code and (filled := value.strip()):
                    return filled
        return ""

    def firsts(self) -> dict[str, str]:
        """The first filled subfield of every code that has one: for those who ask for many."""
        found: dict[str, str] = {}
        for key, value in self.subfields:
            if key not in found and (filled := value.strip()):
                found[key] = filled
        return found

    def all(self, code: str) -> list[str]:
        """Every filled subfield `code`, in order."""
        return [value.strip() for key, value in self.subfields if key == code and value.strip()]


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A description of another system; `number` counts records from 1.

    `texts` are the fields as written, by tag, repetitions in the order of the file; `parse` splits
    one when it is asked for, since a mapping looks at half of them. One of `line` and `offset`
    says where it starts: text files have lines, ISO 2709 bytes.
    """

    number: int
    texts: Mapping[str, Sequence[str]]
    parse: Callable[[str, str], Field]
    leader: str = ""
    line: int | None = None
    offset: int | None = None
    _parsed: dict[str, list[Field]] = field(default_factory=dict, repr=False, compare=False)

    def each(self, *tags: str) -> list[Field]:
        """Every field with one of the tags, tag by tag, repetitions in the order of the file."""
        if len(tags) == 1:
            return self._fields(tags[0])
        return [found for tag in tags for found in self._fields(tag)]

    def first(self, tag: str, codes: str = "") -> str:
        """The first filled value of a field: one of its subfields, or its bare text."""
        if tag not in self.texts:
            return ""
        for found in self._fields(tag):
            if value := (found.first(codes) if codes else found.text.strip()):
                return value
        return ""

    def _fields(self, tag: str) -> list[Field]:
        found = self._parsed.get(tag)
        if found is None:
            texts = self.texts.get(tag)
            found = [self.parse(tag, text) for text in texts] if texts else []
            self._parsed[tag] = found
        return found


def by_tag(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Fields as pairs of tag and text, gathered by tag."""
    texts: dict[str, list[str]] = {}
    for tag, text in pairs:
        texts.setdefault(tag, []).append(text)
    return texts
