"""Plugs pulled at the worst moment, and what stays of a port while its plug is out."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from hw_sim.endpoints import PtyEndpoint, TcpEndpoint, UnpluggedError

Make = Callable[[Path], PtyEndpoint | TcpEndpoint]
MAKES: dict[str, Make] = {
    "pty": lambda folder: PtyEndpoint(folder / "tty", 38400),
    "tcp": lambda folder: TcpEndpoint(0),
}


@pytest.fixture(params=MAKES.values(), ids=MAKES)
def endpoint(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PtyEndpoint | TcpEndpoint]:
    made: PtyEndpoint | TcpEndpoint = request.param(tmp_path)
    made.plug()
    yield made
    made.unplug()
    made.close()


def test_plug_pulled_just_before_the_reader_waits_is_told(
    endpoint: PtyEndpoint | TcpEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = endpoint._wake.wait

    def pulled(sources: Sequence[int], timeout_s: float | None) -> list[int]:
        endpoint.unplug()
        return wait(sources, timeout_s)

    monkeypatch.setattr(endpoint._wake, "wait", pulled)

    with pytest.raises(UnpluggedError):
        endpoint.read(1.0)


def test_port_refuses_calls_as_soon_as_its_plug_is_out_and_is_the_same_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endpoint = TcpEndpoint(0)
    endpoint.plug()
    url = endpoint.url
    # the reader's thread has not woken up yet: as long as it waits, the closed socket lives
    monkeypatch.setattr(endpoint._wake, "wake", lambda: None)
    reader = threading.Thread(target=_read_until_unplugged, args=(endpoint,))
    reader.start()
    time.sleep(0.2)  # it is in select by now; if not, there is nothing to be seen here

    endpoint.unplug()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=1)
    endpoint.plug()

    assert endpoint.url == url
    reader.join()
    endpoint.unplug()
    endpoint.close()


def _read_until_unplugged(endpoint: TcpEndpoint) -> None:
    with contextlib.suppress(UnpluggedError):
        endpoint.read(1.0)
