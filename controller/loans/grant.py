"""A checkout that the rules have granted: what is written of it, logged and answered."""

from dataclasses import dataclass, field
from datetime import date

from circulation.api import CheckoutRequest, LoanReceipt
from circulation.loan import Act, ItemState, SecurityAct, SecurityState, advance, advance_security
from circulation.policy import Policy
from controller import journal
from controller.answers import Answer, granted
from controller.devices.tokens import Caller
from controller.loans import rows
from controller.loans.facts import CopyRecord


@dataclass(frozen=True, slots=True)
class Grant:
    """This copy may be lent to whom the request names, until that day."""

    caller: Caller
    request: CheckoutRequest
    copy: CopyRecord
    due: date
    security: SecurityState = field(init=False)

    def __post_init__(self) -> None:
        """`disarm_due` until the tag is verified, unless it was seen disarmed before."""
        security = advance_security(self.copy.security, SecurityAct.LENT)
        object.__setattr__(self, "security", security)

    def loan(self, policy: Policy) -> rows.NewLoan:
        """The loan, with the policy that decided it."""
        return rows.NewLoan(
            item_id=self.copy.id,
            patron_id=self.request.patron_id,
            due=self.due,
            counted=policy.counts(self.copy.facts.kind),
            policy_version=policy.version,
            device_id=self.caller.device_id,
        )

    def move(self) -> rows.Move:
        """The copy's new place in both lifecycles."""
        return rows.Move(self.copy.id, state_after(self.copy, Act.CHECKOUT), self.security)

    def line(self) -> journal.Line:
        """For the log; never to whom."""
        detail = {"due": self.due.isoformat(), "security": self.security.value}
        return journal.Line(self.caller.device_id, self.copy.id, self.copy.title_id, detail)

    def receipt(self, loan_id: int) -> Answer:
        """What the device is told."""
        receipt = LoanReceipt(
            op_id=self.request.op_id,
            loan_id=str(loan_id),
            item_id=self.copy.item_id,
            title=self.copy.title,
            due=self.due,
            renewals=0,
            security=self.security,
        )
        return granted(receipt)


def state_after(copy: CopyRecord, act: Act) -> ItemState:
    """Where the copy stands after an act that the rules granted."""
    state = advance(copy.facts.state, act)
    if state is None:
        raise ValueError(f"the rules granted {act} of a copy that is {copy.facts.state}")
    return state
