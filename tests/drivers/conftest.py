"""Wires, far ends and the shared golden data, for the tests of the device layer."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drivers.reader import Reader
from drivers.readers.chafon import commands as chafon_commands
from drivers.readers.chafon import session as chafon_session
from drivers.readers.feig import eas, iso_host
from drivers.readers.feig import session as feig_session
from drivers.readers.feig.pad import FeigPad
from drivers.readers.m3 import commands as m3_commands
from drivers.readers.m3 import session as m3_session
from drivers.registry import open_reader
from tests.drivers.bench import BENCHES, Bench, Factory, RealBench
from tests.drivers.far_end import Answer, FarEnd, PtyWire, TcpWire
from tests.drivers.scripted_pad import ScriptedPad

_HASTE = 4
_TAG_TIMEOUTS = (
    (iso_host, "RF_TIMEOUT_S"),
    (eas, "RF_TIMEOUT_S"),
    (m3_commands, "RF_TIMEOUT_S"),
    (chafon_commands, "TAG_TIMEOUT_S"),
)
_HASTY_S = 0.05
_WHO_ARE_YOU = {
    "FEIG": ((feig_session, "version"),),
    "Chafon": ((chafon_session, "information"),),
    "3M": ((m3_session, "probe"), (m3_session, "version")),
}
_VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"


@pytest.fixture(scope="session")
def shared_vectors() -> Callable[[str], Any]:
    """Golden data that lies beside the project; the tests that need it are skipped without."""

    def load(name: str) -> Any:
        path = _VECTORS / name
        if not path.exists():
            pytest.skip(f"no golden data at ../shared/vectors/{name}")
        return json.loads(path.read_text(encoding="utf-8"))

    return load


@pytest.fixture
def frames_of(shared_vectors: Callable[[str], Any]) -> Callable[[str], dict[str, bytes]]:
    """The frames of a make by their names in the golden data."""
    return lambda name: {
        vector["id"]: bytes.fromhex(vector["hex"])
        for vector in shared_vectors(f"readers-{name}.json")["vectors"]
    }


@pytest.fixture(params=[PtyWire, TcpWire], ids=["pty", "tcp"])
def wire(request: pytest.FixtureRequest) -> PtyWire | TcpWire:
    return request.param()


@pytest.fixture
def far_end(wire: PtyWire | TcpWire) -> Iterator[Callable[[Callable[[bytes], Answer]], FarEnd]]:
    """Start a scripted device on the wire."""
    started: list[FarEnd] = []

    def start(device: Callable[[bytes], Answer]) -> FarEnd:
        started.append(FarEnd(wire, device))
        return started[0]

    yield start
    for far in started:
        far.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drivers that wait for a tag a quarter of their time: for tests of silence."""
    for module, name in _TAG_TIMEOUTS:
        monkeypatch.setattr(module, name, getattr(module, name) / _HASTE)


@pytest.fixture
def give_up_soon(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Names makes that are not at the port, so that none is waited for at length."""

    def give_up(*makes: str) -> None:
        for session, name in (question for make in makes for question in _WHO_ARE_YOU[make]):
            asked = replace(getattr(session, name)(), timeout_s=_HASTY_S)
            monkeypatch.setattr(session, name, lambda asked=asked: asked)

    return give_up


@pytest.fixture
def script() -> ScriptedPad:
    return ScriptedPad()


@pytest.fixture
def pad(
    far_end: Callable[[Callable[[bytes], Answer]], FarEnd], script: ScriptedPad
) -> Iterator[FeigPad]:
    """The real driver on the scripted pad, over a real pty and a real socket."""
    reader = FeigPad(far_end(script).url)
    yield reader
    reader.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bench", metavar="PORT", help="run the reader contract on a real device")
    parser.addoption("--bench-model", metavar="MODEL", help="its model, if it shall not be asked")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The contract runs on every scripted reader, or on the one real device that was named."""
    if "bench" not in metafunc.fixturenames:
        return
    port, model = metafunc.config.getoption("--bench"), metafunc.config.getoption("--bench-model")
    factories: dict[str, Factory] = {"real": lambda: RealBench(port, model)} if port else BENCHES
    metafunc.parametrize("bench", list(factories.values()), ids=list(factories), indirect=True)


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """A reader and its tags, moved by the test or laid down by a person."""
    made: Bench = request.param()
    yield made
    made.close()


@pytest.fixture
def reader(bench: Bench) -> Iterator[Reader]:
    """The real driver on the bench."""
    opened = open_reader(bench.model, bench.url)
    yield opened
    opened.close()
