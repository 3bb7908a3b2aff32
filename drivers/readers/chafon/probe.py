"""Is there a Chafon reader behind this port, and which one?"""

from drivers.reader import Identity
from drivers.readers.chafon.session import Session


def probe(url: str) -> Identity:
    """Identity of the Chafon reader at `url`; `StartFailed` if something else answers."""
    session = Session(url, model="Chafon")
    try:
        told = session.start()
    finally:
        session.close()
    return Identity(told.model, told.firmware, url, told.simulated)
