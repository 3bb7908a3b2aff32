"""The simulator as a process: one world, its wires and sockets, and its API."""

import argparse
import contextlib
import json
import logging
import signal
import socket
import sys
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self, TypedDict

import uvicorn

from hw_sim.api import create_api
from hw_sim.settings import SimSettings
from hw_sim.stations import ReaderStation
from hw_sim.world import World

WIRING_FILE = "wiring.json"
HOST = "127.0.0.1"
SWITCH_INTERVAL_S = 0.0005  # a wire must not wait 5 ms for the API to let go of the interpreter

log = logging.getLogger(__name__)


class Plugs(TypedDict):
    """Where a reader can be opened."""

    pty: str
    tcp: str
    rfc2217: str


class Wiring(TypedDict):
    """What `wiring.json` says."""

    api: str
    seed: int
    pads: dict[str, Plugs]
    uhf_pads: dict[str, Plugs]
    gates: dict[str, Plugs]
    spi: dict[str, str]
    pins: dict[str, str]


class Simulation:
    """A world with everything listening between `with` and its end; the API is `serve`."""

    def __init__(self, settings: SimSettings) -> None:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.world = World(settings)
        self._api_socket = socket.create_server((HOST, settings.api_port))

    def __enter__(self) -> Self:
        self.world.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.world.stop()
        self._api_socket.close()

    def wiring(self) -> Wiring:
        """Where everything is; valid once started."""
        world = self.world
        port = self._api_socket.getsockname()[1]
        return Wiring(
            api=f"http://{HOST}:{port}",
            seed=self.settings.seed,
            pads={name: _plugs(pad) for name, pad in world.pads.items()},
            uhf_pads={name: _plugs(pad) for name, pad in world.uhf_pads.items()},
            gates={name: _plugs(gate) for name, gate in world.gates.items()},
            spi={name: str(reader.spi.path) for name, reader in world.card_readers.items()},
            pins={
                name: str(board.pins.path) for name, board in (world.gates | world.drops).items()
            },
        )

    def write_wiring(self) -> Path:
        """Write `wiring.json` in one step, so that whoever waits for it finds it whole."""
        path = self.settings.state_dir / WIRING_FILE
        new = path.with_suffix(".new")
        new.write_text(json.dumps(self.wiring(), indent=2) + "\n")
        new.replace(path)
        return path

    def serve(self) -> None:
        """Answer the API until SIGTERM or SIGINT."""
        config = uvicorn.Config(
            create_api(self.world),
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
            lifespan="off",
        )
        uvicorn.Server(config).run(sockets=[self._api_socket])


def run(settings: SimSettings) -> None:
    """Start everything, write `wiring.json`, serve until told to stop, take `wiring.json` away."""
    # uvicorn raises the signal again after it has stopped; then it shall not end the process
    signal.signal(signal.SIGTERM, _already_stopping)
    signal.signal(signal.SIGINT, _already_stopping)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with Simulation(settings) as simulation:
        wiring = simulation.write_wiring()
        log.info("simulator ready, seed %s, wiring in %s", settings.seed, wiring)
        with contextlib.suppress(KeyboardInterrupt):
            simulation.serve()
        wiring.unlink(missing_ok=True)


def main(arguments: list[str] | None = None) -> None:
    """``python -m hw_sim.server --state DIR [--settings FILE.json] [--seed N]``."""
    parser = argparse.ArgumentParser(prog="hw_sim.server", description="Simulated library devices")
    parser.add_argument("--state", type=Path, required=True, help="folder for ptys and sockets")
    parser.add_argument("--settings", type=Path, help="JSON file of SimSettings")
    parser.add_argument("--seed", type=int, help="seed of everything random")
    options = parser.parse_args(arguments)
    chosen = json.loads(options.settings.read_text()) if options.settings else {}
    chosen["state_dir"] = options.state
    if options.seed is not None:
        chosen["seed"] = options.seed
    logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    run(SimSettings.model_validate(chosen))


def _plugs(station: ReaderStation) -> Plugs:
    return Plugs(pty=station.pty.url, tcp=station.tcp.url, rfc2217=station.rfc2217.url)


def _already_stopping(_signal: int, _frame: FrameType | None) -> None:
    """Nothing more to do."""


if __name__ == "__main__":
    main()
