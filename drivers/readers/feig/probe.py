"""Is there a FEIG reader behind this port, and which one?"""

from drivers.reader import Identity
from drivers.readers.feig.session import Session


def probe(url: str) -> Identity:
    """Identity of the FEIG reader at `url`; `StartFailed` if something else or nothing answers."""
    session = Session(url, model="feig")
    try:
        version = session.start()
    finally:
        session.close()
    return Identity(version.model, version.firmware, url, version.simulated)
