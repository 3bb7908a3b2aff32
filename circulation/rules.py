"""Decide a checkout, a renewal, a return. Facts in, decision out: no clock, no database, no text.

Every rule is a function `(Facts, Policy, today) -> Reason | None`. All of them are asked; the
refusals come back in the order of `RULES`, which is their order of use to the patron: what he can
do something about comes first. Staff may set aside what is a rule of the house (`OVERRIDABLE`),
never what is so: a copy that somebody else has stays with him.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from circulation.ids import PatronId
from circulation.loan import Act, ItemState, advance
from circulation.policy import ItemKind, PatronCategory, Policy
from circulation.reasons import Reason


@dataclass(frozen=True, slots=True)
class PatronFacts:
    """What the ledger knows of the patron at this moment."""

    patron: PatronId
    blocked: bool
    left: bool
    counted_loans: int  # open loans that use up the limit
    overdue_loans: int
    age_years: int | None = None  # None: not known, then no age mark is enforced
    category: PatronCategory | None = None  # None: everybody's terms
    loans_of_kind: int = 0  # open loans of the kind of the copy in question


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What the ledger knows of the copy at this moment."""

    kind: ItemKind
    state: ItemState
    holder: PatronId | None = None
    due: date | None = None
    renewals: int = 0
    reading_room_only: bool = False
    age_mark: int = 0  # 436-ФЗ: 0, 6, 12, 16 or 18
    held_for: PatronId | None = None  # it stands on the hold shelf for this patron
    parts: int = 1  # of a set
    queue_takes_it: bool = False  # as many patrons wait before this one as there are free copies


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a decision may look at."""

    act: Act
    item: ItemFacts
    patron: PatronFacts | None = None
    parts_seen: frozenset[int] | None = None  # None: nobody looked


@dataclass(frozen=True, slots=True)
class Decision:
    """`ok`, or every reason against it. `due` is set for a granted checkout or renewal."""

    reasons: tuple[Reason, ...]
    due: date | None = None
    can_still_borrow: int | None = None
    overridden: tuple[Reason, ...] = ()  # what staff set aside

    @property
    def ok(self) -> bool:
        return not self.reasons


Rule = Callable[[Facts, Policy, date], Reason | None]


OVERRIDABLE = frozenset(
    {
        Reason.PATRON_LEFT,
        Reason.PATRON_BLOCKED,
        Reason.OVERDUE_ITEMS,
        Reason.LIMIT_REACHED,
        Reason.READING_ROOM_ONLY,
        Reason.AGE_MARK,
        Reason.HELD_FOR_OTHER,
        Reason.SET_INCOMPLETE,
        Reason.RENEWAL_LIMIT,
        Reason.RENEWAL_OVERDUE,
        Reason.RENEWAL_WAITED_FOR,
    }
)


def decide(facts: Facts, policy: Policy, today: date, *, overriding: bool = False) -> Decision:
    """Ask every rule of the act; `today` is the library's local date.

    With `overriding` only what staff cannot set aside is a reason against it.
    """
    asked = [rule(facts, policy, today) for rule in RULES[facts.act]]
    reasons = tuple([reason for reason in asked if reason is not None])
    overridden: tuple[Reason, ...] = ()
    if overriding and reasons:
        overridden = tuple(reason for reason in reasons if reason in OVERRIDABLE)
        reasons = tuple(reason for reason in reasons if reason not in OVERRIDABLE)
    granted = not reasons and facts.act in (Act.CHECKOUT, Act.RENEW)
    due = policy.due(facts.item.kind, _category(facts), today) if granted else None
    return Decision(reasons, due, _can_still_borrow(facts, policy), overridden)


def _category(facts: Facts) -> PatronCategory | None:
    return None if facts.patron is None else facts.patron.category


def _can_still_borrow(facts: Facts, policy: Policy) -> int | None:
    if facts.patron is None:
        return None
    return max(0, policy.terms(facts.patron.category).max_loans - facts.patron.counted_loans)


def _patron_blocked(facts: Facts, policy: Policy, today: date) -> Reason | None:
    return Reason.PATRON_BLOCKED if facts.patron and facts.patron.blocked else None


def _patron_left(facts: Facts, policy: Policy, today: date) -> Reason | None:
    return Reason.PATRON_LEFT if facts.patron and facts.patron.left else None


def _already_yours(facts: Facts, policy: Policy, today: date) -> Reason | None:
    mine = facts.patron is not None and facts.item.holder == facts.patron.patron
    return Reason.ALREADY_YOURS if mine and facts.item.state is ItemState.ON_LOAN else None


def _on_loan_to_other(facts: Facts, policy: Policy, today: date) -> Reason | None:
    theirs = facts.patron is None or facts.item.holder != facts.patron.patron
    return Reason.ON_LOAN_TO_OTHER if theirs and facts.item.state is ItemState.ON_LOAN else None


def _not_lendable(facts: Facts, policy: Policy, today: date) -> Reason | None:
    """On loan has its own two reasons; a lost copy on the pad is lent after staff returned it."""
    if facts.item.state is ItemState.ON_LOAN:
        return None
    return None if advance(facts.item.state, Act.CHECKOUT) else Reason.NOT_LENDABLE


def _reading_room_only(facts: Facts, policy: Policy, today: date) -> Reason | None:
    return Reason.READING_ROOM_ONLY if facts.item.reading_room_only else None


def _set_incomplete(facts: Facts, policy: Policy, today: date) -> Reason | None:
    """Of a set that was looked at every part goes along; parts that nobody knows of may lie by."""
    if facts.parts_seen is None:
        return None
    whole = facts.parts_seen.issuperset(range(1, facts.item.parts + 1))
    return None if whole else Reason.SET_INCOMPLETE


def _age_mark(facts: Facts, policy: Policy, today: date) -> Reason | None:
    age = facts.patron.age_years if facts.patron else None
    return Reason.AGE_MARK if age is not None and age < facts.item.age_mark else None


def _overdue_items(facts: Facts, policy: Policy, today: date) -> Reason | None:
    patron = facts.patron
    over = patron is not None and patron.overdue_loans > policy.terms(patron.category).max_overdue
    return Reason.OVERDUE_ITEMS if over else None


def _limit_reached(facts: Facts, policy: Policy, today: date) -> Reason | None:
    """Of books in all, or of this kind; a limit of a kind also binds kinds that do not count."""
    if facts.patron is None:
        return None
    terms = policy.terms(facts.patron.category)
    kind = facts.item.kind
    of_kind = terms.kind_limits.get(kind)
    full = policy.counts(kind) and facts.patron.counted_loans >= terms.max_loans
    full_of_kind = of_kind is not None and facts.patron.loans_of_kind >= of_kind
    return Reason.LIMIT_REACHED if full or full_of_kind else None


def _held_for_other(facts: Facts, policy: Policy, today: date) -> Reason | None:
    """A copy on the hold shelf is for one patron; a free copy is for those who wait longer."""
    if facts.item.state is ItemState.ON_LOAN:
        return None
    me = None if facts.patron is None else facts.patron.patron
    held = facts.item.held_for not in (None, me)
    queued = facts.item.held_for is None and facts.item.queue_takes_it
    return Reason.HELD_FOR_OTHER if held or queued else None


def _not_on_loan(facts: Facts, policy: Policy, today: date) -> Reason | None:
    return Reason.NOT_ON_LOAN if facts.item.state is not ItemState.ON_LOAN else None


def _renewal_limit(facts: Facts, policy: Policy, today: date) -> Reason | None:
    most = policy.terms(_category(facts)).max_renewals
    return Reason.RENEWAL_LIMIT if facts.item.renewals >= most else None


def _renewal_waited_for(facts: Facts, policy: Policy, today: date) -> Reason | None:
    return Reason.RENEWAL_WAITED_FOR if facts.item.queue_takes_it else None


def _renewal_overdue(facts: Facts, policy: Policy, today: date) -> Reason | None:
    late = facts.item.due is not None and facts.item.due < today
    return Reason.RENEWAL_OVERDUE if late else None


def _not_returnable(facts: Facts, policy: Policy, today: date) -> Reason | None:
    return None if advance(facts.item.state, Act.RETURN) else Reason.NOT_LENDABLE


RULES: Mapping[Act, tuple[Rule, ...]] = {
    Act.CHECKOUT: (
        _already_yours,
        _patron_left,
        _patron_blocked,
        _overdue_items,
        _limit_reached,
        _set_incomplete,
        _reading_room_only,
        _age_mark,
        _held_for_other,
        _on_loan_to_other,
        _not_lendable,
    ),
    Act.RENEW: (
        _not_on_loan,
        _on_loan_to_other,
        _patron_left,
        _patron_blocked,
        _renewal_overdue,
        _renewal_waited_for,
        _renewal_limit,
    ),
    Act.RETURN: (_not_returnable,),
}
