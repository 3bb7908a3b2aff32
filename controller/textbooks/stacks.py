"""A stack on the pad against the ledger: asked before anything is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from circulation.class_sets import (
    StackAnswer,
    StackCopy,
    StackQuery,
    StackTick,
    TwoCopies,
)
from circulation.loan import Act, ItemState
from circulation.policy import ItemKind
from circulation.reasons import Reason
from circulation.rules import Facts, ItemFacts, decide
from circulation.textbooks import (
    PadCopy,
    Purpose,
    Spare,
    Stack,
    collect_stack,
    issue_stack,
    school_year,
)
from controller.answers import NOT_FOUND, Answer, granted, refused
from controller.devices.kinds import sees_people
from controller.devices.tokens import Caller
from controller.loans.facts import CopyRecord, PatronRecord, find_patron, which_copies
from controller.patrons.service import Patrons
from controller.sql import Statement, Transaction
from controller.textbooks.rows import TitleWords, held_by, title_words, wanted_by

_BY_NUMBER = Statement(
    "SELECT owner, item_id FROM item"
    " WHERE owner = :library AND (item_id = :number OR inventory_no = :number) ORDER BY id LIMIT 9"
)
_TEXTBOOK = ItemFacts(kind=ItemKind.TEXTBOOK, state=ItemState.IN_STOCK)
_CopyId = tuple[str, str]


@dataclass(slots=True)
class _Pad:
    """What lies there: the copies by id, and what cannot be told."""

    copies: dict[_CopyId, CopyRecord] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    ambiguous: list[tuple[str, list[CopyRecord]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stacks:
    """Answers `StackQuery`; writes nothing."""

    patrons: Patrons

    def compare(self, transaction: Transaction, caller: Caller, query: StackQuery) -> Answer:
        """Ticks, what is to be taken, what is spare and why; 404 for nobody's id."""
        if refusal := sees_people(caller):
            return refusal
        day = self.patrons.time.day(self.patrons.time.now())
        patron = find_patron(transaction, query.patron_id, day)
        if patron is None:
            return refused(NOT_FOUND, Reason.CARD_UNKNOWN)
        pad = _look(transaction, caller.library, query)
        whose = (caller.library, patron.id, patron.class_name, school_year(day))
        held = held_by(transaction, *whose)
        copies = [_pad_copy(copy) for copy in pad.copies.values()]
        if query.purpose is Purpose.ISSUE:
            stack = issue_stack(wanted_by(transaction, *whose), held, copies, patron.id)
        else:
            stack = collect_stack(held, copies, patron.id)
        return granted(self._answer(transaction, query.purpose, patron, pad, stack))

    def _answer(
        self,
        transaction: Transaction,
        purpose: Purpose,
        patron: PatronRecord,
        pad: _Pad,
        stack: Stack,
    ) -> StackAnswer:
        words = title_words(
            transaction,
            {tick.title_id for tick in stack.ticks} | {c.title_id for c in _all_copies(pad)},
        )
        by_key = {_key(copy): copy for copy in pad.copies.values()}
        refuses = self._refuses(patron) if purpose is Purpose.ISSUE else ()
        view = self.patrons.view(patron)
        return StackAnswer(
            patron=view.model_copy(update={"blocked": refuses}),
            purpose=purpose,
            ticks=tuple(
                StackTick(
                    title_id=tick.title_id,
                    title=words[tick.title_id].title,
                    author=words[tick.title_id].author,
                    section=words[tick.title_id].section,
                    wanted=tick.wanted,
                    held=tick.held,
                    on_pad=tick.on_pad,
                    missing=tick.missing,
                )
                for tick in stack.ticks
            ),
            take=() if refuses else tuple(_view(by_key[key], words) for key in stack.take),
            spare=tuple(_view(by_key[key], words, why) for key, why in stack.spare),
            unknown=tuple(pad.unknown),
            ambiguous=tuple(
                TwoCopies(number=number, copies=tuple(_view(copy, words) for copy in copies))
                for number, copies in pad.ambiguous
            ),
            complete=stack.complete and not refuses,
        )

    def _refuses(self, patron: PatronRecord) -> tuple[Reason, ...]:
        """What the rules would say to any textbook for this patron now."""
        today = self.patrons.time.day(self.patrons.time.now())
        facts = Facts(Act.CHECKOUT, _TEXTBOOK, patron.facts)
        return decide(facts, self.patrons.policy, today).reasons


def _look(transaction: Transaction, library: str, query: StackQuery) -> _Pad:
    """A copy that was both heard and scanned lies there once."""
    pad = _Pad()
    asked = [(copy.owner, copy.item_id) for copy in query.copies]
    [pad.copies] = transaction.ask(which_copies(dict.fromkeys(asked)))
    pad.unknown = [item_id for owner, item_id in asked if (owner, item_id) not in pad.copies]
    for number in dict.fromkeys(query.numbers):
        found = transaction.rows(_BY_NUMBER, {"library": library, "number": number})
        [copies] = transaction.ask(which_copies((owner, item_id) for owner, item_id in found))
        if not copies:
            pad.unknown.append(number)
        elif len(copies) == 1:
            pad.copies |= copies
        else:
            pad.ambiguous.append((number, list(copies.values())))
    return pad


def _all_copies(pad: _Pad) -> Iterable[CopyRecord]:
    yield from pad.copies.values()
    for _, copies in pad.ambiguous:
        yield from copies


def _pad_copy(copy: CopyRecord) -> PadCopy:
    facts = copy.facts
    lendable = facts.state is ItemState.IN_STOCK and not facts.reading_room_only
    return PadCopy(_key(copy), copy.title_id, lendable, facts.holder)


def _key(copy: CopyRecord) -> str:
    return f"{copy.owner} {copy.item_id}"


def _view(copy: CopyRecord, words: dict[int, TitleWords], why: Spare | None = None) -> StackCopy:
    title = words[copy.title_id]
    return StackCopy(
        owner=copy.owner, item_id=copy.item_id, title=title.title, author=title.author, why=why
    )
