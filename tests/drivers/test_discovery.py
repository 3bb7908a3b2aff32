"""Ports by their names and what answers behind them."""

import pytest
from serial.tools.list_ports_common import ListPortInfo

from drivers import discovery, registry
from drivers.discovery import FoundPort, find_ports, model_of, open_found
from drivers.errors import Failed
from drivers.reader import Health, Identity
from tests.drivers import scripted_chafon, scripted_m3
from tests.drivers.far_end import FarEnd, TcpWire
from tests.drivers.scripted_chafon import ScriptedChafon
from tests.drivers.scripted_m3 import ScriptedM3


def usb_port(device, vid=None, pid=None, description="n/a"):
    port = ListPortInfo(device)
    port.vid, port.pid, port.description = vid, pid, description
    return port


def test_ports_are_told_by_their_lasting_names(tmp_path, monkeypatch):
    device = tmp_path / "ttyUSB0"
    device.touch()
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    (by_id / "usb-FTDI_FT232R_A1-if00-port0").symlink_to(device)
    ports = [
        usb_port("/dev/ttyUSB1", 0x1234, 0x0001, "Some adapter"),
        usb_port(str(device), 0x0403, 0x6001),
        usb_port("/dev/ttyS0"),  # of the board, always listed: no USB id, no name
    ]
    monkeypatch.setattr(discovery.list_ports, "comports", lambda: ports)

    found = find_ports(by_id)

    assert set(found) == {
        FoundPort("/dev/ttyUSB1", "/dev/ttyUSB1", "1234:0001", "Some adapter"),
        FoundPort(
            str(by_id / "usb-FTDI_FT232R_A1-if00-port0"), str(device), "0403:6001", "FTDI adapter"
        ),
    }


@pytest.mark.parametrize(
    ("told", "model"),
    [
        ("FEIG MR102", "feig-mr102"),
        ("FEIG type 99", "feig-mr102"),
        ("FEIG CPR40", "feig-cpr40"),
        ("FEIG LR2500-A", "feig-lr2500"),
        ("3M 810", "m3-810"),
        ("3M 210 or 810", "m3-210"),
        ("Chafon UHFReader288", "chafon-288"),
        ("Chafon UHFReader18", "chafon-ru5102"),
    ],
)
def test_identity_names_a_row_of_the_registry(told, model):
    found = model_of(Identity(told, "1", "port", simulated=False))

    assert found == model
    assert found in registry.READERS | registry.UHF_READERS | registry.GATE_READERS


def test_identity_that_nobody_drives_is_an_error():
    with pytest.raises(Failed, match="no driver"):
        model_of(Identity("Acme 1", "1", "port", simulated=False))


@pytest.mark.parametrize(
    ("device", "length", "model", "others"),
    [
        (ScriptedM3(), scripted_m3.length, "3M 210", ("FEIG", "Chafon")),
        (ScriptedChafon(), scripted_chafon.length, "Chafon UHFReader18", ("FEIG",)),
    ],
)
def test_what_answers_is_found_behind_the_questions_of_other_makes(
    device, length, model, others, give_up_soon
):
    """On TCP there are no line settings: every question reaches the device, and it resyncs."""
    give_up_soon(*others)
    far = FarEnd(TcpWire(), Resyncing(device, length), lambda buffer: len(buffer) or None)

    opened = open_found(far.url)
    identity = opened.identify()
    opened.close()
    far.close()

    assert identity.model == model


class Resyncing:
    """A device that drops what is no frame of its own, as real ones do after a pause."""

    def __init__(self, device, length):
        self._device = device
        self._length = length

    def __call__(self, request):
        return self._device(request) if self._length(request) == len(request) else []


def test_health_is_told_per_minute_and_as_a_share():
    health = Health(200, retries=3, rf_warnings=50, last_good_at=1.0, watched_s=90.0)

    assert (health.retries_per_minute, health.rf_warning_share) == (2.0, 0.25)


def test_health_of_a_reader_never_asked_is_no_division_by_zero():
    health = Health(0, retries=0, rf_warnings=0, last_good_at=None)

    assert (health.retries_per_minute, health.rf_warning_share) == (0.0, 0.0)
