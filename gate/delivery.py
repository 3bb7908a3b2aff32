"""Send what waits in the journal: oldest first, so many at once, again when no answer comes."""

from collections.abc import Callable

from gate.keeper import Keeper

_RESEND_S = 5.0
_IN_FLIGHT = 200  # what the controller's broker session takes before it acknowledges


class Delivery:
    """Owned by the reporter's thread."""

    def __init__(self, keeper: Keeper, publish: Callable[[bytes], None]) -> None:
        self._keeper = keeper
        self._publish = publish
        self._sent: dict[int, float] = {}

    def start_over(self) -> None:
        """The line is new: what was on its way may be lost."""
        self._sent.clear()

    def send(self, now: float) -> None:
        """Send what was never sent, and again what has waited for its acknowledgement too long.

        `now` in monotonic seconds.
        """
        nothing: list[int] = []
        waiting = self._keeper.ask(lambda box: box.waiting(limit=_IN_FLIGHT), default=nothing)
        sent = {seq: self._sent[seq] for seq in waiting if seq in self._sent}
        due = [seq for seq in waiting if now - sent.get(seq, -_RESEND_S) >= _RESEND_S]
        for seq, body in self._bodies(due):  # between the first and the last, some are not due
            if seq in sent and now - sent[seq] < _RESEND_S:
                continue
            self._publish(body)
            sent[seq] = now
        self._sent = sent

    def _bodies(self, due: list[int]) -> list[tuple[int, bytes]]:
        nothing: list[tuple[int, bytes]] = []
        if not due:
            return nothing
        return self._keeper.ask(lambda box: box.bodies(due[0], due[-1]), default=nothing)
