"""The numbers a librarian decides: how many, how long, how often."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class ItemKind(StrEnum):
    """What a copy is, as far as lending cares."""

    BOOK = "book"
    TEXTBOOK = "textbook"
    PERIODICAL = "periodical"
    REFERENCE = "reference"


class BadPolicy(ValueError):
    """A policy file that cannot be used; the message names the key and what it may be."""


_DEFAULT_DAYS = MappingProxyType(
    {ItemKind.BOOK: 14, ItemKind.TEXTBOOK: 270, ItemKind.PERIODICAL: 7, ItemKind.REFERENCE: 7}
)


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits and terms. A loan keeps the `version` that decided it."""

    version: str = "default-1"
    max_loans: int = 5  # library books at a time; textbooks are issued by set and do not count
    max_renewals: int = 2
    max_overdue: int = 0  # with more overdue items than this nothing more is lent
    loan_days: Mapping[ItemKind, int] = field(default_factory=lambda: _DEFAULT_DAYS)

    def counts(self, kind: ItemKind) -> bool:
        """True when a loan of this kind uses up the patron's limit."""
        return kind is not ItemKind.TEXTBOOK


_BOUNDS = {"max_loans": (0, 100), "max_renewals": (0, 20), "max_overdue": (0, 100)}
_LOAN_DAYS_BOUNDS = (1, 730)


def parse_policy(text: str) -> Policy:
    """A policy from TOML; missing keys keep the default.

    Unknown keys and numbers out of bounds raise `BadPolicy`.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"not a TOML file: {error}") from error
    known = {f.name for f in fields(Policy)}
    if unknown := sorted(set(raw) - known):
        raise BadPolicy(f"unknown key {unknown[0]!r}; known keys: {', '.join(sorted(known))}")
    values: dict[str, Any] = {key: _bounded(key, raw[key]) for key in _BOUNDS.keys() & raw.keys()}
    if "version" in raw:
        values["version"] = _word("version", raw["version"])
    if "loan_days" in raw:
        values["loan_days"] = _loan_days(raw["loan_days"])
    return Policy(**values)


def _bounded(key: str, value: object) -> int:
    low, high = _BOUNDS[key]
    return _number(key, value, low, high)


def _number(key: str, value: object, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise BadPolicy(f"{key} = {value!r}: give a whole number from {low} to {high}")
    return value


def _word(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadPolicy(f"{key} = {value!r}: give a word, e.g. '2026-autumn'")
    return value.strip()


def _loan_days(raw: object) -> Mapping[ItemKind, int]:
    if not isinstance(raw, dict):
        raise BadPolicy("loan_days: give a table, e.g. [loan_days] book = 14")
    days = dict(_DEFAULT_DAYS)
    for name, value in raw.items():
        if name not in {kind.value for kind in ItemKind}:
            raise BadPolicy(f"loan_days.{name}: known kinds are {', '.join(ItemKind)}")
        days[ItemKind(name)] = _number(f"loan_days.{name}", value, *_LOAN_DAYS_BOUNDS)
    return MappingProxyType(days)
