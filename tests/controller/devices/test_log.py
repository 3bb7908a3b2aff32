"""Who let a device in, set it or took its access away stands in the log."""

import json

from controller.devices.wire import DEVICES, ENROLMENTS
from controller.staff.rights import Role
from tests.controller.conftest import Running
from tests.controller.staff.conftest import As, Open


def changes(running: Running) -> list[tuple[str | None, dict[str, object]]]:
    rows = running.rows(
        "SELECT d.name, e.detail FROM event e LEFT JOIN device d ON d.id = e.device_id"
        " WHERE e.kind = 'device_changed' ORDER BY e.seq"
    )
    return [(name, json.loads(detail)) for name, detail in rows]


def test_confirmation_settings_and_revocation_carry_the_account(
    running: Running, signed_in: As, new_browser: Open
) -> None:
    engineer, device = signed_in(Role.ENGINEER), new_browser()
    asked = device.post(
        ENROLMENTS, json={"kind": "kiosk", "name": "kiosk-7", "version": "1.0"}
    ).json()
    settings = {"format": "kiosk-1", "languages": ["ru"]}
    settings |= {"idle_s": 30, "volume_percent": 50}

    engineer.post(
        f"{DEVICES}/enrolments/{asked['enrolment_id']}/confirm", json={"code": asked["code"]}
    )
    device.post(
        f"{ENROLMENTS}/{asked['enrolment_id']}/collect",
        headers={"Authorization": f"Bearer {asked['secret']}"},
    )
    engineer.put(f"{DEVICES}/kiosk-7/settings", json={"seen_version": 0, "settings": settings})
    engineer.post(f"{DEVICES}/kiosk-7/revoke")

    assert changes(running) == [
        (None, {"access": "confirmed", "device": "kiosk-7", "staff": "engineer"}),
        ("kiosk-7", {"access": "given"}),
        ("kiosk-7", {"settings_version": 1, "staff": "engineer"}),
        ("kiosk-7", {"access": "revoked", "staff": "engineer"}),
    ]
    page = new_browser().get("/?lang=ru").text
    assert "engineer" not in page
