"""Cards of readers: what one poll of the antenna says, and when a card came or went (pure)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from drivers.reader import Identity

GONE_POLLS: Final = 3  # a card on the edge of the field misses a poll now and then
GONE_S: Final = 0.4


class CardPollKind(StrEnum):
    """What the antenna sees in one poll."""

    NONE = "none"
    ONE = "one"
    SEVERAL = "several"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class CardPoll:
    """One poll. `uid` (8, 14 or 20 upper hex digits) and `sak` are there for ONE only."""

    kind: CardPollKind
    uid: str = ""
    sak: int | None = None


class CardReader(Protocol):
    """An opened card reader, owned by one thread. Every method may raise a `ReaderError`."""

    def identify(self) -> Identity:
        """Ask the chip who it is; `NotAvailable` if it is not there."""
        ...

    def poll(self) -> CardPoll:
        """Look once; takes some tens of milliseconds at most."""
        ...

    def close(self) -> None:
        """Field off, bus given back. Closing twice is harmless."""
        ...


@dataclass(frozen=True, slots=True)
class CardPlaced:
    """A card came into the field and was read whole."""

    uid: str
    sak: int | None


@dataclass(frozen=True, slots=True)
class CardTaken:
    """The card that was there has gone."""

    uid: str


@dataclass(frozen=True, slots=True)
class SeveralCards:
    """More than one card is there; told once, until the field is empty or holds one."""


CardEvent = CardPlaced | CardTaken | SeveralCards


class CardPresence:
    """Makes one event of each presence. Feed it every poll with its time in monotonic seconds."""

    def __init__(self) -> None:
        self._card: CardPoll | None = None
        self._seen_at = 0.0
        self._empty_polls = 0
        self._told_several = False

    @property
    def card(self) -> CardPoll | None:
        """The card that counts as present."""
        return self._card

    def step(self, poll: CardPoll, at: float) -> tuple[CardEvent, ...]:
        """What this poll changes, in order."""
        if poll.kind is CardPollKind.NONE:
            return self._empty(at)
        self._seen_at, self._empty_polls = at, 0
        if poll.kind is CardPollKind.UNREADABLE:
            return ()
        if poll.kind is CardPollKind.SEVERAL:
            told, self._told_several = self._told_several, True
            return () if told else (SeveralCards(),)
        self._told_several = False
        return self._one(poll)

    def _one(self, poll: CardPoll) -> tuple[CardEvent, ...]:
        before, self._card = self._card, poll
        if before and before.uid == poll.uid:
            return ()
        placed = CardPlaced(poll.uid, poll.sak)
        return (CardTaken(before.uid), placed) if before else (placed,)

    def _empty(self, at: float) -> tuple[CardEvent, ...]:
        self._empty_polls += 1
        if self._empty_polls < GONE_POLLS and at - self._seen_at < GONE_S:
            return ()
        self._told_several = False
        before, self._card = self._card, None
        return (CardTaken(before.uid),) if before else ()
