"""Numbers of the gates for Prometheus, from what each last said of itself."""

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from circulation.api import ReaderState
from circulation.messages import SelfTest, Storage
from controller.devices.wire import DeviceView
from controller.tables import DeviceKind


class GateMetrics:
    """Call `note` before each scrape."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, help_text: str) -> Gauge:
            return Gauge(f"polka_gate_{name}", help_text, ["device"], registry=registry)

        self._blind = gauge("blind", "1: a reader of this gate does not answer")
        self._list_age = gauge("list_age_seconds", "Since its local list was last vouched for")
        self._dropped = gauge("events_dropped", "Events it could not keep, ever")
        self._storage = gauge("storage_failing", "1: its disk is full or broken")
        self._burn_in = gauge("burn_in", "1: it judges and nothing sounds")
        self._self_test = gauge("self_test_due", "1: the self-test failed or is overdue")

    def note(self, devices: Iterable[DeviceView], now: datetime) -> None:
        """What the gates among these last said; one that never spoke has no numbers."""
        for gauge in (
            self._blind,
            self._list_age,
            self._dropped,
            self._storage,
            self._burn_in,
            self._self_test,
        ):
            gauge.clear()
        for device in devices:
            if device.kind is DeviceKind.GATE and device.state.get("at") is not None:
                self._note(device, now)

    def _note(self, gate: DeviceView, now: datetime) -> None:
        state, name = gate.state, gate.name
        due = (SelfTest.FAILED, SelfTest.OVERDUE)
        self._blind.labels(name).set(state.get("reader") != ReaderState.OK)
        self._dropped.labels(name).set(int(state.get("dropped") or 0))
        self._storage.labels(name).set(state.get("storage") == Storage.FAILING)
        self._burn_in.labels(name).set(bool(state.get("monitored")))
        self._self_test.labels(name).set(state.get("self_test") in due)
        heard = state.get("list_heard_at")
        if isinstance(heard, str):
            age = now - datetime.fromisoformat(heard)
            self._list_age.labels(name).set(age.total_seconds())
