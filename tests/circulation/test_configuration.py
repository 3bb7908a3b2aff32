"""Settings from afar: what a device accepts, and what it says of the rest."""

import json

import pytest

from circulation.configuration import (
    BadConfiguration,
    read_gate_settings,
    read_kiosk_settings,
)

KIOSK = {"format": "kiosk-1", "languages": ["en", "ru"], "idle_s": 30, "volume_percent": 0}
GATE = {"format": "gate-1", "alarm_s": 5, "quiet_hours": {"start": "21:00", "end": "07:30"}}


def document(settings: object, version: object = 4) -> str:
    return json.dumps({"version": version, "settings": settings})


def test_each_device_reads_its_own_settings() -> None:
    kiosk = read_kiosk_settings(document(KIOSK)).settings
    gate = read_gate_settings(document(GATE)).settings

    assert kiosk is not None
    assert gate is not None
    assert (kiosk.languages, kiosk.idle_s) == (("en", "ru"), 30)
    assert gate.quiet_hours is not None
    assert gate.quiet_hours.start.hour == 21


@pytest.mark.parametrize(
    ("settings", "version", "known_version", "why"),
    [
        (KIOSK | {"idle_s": 5}, 4, 4, "idle_s: greater_than_equal"),
        (KIOSK | {"colour": "red"}, 4, 4, "colour: extra_forbidden"),
        (KIOSK | {"languages": ["ru", "ru"]}, 4, 4, "settings: value_error"),
        (KIOSK | {"languages": ["de"]}, 4, 4, "languages.0: literal_error"),
        (KIOSK | {"format": "kiosk-2"}, 4, 4, "format: literal_error"),
        (GATE, 4, 4, "format: literal_error"),
        (KIOSK, -1, None, "version: greater_than_equal"),
        (KIOSK, 2**40, None, "version: less_than_equal"),
        (KIOSK, "four", None, "version: int_parsing"),
    ],
)
def test_kiosk_says_which_field_it_cannot_use(
    settings: object, version: object, known_version: int | None, why: str
) -> None:
    with pytest.raises(BadConfiguration) as refused:
        read_kiosk_settings(document(settings, version))

    assert (refused.value.version, str(refused.value)) == (known_version, why)


@pytest.mark.parametrize("body", ["", "null", "[]", '{"version": 1', "\x00", '{"version": 1}'])
def test_what_is_no_document_is_refused_and_nothing_else_happens(body: str) -> None:
    with pytest.raises(BadConfiguration):
        read_gate_settings(body)


@pytest.mark.parametrize(
    "hours", [{"start": "21:00", "end": "21:00"}, {"start": "21:00Z", "end": "07:00"}]
)
def test_quiet_hours_that_mean_nothing_are_refused(hours: dict[str, str]) -> None:
    with pytest.raises(BadConfiguration, match="quiet_hours"):
        read_gate_settings(document(GATE | {"quiet_hours": hours}))
