"""What an error of any make tells a technician, and what the log says of a lost reader."""

import logging
import time

import pytest

from drivers.errors import Failed, NotAvailable, ReaderError, StartFailed, TimedOut
from drivers.registry import open_reader
from tests.drivers import scripted_chafon, scripted_m3, scripted_pad
from tests.drivers.bench import PluggedTcp, ScriptedBench
from tests.drivers.far_end import FarEnd, TcpWire
from tests.drivers.scripted_chafon import ScriptedChafon
from tests.drivers.scripted_m3 import ScriptedM3
from tests.drivers.scripted_pad import ScriptedPad

MAKES = {
    "feig-mr102": (ScriptedPad, None, "65"),
    "m3-210": (ScriptedM3, scripted_m3.length, "11"),
    "chafon-ru5102": (ScriptedChafon, scripted_chafon.length, "21"),
}


@pytest.fixture(params=MAKES)
def model(request):
    return request.param


@pytest.fixture
def device(model):
    return MAKES[model][0]()


@pytest.fixture
def opened(model, device):
    far = FarEnd(TcpWire(), device, MAKES[model][1])
    reader = open_reader(model, far.url)
    yield reader, far
    reader.close()
    far.close()


def test_damaged_answer_is_shown_with_model_port_and_its_bytes(model, device, opened):
    reader, far = opened
    key, came = MAKES[model][2], []

    def cut(whole):
        came.append(whole[:-3])
        return [whole[:-3]]

    device.faults = {(key, n): cut for n in range(1, 30)}

    with pytest.raises((Failed, TimedOut)) as told:
        reader.identify()

    assert (told.value.model, told.value.port) == (model, far.url)
    assert told.value.data == came[0]
    assert came[0].hex(" ").upper() in str(told.value)
    assert str(told.value).count(far.url) == 1


def test_answer_without_end_is_shown_by_its_last_64_bytes(opened, device, model):
    reader, _ = opened
    device.faults = {(MAKES[model][2], n): lambda whole: [bytes(range(250))] for n in range(1, 30)}

    with pytest.raises((Failed, TimedOut)) as told:
        reader.identify()

    assert told.value.data == bytes(range(250))[-64:]


def test_what_answers_in_the_place_of_a_reader_is_shown(model):
    far = FarEnd(TcpWire(), lambda request: [b"login: "], MAKES[model][1])

    with pytest.raises(StartFailed) as told:
        open_reader(model, far.url)

    far.close()
    assert b"login: " in told.value.data
    assert isinstance(told.value.__cause__, ReaderError)


def test_a_loss_is_logged_once_and_the_return_once(caplog):
    caplog.set_level(logging.INFO, "drivers")
    bench = ScriptedBench("feig-mr102", PluggedTcp())
    reader = open_reader(bench.model, bench.url)
    bench.unplug()

    for _ in range(5):
        with pytest.raises((NotAvailable, TimedOut)):
            reader.inventory()
    bench.replug()
    _patiently(reader)
    reader.inventory()
    words = [record.getMessage().split()[0] for record in caplog.records]
    reader.close()
    bench.close()

    assert words == ["reader_lost", "reader_back"]


def test_reader_that_stays_silent_is_a_loss_too_and_logged_once(caplog, give_up_soon):
    caplog.set_level(logging.INFO, "drivers")
    script = ScriptedPad()
    far = FarEnd(TcpWire(), script)
    reader = open_reader("feig-mr102", far.url)
    give_up_soon("FEIG")
    script.faults = {(key, n): scripted_pad.mute for key in ("65", "69") for n in range(1, 60)}

    for _ in range(3):
        with pytest.raises((NotAvailable, TimedOut)):
            reader.reset_field()
    reader.close()
    far.close()

    assert [record.getMessage().split()[0] for record in caplog.records] == ["reader_lost"]


def _patiently(reader):
    end = time.monotonic() + 60
    while True:
        try:
            return reader.inventory()
        except ReaderError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
