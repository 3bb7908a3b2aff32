"""A kiosk's real session, desk, courier and disk on virtual time, in front of a real controller.

No threads: every effect is carried out before the next event. Tags are remembered here, so that a
test can compare them with the ledger.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx2

from circulation.api import DeviceState, ReaderState
from circulation.ids import CardUid, Copy, Isil, ItemId, TagUid
from circulation.snapshot import token_hash
from kiosk.alone import Alone, Trust
from kiosk.choices import renew_id
from kiosk.client import ControllerClient
from kiosk.clock import WallClock
from kiosk.courier import Courier
from kiosk.desk import Asked, Desk
from kiosk.effects import ArmTag, DisarmTag, Effect, PlaySound
from kiosk.events import (
    BookTag,
    CardPresented,
    CardRemoved,
    Event,
    ItemLifted,
    ItemPlaced,
    LinkTurned,
    Pressed,
    ReaderBack,
    SecuritySeen,
    SecurityWritten,
    Tick,
)
from kiosk.journal import Journal
from kiosk.link import Link, LinkLimits
from kiosk.refresher import Refresher
from kiosk.session import step
from kiosk.snapshots import SnapshotStore
from kiosk.state import Line, State
from kiosk.titles import TitleStore
from kiosk.vault import Vault

LIMITS = LinkLimits(failures=2, failing_s=3, answers=3, answering_s=10)


class Network(httpx2.HTTPTransport):
    """The line to the controller, which can be cut."""

    cut = False

    def handle_request(self, request):
        if self.cut:
            raise httpx2.ConnectError("no route to host")
        return super().handle_request(request)


class VirtualKiosk:
    """One kiosk; `tags` is the security of every tag in the house, shared by all kiosks."""

    def __init__(
        self,
        folder: Path,
        *,
        url: str,
        token: str,
        owner: str,
        now: Callable[[], datetime],
        tags: dict[TagUid, bool],
        trust: Trust,
    ) -> None:
        self._now = now
        self._began = now()
        self._owner = Isil(owner)
        self.tags = tags
        self.network = Network()
        self.client = ControllerClient(url, token, transport=self.network)
        vault = Vault(token)
        folder.mkdir(parents=True, exist_ok=True)
        self.journal = Journal(folder / "kiosk.sqlite", vault)
        self.store = SnapshotStore(folder / "snapshot.sqlite", vault, token_hash(token))
        self.wall = WallClock(now, lambda: False)
        self.link = Link(LIMITS, self._turned, clock=self._seconds)
        self.titles = TitleStore(folder / "titles.sqlite", token_hash(token))
        self.alone = Alone(
            self.journal, self.store, self.titles, token_hash(token), trust, self.wall
        )
        self.courier = Courier(
            self.journal,
            self.client,
            self._post,
            self._device_state,
            self.link,
            self.wall,
            clock=self._seconds,
        )
        self.desk = Desk(
            self.journal,
            self.client,
            self.courier,
            self._post,
            self.link,
            self.alone,
            self.wall,
        )
        self.refresher = Refresher(
            self.store,
            self.titles,
            self.journal,
            self.client,
            self.link,
            self.wall,
            every_s=60,
            loaded=lambda: None,
        )
        self.events: deque[Event] = deque()
        self.state = State()
        self.happens(ReaderBack(simulated=False))

    def close(self) -> None:
        self.desk.stop()
        self.client.close()
        self.store.close()
        self.titles.close()
        self.journal.close()

    def borrow(self, card: str, *items: str) -> dict[str, Line]:
        """Somebody presents a card, lays these books down, waits, and takes everything away."""
        self.happens(CardPresented(CardUid(card)))
        return self._serve(items)

    def give_back(self, *items: str) -> dict[str, Line]:
        self.happens(Pressed("return"))
        return self._serve(items)

    def renew(self, card: str, item: str) -> bool:
        """Somebody looks at the account and renews one book; True when there is a new date."""
        self.happens(Pressed("account"), CardPresented(CardUid(card)))
        copy = self._copy(item)
        self.happens(Pressed(renew_id(copy)))
        renewal = self.state.renewals.get(copy)
        self.happens(Pressed("finish"), CardRemoved())
        return renewal is not None and renewal.due is not None

    def happens(self, *events: Event) -> None:
        """These events at the present moment, and all that follows from them."""
        self.events += (Tick(self._seconds()), *events)
        while self.events:
            self.state, effects = step(self.state, self.events.popleft())
            for effect in effects:
                self._carry_out(effect)

    def _serve(self, items: tuple[str, ...]) -> dict[str, Line]:
        uids = {item: uid_of(item) for item in items}
        for item, uid in uids.items():
            tag = BookTag(self._copy(item))
            self.happens(ItemPlaced(uid, tag), SecuritySeen(uid, self.tags.get(uid, True)))
        lines = {copy.item: line for copy, line in self.state.lines.items()}
        self.happens(*(ItemLifted(uid) for uid in uids.values()), CardRemoved())
        self.happens(Pressed("finish"), Pressed("home"))
        return {item: lines[ItemId(item)] for item in items}

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case ArmTag(uid=uid) | DisarmTag(uid=uid):
                armed = isinstance(effect, ArmTag)
                changed = self.tags.get(uid, True) is not armed
                self.tags[uid] = armed
                self._post(SecurityWritten(uid, armed, ok=True, changed=changed))
            case PlaySound():
                pass
            case _:
                assert isinstance(effect, Asked)
                self.desk.work(effect)
                self.courier_if_online()

    def courier_if_online(self) -> None:
        """A fact that somebody waits for is delivered at once, as the courier's thread does."""
        if not self.link.alone and not self.network.cut:
            self.courier.deliver_all()

    def _copy(self, item: str) -> Copy:
        return Copy(self._owner, ItemId(item))

    def _post(self, event: Event) -> None:
        self.events.append(event)

    def _turned(self, alone: bool) -> None:
        self._post(LinkTurned(alone, self.alone.is_able))

    def _seconds(self) -> float:
        return 1000.0 + (self._now() - self._began).total_seconds()

    def _device_state(self) -> DeviceState:
        return DeviceState(
            at=self._now(),
            version="test",
            pad=ReaderState.OK,
            card_reader=ReaderState.OK,
            simulated=True,
        )


def uid_of(item: str) -> TagUid:
    return TagUid(f"E004{item.encode().hex().upper()[-12:]:0>12}")
