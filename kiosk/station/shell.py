"""The thin shell around the station's session: threads in, `step`, threads out. No thinking."""

import queue
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import structlog

from circulation.api import Refusal
from circulation.desk import OperatorView
from circulation.encoding import (
    ENCODING_TAGS,
    ENCODING_UNDO,
    CardWish,
    TagReceipt,
    TagRequest,
    UndoTagRequest,
)
from circulation.reasons import Reason
from drivers.card import CardReader
from drivers.reader import Reader
from kiosk.cards import Cards
from kiosk.client import NotUnderstood
from kiosk.effects import PlaySound
from kiosk.events import Pressed, Tick
from kiosk.i18n import load_texts
from kiosk.sounds import Sound
from kiosk.station.client import StationClient
from kiosk.station.effects import (
    CheckTag,
    Effect,
    FetchChoices,
    FetchList,
    FetchOperator,
    FetchProgress,
    FindNumber,
    FindTitle,
    Receive,
    RecordTag,
    SignIn,
    SignInByCard,
    SignOut,
    TellCard,
    UndoRecord,
    WriteTag,
)
from kiosk.station.events import (
    ArrivalAnswered,
    Char,
    ChoicesAnswered,
    Edit,
    Edited,
    Event,
    Line,
    ListAnswered,
    NumberAnswered,
    OperatorAnswered,
    PageWaits,
    ProgressAnswered,
    RecordAnswered,
    Said,
    TagChecked,
    TitleAnswered,
    Unsent,
)
from kiosk.station.outbox import Fact, Outbox, Sender
from kiosk.station.pad import Pad
from kiosk.station.present import present
from kiosk.station.receiving import Receiving
from kiosk.station.session import step
from kiosk.station.settings import Settings
from kiosk.station.state import State
from kiosk.station.wishing import PageWatch
from kiosk.view import View

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside world; `play` runs on the UI's thread."""

    open_reader: Callable[[], Reader]
    client: StationClient
    play: Callable[[Sound], None]
    speaks: bool = False
    open_card_reader: Callable[[], CardReader] | None = None  # None: this station has none


