"""The thin shell around the session: threads in, `step`, threads out. No thinking, no Kivy.

Events come from any thread into one queue. `drain` runs on the UI's thread, steps the session and
hands each effect to the thread that carries it out.
"""

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Protocol

import structlog

from circulation.api import DeviceState, ReaderState
from circulation.configuration import KioskSettings
from circulation.messages import Clock
from circulation.selfservice import DamageRequest
from drivers.card import CardReader
from drivers.reader import Reader
from kiosk.autonomy import Autonomy
from kiosk.cards import Cards
from kiosk.class_errands import EndClass, ListClass, MarkCondition, OpenClass
from kiosk.client import ControllerClient
from kiosk.configuration import Configuration
from kiosk.courier import Courier
from kiosk.desk import Desk
from kiosk.effects import (
    ArmTag,
    DisarmTag,
    Effect,
    LookAround,
    PlaySound,
    PrintReceipt,
    RestartReaders,
    SetVolume,
)
from kiosk.errand_runner import Runner
from kiosk.errands import CallLibrarian, CancelHold, LookAtCall, ReportDamage, SearchCatalogue
from kiosk.events import (
    Configured,
    Event,
    HeadphonesSeen,
    HoursSeen,
    Key,
    KeyPressed,
    Looked,
    Pressed,
    Tick,
    VoiceHeard,
)
from kiosk.headphones import Jack, never
from kiosk.i18n import load_texts
from kiosk.intake import Intake
from kiosk.last_error import LastError
from kiosk.present import present
from kiosk.receipt import Receipt, lay_out
from kiosk.service import Surroundings, card_digest, pin_of
from kiosk.session import step
from kiosk.settings import Settings
from kiosk.sounds import Sound
from kiosk.state import Stage, State, Trouble
from kiosk.timetable import Timetable
from kiosk.tuning import offered
from kiosk.usage import Tally
from kiosk.usage_book import UsageBook, UsageReporter
from kiosk.view import ScreenName, View

log = structlog.get_logger(__name__)


def wall_time() -> datetime:
    """What the clock on the library's wall shows, without a zone."""
    return datetime.now().astimezone().replace(tzinfo=None)


class Printer(Protocol):
    """What puts receipts on paper, on a thread of its own."""

    def start(self) -> None:
        """Begin to look for paper."""

    def stop(self) -> None:
        """Finish what is being printed."""

    def print_text(self, text: str) -> None:
        """Print this and cut; returns at once."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside world. Opening is repeated after a loss; `play` runs on the UI's thread."""

    open_reader: Callable[[], Reader]
    open_card_reader: Callable[[], CardReader]
    client: ControllerClient
    play: Callable[[Sound], None]
    headphones: Jack = never
    speaks: bool = False
    set_volume: Callable[[float], None] = lambda _: None
    sound_works: Callable[[], bool] = lambda: True
    light: Callable[[bool], None] = lambda _on: None
    open_printer: "Callable[[Callable[[Event], None]], Printer] | None" = None
    last_error: LastError = field(default_factory=LastError)


