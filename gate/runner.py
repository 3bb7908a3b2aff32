"""The gate's loop: what arrives goes through `passage.step`, what that orders is done at once."""

import queue
import time
from datetime import datetime
from typing import assert_never

from circulation.api import ReaderState
from circulation.messages import ListKind
from drivers.reader import Identity
from gate.aisle import AisleGuard
from gate.clock import certainty
from gate.configuration import Tuning
from gate.passage import (
    Effect,
    Event,
    ListChanged,
    ReaderChanged,
    Report,
    Rules,
    SelfTestSignal,
    Signal,
    TagRead,
    Tick,
)
from gate.reporter import Reporter
from gate.schedule import is_quiet
from gate.security import Security
from gate.settings import GateSettings
from gate.signals import Signals
from gate.uids import Uids
from gate.watchdog import Watchdog

_TICK_S = 0.25
_TURNS_WITHIN_S = 30.0  # a lost reader is tried every 12 s at least, and a try may take some


class Refused(RuntimeError):
    """The gate will not guard with this device; the message says what to do."""


class Gate:
    """Aisles, lamps, sounder and reporter around the pure core. `run` is the main thread."""

    def __init__(self, settings: GateSettings, version: str) -> None:
        self._settings = settings
        self._events: queue.SimpleQueue[tuple[AisleGuard | None, Event] | None]
        self._events = queue.SimpleQueue()
        self._watchdog = Watchdog(settings.board_watchdog)
        self._reporter = Reporter(settings, version, self._take_list, self._take_tuning)
        self._aisles = [self._make_aisle(number) for number in range(len(settings.all_aisles))]
        self._signals = Signals(settings.pins, alarm_s=settings.alarm_seconds, wake=self._wake)
        self._quiet = settings.quiet
        self._simulated = False
        self._ticked_at = 0.0
        self._ending = False

    def run(self) -> None:
        """Guard until `finish`; `Refused` when the device that answers is not to be used."""
        self._signals.blind(blind=True)  # until every reader has answered
        self._reporter.start()
        for aisle in self._aisles:
            aisle.watch.start()
        self._watchdog.ready()
        try:
            while not self._ending:
                self._turn()
            if any(aisle.watch.refused for aisle in self._aisles):
                raise Refused(
                    "the reader that answers is a simulated one; a gate that guards a door needs "
                    "a real one (for a demo set allow_simulated = true)"
                )
        finally:
            self._close()

    def finish(self) -> None:
        """End in good order; safe to call from a signal handler."""
        self._events.put(None)

    def _make_aisle(self, number: int) -> AisleGuard:
        aisle = self._settings.all_aisles[number]
        rules = Rules(
            afi_in_stock=self._settings.afi_in_stock,
            afi_on_loan=self._settings.afi_on_loan,
            monitor_only=self._settings.monitor_only,
            test_tag=self._settings.test_tag,
            security=Security.LIST if aisle.is_uhf else self._settings.security,
        )

        def notice(event: Event | None) -> None:
            self._events.put(None if event is None else (self._aisles[number], event))

        return AisleGuard(
            aisle,
            rules,
            reader_present=self._reporter.was_present(aisle.name),
            notice=notice,
            accept=self._accept,
            wake=self._wake,
        )

    def _turn(self) -> None:
        try:
            arrived = self._events.get(timeout=self._patience())
        except queue.Empty:
            arrived = (None, Tick(time.monotonic()))
        if arrived is None:
            self._ending = True
            return
        now = time.monotonic()
        for aisle in self._aisles:
            for edge in aisle.edges(now):
                self._take(aisle, edge)
        self._hand_out(*arrived)
        self._signals.poll(now)
        if now - self._ticked_at >= _TICK_S:  # also while a book lies in the field and is read on
            self._ticked_at = now
            self._hand_out(None, Tick(now))
            self._look_around(now)

    def _hand_out(self, meant: AisleGuard | None, event: Event) -> None:
        for aisle in self._aisles if meant is None else (meant,):
            self._take(aisle, event)

    def _look_around(self, now: float) -> None:
        self._signals.blind(blind=any(aisle.blind for aisle in self._aisles))
        self._reporter.loop_turned_at = now
        turns = all(now - aisle.watch.turned_at < _TURNS_WITHIN_S for aisle in self._aisles)
        if turns and self._reporter.is_alive():
            self._watchdog.alive()

    def _patience(self) -> float:
        """How long to wait for news: a tick, or until a beam's level has settled."""
        asked = [aisle.due_at for aisle in self._aisles] + [self._signals.due_at]
        now = time.monotonic()
        return max(0.0, min([now + _TICK_S, *(due for due in asked if due is not None)]) - now)

    def _take(self, aisle: AisleGuard, event: Event) -> None:
        for effect in aisle.take(event):
            self._do(aisle, effect, event)
        if isinstance(event, ReaderChanged):
            blind = [one.name for one in self._aisles if one.blind]
            state = ReaderState.LOST if blind else ReaderState.OK
            self._reporter.reader_is(state, blind=blind, simulated=self._simulated)

    def _do(self, aisle: AisleGuard, effect: Effect, cause: Event) -> None:
        match effect:
            case Signal():
                self._signals.show(effect.verdict, quiet=self._is_quiet())
            case SelfTestSignal():
                self._signals.show_test(passed=effect.passed, quiet=self._is_quiet())
            case Report():
                self._reporter.report(effect, aisle.name, _reaction_ms(cause))
            case _:
                assert_never(effect)

    def _is_quiet(self) -> bool:
        quiet = self._quiet
        return quiet is not None and is_quiet(quiet, datetime.now().astimezone(), certainty())

    def _wake(self) -> None:
        self._events.put((None, Tick(time.monotonic())))

    def _take_list(self, uids: Uids, kind: ListKind) -> None:
        self._events.put((None, ListChanged(uids, kind)))

    def _take_tuning(self, tuning: Tuning) -> None:
        """In the reporter's thread: each value is replaced as a whole."""
        self._quiet = tuning.quiet
        self._signals.alarm_s = tuning.alarm_s

    def _accept(self, identity: Identity) -> bool:
        self._simulated = self._simulated or identity.simulated
        return self._settings.allow_simulated or not identity.simulated

    def _close(self) -> None:
        for aisle in self._aisles:
            aisle.close()
        self._reporter.finish()
        self._signals.close()
        self._watchdog.close()


def _reaction_ms(cause: Event) -> float | None:
    """From the tag's answer to the lamp: signals are ordered before their report is."""
    return (time.monotonic() - cause.at) * 1000 if isinstance(cause, TagRead) else None
