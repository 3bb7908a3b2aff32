"""One description as tags and subfields: the shape IRBIS64, RUSMARC and MARC21 have in common."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One repetition of a field: text before the first subfield, then the subfields in order."""

    text: str
    subfields: tuple[tuple[str, str], ...] = ()

    def first(self, codes: str) -> str:
        """The first filled subfield of the first of `codes` that has one, or an empty string."""
        for code in codes:
            for key, value in self.subfields:
                if key == code and value.strip():
                    return value.strip()
        return ""

    def all(self, code: str) -> list[str]:
        """Every filled subfield `code`, in order."""
        return [value.strip() for key, value in self.subfields if key == code and value.strip()]


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A description of another system; `number` counts records from 1.

    Exactly one of `line` and `offset` says where it starts: text files have lines, ISO 2709 bytes.
    """

    number: int
    fields: tuple[tuple[str, Field], ...]
    leader: str = ""
    line: int | None = None
    offset: int | None = None

    def each(self, *tags: str) -> Iterator[Field]:
        """Every field with one of the tags, in the order of the file."""
        return (field for tag, field in self.fields if tag in tags)

    def first(self, tag: str, codes: str = "") -> str:
        """The first filled value of a field: one of its subfields, or its bare text."""
        for field in self.each(tag):
            if value := (field.first(codes) if codes else field.text.strip()):
                return value
        return ""
