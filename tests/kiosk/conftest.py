"""A kiosk told as a story: events in, effects out, no threads, no clock, no ledger."""

from collections.abc import Iterator
from datetime import date
from typing import TypeVar
from uuid import UUID

import pytest

from circulation.api import (
    Destination,
    ItemsAnswer,
    ItemView,
    LoanReceipt,
    PatronView,
    Refusal,
    ReturnReceipt,
)
from circulation.ids import CardUid, Copy, Isil, ItemId, TagUid
from circulation.loan import ItemState, SecurityState
from circulation.policy import ItemKind
from circulation.reasons import Reason
from drivers.errors import Failed
from drivers.reader import Capabilities, Health, Identity, TagInfo, TagSeen
from kiosk.effects import (
    ArmTag,
    DisarmTag,
    Effect,
    RecordSighting,
    RequestCheckout,
    RequestCheckouts,
    RequestReturn,
    ResolveCard,
    ResolveItems,
)
from kiosk.events import (
    BookTag,
    CardPresented,
    CardResolved,
    CheckoutAnswered,
    Event,
    ItemLifted,
    ItemPlaced,
    ItemsResolved,
    NoAnswer,
    ReaderBack,
    ReturnAnswered,
    SecuritySeen,
    SecurityWritten,
    SightingKept,
    Tick,
)
from kiosk.i18n import load_texts
from kiosk.present import present
from kiosk.session import step
from kiosk.state import State
from kiosk.view import Row, View

OWNER = Isil("RU-10010033")
DUE = date(2026, 10, 14)
CARD = CardUid("04A1B2C3D4E5F6")
OP = UUID(int=7)
E = TypeVar("E")


def copy_of(item: str) -> Copy:
    return Copy(OWNER, ItemId(item))


def uid_of(item: str, part: int = 1) -> TagUid:
    return TagUid(f"E0{item.encode().hex().upper():0>12}{part:02X}")


class Story:
    """One kiosk and everything that was ordered of the world and is not answered yet."""

    def __init__(self) -> None:
        self.state = State()
        self.ordered: list[Effect] = []
        self.happens(ReaderBack(simulated=False), Tick(1000.0))

    def happens(self, *events: Event) -> tuple[Effect, ...]:
        """Step these events; the effects of all of them."""
        effects: list[Effect] = []
        for event in events:
            self.state, more = step(self.state, event)
            effects += more
        self.ordered += _one_by_one(effects)
        return tuple(effects)

    def passes(self, seconds: float) -> tuple[Effect, ...]:
        """Time, in quarters of a second as the app ticks."""
        ticks = [Tick(self.state.now + 0.25 * n) for n in range(1, int(seconds * 4) + 1)]
        return self.happens(*ticks)

    def ordered_of(self, kind: type[E]) -> list[E]:
        return [effect for effect in self.ordered if isinstance(effect, kind)]

    def take(self, kind: type[E]) -> E:
        """The oldest order of this kind that was not taken yet."""
        effect = self.ordered_of(kind)[0]
        self.ordered.remove(effect)  # type: ignore[arg-type]
        return effect

    def card(
        self, blocked: tuple[Reason, ...] = (), can_still_borrow: int = 5
    ) -> tuple[Effect, ...]:
        """Anna presents her card and the ledger knows her."""
        self.happens(CardPresented(CARD))
        view = PatronView(
            patron_id="p-1",
            masked_name="Анна П.",
            class_name="5 «Б»",
            blocked=blocked,
            open_loans=0,
            overdue_loans=0,
            can_still_borrow=can_still_borrow,
        )
        asked = self.take(ResolveCard)
        return self.happens(CardResolved(asked.session, asked.uid, view))

    def place(self, item: str, *, part: int = 1, parts: int = 1, armed: bool | None = True) -> None:
        uid = uid_of(item, part)
        self.happens(ItemPlaced(uid, BookTag(copy_of(item), part, parts)), SecuritySeen(uid, armed))

    def lift(self, item: str, part: int = 1) -> tuple[Effect, ...]:
        return self.happens(ItemLifted(uid_of(item, part)))

    def ledger_knows(
        self,
        state: ItemState = ItemState.IN_STOCK,
        security: SecurityState = SecurityState.ARMED,
        parts: int = 1,
        part_names: tuple[str, ...] = (),
    ) -> tuple[Effect, ...]:
        """Every copy that was asked for is known, in this state."""
        asked = self.take(ResolveItems)
        items = tuple(
            ItemView(
                owner=OWNER,
                item_id=copy.item,
                title=f"Книга {copy.item}",
                author="Автор",
                kind=ItemKind.BOOK,
                section="84",
                parts=parts,
                state=state,
                security=security,
                part_names=part_names,
            )
            for copy, _ in asked.copies
        )
        copies = tuple(copy for copy, _ in asked.copies)
        return self.happens(
            ItemsResolved(asked.session, copies, ItemsAnswer(items=items, unknown=()))
        )

    def ledger_lends(self) -> tuple[Effect, ...]:
        asked = self.take(RequestCheckout)
        receipt = LoanReceipt(
            op_id=OP,
            loan_id="l-1",
            item_id=asked.copy.item,
            title="Книга",
            due=DUE,
            renewals=0,
            security=SecurityState.DISARM_DUE,
        )
        return self.happens(CheckoutAnswered(asked.session, asked.slot, asked.copy, receipt))

    def ledger_refuses(self, *reasons: Reason, due: date | None = None) -> tuple[Effect, ...]:
        asked = self.take(RequestCheckout)
        refusal = Refusal(reasons=reasons, due=due)
        return self.happens(CheckoutAnswered(asked.session, asked.slot, asked.copy, refusal))

    def ledger_is_silent(self, *, sent: bool) -> tuple[Effect, ...]:
        asked = self.take(RequestCheckout)
        return self.happens(CheckoutAnswered(asked.session, asked.slot, asked.copy, NoAnswer(sent)))

    def ledger_takes_back(self, *, was_on_loan: bool = True) -> tuple[Effect, ...]:
        asked = self.take(RequestReturn)
        receipt = ReturnReceipt(
            op_id=OP,
            item_id=asked.copy.item,
            title="Книга",
            was_on_loan=was_on_loan,
            overdue_days=0,
            destination=Destination.SHELF,
            security=SecurityState.ARMED,
        )
        return self.happens(ReturnAnswered(asked.session, asked.slot, asked.copy, receipt))

    def tag_disarmed(self, *, ok: bool = True) -> tuple[Effect, ...]:
        uid = self.take(DisarmTag).uid
        return self.happens(SecurityWritten(uid, armed=False, ok=ok, changed=True))

    def tag_armed(self, *, ok: bool = True, changed: bool = True) -> tuple[Effect, ...]:
        uid = self.take(ArmTag).uid
        return self.happens(SecurityWritten(uid, armed=True, ok=ok, changed=changed))

    def disk_keeps(self) -> tuple[Effect, ...]:
        kept = self.take(RecordSighting)
        return self.happens(SightingKept(kept.session, kept.copy, kept.armed))

    def borrowed(self, item: str) -> None:
        """Anna has borrowed this book, green row and all."""
        self.place(item)
        self.ledger_knows()
        self.ledger_lends()
        self.tag_disarmed()
        self.disk_keeps()

    def view(self, language: str = "ru") -> View:
        return present(self.state, load_texts(language), self.state.now)

    def row(self, item: str) -> Row:
        return next(row for row in self.view().rows if row.key == f"{OWNER}/{item}")


