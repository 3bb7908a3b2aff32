"""Numbers for Prometheus: the ledger, the devices, the process. Nothing about a person.

What the ledger knows is read when it is asked for, so several controllers of one library agree, and
the hot path pays one counter per commit.
"""

from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    generate_latest,
)

from circulation.api import Refusal
from controller.answers import UNAVAILABLE
from controller.clock import LibraryTime
from controller.devices.listing import list_devices
from controller.devices.wire import Devices
from controller.gates.metrics import GateMetrics
from controller.gates.service import Gates
from controller.live.feed import Counts, counts_today
from controller.reads import Reads
from controller.sql import Statement, Transaction
from controller.writer import Writer

METRICS = "/metrics"
_LOANS = Statement(
    "SELECT count(*), coalesce(sum(CASE WHEN due < :today THEN 1 ELSE 0 END), 0) FROM loan"
    " WHERE returned_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One look at the ledger."""

    open_loans: int
    overdue_loans: int
    today: Counts
    devices: Devices


class Metrics:
    """The numbers of one controller, in a registry of its own."""

    def __init__(
        self, writer: Writer, reads: Reads, gates: Gates | None, time: LibraryTime
    ) -> None:
        self._reads, self._gates, self._time = reads, gates, time
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        commits = Counter("polka_commits", "Durable commits since the start", registry=registry)
        writer.after_commit(commits.inc)
        self._loans = Gauge("polka_open_loans", "Copies with patrons now", registry=registry)
        self._overdue = Gauge("polka_overdue_loans", "Of these past their date", registry=registry)
        self._today = Gauge(
            "polka_today", "Since midnight in the library", ["what"], registry=registry
        )
        self._online = Gauge(
            "polka_device_online", "1: was heard lately", ["device", "kind"], registry=registry
        )
        self._queue = Gauge(
            "polka_device_queue", "Events not yet handed over", ["device"], registry=registry
        )
        self._each_gate = GateMetrics(registry)
        self._broker = Gauge("polka_broker_connected", "1: the broker answers", registry=registry)
        self._refused = Gauge(
            "polka_gate_messages_refused", "Set aside since the start", registry=registry
        )

    async def text(self) -> bytes:
        """All numbers as Prometheus reads them."""
        self._note(await self._reads.run(partial(_look, self._time)))
        self._broker.set(self._gates is not None and self._gates.connected)
        self._refused.set(0 if self._gates is None else self._gates.refused)
        return generate_latest(self._registry)

    def _note(self, seen: _Seen) -> None:
        self._loans.set(seen.open_loans)
        self._overdue.set(seen.overdue_loans)
        self._today.labels("loans").set(seen.today.loans)
        self._today.labels("returns").set(seen.today.returns)
        self._today.labels("people_in").set(seen.today.people_in)
        self._today.labels("people_out").set(seen.today.people_out)
        self._today.labels("alarms").set(seen.today.alarms)
        self._online.clear()
        self._queue.clear()
        for device in seen.devices.devices:
            self._online.labels(device.name, device.kind.value).set(device.online)
            if device.queue is not None:
                self._queue.labels(device.name).set(device.queue)
        self._each_gate.note(seen.devices.devices, self._time.now())


def metrics_routes(metrics: Metrics) -> APIRouter:
    """`/metrics`."""
    router = APIRouter(tags=["health"])

    @router.get(
        METRICS,
        response_class=Response,
        responses={
            200: {"content": {"text/plain": {}}, "description": "Prometheus text format"},
            UNAVAILABLE: {"model": Refusal, "description": "The ledger cannot be read"},
        },
    )
    async def scrape() -> Response:
        return Response(await metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router


def _look(time: LibraryTime, transaction: Transaction) -> _Seen:
    now = time.now()
    loans = transaction.row(_LOANS, {"today": time.day(now).isoformat()})
    today, devices = counts_today(transaction, time), list_devices(transaction, now)
    return _Seen(int(loans[0]), int(loans[1]), today, devices)
