"""The desk over HTTP: checkout, renewal, return, sighting; and what only staff may do."""

from fastapi import APIRouter

from circulation.api import (
    CHECKOUTS,
    RENEWALS,
    RETURNS,
    SIGHTINGS,
    CheckoutRequest,
    LoanReceipt,
    RenewRequest,
    ReturnReceipt,
    ReturnRequest,
    SightingReceipt,
    SightingRequest,
)
from circulation.desk import (
    RENEW_ALL,
    STAFF_BLOCKS,
    STAFF_BLOCKS_LIFT,
    STAFF_CHECKOUTS,
    STAFF_MARKS,
    STAFF_PARTS,
    STAFF_RENEWALS,
    BlockReceipt,
    BlockRequest,
    LiftBlockRequest,
    MarkReceipt,
    MarkRequest,
    PartsReceipt,
    PartsRequest,
    RenewAllReceipt,
    RenewAllRequest,
    StaffCheckoutRequest,
    StaffRenewRequest,
)
from controller.edge import ByHand
from controller.items.parts import name_parts
from controller.loans.desk import Desk
from controller.loans.service import Loans
from controller.loans.sets import Sets
from controller.staff.rights import Right
from controller.writer import Writer
from controller.writes import Writes


def loan_routes(writer: Writer, loans: Loans) -> APIRouter:
    """Every write goes through the writer and is answered after its commit."""
    router = APIRouter(tags=["desk"], route_class=ByHand)
    writes = Writes(router, writer, loans.time)
    desk = Desk(loans)
    together = Sets(loans).lend_to_devices
    writes.add_joined(CHECKOUTS, CheckoutRequest, loans.checkout, together, LoanReceipt, "checkout")
    writes.add(RENEWALS, RenewRequest, loans.renew, LoanReceipt, "renew")
    writes.add(RENEW_ALL, RenewAllRequest, desk.renew_all, RenewAllReceipt, "renew all")
    writes.add(RETURNS, ReturnRequest, loans.take_back, ReturnReceipt, "return")
    writes.add(SIGHTINGS, SightingRequest, loans.sight, SightingReceipt, "sight")
    _add_staff(writes, desk)
    return router


def _add_staff(writes: Writes, desk: Desk) -> None:
    over = Right.OVERRIDE_RULES
    writes.add_staff(
        STAFF_CHECKOUTS, StaffCheckoutRequest, desk.checkout, LoanReceipt, "staff checkout", over
    )
    writes.add_staff(
        STAFF_RENEWALS, StaffRenewRequest, desk.renew, LoanReceipt, "staff renew", over
    )
    writes.add_staff(STAFF_MARKS, MarkRequest, desk.mark, MarkReceipt, "mark")
    writes.add_staff(
        STAFF_PARTS,
        PartsRequest,
        lambda inside, who, wish: name_parts(inside, who, wish, desk.loans.time),
        PartsReceipt,
        "name parts",
    )
    writes.add_staff(STAFF_BLOCKS, BlockRequest, desk.block, BlockReceipt, "block")
    writes.add_staff(STAFF_BLOCKS_LIFT, LiftBlockRequest, desk.lift, BlockReceipt, "lift")
