"""Is there a 3M reader behind this port, and which one?"""

from drivers.reader import Identity
from drivers.readers.m3.session import Session


def probe(url: str) -> Identity:
    """Identity of the 3M reader at `url`; `StartFailed` if something else or nothing answers."""
    session = Session(url, model="3M")
    try:
        version = session.start()
    finally:
        session.close()
    return Identity(f"3M {session.hardware}", version.firmware, url, version.simulated)