class Shell:
    """One kiosk, from `start` to `stop`. `drain` and `language` belong to the UI's thread."""

    def __init__(
        self,
        settings: Settings,
        ports: Ports,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = wall_time,
    ) -> None:
        """`clock` counts seconds; `wall` is the time of the library, without a zone."""
        self._clock, self._wall = clock, wall
        self._settings = settings
        self._ports = ports
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._ready: Callable[[], None] = lambda: None
        self._plugged = False
        digits = settings.read_service_pin()
        pin = pin_of(digits) if digits else None
        cards = frozenset(map(card_digest, settings.read_staff_cards()))
        config = replace(settings.session, can_speak=ports.speaks, pin=pin, staff_cards=cards)
        now = clock()
        self._state = State(config=config, now=now, touched_at=now, language=config.languages[0])
        self._autonomy = Autonomy(settings, ports.client, self.post)
        self._journal = self._autonomy.journal
        self._intake = Intake(
            ports.open_reader,
            self.post,
            owner=settings.owner,
            afi=settings.afi,
            allow_simulated=settings.allow_simulated,
        )
        self._cards = Cards(
            ports.open_card_reader, self.post, allow_simulated=settings.allow_simulated
        )
        self._printer = ports.open_printer(self.post) if ports.open_printer else None
        self._configuration = Configuration(
            settings.journal.with_name("settings.json"), ports.client.settings, self._configure
        )
        self._courier = Courier(
            self._journal,
            ports.client,
            self.post,
            self._device_state,
            self._autonomy.link,
            self._autonomy.wall,
        )
        self._desk = Desk(
            self._journal,
            ports.client,
            self._courier,
            self.post,
            self._autonomy.link,
            self._autonomy.alone,
            self._autonomy.wall,
        )
        self._runner = Runner(ports.client, self.post, self._keep)
        self._timetable, self._lit = Timetable(settings.hours), True
        self._tally = Tally()
        self._usage = UsageReporter(
            UsageBook(settings.usage),
            self._tally.take,
            ports.client.report_usage,
            lambda: wall().date(),
        )

    @property
    def language(self) -> str:
        """The language of the screen now."""
        return self._state.language

    def start(self) -> None:
        """Open the readers and the outbox."""
        self._configuration.start()
        self._autonomy.start()
        self._courier.start()
        self._cards.start()
        self._intake.start()
        self._usage.start()
        if self._printer is not None:
            self._printer.start()

    def stop(self) -> None:
        """Close everything. What the ledger has not heard waits on disk."""
        self._intake.stop()
        self._cards.stop()
        if self._printer is not None:
            self._printer.stop()
        self._configuration.stop()
        self._desk.stop()
        self._runner.stop()
        self._usage.stop()
        self._courier.stop()
        self._autonomy.stop()
        self._ports.client.close()

    def act(self, action_id: str) -> None:
        """A person touched an action of the last View."""
        self.post(Pressed(action_id))

    def key(self, name: str) -> None:
        """A key of the keypad: a value of `kiosk.events.Key`; `ValueError` for another name."""
        self.post(KeyPressed(Key(name)))

    def heard(self, *, speaking: bool) -> None:
        """The voice began to speak, or came to its end."""
        self.post(VoiceHeard(speaking))

    def tick(self) -> None:
        """Time went on; call this a few times a second."""
        self.post(Tick(self._clock()))
        house = self._timetable.house(self._wall(), self._autonomy.policy)
        if house != self._state.house:
            self.post(HoursSeen(house))
        self._autonomy.look_at_trust()
        plugged = self._ports.headphones()
        if plugged is not self._plugged:
            self._plugged = plugged
            self.post(HeadphonesSeen(plugged))

    def on_ready(self, callback: Callable[[], None]) -> None:
        """`callback` is called, on whatever thread it happens, when events wait."""
        self._ready = callback

    def post(self, event: Event) -> None:
        """Let this event be stepped at the next `drain`; safe from any thread."""
        self._events.put(event)
        self._ready()

    def drain(self) -> View:
        """Step the session through all that waits, and say what is to be seen now."""
        while (event := self._next_event()) is not None:
            before = self._state
            self._state, effects = step(before, event)
            _log_change(before, self._state)
            self._tally.see(before, event, self._state, effects)
            for effect in effects:
                self._carry_out(effect)
        self._intake.attend(self._state.stage is not Stage.IDLE)
        view = present(self._state, load_texts(self._state.language), self._clock())
        self._light(view)
        return view

    def _light(self, view: View) -> None:
        """Switch the panel's light when the screen goes dark, and before it is drawn again."""
        lit = view.screen is not ScreenName.DARK
        if lit is not self._lit:
            self._lit = lit
            self._ports.light(lit)

    def _next_event(self) -> Event | None:
        try:
            return self._events.get_nowait()
        except queue.Empty:
            return None

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case ArmTag(uid=uid):
                self._intake.order(uid, armed=True)
            case DisarmTag(uid=uid):
                self._intake.order(uid, armed=False)
            case PlaySound(sound=sound):
                self._ports.play(sound)
            case PrintReceipt(receipt=receipt):
                self._print(receipt)
            case LookAround():
                self._look_around()
            case SearchCatalogue() | ReportDamage() | CallLibrarian() | LookAtCall() | CancelHold():
                self._runner.carry_out(effect)
            case OpenClass() | EndClass() | ListClass() | MarkCondition():
                self._runner.carry_out(effect)
            case SetVolume(volume=volume):
                self._ports.set_volume(volume)
            case RestartReaders():
                self._intake.restart()
                self._cards.restart()
            case _:
                self._desk.carry_out(effect)

    def _look_around(self) -> None:
        unsent = self._journal.waiting()
        now = datetime.now().astimezone()
        trusted = self._autonomy.alone.trusted
        sure = self._autonomy.wall.certainty() is Clock.SURE
        self.post(Looked(Surroundings(now, self._ports.sound_works(), unsent, sure, trusted)))

    def _keep(self, damage: DamageRequest) -> None:
        """Whoever said it was thanked and goes: from now on it is a fact that must be heard of."""
        self._journal.keep(damage, alone=True, clock=self._autonomy.wall.certainty())
        self._courier.wake()

    def _print(self, receipt: Receipt) -> None:
        if self._printer is None:
            return  # nothing offers a receipt then
        text = lay_out(
            receipt,
            load_texts(receipt.language),
            library=self._settings.library_name,
            at=datetime.now().astimezone(),
            columns=self._settings.receipt_columns,
        )
        self._printer.print_text(text)

    def _configure(self, wished: KioskSettings | None) -> None:
        """None: what the kiosk's own file says."""
        own = self._settings
        self._timetable.wish(wished)
        self._autonomy.set_trust(own.trust.with_wishes(wished))
        week = own.textbook_week
        if wished is None:
            self.post(Configured(own.session.languages, own.idle_s, own.volume, week))
            return
        if wished.textbook_week is not None:
            week = wished.textbook_week
        volume = wished.volume_percent / 100
        spoken = offered(wished.languages, own.session.languages)
        self.post(Configured(spoken, wished.idle_s, volume, week))

    def _device_state(self) -> DeviceState:
        state = self._state  # one reference, replaced as a whole by the UI's thread
        told = DeviceState(
            at=datetime.now(UTC),
            version=version("polka"),
            pad=_pad_state(state),
            card_reader=ReaderState.OK if state.card_reader_ok else ReaderState.LOST,
            simulated=state.simulated,
        )
        return told.model_copy(update=self._configuration.state | self._ports.last_error.state)


def _pad_state(state: State) -> ReaderState:
    if state.stage is not Stage.PROBLEM:
        return ReaderState.OK
    starting = state.trouble is Trouble.STARTING
    return ReaderState.UNKNOWN if starting else ReaderState.LOST


def _log_change(before: State, after: State) -> None:
    """Stages and phases, with ids of copies; never a card, a patron or a name."""
    if before.stage is not after.stage:
        log.info("stage", session=after.session, was=before.stage, now=after.stage)
    for copy, line in after.lines.items():
        was = before.lines.get(copy)
        if was is None or was.phase is not line.phase:
            log.info("copy", session=after.session, item=copy.item, phase=line.phase)
