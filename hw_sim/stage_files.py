"""What stands on a stage, and the files that an administrator would write for its programs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hw_sim.server import Wiring

LIBRARY, GATE, KIOSK, PAD, STATION, DROP = "school", "gate1", "kiosk1", "pad1", "station1", "drop1"
CARDS = "cards1"
SHELF_BIN, DESK_BIN = "shelf", "desk"
_DROP_BINS = ((SHELF_BIN, ("shelf", "unsorted"), 23, 24), (DESK_BIN, ("staff",), 25, 16))
_DROP_PINS = {"flap": 17, "slot": 27, "release": 22}  # BCM numbers


@dataclass(frozen=True, slots=True)
class Ground:
    """Where everything of one stage is, and what the plan wishes."""

    state: Path
    owner: str
    wiring: Wiring
    database: Path
    port: int  # the controller's
    broker_port: int
    gates_port: int
    panel: tuple[int, int, int]  # width, height, ppi
    kiosk: Mapping[str, object]  # settings on top of the usual ones

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def simulator_settings(state: Path, *, seed: int, live_page: str) -> dict[str, object]:
    """One world: a kiosk's pad, a tagging pad, a card reader, a gate and a drop of two bins."""
    bins = [{"name": name, "gate": gate, "full": full} for name, _, gate, full in _DROP_BINS]
    return {
        "state_dir": str(state),
        "seed": seed,
        "pads": [{"name": PAD}, {"name": STATION}],
        "drops": [{"name": DROP, "bins": bins, **_DROP_PINS}],
        "live_page": live_page,
    }


def write_settings(ground: Ground) -> None:
    """`controller.toml`, `gate.toml`, `kiosk.toml`, `station.toml` and `drop.toml`."""
    files = {
        "controller": _controller(ground),
        "gate": _gate(ground),
        "kiosk": {**_kiosk(ground), **ground.kiosk},
        "station": _station(ground),
        "drop": _drop(ground),
    }
    for name, values in files.items():
        lines = [f"{key} = {_literal(value)}" for key, value in values.items()]
        path = ground.state / f"{name}.toml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _controller(ground: Ground) -> dict[str, object]:
    return {
        "library_isil": ground.owner,
        "library_name": LIBRARY,
        "library_display_name": "Школьная библиотека",
        "database_url": f"sqlite:///{ground.database}",
        "port": ground.port,
        "mqtt": {"port": ground.broker_port},
    }


def _gate(ground: Ground) -> dict[str, object]:
    return {
        "library": LIBRARY,
        "device": GATE,
        "reader_url": ground.wiring["gates"][GATE]["tcp"],
        "state_dir": ground.state / "gate",
        "mqtt_host": "127.0.0.1",
        "mqtt_port": ground.gates_port,
        "mqtt_ca_file": ground.state / "broker" / "tls" / "ca.crt",
        "mqtt_password_file": ground.state / "gate.password",
        "allow_simulated": True,
    }


def _kiosk(ground: Ground) -> dict[str, object]:
    return {
        **_of_the_controllers(ground, KIOSK, "kiosk", PAD),
        **_window(ground),
        "service_pin_file": ground.state / "kiosk.pin",
        "journal": ground.state / "kiosk" / "journal.db",
    }


def _station(ground: Ground) -> dict[str, object]:
    return {
        **_of_the_controllers(ground, STATION, "station", STATION),
        **_window(ground),
        "outbox": ground.state / "station" / "outbox.db",
        "speech": False,
    }


def _drop(ground: Ground) -> dict[str, object]:
    bins = [
        {"name": name, "ways": ways, "gate": gate, "full": full}
        for name, ways, gate, full in _DROP_BINS
    ]
    return {
        **_of_the_controllers(ground, DROP, "drop", DROP),
        **_DROP_PINS,
        "outbox": ground.state / "drop" / "outbox.db",
        "display": ground.state / "drop.display",
        "visit_s": 120,
        "bins": bins,
    }


def _of_the_controllers(ground: Ground, device: str, kind: str, pad: str) -> dict[str, object]:
    """What every device with a token and a pad is told."""
    return {
        "device": device,
        "owner": ground.owner,
        "controller_url": ground.address,
        "token_file": ground.state / f"{kind}.token",
        "reader_port": ground.wiring["pads"][pad]["pty"],
        "allow_simulated": True,
    }


def _window(ground: Ground) -> dict[str, object]:
    width, height, ppi = ground.panel
    return {
        "panel_width_px": width,
        "panel_height_px": height,
        "panel_ppi": ppi,
        "fullscreen": False,
    }


def _literal(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case dict():
            return "{ " + ", ".join(f"{k} = {_literal(v)}" for k, v in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(map(_literal, value)) + "]"
        case _:
            return json.dumps(str(value), ensure_ascii=False)
