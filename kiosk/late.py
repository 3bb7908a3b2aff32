"""A kept operation as a line of a batch, with the number under which it stands in the journal."""

from typing import assert_never

from circulation.api import CheckoutRequest, RenewRequest, ReturnRequest, SightingRequest
from circulation.offline import (
    LateCheckout,
    LateDamage,
    LateOperation,
    LateRenewal,
    LateReturn,
    LateSighting,
)
from circulation.selfservice import DamageRequest
from kiosk.journal import Entry


def late_operation(entry: Entry) -> LateOperation:
    """Decided alone it is a fact; otherwise the ledger answers as it would to a single request."""
    seq, clock, offline = entry.seq, entry.clock, entry.alone
    match entry.request:
        case CheckoutRequest() as request:
            return LateCheckout(seq=seq, clock=clock, offline=offline, request=request)
        case ReturnRequest() as request:
            return LateReturn(seq=seq, clock=clock, offline=offline, request=request)
        case RenewRequest() as request:
            return LateRenewal(seq=seq, clock=clock, offline=offline, request=request)
        case SightingRequest() as request:
            return LateSighting(seq=seq, clock=clock, offline=offline, request=request)
        case DamageRequest() as request:
            return LateDamage(seq=seq, clock=clock, offline=offline, request=request)
        case _:
            assert_never(entry.request)