def _one_by_one(effects: list[Effect]) -> Iterator[Effect]:
    """What is asked for together is still answered book by book."""
    for effect in effects:
        yield from effect.wishes if isinstance(effect, RequestCheckouts) else (effect,)


class ScriptedReader:
    """Tags that lie there; `log` is every call in order."""

    def __init__(self):
        self.dsfid = 0x3E
        self.tags = {}
        self.afis = {}
        self.faults = {}
        self.log = []
        self.simulated = False
        self.closed = False

    capabilities = Capabilities(max_tags=20, has_afi=True, has_eas=False, echoes_uid=True)
    health = Health(0, 0, 0, None)

    def lay(self, uid, data, afi=0x07):
        self.tags[uid], self.afis[uid] = data, afi

    def _do(self, act, uid=""):
        self.log.append((act, uid))
        faults = self.faults.get((act, uid)) or self.faults.get((act, ""), [])
        if faults and (fault := faults.pop(0)) is not None:
            raise fault
        if uid and uid not in self.tags:
            raise Failed("no tag in the field")

    def identify(self):
        return Identity("scripted", "1", "test", self.simulated)

    def inventory(self):
        self._do("inventory")
        return tuple(TagSeen(uid, 0.0, dsfid=self.dsfid) for uid in self.tags)

    def system_information(self, uid):
        self._do("system_information", uid)
        blocks = len(self.tags[uid]) // 4
        return TagInfo(uid, self.dsfid, self.afis[uid], 4, blocks, 1)

    def read_blocks(self, uid, first, count):
        self._do("read_blocks", uid)
        return self.tags[uid][first * 4 : (first + count) * 4]

    def write_blocks(self, uid, first, data):
        raise AssertionError("the kiosk never writes content")

    def write_afi(self, uid, afi):
        self._do("write_afi", uid)
        self.afis[uid] = afi

    def set_output(self, number, *, on, seconds):
        raise AssertionError("not used")

    def reset_field(self):
        raise AssertionError("not used")

    def close(self):
        self.closed = True


@pytest.fixture
def reader():
    """An item reader with nothing on it."""
    return ScriptedReader()


@pytest.fixture
def story() -> Story:
    """A kiosk at rest: the pad works, nobody is there."""
    return Story()
