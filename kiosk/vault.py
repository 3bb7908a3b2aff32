"""Seals what this kiosk keeps on its disk, under a key made of the device's own secret.

AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits in front. `about` is bound to the text:
a sealed text put into another row does not open. After a change of the device token what was sealed
before opens with the earlier one, so that no operation is lost by it.
"""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY = b"polka kiosk disk v1"
_NONCE_BYTES = 12


class BadSeal(Exception):
    """It was sealed with another secret, or changed since."""


class Vault:
    """Seals with the first secret, opens with any of them."""

    def __init__(self, secret: str, *earlier: str) -> None:
        keys = (hmac.digest(one.encode(), _KEY, "sha256") for one in (secret, *earlier))
        self._keys = tuple(AESGCM(key) for key in keys)

    def seal(self, text: str, about: str) -> bytes:
        """Nonce, ciphertext, tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._keys[0].encrypt(nonce, text.encode(), about.encode())

    def open(self, sealed: bytes, about: str) -> str:
        """The text that was sealed about this, or `BadSeal`."""
        for key in self._keys:
            text = _opened(key, sealed, about)
            if text is not None:
                return text
        raise BadSeal(f"{about}: sealed with another device token, or damaged")

    def is_present(self, sealed: bytes, about: str) -> bool:
        """True when it was sealed with the first secret."""
        return _opened(self._keys[0], sealed, about) is not None


def _opened(key: AESGCM, sealed: bytes, about: str) -> str | None:
    try:
        return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about.encode()).decode()
    except (InvalidTag, ValueError):
        return None
