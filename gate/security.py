"""By what a tag shows that its book is secured: the AFI, the EAS bit of NXP chips, or either."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class Security(StrEnum):
    """What this library arms its tags with; a library uses one way, and both while it changes."""

    AFI = "afi"
    EAS = "eas"
    BOTH = "both"  # armed as soon as either says so: a tag that was disarmed in part is noticed
    LIST = "list"  # UHF: the tag shows nothing, the list of what is lent decides


@dataclass(frozen=True, slots=True)
class Shown:
    """What one tag showed: its AFI (None: it has none, or was not asked) and its EAS bit."""

    afi: int | None
    eas: bool | None = None


@dataclass(frozen=True, slots=True)
class AfiPair:
    """The library's two values; any other is a stranger's or of an unknown layout."""

    in_stock: int
    on_loan: int

    def is_secured(self, afi: int | None) -> bool | None:
        """None for a stranger's."""
        if afi == self.in_stock:
            return True
        return False if afi == self.on_loan else None


def is_secured(
    security: Security, shown: Shown, pair: AfiPair, *, lent: bool | None
) -> bool | None:
    """None when nothing tells. `lent`: on the list of what is lent; None while no list has come."""
    match security:
        case Security.AFI:
            return pair.is_secured(shown.afi)
        case Security.EAS:
            return shown.eas
        case Security.BOTH:
            by_afi = pair.is_secured(shown.afi)
            return None if by_afi is None else by_afi or bool(shown.eas)
        case Security.LIST:
            return None if lent is None else not lent
        case _:
            assert_never(security)
