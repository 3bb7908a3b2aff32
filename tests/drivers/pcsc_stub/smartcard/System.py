"""`readers()` and what hangs on it."""

import json
import os

from smartcard.Exceptions import CardConnectionException, NoCardException
from smartcard.pcsc.PCSCExceptions import EstablishContextException

_STORY = json.loads(os.environ["POLKA_PCSC_STORY"])
_GET_UID = [0xFF, 0xCA, 0x00, 0x00, 0x00]


class _Connection:
    def __init__(self):
        self._step = _STORY["polls"].pop(0)

    def connect(self):
        if self._step is None:
            raise NoCardException("no card")
        if self._step in ("gone", "mute"):
            if self._step == "gone":
                _STORY["readers"] = []
            raise CardConnectionException("cannot connect")

    def transmit(self, apdu):
        if apdu != _GET_UID:
            raise CardConnectionException(f"unexpected {apdu}")
        *data, sw1, sw2 = bytes.fromhex(self._step)
        return data, sw1, sw2

    def disconnect(self):
        if self._step is None:
            raise CardConnectionException("was not connected")


class _Reader:
    def __init__(self, name):
        self._name = name

    def __str__(self):
        return self._name

    def createConnection(self):
        return _Connection()


def readers():
    if _STORY["readers"] is None:
        raise EstablishContextException("service not available")
    return [_Reader(name) for name in _STORY["readers"]]
