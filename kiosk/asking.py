"""Whom a worker asks: the controller while it answers, and this kiosk itself while it is away."""

from collections.abc import Callable
from typing import TypeVar

import structlog

from kiosk.alone import Alone
from kiosk.client import NotUnderstood
from kiosk.courier import Courier
from kiosk.events import NoAnswer
from kiosk.journal import Journal
from kiosk.link import Link

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Asking:
    """Every question goes through here, so that the link hears how each of them went."""

    def __init__(self, link: Link, alone: Alone, courier: Courier, journal: Journal) -> None:
        self._link = link
        self._alone = alone
        self._courier = courier
        self._journal = journal

    @property
    def decides_alone(self) -> bool:
        """Without a snapshot the controller is asked all the same: there is nothing better."""
        return self._link.alone and self._alone.is_able

    def ask(self, online: Callable[[], T | NoAnswer], alone: Callable[[], T]) -> T | NoAnswer:
        """The controller's answer, or this kiosk's own when it is on its own by then."""
        if not self.decides_alone:
            answer = self.online(online)
            if not isinstance(answer, NoAnswer):
                return answer
        return alone() if self.decides_alone else NoAnswer(sent=True)

    def online(self, ask: Callable[[], T | NoAnswer]) -> T | NoAnswer:
        """The controller's answer; the link hears how it went, and the courier finds out more.

        A request that the controller cannot read counts as no answer, and says nothing of the line.
        """
        try:
            answer = ask()
        except NotUnderstood as error:
            log.error("request_rejected", why=str(error))
            return NoAnswer(sent=True)
        if isinstance(answer, NoAnswer):
            self._link.failed()
            self._courier.wake()
        elif self._link.in_doubt:
            self._link.answered(waiting=self._journal.waiting())
        return answer