class Shell:
    """One station, from `start` to `stop`. `drain` belongs to the UI's thread."""

    def __init__(
        self, settings: Settings, ports: Ports, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._ports = ports
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._ready: Callable[[], None] = lambda: None
        self._texts = load_texts(settings.language)
        self.state = State(settings.config(speaks=ports.speaks), now=clock())
        self._pad = Pad(ports.open_reader, self.post, allow_simulated=settings.allow_simulated)
        self._cards, self._pages = self._card_threads(settings)
        self._outbox = Outbox(settings.outbox)
        self._sender = Sender(self._outbox, ports.client, self._sent)
        self._slots: dict[int, UUID] = {}
        self._receiving = Receiving(ports.client)
        self._questions = ThreadPoolExecutor(2, thread_name_prefix="questions")

    def start(self) -> None:
        """Open the pad and the outbox; ask who works here."""
        self._pad.start()
        if self._cards is not None:
            self._cards.start()
        if self._pages is not None:
            self._pages.start()
        self._sender.start()
        self._carry_out(FetchOperator())

    def stop(self) -> None:
        """Close everything. What the ledger has not heard waits on disk."""
        self._pad.stop()
        if self._pages is not None:
            self._pages.stop()
        if self._cards is not None:
            self._cards.stop()
        self._sender.stop()
        self._questions.shutdown(cancel_futures=True)
        self._ports.client.close()
        self._outbox.close()

    def _card_threads(self, settings: Settings) -> tuple[Cards | None, PageWatch | None]:
        """Nobody waits for a card where there is no reader."""
        opens = self._ports.open_card_reader
        if opens is None:
            return None, None
        cards = Cards(
            opens,
            self.post,  # type: ignore[arg-type]  # a card reader tells of cards only
            allow_simulated=settings.allow_simulated,
        )
        pages = PageWatch(self._ports.client, lambda waits: self.post(PageWaits(waits)))
        return cards, pages

    def act(self, action_id: str) -> None:
        """A button of the last View."""
        self.post(Pressed(action_id))

    def key(self, name: str) -> None:
        """A key that writes nothing: a value of `Edit`."""
        self.post(Edited(Edit(name)))

    def char(self, char: str) -> None:
        """A letter was typed."""
        self.post(Char(char))

    def line(self, text: str) -> None:
        """Enter was pressed, or a scanner read this."""
        self.post(Line(text))

    def heard(self, *, speaking: bool) -> None:
        """The voice; a station has no time that would have to wait for it."""

    def tick(self) -> None:
        """Time went on."""
        self.post(Tick(self._clock()))

    def on_ready(self, callback: Callable[[], None]) -> None:
        """`callback` is called, on whatever thread it happens, when events wait."""
        self._ready = callback

    def post(self, event: Event) -> None:
        """Let this event be stepped at the next `drain`; safe from any thread."""
        self._events.put(event)
        self._ready()

    def drain(self) -> View:
        """Step the session through all that waits, and say what is to be seen now."""
        while not self._events.empty():
            self.state, effects = step(self.state, self._events.get_nowait())
            for effect in effects:
                self._carry_out(effect)
        return present(self.state, self._texts)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case PlaySound(sound=sound):
                self._ports.play(sound)
            case WriteTag():
                self._pad.order(effect)
            case RecordTag():
                self._keep_tag(effect)
            case UndoRecord():
                self._keep_undo(effect)
            case _:
                self._questions.submit(self._ask, effect)

    def _keep_tag(self, effect: RecordTag) -> None:
        op_id = uuid4()
        request = TagRequest(
            op_id=op_id,
            at=datetime.now(UTC),
            owner=effect.copy.owner,
            item_id=effect.copy.item,
            part=effect.part,
            uid=effect.uid,
            result=effect.result,
            armed=effect.armed,
            moves=effect.moves,
            replaces=effect.replaces,
            note=effect.note,
        )
        self._keep(effect.slot, Fact(op_id, ENCODING_TAGS, request.model_dump_json()))

    def _keep_undo(self, effect: UndoRecord) -> None:
        undoes = self._slots.get(effect.undoes)
        if undoes is None:
            return  # the record of another life is not undone
        op_id = uuid4()
        request = UndoTagRequest(op_id=op_id, at=datetime.now(UTC), undoes=undoes)
        self._keep(effect.slot, Fact(op_id, ENCODING_UNDO, request.model_dump_json()))

    def _keep(self, slot: int, fact: Fact) -> None:
        self._outbox.keep(fact)
        self._slots[slot] = fact.op_id
        self._sender.wake()
        self.post(Unsent(self._outbox.waiting()))

    def _sent(self, op_id: UUID, answer: TagReceipt | Refusal) -> None:
        slot = next((slot for slot, known in self._slots.items() if known == op_id), 0)
        self.post(RecordAnswered(slot, answer))
        self.post(Unsent(self._outbox.waiting()))

    def _ask(self, effect: Effect) -> None:
        """On a worker's thread: one question, one answer."""
        try:
            self.post(self._answer(effect))
        except NotUnderstood as error:
            log.error("question_not_understood", error=str(error))
            self.post(RecordAnswered(0, Refusal(reasons=(Reason.OPERATION_CHANGED,))))
        except Exception:  # a worker's exception would vanish in its future, unseen
            log.exception("question_failed", effect=type(effect).__name__)

    def _answer(self, effect: Effect) -> Event:
        client = self._ports.client
        match effect:
            case FindNumber(number=number):
                return NumberAnswered(number, client.find_number(number[:32]))
            case CheckTag(uid=uid):
                return TagChecked(uid, client.check_tag(uid))
            case FetchList(query=query):
                return ListAnswered(client.list_untagged(query))
            case FetchChoices():
                return ChoicesAnswered(client.choices())
            case FetchProgress():
                return ProgressAnswered(client.progress())
            case FindTitle(isbn=isbn):
                return TitleAnswered(client.find_title(isbn))
            case Receive():
                return ArrivalAnswered(self._receiving.receive(effect))
            case _:
                return self._answer_who(effect)

    def _begun(self, answer: OperatorView | Said) -> OperatorAnswered:
        """What waited for somebody to sign in goes out now."""
        self._sender.wake()
        return OperatorAnswered(answer)

    def _answer_who(self, effect: Effect) -> Event:
        client = self._ports.client
        match effect:
            case SignIn(login=login, password=password):
                return self._begun(client.sign_in(login, password))
            case SignInByCard(uid=uid):
                return self._begun(client.sign_in_by_card(uid))
            case TellCard(uid=uid):
                told = client.tell_card(uid)
                return PageWaits(isinstance(told, CardWish) and told.asked)
            case SignOut():
                return OperatorAnswered(client.sign_out())
            case FetchOperator():
                return OperatorAnswered(client.operator())
            case _:
                raise TypeError(f"{type(effect).__name__} is no question")
