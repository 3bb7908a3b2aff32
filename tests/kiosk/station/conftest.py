"""A station told as a story: what is scanned and laid down, and what is ordered of the world."""

from dataclasses import replace
from typing import TypeVar

import pytest

from circulation.desk import OperatorView
from circulation.encoding import CopiesFound, CopyToTag, TagHolder
from circulation.ids import Isil, ItemId, TagUid
from circulation.loan import ItemState
from circulation.tags.afi import AFI_PROFILES
from circulation.tags.codec import decode
from circulation.tags.item_tag import TagContent
from circulation.tags.rewriting import Face, fresh_memory
from kiosk.effects import PlaySound
from kiosk.events import ReaderBack, Tick
from kiosk.sounds import Sound
from kiosk.station.effects import CheckTag, Effect, FindNumber, RecordTag, WriteTag
from kiosk.station.events import (
    Event,
    Line,
    NumberAnswered,
    OperatorAnswered,
    Outcome,
    PadMoves,
    PadSeen,
    SeenTag,
    TagChecked,
    TagWritten,
)
from kiosk.station.session import step
from kiosk.station.state import Config, State, Word

OWNER = Isil("RU-10010033")
SIZE = 112
E = TypeVar("E")


def copy_to_tag(item: str = "B-0001", **more: object) -> CopyToTag:
    fields = {
        "owner": OWNER,
        "item_id": item,
        "inventory_no": "",
        "title": f"Книга {item}",
        "author": "Автор",
        "section": "84",
        "place": "",
        "parts": 1,
        "part_names": (),
        "state": ItemState.IN_STOCK,
        "armed": True,
        "tag_uid": None,
        "tagged": (),
    }
    return CopyToTag.model_validate(fields | more)


def uid(number: int) -> TagUid:
    return TagUid(f"E00401500000{number:04X}")


def blank(number: int = 1) -> SeenTag:
    return seen(number, Face(bytes(SIZE), 0, 0))


def seen(number: int, face: Face | None) -> SeenTag:
    memory = b"" if face is None else face.memory
    return SeenTag(uid(number), face, decode(memory, dsfid=face.dsfid if face else None))


def item_tag(number: int, item: str, *, owner: str = OWNER, **more: object) -> SeenTag:
    content = TagContent(item_id=ItemId(item), owner=owner, **more)
    return seen(number, Face(fresh_memory(content, SIZE), 0x3E, 0x07))


class Station:
    """One station, and everything that was ordered and not answered yet."""

    def __init__(self, **config: object) -> None:
        self.state = State(Config(OWNER, AFI_PROFILES["iso"], **config))
        self.orders: list[Effect] = []
        self.heard: list[Sound] = []
        self.holders: dict[TagUid, TagHolder] = {}
        self.happens(
            ReaderBack(simulated=False),
            Tick(1000.0),
            OperatorAnswered(OperatorView(login="olga")),
        )
        self.orders.clear()
        self.heard.clear()

    def happens(self, *events: Event) -> None:
        for event in events:
            self.state, effects = step(self.state, event)
            for effect in effects:
                if isinstance(effect, PlaySound):
                    self.heard.append(effect.sound)
                elif isinstance(effect, CheckTag):
                    answer = self.holders.get(effect.uid, TagHolder())
                    self.happens(TagChecked(effect.uid, answer))
                else:
                    self.orders.append(effect)

    def passes(self, seconds: float) -> None:
        self.happens(*(Tick(self.state.now + 0.25 * n) for n in range(1, int(4 * seconds) + 1)))

    def scans(self, number: str, *copies: CopyToTag) -> None:
        """The number, and the copies that have it in the ledger; without any: one."""
        self.happens(Line(number))
        self.orders = [one for one in self.orders if not isinstance(one, FindNumber)]
        self.ledger_finds(number, *(copies or (copy_to_tag(number),)))

    def ledger_finds(self, number: str, *copies: CopyToTag) -> None:
        self.happens(NumberAnswered(number, CopiesFound(copies=copies)))

    def lays(self, *tags: SeenTag) -> None:
        self.happens(PadMoves(), PadSeen(tags))

    def lifts(self) -> None:
        self.lays()

    def take(self, kind: type[E]) -> E:
        """The oldest order of this kind; it is an error that there is none."""
        found = next(order for order in self.orders if isinstance(order, kind))
        self.orders.remove(found)  # type: ignore[arg-type]
        return found

    def ordered(self, kind: type[E]) -> list[E]:
        return [order for order in self.orders if isinstance(order, kind)]

    def pad_writes(self) -> Face:
        """The order is carried out and verified; what stands on the tag now."""
        order = self.take(WriteTag)
        self.happens(TagWritten(order.order, Outcome.DONE, order.wanted))
        return order.wanted

    def pad_fails(self, outcome: Outcome, now: Face | None = None) -> WriteTag:
        order = self.take(WriteTag)
        self.happens(TagWritten(order.order, outcome, now))
        return order

    def records(self) -> list[tuple[str, str, str]]:
        facts = self.ordered(RecordTag)
        return [(fact.copy.item, fact.uid, fact.result.value) for fact in facts]

    @property
    def says(self) -> Word | None:
        return self.state.notice.word if self.state.notice else None


def torn(order: WriteTag) -> Face:
    """A tag whose first block was emptied and not written again."""
    memory = bytes(4) + order.wanted.memory[4:]
    return replace(order.wanted, memory=memory)


@pytest.fixture
def station() -> Station:
    return Station()
