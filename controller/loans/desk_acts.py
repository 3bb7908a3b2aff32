"""What the buttons of the circulation desk do: one act of the desk each, told in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from pydantic import ValidationError

from circulation.api import (
    CheckoutRequest,
    Destination,
    LoanReceipt,
    Refusal,
    RenewRequest,
    ReturnReceipt,
    ReturnRequest,
)
from circulation.desk import (
    BlockRequest,
    LiftBlockRequest,
    StaffCheckoutRequest,
    StaffRenewRequest,
)
from circulation.loan import SecurityState
from circulation.reasons import Reason
from circulation.rules import OVERRIDABLE
from controller.answers import NOT_FOUND, OK, UNPROCESSABLE, Answer
from controller.devices.web_desk import at_web_desk
from controller.items.numbers import MOST_NUMBER, copy_of_number
from controller.live.words import Language
from controller.loans.desk import Desk
from controller.loans.desk_words import DESK_REFUSALS, DESK_WORDS, DESTINATIONS
from controller.sql import Transaction

MOST_NOTE, _MOST_DIGITS = 400, 9
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What a form did. `override`: the act that staff may ask for all the same, of this number."""

    words: str = ""
    good: bool = False
    status: int = OK
    override: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class DeskActs:
    """Every method is one form of the page, inside the caller's transaction.

    A form sent twice does no second thing: what was done is refused as done, in words.
    """

    desk: Desk
    library: str

    def run(
        self, inside: Transaction, form: Fields, login: str, now: datetime, language: Language
    ) -> Said:
        """The act that the form's button names; one that the page does not have says so."""
        acts: Mapping[str, Callable[[_Asked], Said]] = {
            "lend": self._lend,
            "override": self._lend,
            "renew": self._renew,
            "override_renew": self._renew,
            "take_back": self._take_back,
            "block": self._block,
            "lift": self._lift,
        }
        act = acts.get(form.get("act", ""))
        asked = _Asked(inside, form, login, now, language)
        try:
            return asked.wrong("again") if act is None else act(asked)
        except ValidationError:  # a hidden field that no page of ours has filled so
            return asked.wrong("again")

    def _lend(self, asked: "_Asked") -> Said:
        item_id = self._copy(asked)
        if item_id is None:
            return asked.wrong("no_copy", NOT_FOUND)
        overriding = asked.form["act"] == "override"
        if overriding and not asked.note:
            return asked.wrong("note_missing", override="override")
        common = {"op_id": uuid4(), "at": asked.now, "owner": self.library, "item_id": item_id}
        caller = at_web_desk(asked.inside, self.library, asked.login)
        if overriding:
            wish = StaffCheckoutRequest(**common, patron_id=asked.patron, note=asked.note)
            answer = self.desk.checkout(asked.inside, caller, wish)
        else:
            plain = CheckoutRequest(**common, patron_id=asked.patron)
            answer = self.desk.loans.checkout(asked.inside, caller, plain)
        return self._loan(asked, answer, "lent", "override")

    def _renew(self, asked: "_Asked") -> Said:
        overriding = asked.form["act"] == "override_renew"
        if overriding and not asked.note:
            return asked.wrong("note_missing", override="override_renew")
        number = asked.number
        common = {"op_id": uuid4(), "at": asked.now, "owner": self.library, "item_id": number}
        caller = at_web_desk(asked.inside, self.library, asked.login)
        if overriding:
            wish = StaffRenewRequest(**common, patron_id=asked.patron, note=asked.note)
            answer = self.desk.renew(asked.inside, caller, wish)
        else:
            plain = RenewRequest(**common, patron_id=asked.patron)
            answer = self.desk.loans.renew(asked.inside, caller, plain)
        return self._loan(asked, answer, "renewed", "override_renew")

    def _loan(self, asked: "_Asked", answer: Answer, done: str, override: str) -> Said:
        if answer.status != OK:
            return asked.refused(answer, override)
        receipt = LoanReceipt.model_validate_json(answer.body)
        words = [f"{asked.labels[done]} {receipt.due:%d.%m.%Y}: {receipt.title}."]
        if receipt.security is SecurityState.DISARM_DUE:
            words.append(asked.labels["still_armed"])
        return Said(" ".join(words), good=True)

    def _take_back(self, asked: "_Asked") -> Said:
        item_id = self._copy(asked)
        if item_id is None:
            return asked.wrong("no_copy", NOT_FOUND)
        wish = ReturnRequest(op_id=uuid4(), at=asked.now, owner=self.library, item_id=item_id)
        caller = at_web_desk(asked.inside, self.library, asked.login)
        answer = self.desk.loans.take_back(asked.inside, caller, wish, armed=False)
        if answer.status != OK:
            return asked.refused(answer)
        return Said(_back(ReturnReceipt.model_validate_json(answer.body), asked), good=True)

    def _block(self, asked: "_Asked") -> Said:
        if not asked.note:
            return asked.wrong("note_missing")
        until = _day(asked.form.get("until", ""))
        if until is None:
            return asked.wrong("bad_day")
        wish = BlockRequest(
            op_id=uuid4(),
            at=asked.now,
            patron_id=asked.patron,
            note=asked.note,
            until=until if until is not date.max else None,
        )
        caller = at_web_desk(asked.inside, self.library, asked.login)
        return self._done(asked, self.desk.block(asked.inside, caller, wish), "blocked")

    def _lift(self, asked: "_Asked") -> Said:
        number = asked.form.get("block_id", "")
        if not (number.isascii() and number.isdecimal() and 0 < len(number) <= _MOST_DIGITS):
            return asked.wrong("again")
        wish = LiftBlockRequest(op_id=uuid4(), at=asked.now, block_id=int(number) or 1)
        caller = at_web_desk(asked.inside, self.library, asked.login)
        return self._done(asked, self.desk.lift(asked.inside, caller, wish), "lifted")

    def _done(self, asked: "_Asked", answer: Answer, done: str) -> Said:
        good = answer.status == OK
        return Said(asked.labels[done], good=True) if good else asked.refused(answer)

    def _copy(self, asked: "_Asked") -> str | None:
        return copy_of_number(asked.inside, library=self.library, number=asked.number)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One form: who sent it, in which language, and its fields as they may be used."""

    inside: Transaction
    form: Fields
    login: str
    now: datetime
    language: Language

    @property
    def labels(self) -> Mapping[str, str]:
        return DESK_WORDS[self.language]

    @property
    def patron(self) -> str:
        return self.form.get("patron_id", "")

    @property
    def number(self) -> str:
        return self.form.get("number", "").strip()[:MOST_NUMBER]

    @property
    def note(self) -> str:
        return self.form.get("note", "").strip()[:MOST_NOTE]

    def wrong(self, word: str, status: int = UNPROCESSABLE, override: str = "") -> Said:
        """The form itself makes no sense."""
        return Said(self.labels[word], status=status, override=override, number=self.number)

    def refused(self, answer: Answer, override: str = "") -> Said:
        """Every reason in words; the way round where staff may set all of them aside."""
        reasons = Refusal.model_validate_json(answer.body).reasons
        words = " ".join(_refusal_word(reason, self.language) for reason in reasons)
        may = override if OVERRIDABLE.issuperset(reasons) else ""
        return Said(words, status=answer.status, override=may, number=self.number)


def _refusal_word(reason: Reason, language: Language) -> str:
    return DESK_REFUSALS[language].get(reason, reason.value)


def _back(receipt: ReturnReceipt, asked: _Asked) -> str:
    labels, place = asked.labels, DESTINATIONS[asked.language][receipt.destination]
    if receipt.destination is Destination.HOLD_SHELF:
        place = f"{place} {receipt.hold_code}"
    words = [f"{labels['taken_back']}: {receipt.title}, {place}."]
    if not receipt.was_on_loan:
        words.append(f"{labels['not_lent']}.")
    if receipt.security is SecurityState.ARM_DUE:
        words.append(labels["armed_later"])
    return " ".join(words)


def _day(text: str) -> date | None:
    """The last blocked day; `date.max` for an empty field, None for what is no day."""
    if not text.strip():
        return date.max
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
