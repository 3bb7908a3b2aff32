"""One description as tags and subfields: the shape IRBIS64, RUSMARC and MARC21 have in common."""

from collections.abc import Iterator
from dataclasses import dataclass, field


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
    _by_tag: dict[str, list[Field]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sorts the fields by tag once: a mapping asks for some thirty."""
        by_tag: dict[str, list[Field]] = {}
        for tag, found in self.fields:
            by_tag.setdefault(tag, []).append(found)
        object.__setattr__(self, "_by_tag", by_tag)

    def each(self, *tags: str) -> Iterator[Field]:
        """Every field with one of the tags, tag by tag, repetitions in the order of the file."""
        return (found for tag in tags for found in self._by_tag.get(tag, ()))

    def first(self, tag: str, codes: str = "") -> str:
        """The first filled value of a field: one of its subfields, or its bare text."""
        for found in self._by_tag.get(tag, ()):
            if value := (found.first(codes) if codes else found.text.strip()):
                return value
        return ""
