"""The card reader's thread: one event for each presence of a card. Own thread, never Kivy's."""

import threading
import time
from collections.abc import Callable
from typing import assert_never

import structlog

from circulation.ids import BadId, parse_card_uid
from drivers.card import (
    GONE_POLLS,
    CardEvent,
    CardPlaced,
    CardPoll,
    CardPollKind,
    CardPresence,
    CardReader,
    CardTaken,
    SeveralCards,
)
from kiosk.device_thread import DeviceThread, is_refused
from kiosk.events import (
    CardPresented,
    CardReaderBack,
    CardReaderLost,
    CardRemoved,
    Event,
    TwoCards,
)

log = structlog.get_logger(__name__)

POLL_S = 0.12

CardSeen = CardPresented | CardRemoved | TwoCards


class Cards:
    """Owns the card reader."""

    def __init__(
        self,
        open_reader: Callable[[], CardReader],
        post: Callable[[Event], None],
        *,
        allow_simulated: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._post = post
        self._allow_simulated = allow_simulated
        self._clock = clock
        self._thread = DeviceThread(
            "cards", open_reader, self._serve, lambda: post(CardReaderLost())
        )

    def start(self) -> None:
        """Open the reader and begin."""
        self._thread.start()

    def restart(self) -> None:
        """Close the reader and open it again."""
        self._thread.restart()

    def stop(self) -> None:
        """End and give the bus back."""
        self._thread.stop()

    def _serve(self, reader: CardReader, stop: threading.Event, good: Callable[[], None]) -> None:
        identity = reader.identify()
        if is_refused(
            identity,
            stop,
            allow_simulated=self._allow_simulated,
            tell=lambda: self._post(CardReaderLost()),
        ):
            return
        self._post(CardReaderBack())
        watch = CardWatch()
        while not stop.wait(POLL_S):
            poll = reader.poll()
            good()
            for event in watch.step(poll, self._clock()):
                self._post(event)


class CardWatch:
    """Makes the session's events from polls (pure)."""

    def __init__(self) -> None:
        self._presence = CardPresence()
        self._several = False
        self._empty_polls = 0

    def step(self, poll: CardPoll, at: float) -> tuple[CardSeen, ...]:
        """What this poll means, in order."""
        events = tuple(
            said for change in self._presence.step(poll, at) for said in _session_event(change)
        )
        self._empty_polls = self._empty_polls + 1 if poll.kind is CardPollKind.NONE else 0
        if TwoCards() in events:
            self._several = True
        elif self._several and poll.kind is CardPollKind.ONE:
            self._several = False
            return events or _session_event(CardPlaced(poll.uid, poll.sak))  # the other one left
        elif self._several and self._empty_polls >= GONE_POLLS:
            self._several = False
            return events or (CardRemoved(),)
        return events


def _session_event(change: CardEvent) -> tuple[CardSeen, ...]:
    match change:
        case CardPlaced(uid=text):
            try:
                return (CardPresented(parse_card_uid(text)),)
            except BadId as error:
                log.info("card_ignored", why=str(error))
                return ()
        case CardTaken():
            return (CardRemoved(),)
        case SeveralCards():
            return (TwoCards(),)
        case _:
            assert_never(change)
