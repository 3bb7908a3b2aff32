"""Every reader the product can drive: one row each, imported only when it is opened."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from drivers.card import CardReader
from drivers.errors import ReaderError, StartFailed
from drivers.reader import GateReader, Identity, Reader

READERS: Final = {
    "feig-mr101": "drivers.readers.feig.pad:FeigPad",
    "feig-mr102": "drivers.readers.feig.pad:FeigPad",
    "feig-mr200": "drivers.readers.feig.pad:FeigPad",
    "feig-cpr40": "drivers.readers.feig.pad:FeigPad",
}
GATE_READERS: Final = {
    "feig-lr1002": "drivers.readers.feig.gate:FeigGate",
    "feig-lr2500": "drivers.readers.feig.gate:FeigGate",
}
CARD_READERS: Final = {
    "mfrc522": "drivers.readers.mfrc522.reader:Mfrc522Reader",
}
PROBES: Final = {
    "FEIG": "drivers.readers.feig.probe:probe",
}
"""Questions to an unknown port, in the order in which they do least harm."""


def open_reader(model: str, url: str) -> Reader:
    """The opened pad of this model; `ValueError` for a model nobody drives, else `ReaderError`."""
    reader: Reader = _row(READERS, model)(url, model=model)
    return reader


def open_gate_reader(model: str, url: str) -> GateReader:
    """The opened gate reader of this model; errors as in `open_reader`."""
    reader: GateReader = _row(GATE_READERS, model)(url, model=model)
    return reader


def open_card_reader(model: str, url: str) -> CardReader:
    """The opened card reader of this model, at ``spi://BUS.DEVICE``; errors as in `open_reader`."""
    reader: CardReader = _row(CARD_READERS, model)(url, model=model)
    return reader


def identify_port(url: str) -> Identity:
    """Who answers at `url`; `StartFailed` if nobody known, `NotAvailable` if it won't open."""
    silent: ReaderError | None = None
    for probe in PROBES.values():
        try:
            identity: Identity = _load(probe)(url)
        except StartFailed as error:
            silent = error
        else:
            return identity
    why = silent.what if silent else "nothing was tried"
    raise StartFailed(f"tried {', '.join(PROBES)}: {why}", port=url) from silent


def _row(table: dict[str, str], model: str) -> Callable[..., Any]:
    if model not in table:
        raise ValueError(f"unknown reader model {model!r}; known: {', '.join(sorted(table))}")
    return _load(table[model])


def _load(target: str) -> Callable[..., Any]:
    module, _, name = target.partition(":")
    loaded: Callable[..., Any] = getattr(import_module(module), name)
    return loaded
