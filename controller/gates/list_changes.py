"""What to tell a gate about its local list. Pure: what it was told and what is so, messages out."""

from dataclasses import dataclass
from datetime import datetime

from circulation.messages import MAX_LISTED, ListDelta, ListKind, ListQuestion, PendingList


@dataclass(frozen=True, slots=True)
class Published:
    """One version of one list, as a gate was told it."""

    version: int
    uids: frozenset[str]


Message = PendingList | ListDelta


def current(told: Published | None, now: Published) -> Published:
    """The version that is good now: a list that did not change keeps its old one."""
    return told if told is not None and told.uids == now.uids else now


def news(
    told: Published | None, now: Published, kind: ListKind, at: datetime
) -> tuple[Message, ...]:
    """What a gate must hear that knows `told`; nothing when nothing changed."""
    if now is told:
        return ()
    if told is None:
        return whole(now, kind, at)
    return _changes(told, now, kind, at) or whole(now, kind, at)


def answer(
    question: ListQuestion, told: Published | None, now: Published, at: datetime
) -> tuple[Message, ...]:
    """For a gate that says what it holds: an empty delta when that is good."""
    if question.have == now.version:
        unchanged = ListDelta(after=now.version, version=now.version, at=at, kind=question.kind)
        return (unchanged,)
    known = told if told is not None and told.version == question.have else None
    return news(known, now, question.kind, at)


def whole(now: Published, kind: ListKind, at: datetime) -> tuple[PendingList, ...]:
    """The list in as many parts as the size of a message asks for; one when it is empty."""
    uids = sorted(now.uids)
    parts = max(1, -(-len(uids) // MAX_LISTED))
    return tuple(
        PendingList(
            version=now.version,
            at=at,
            kind=kind,
            part=part + 1,
            parts=parts,
            uids=tuple(uids[part * MAX_LISTED : (part + 1) * MAX_LISTED]),
        )
        for part in range(parts)
    )


def _changes(
    told: Published, now: Published, kind: ListKind, at: datetime
) -> tuple[ListDelta, ...]:
    """One delta; empty when the change is too large for a message."""
    added, removed = now.uids - told.uids, told.uids - now.uids
    if len(added) + len(removed) > MAX_LISTED:
        return ()
    delta = ListDelta(
        after=told.version,
        version=now.version,
        at=at,
        kind=kind,
        added=tuple(sorted(added)),
        removed=tuple(sorted(removed)),
    )
    return (delta,)
