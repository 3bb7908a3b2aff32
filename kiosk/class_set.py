"""What a kiosk knows of a pupil's set of textbooks in one session: values, no rules."""

from dataclasses import dataclass

from circulation.class_sets import StackAnswer
from circulation.ids import Copy, Isil, ItemId


@dataclass(frozen=True, slots=True)
class SetDesk:
    """The set as the ledger compared it last, and the question that is under way."""

    session: int = 0  # whose; another session's is forgotten
    asking: bool = False
    judged: frozenset[Copy] = frozenset()  # copies that the answer speaks of
    answer: StackAnswer | None = None
    retry_at: float = 0.0

    @property
    def take(self) -> frozenset[Copy]:
        """The copies that belong to the set and are still to be lent."""
        if self.answer is None:
            return frozenset()
        return frozenset(Copy(Isil(one.owner), ItemId(one.item_id)) for one in self.answer.take)

    @property
    def wanted(self) -> int:
        """How many books the whole set is; 0: there is none."""
        return sum(tick.wanted for tick in self.answer.ticks) if self.answer else 0

    @property
    def missing(self) -> int:
        """How many are neither at home nor on the pad."""
        return sum(tick.missing for tick in self.answer.ticks) if self.answer else 0
