"""Which ports there are and what answers behind them: names first, then one question per make."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from drivers.errors import Failed, NotSupported
from drivers.reader import GateReader, Identity, Reader
from drivers.registry import GATE_READERS, identify_port, open_gate_reader, open_reader

BY_ID: Final = Path("/dev/serial/by-id")  # udev's names, which survive a new order of plugs
_ADAPTERS: Final = {
    0x0403: "FTDI adapter",
    0x067B: "Prolific adapter",
    0x0AB1: "FEIG reader",
    0x10C4: "Silicon Labs adapter, as in Chafon readers",
    0x1A86: "WCH adapter",
}
_MODELS: Final = (
    ("FEIG LR1002", "feig-lr1002"),
    ("FEIG LR2500", "feig-lr2500"),
    ("FEIG MR101", "feig-mr101"),
    ("FEIG MR200", "feig-mr200"),
    ("FEIG CPR", "feig-cpr40"),
    ("FEIG", "feig-mr102"),
    ("3M 810", "m3-810"),
    ("3M", "m3-210"),
    ("Chafon UHFReader288", "chafon-288"),
    ("Chafon", "chafon-ru5102"),
)
"""How an identity begins, and the row of the registry that drives it: the first that fits."""


@dataclass(frozen=True, slots=True)
class FoundPort:
    """A serial port of this machine. `name` is the one to put into settings."""

    name: str
    device: str
    usb_id: str | None
    hint: str


def find_ports(by_id: Path = BY_ID) -> tuple[FoundPort, ...]:
    """Every serial port that USB tells of, with its lasting name; nothing is sent to it."""
    lasting = {str(link.resolve()): str(link) for link in sorted(by_id.glob("*"))}
    return tuple(
        _found(port, lasting.get(port.device, port.device))
        for port in sorted(list_ports.comports(), key=lambda port: port.device)
        if port.vid is not None or port.device in lasting
    )


def model_of(identity: Identity) -> str:
    """The registry's model for what answered; `Failed` for one that nobody here drives."""
    for begins, model in _MODELS:
        if identity.model.startswith(begins):
            return model
    raise Failed("no driver for this device", model=identity.model, port=identity.port)


def open_found(url: str, model: str | None = None) -> Reader:
    """The reader at `url`, of this model or of the one that it says it is; no gate."""
    model = model or model_of(identify_port(url))
    if model in GATE_READERS:
        raise NotSupported(
            "a gate tells what passes, not what lies there: lay the tag on a pad",
            model=model,
            port=url,
        )
    return open_reader(model, url)


def open_watched(
    url: str, model: str | None = None
) -> tuple[Reader | GateReader, Callable[[], object]]:
    """Whatever reader is at `url`, a gate too, and how to look at its field once."""
    model = model or model_of(identify_port(url))
    if model in GATE_READERS:
        gate = open_gate_reader(model, url)
        return gate, gate.poll
    reader = open_reader(model, url)
    return reader, reader.inventory


def _found(port: ListPortInfo, name: str) -> FoundPort:
    usb_id = f"{port.vid:04X}:{port.pid:04X}" if port.vid is not None else None
    hint = _ADAPTERS.get(port.vid or 0, port.description or "")
    return FoundPort(name, port.device, usb_id, hint)
