"""What a kiosk knows without the controller: the snapshot's facts and its own acts since. Pure.

Its own acts are folded over the snapshot in their order; the result is what `circulation.rules`
are asked about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from circulation.api import CheckoutRequest, RenewRequest, ReturnRequest, SightingRequest
from circulation.ids import Copy, Isil, ItemId, PatronId
from circulation.loan import Act, ItemState, advance
from circulation.policy import ItemKind, PatronCategory, Policy
from circulation.policy_part import policy_of
from circulation.rules import Facts, ItemFacts, PatronFacts
from circulation.selfservice import DamageRequest
from circulation.snapshot import CardRights, CopyState, ReadyCopy, Sections
from kiosk.clock import local_day

Request = CheckoutRequest | RenewRequest | ReturnRequest | SightingRequest | DamageRequest


class Index:
    """A snapshot's sections, found by what they are about. Made once per snapshot."""

    def __init__(self, at: datetime, sections: Sections) -> None:
        """`ValueError` when a section is missing."""
        if sections.policy is None or sections.cards is None:
            raise ValueError("a snapshot without policy or cards decides nothing")
        self.at = at
        self.policy: Policy = policy_of(sections.policy)
        self.cards: Mapping[str, CardRights] = sections.cards
        self.copies = {copy_of(copy.owner, copy.item_id): copy for copy in sections.copies or ()}
        self.held_by: dict[PatronId, list[Copy]] = {}
        for copy, state in self.copies.items():
            if state.holder is not None:
                self.held_by.setdefault(PatronId(state.holder), []).append(copy)
        self.holds = {copy_of(hold.owner, hold.item_id): hold for hold in sections.holds or ()}

    @cached_property
    def patrons(self) -> Mapping[PatronId, CardRights]:
        """Rights by patron; whichever of his cards."""
        return {PatronId(rights.patron_id): rights for rights in self.cards.values()}


def copy_of(owner: str, item_id: str) -> Copy:
    """The copy of a message whose model has checked its form."""
    return Copy(Isil(owner), ItemId(item_id))


@dataclass(frozen=True, slots=True)
class Counts:
    """How a patron's loans changed since the snapshot."""

    counted: int = 0
    overdue: int = 0
    kinds: Mapping[ItemKind, int] | None = None

    def plus(self, kind: ItemKind, by: int, *, counts: bool, overdue: bool) -> "Counts":
        """One loan more or less."""
        kinds = dict(self.kinds or {})
        kinds[kind] = kinds.get(kind, 0) + by
        counted = self.counted + (by if counts else 0)
        return Counts(counted, self.overdue + (by if overdue else 0), kinds)


