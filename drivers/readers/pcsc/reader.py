"""Card reader behind the PC/SC service (pcscd): ACR122U, ACR1281U and whatever else it names.

PC/SC knows one card per reader: of two cards laid down at once the reader picks one, and nobody is
told. Needs the extra ``pcsc`` (pyscard) and pcscd.
"""

import contextlib
from types import ModuleType
from typing import Any, Final

from drivers.card import CardPoll, CardPollKind
from drivers.errors import NotAvailable
from drivers.reader import Identity

_GET_UID: Final = [0xFF, 0xCA, 0x00, 0x00, 0x00]  # PC/SC part 3, 3.2.2.1.3: Get Data, UID
_DONE: Final = (0x90, 0x00)
_UID_BYTES: Final = (4, 7, 10)  # ISO/IEC 14443-3, 6.5.4
_SCHEME: Final = "pcsc://"
_NAMES: Final = {
    "acr122u": ("ACR122",),
    "acr1281u": ("ACR1281", "PICC"),  # it has slots for contact cards and SAMs as well
}


class PcscReader:
    """`drivers.card.CardReader` for one reader that the PC/SC service names."""

    def __init__(self, url: str, *, model: str = "acr122u") -> None:
        """``pcsc://`` for the first reader of this model, ``pcsc://TEXT`` for one named so."""
        self._url = url
        self._model = model
        if not url.startswith(_SCHEME):
            raise self._absent("a PC/SC reader is named pcsc:// or pcsc://PART-OF-ITS-NAME")
        self._wanted = (*_NAMES[model], url.removeprefix(_SCHEME))
        self._system, trouble, self._no_card = self._import()
        self._trouble: tuple[type[Exception], ...] = trouble
        self._reader = self._find()

    def identify(self) -> Identity:
        """The name that the service gives the reader; `NotAvailable` if it is gone."""
        return Identity(str(self._find()), "PC/SC", self._url, simulated=False)

    def poll(self) -> CardPoll:
        """Look once: connect to the card, ask for its UID, let it go."""
        connection = self._reader.createConnection()
        try:
            connection.connect()
            data, *status = connection.transmit(_GET_UID)
        except self._no_card:
            return CardPoll(CardPollKind.NONE)
        except self._trouble:
            self._find()  # the reader itself may be gone
            return CardPoll(CardPollKind.UNREADABLE)
        finally:
            self._let_go(connection)
        if tuple(status) != _DONE or len(data) not in _UID_BYTES:
            return CardPoll(CardPollKind.UNREADABLE)
        return CardPoll(CardPollKind.ONE, bytes(data).hex().upper())

    def close(self) -> None:
        """Nothing stays open between two polls."""

    def _import(self) -> tuple[ModuleType, tuple[type[Exception], ...], type[Exception]]:
        try:
            from smartcard import Exceptions, System
            from smartcard.pcsc import PCSCExceptions
        except ImportError as error:
            raise self._absent(f"{error}: install the extra 'pcsc' and pcscd") from error
        trouble = (Exceptions.SmartcardException, PCSCExceptions.BaseSCardException)
        return System, trouble, Exceptions.NoCardException

    def _find(self) -> Any:
        try:
            readers = self._system.readers()
        except self._trouble as error:
            raise self._absent(f"no PC/SC service: is pcscd running? ({error})") from error
        for reader in readers:
            if all(part in str(reader) for part in self._wanted):
                return reader
        there = ", ".join(map(str, readers)) or "none"
        raise self._absent(f"the PC/SC service names no such reader; it names {there}")

    def _let_go(self, connection: Any) -> None:
        # a card taken away in the meantime has let go by itself; a lost reader shows next time
        with contextlib.suppress(*self._trouble):
            connection.disconnect()

    def _absent(self, what: str) -> NotAvailable:
        return NotAvailable(what, model=self._model, port=self._url)
