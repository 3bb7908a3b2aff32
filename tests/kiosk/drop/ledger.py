"""A ledger as a drop's courier meets it over HTTP."""

import json

import httpx2

from circulation.api import DEVICE_STATE
from circulation.offline import OPERATIONS


class Ledger:
    """Answers as a controller does; `unreadable` is an item it cannot take."""

    def __init__(self) -> None:
        self.away = False
        self.unreadable = ""
        self.token_is_known = True
        self.refusals = 0
        self.destinations: dict[str, str] = {}
        self.conflicts: set[str] = set()
        self.heard: list[list[str]] = []
        self.state: dict[str, object] = {}

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if self.away:
            raise httpx2.ConnectError("nobody is there")
        if not self.token_is_known:
            self.refusals += 1
            return httpx2.Response(401, json={"reasons": ["device_unknown"]})
        said = json.loads(request.content)
        if request.url.path == DEVICE_STATE:
            self.state = said
            return httpx2.Response(204)
        assert request.url.path == OPERATIONS
        items = [one["request"]["item_id"] for one in said["operations"]]
        self.heard.append(items)
        if self.unreadable in items:
            return httpx2.Response(422, json={"detail": "no"})
        answers = [self._answer(one["request"]) for one in said["operations"]]
        return httpx2.Response(200, json={"answers": answers})

    def _answer(self, request: dict[str, str]) -> dict[str, object]:
        item = request["item_id"]
        if item in self.conflicts:
            return {
                "op_id": request["op_id"],
                "done": "conflict",
                "conflict_id": 1,
                "conflict": "returned_before_lent",
            }
        receipt = {
            "op_id": request["op_id"],
            "item_id": item,
            "title": "Мцыри",
            "was_on_loan": True,
            "overdue_days": 0,
            "destination": self.destinations.get(item, "shelf"),
            "security": "armed",
        }
        return {"op_id": request["op_id"], "done": "applied", "receipt": receipt}