class Known:
    """The snapshot with these acts on top, as of `today`."""

    def __init__(self, index: Index, acts: Iterable[Request], today: date) -> None:
        self._index = index
        self._today = today
        self._changed: dict[Copy, ItemFacts] = {}
        self._counts: dict[PatronId, Counts] = {}
        for act in acts:
            self._fold(act)

    @property
    def policy(self) -> Policy:
        """The policy of the snapshot."""
        return self._index.policy

    def item(self, copy: Copy, patron: PatronId | None = None) -> ItemFacts:
        """The facts of a copy for this patron. One that no section names is a book in stock."""
        facts = self._standing(copy)
        hold, state = self._index.holds.get(copy), self._index.copies.get(copy)
        return replace(
            facts,
            held_for=_held_for(hold, self._today),
            queue_takes_it=_queue_takes(state, patron),
        )

    def someone_waits(self, copy: Copy) -> bool:
        """True when the copy, come back, is for somebody."""
        state = self._index.copies.get(copy)
        held = _held_for(self._index.holds.get(copy), self._today) is not None
        return held or bool(state and state.waiting)

    def patron(self, patron: PatronId, kind: ItemKind = ItemKind.BOOK) -> PatronFacts | None:
        """The facts of a patron as the rules ask them about a copy of this kind."""
        rights = self._index.patrons.get(patron)
        if rights is None:
            return None
        change = self._counts.get(patron, Counts())
        kinds = change.kinds or {}
        return PatronFacts(
            patron=patron,
            blocked=rights.blocked,
            left=rights.left,
            counted_loans=max(0, rights.counted_loans + change.counted),
            overdue_loans=max(0, rights.overdue_loans + change.overdue),
            age_years=rights.age_years,
            category=rights.category,
            loans_of_kind=max(0, rights.loans_of_kind.get(kind, 0) + kinds.get(kind, 0)),
        )

    def facts(self, act: Act, copy: Copy, patron: PatronId | None) -> Facts:
        """Everything the rules may look at."""
        item = self.item(copy, patron)
        return Facts(act, item, None if patron is None else self.patron(patron, item.kind))

    def loans(self, patron: PatronId) -> dict[Copy, ItemFacts]:
        """What this patron has, by copy; overdue first, then by date."""
        copies = {*self._index.held_by.get(patron, ()), *self._changed}
        held = {copy: facts for copy in copies if (facts := self._standing(copy)).holder == patron}
        return dict(sorted(held.items(), key=lambda one: (one[1].due or date.max, one[0].item)))

    def _standing(self, copy: Copy) -> ItemFacts:
        if copy in self._changed:
            return self._changed[copy]
        state = self._index.copies.get(copy)
        return _PLAIN if state is None else _item_facts(state)

    def _fold(self, act: Request) -> None:
        copy = copy_of(act.owner, act.item_id)
        match act:
            case CheckoutRequest(patron_id=patron_id):
                self._lend(copy, PatronId(patron_id), local_day(act.at))
            case ReturnRequest():
                self._take_back(copy)
            case RenewRequest(patron_id=patron_id):
                self._renew(copy, PatronId(patron_id), local_day(act.at))
            case DamageRequest():
                self._spoil(copy)
            case SightingRequest():
                pass

    def _lend(self, copy: Copy, patron: PatronId, day: date) -> None:
        before = self._standing(copy)
        if before.holder == patron:
            return
        if before.holder is not None:
            self._count(before.holder, before, -1)
        due = self.policy.due(before.kind, self._category(patron), day)
        lent = replace(before, state=ItemState.ON_LOAN, holder=patron, due=due, renewals=0)
        self._changed[copy] = lent
        self._count(patron, lent, 1)

    def _take_back(self, copy: Copy) -> None:
        before = self._standing(copy)
        if before.holder is not None:
            self._count(before.holder, before, -1)
        damaged = before.state is ItemState.DAMAGED
        state = ItemState.DAMAGED if damaged else ItemState.IN_STOCK
        self._changed[copy] = replace(before, state=state, holder=None, due=None, renewals=0)

    def _spoil(self, copy: Copy) -> None:
        """As the ledger does: a copy that came back goes to the librarian before anybody has it."""
        before = self._standing(copy)
        if (state := advance(before.state, Act.MARK_DAMAGED)) is not None:
            self._changed[copy] = replace(before, state=state)

    def _renew(self, copy: Copy, patron: PatronId, day: date) -> None:
        before = self._standing(copy)
        if before.holder != patron:
            return
        self._count(patron, before, -1)
        due = self.policy.due(before.kind, self._category(patron), day)
        self._changed[copy] = replace(before, due=due, renewals=before.renewals + 1)
        self._count(patron, self._changed[copy], 1)

    def _count(self, patron: PatronId, facts: ItemFacts, by: int) -> None:
        overdue = facts.due is not None and facts.due < self._today
        counts = self.policy.counts(facts.kind)
        before = self._counts.get(patron, Counts())
        self._counts[patron] = before.plus(facts.kind, by, counts=counts, overdue=overdue)

    def _category(self, patron: PatronId) -> PatronCategory | None:
        rights = self._index.patrons.get(patron)
        return None if rights is None else rights.category


_PLAIN = ItemFacts(kind=ItemKind.BOOK, state=ItemState.IN_STOCK)


def _item_facts(state: CopyState) -> ItemFacts:
    return ItemFacts(
        kind=state.kind,
        state=state.state,
        holder=None if state.holder is None else PatronId(state.holder),
        due=state.due,
        renewals=state.renewals,
        reading_room_only=state.reading_room_only,
        age_mark=state.age_mark,
    )


def _held_for(hold: ReadyCopy | None, today: date) -> PatronId | None:
    return PatronId(hold.patron_id) if hold is not None and hold.until >= today else None


def _queue_takes(state: CopyState | None, patron: PatronId | None) -> bool:
    """As the ledger counts: those who wait before this patron, and the free copies besides."""
    if state is None or not state.waiting:
        return False
    mine = state.waiting.index(patron) if patron in state.waiting else len(state.waiting)
    return mine > state.free_besides
