"""What happens in the ledger without an antenna: loans and returns at the desk or in an app."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx2

from circulation.api import CHECKOUTS, RETURNS, CheckoutRequest, Operation, ReturnRequest
from circulation.desk import SECURITY_REPAIRS, Repairs
from hw_sim.evidence import Book, Reader


class DeskRefused(RuntimeError):
    """The ledger said no; the message is its answer."""


class Desk:
    """One enrolled device without a reader."""

    def __init__(self, address: str, token: str) -> None:
        self._http = httpx2.Client(
            base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=10
        )

    def close(self) -> None:
        self._http.close()

    def lend(self, book: Book, reader: Reader) -> None:
        """A loan by number; the tag is left as it is."""
        self._post(
            CHECKOUTS,
            CheckoutRequest(
                op_id=uuid4(),
                at=datetime.now(UTC),
                patron_id=reader.patron_id,
                owner=book.owner,
                item_id=book.item_id,
            ),
        )

    def take_back(self, book: Book) -> None:
        """A return by number; the tag is left as it is."""
        self._post(
            RETURNS,
            ReturnRequest(
                op_id=uuid4(), at=datetime.now(UTC), owner=book.owner, item_id=book.item_id
            ),
        )

    def repairs(self) -> dict[str, str]:
        """What the librarian's list proposes, by item id."""
        answer = self._http.get(SECURITY_REPAIRS)
        if answer.is_error:
            raise DeskRefused(f"{SECURITY_REPAIRS}: {answer.status_code} {answer.text}")
        lines = Repairs.model_validate_json(answer.content).copies
        return {line.item_id: line.repair.value for line in lines}

    def _post(self, path: str, body: Operation) -> None:
        answer = self._http.post(path, content=body.model_dump_json())
        if answer.is_error:
            raise DeskRefused(f"{path}: {answer.status_code} {answer.text}")
