"""A local list of the gate: whole lists in parts, and deltas by version. Pure: messages in.

Versions only grow at one controller. A whole list wins unless both its version and its time are
older than what is held: a broker may hand out what it retained long ago, and a controller that was
restored from a backup counts from a smaller number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from circulation.messages import ListDelta, PendingList
from gate.uids import Uids


class Outcome(StrEnum):
    """What a message did to the list."""

    CHANGED = "changed"
    CONFIRMED = "confirmed"  # it is good as it is
    WAITING = "waiting"  # more parts are to come
    OLD = "old"
    GAP = "gap"  # something is missing: ask for the whole list


@dataclass(frozen=True, slots=True)
class LocalList:
    """What is held, and the parts of a newer list that have come so far.

    `at` is when the controller last vouched for it, by the controller's own clock.
    """

    version: int | None = None
    at: datetime | None = None
    uids: Uids = field(default_factory=Uids)
    parts: Mapping[int, PendingList] = field(default_factory=lambda: MappingProxyType({}))


def take(held: LocalList, message: PendingList | ListDelta) -> tuple[LocalList, Outcome]:
    """The list with this message, and what it did. The caller keeps the kinds apart."""
    match message:
        case PendingList():
            return _take_list(held, message)
        case ListDelta():
            return _take_delta(held, message)
        case _:
            assert_never(message)


def _take_list(held: LocalList, message: PendingList) -> tuple[LocalList, Outcome]:
    if _is_the_same(held, message):
        return replace(held, at=message.at), Outcome.CONFIRMED
    if _is_older(held, message):
        return held, Outcome.OLD
    parts = {n: part for n, part in held.parts.items() if part.version == message.version}
    parts[message.part] = message
    if len(parts) < message.parts:
        return replace(held, parts=MappingProxyType(parts)), Outcome.WAITING
    uids = Uids(uid for number in sorted(parts) for uid in parts[number].uids)
    return LocalList(message.version, message.at, uids), Outcome.CHANGED


def _take_delta(held: LocalList, delta: ListDelta) -> tuple[LocalList, Outcome]:
    """What changed since a version; a gap when that is not the version held."""
    if delta.version == held.version:
        return replace(held, at=delta.at), Outcome.CONFIRMED
    if held.version is not None and delta.version < held.version:
        return held, Outcome.OLD
    if delta.after != held.version:
        return held, Outcome.GAP
    uids = held.uids.changed(removed=delta.removed, added=delta.added)
    return LocalList(delta.version, delta.at, uids), Outcome.CHANGED


def _is_the_same(held: LocalList, message: PendingList) -> bool:
    if message.version != held.version:
        return False
    return message.parts > 1 or held.uids == Uids(message.uids)


def _is_older(held: LocalList, message: PendingList) -> bool:
    if held.version is None or held.at is None:
        return False
    return message.version < held.version and message.at < held.at
