"""Every reader the product can drive: one row each, imported only when it is opened."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from drivers.card import CardReader
from drivers.errors import StartFailed
from drivers.reader import GateReader, Identity, Reader, UhfReader

READERS: Final = {
    "feig-mr101": "drivers.readers.feig.pad:FeigPad",
    "feig-mr102": "drivers.readers.feig.pad:FeigPad",
    "feig-mr200": "drivers.readers.feig.pad:FeigPad",
    "feig-cpr40": "drivers.readers.feig.pad:FeigPad",
    "feig-lr1002-host": "drivers.readers.feig.pad:FeigPad",
    "feig-lr2500-host": "drivers.readers.feig.pad:FeigPad",
    "m3-210": "drivers.readers.m3.pad:M3Pad",
    "m3-810": "drivers.readers.m3.pad:M3Pad",
}
UHF_READERS: Final = {
    "chafon-ru5102": "drivers.readers.chafon.reader:ChafonReader",
    "chafon-288": "drivers.readers.chafon.reader:ChafonReader",
}
GATE_READERS: Final = {
    "feig-lr1002": "drivers.readers.feig.gate:FeigGate",
    "feig-lr2500": "drivers.readers.feig.gate:FeigGate",
    "feig-lr1002-notify": "drivers.readers.feig.notified_gate:FeigNotifiedGate",
    "feig-lr2500-notify": "drivers.readers.feig.notified_gate:FeigNotifiedGate",
}
CARD_READERS: Final = {
    "mfrc522": "drivers.readers.mfrc522.reader:Mfrc522Reader",
    "acr122u": "drivers.readers.pcsc.reader:PcscReader",
    "acr1281u": "drivers.readers.pcsc.reader:PcscReader",
}
PROBES: Final = {
    "FEIG": "drivers.readers.feig.probe:probe",
    "Chafon": "drivers.readers.chafon.probe:probe",
    "3M": "drivers.readers.m3.probe:probe",
}
"""Questions to an unknown port, in the order in which they do least harm.

FEIG and Chafon are asked with a documented question each, which changes nothing and is met with
silence by the other (a Chafon of wrong speed, a FEIG of wrong parity). 3M comes last, because its
probe and 13 are not documented.
"""


def open_reader(model: str, url: str) -> Reader:
    """The opened pad of this model; `ValueError` for a model nobody drives, else `ReaderError`."""
    reader: Reader = _row(READERS | UHF_READERS, model)(url, model=model)
    return reader


def open_uhf_reader(model: str, url: str) -> UhfReader:
    """The opened UHF reader of this model; errors as in `open_reader`."""
    reader: UhfReader = _row(UHF_READERS, model)(url, model=model)
    return reader


def open_gate_reader(model: str, url: str) -> GateReader:
    """The opened gate reader of this model; errors as in `open_reader`."""
    reader: GateReader = _row(GATE_READERS, model)(url, model=model)
    return reader


def open_card_reader(model: str, url: str) -> CardReader:
    """The opened card reader, at ``spi://`` or ``pcsc://``; errors as in `open_reader`."""
    reader: CardReader = _row(CARD_READERS, model)(url, model=model)
    return reader


def identify_port(url: str) -> Identity:
    """Who answers at `url`; `StartFailed` if nobody known, `NotAvailable` if it won't open."""
    silent: list[str] = []
    for probe in PROBES.values():
        try:
            identity: Identity = _load(probe)(url)
        except StartFailed as error:
            silent.append(error.what)
        else:
            return identity
    raise StartFailed(f"tried {', '.join(PROBES)}: {'; '.join(silent)}", port=url)


def _row(table: dict[str, str], model: str) -> Callable[..., Any]:
    if model not in table:
        raise ValueError(f"unknown reader model {model!r}; known: {', '.join(sorted(table))}")
    return _load(table[model])


def _load(target: str) -> Callable[..., Any]:
    module, _, name = target.partition(":")
    loaded: Callable[..., Any] = getattr(import_module(module), name)
    return loaded
