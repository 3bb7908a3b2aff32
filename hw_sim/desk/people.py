"""Who stands at the desk: a dozen pupils of the sample school with their cards."""

import random
from functools import cache

from pydantic import BaseModel

from hw_sim.library.pupils import pupils

_EVERY = 107  # so that a dozen comes from all grades and has cards of both sizes
_COUNT = 12
STRANGERS_CARD = "04A1B2C3D4E580"  # a card of the town's transport: the library does not know it
_RANDOM_UID = 0x08  # ISO/IEC 14443-3, 6.5.4: first byte of a UID made up anew at each field entry


class DeskPerson(BaseModel):
    """A person and the card in the hand."""

    card: str
    name: str
    surname: str
    school_class: str


@cache
def people() -> tuple[DeskPerson, ...]:
    """The oldest first, as they are the ones who may borrow everything."""
    chosen = list(reversed(pupils()))[::_EVERY][:_COUNT]
    return tuple(
        DeskPerson(
            card=pupil.card,
            name=pupil.name,
            surname=pupil.surname,
            school_class=pupil.school_class,
        )
        for pupil in chosen
    )


def phone_uid(chance: random.Random) -> bytes:
    """What a phone shows instead of a UID of its own: 08 and three bytes of chance."""
    return bytes((_RANDOM_UID,)) + chance.randbytes(3)
