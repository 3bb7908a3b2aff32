"""Numbers for Prometheus."""

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from tests.controller.conftest import ANNA, Body, Running
from tests.controller.devices.test_devices import STATE


def numbers(client: httpx2.Client) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    samples = [s for family in text_string_to_metric_families(answer.text) for s in family.samples]
    return {" ".join((s.name, *s.labels.values())): s.value for s in samples}


def test_numbers_follow_the_ledger(running: Running, kiosk: httpx2.Client, body: Body) -> None:
    before = numbers(kiosk)
    kiosk.post("/api/v1/checkouts", json=body(patron_id=ANNA))
    kiosk.post("/api/v1/device-state", json=STATE)
    today = numbers(kiosk)
    running.clock.move(days=30)

    later = numbers(kiosk)

    assert (before["polka_open_loans"], before["polka_device_online kiosk-1 kiosk"]) == (0, 0)
    assert (today["polka_open_loans"], today["polka_overdue_loans"]) == (1, 0)
    assert (today["polka_today loans"], later["polka_today loans"]) == (1, 0)
    assert today["polka_device_online kiosk-1 kiosk"] == 1
    assert (later["polka_overdue_loans"], later["polka_device_online kiosk-1 kiosk"]) == (1, 0)
    assert today["polka_commits_total"] >= before["polka_commits_total"] + 2


def test_numbers_name_nobody(running: Running, kiosk: httpx2.Client, body: Body) -> None:
    kiosk.post("/api/v1/checkouts", json=body(patron_id=ANNA))

    text = kiosk.get("/metrics").text

    assert not [word for word in ("Петрова", "Анна", ANNA) if word in text]
