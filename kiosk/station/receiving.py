"""New copies go into the ledger once, however often somebody presses the button after a silence."""

import threading
from datetime import UTC, datetime
from uuid import uuid4

from circulation.encoding import ArrivalReceipt, ArrivalRequest
from kiosk.events import NoAnswer
from kiosk.station.client import StationClient
from kiosk.station.effects import Receive
from kiosk.station.events import Said


class Receiving:
    """The same copies asked for again are the same operation until an answer was heard."""

    def __init__(self, client: StationClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._unheard: tuple[Receive, ArrivalRequest] | None = None

    def receive(self, wish: Receive) -> ArrivalReceipt | Said:
        """The controller's answer; any thread may ask, one at a time."""
        with self._lock:
            before = self._unheard
            again = before is not None and before[0] == wish
            request = before[1] if before is not None and again else _request(wish)
            answer = self._client.receive(request)
            self._unheard = (wish, request) if isinstance(answer, NoAnswer) else None
            return answer


def _request(wish: Receive) -> ArrivalRequest:
    return ArrivalRequest(
        op_id=uuid4(),
        at=datetime.now(UTC),
        title=wish.title,
        batch=wish.batch,
        place=wish.place,
        copies=wish.copies,
    )
