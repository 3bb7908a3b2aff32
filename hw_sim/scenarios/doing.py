"""What people do in a scenario, carried out on the running library."""

import time
from typing import Final, assert_never

from hw_sim.devices.feig_gate import VALID_TIME_S
from hw_sim.field import READ_COUPLING, WRITE_COUPLING
from hw_sim.kiosk_client import KioskError
from hw_sim.motion import SPEED_M_S
from hw_sim.scenarios.cast import Cast
from hw_sim.scenarios.outcome import NotSo
from hw_sim.scenarios.theatre import DEVICES, Theatre
from hw_sim.scenarios.words import (
    ComeBack,
    DisturbLine,
    Do,
    Elsewhere,
    GoAway,
    Hang,
    LendElsewhere,
    LiftDuringWrite,
    OfBooks,
    OfCards,
    OfPlugs,
    OfProcesses,
    PresentCard,
    PutDown,
    RemoveCard,
    Replug,
    ReturnElsewhere,
    TakeAway,
    Tap,
    Unplug,
    Wait,
    Wake,
    Walk,
    Wiggle,
)
from hw_sim.stage_files import CARDS, GATE, PAD

WEAKLY: Final = (READ_COUPLING + WRITE_COUPLING) / 2
_TAP_PATIENCE_S = 5.0
_WIGGLE_S = 0.2


class Hands:
    """The people of one scenario."""

    def __init__(self, theatre: Theatre, cast: Cast) -> None:
        self._theatre = theatre
        self._world = theatre.world
        self._cast = cast
        self._left_at: dict[str, float] = {}

    def do(self, act: Do) -> None:
        """Carry out one step; it returns when the people are done, not when the machines are."""
        match act:
            case Tap(button=button):
                self._tap(button)
            case Walk():
                self._walk(act)
            case Wait(seconds=seconds):
                time.sleep(seconds)
            case LendElsewhere() | ReturnElsewhere():
                self._elsewhere(act)
            case PresentCard() | RemoveCard():
                self._cards(act)
            case Unplug() | Replug() | DisturbLine():
                self._plugs(act)
            case GoAway() | ComeBack() | Hang() | Wake():
                self._processes(act)
            case _:
                self._books(act)

    def _elsewhere(self, act: Elsewhere) -> None:
        for name in act.books:
            book = self._cast.book(name)
            match act:
                case LendElsewhere(reader=reader):
                    self._theatre.desk.lend(book, self._cast.readers[reader])
                case ReturnElsewhere():
                    self._theatre.desk.take_back(book)
                case _:
                    assert_never(act)

    def _books(self, act: OfBooks) -> None:
        uids = self._cast.uids(act.books)
        match act:
            case PutDown(piled=piled, weakly=weakly):
                self._world.place(PAD, uids, WEAKLY if weakly else 1.0, piled=piled)
            case TakeAway():
                self._world.lift(PAD, uids)
            case LiftDuringWrite(what=what):
                for uid in uids:
                    self._world.lift_during_write(PAD, uid, what)
            case Wiggle(times=times):
                for _ in range(times):
                    self._world.place(PAD, uids, 0.0)
                    time.sleep(_WIGGLE_S)
                    self._world.place(PAD, uids)
                    time.sleep(_WIGGLE_S)
            case _:
                assert_never(act)

    def _cards(self, act: OfCards) -> None:
        match act:
            case PresentCard(readers=names):
                cards = [self._cast.readers[name].card for name in names]
                self._world.present_wallet(CARDS, cards)
            case RemoveCard():
                self._world.remove_card(CARDS)
            case _:
                assert_never(act)

    def _tap(self, button: str) -> None:
        """A person waits for the button to come."""
        end = time.monotonic() + _TAP_PATIENCE_S
        while True:
            try:
                self._theatre.kiosk.tap(button)
            except KioskError as error:
                if time.monotonic() > end:
                    raise NotSo(str(error)) from error
                time.sleep(0.05)
            else:
                return

    def _walk(self, act: Walk) -> None:
        bags = [self._cast.uids(bag) for bag in (act.books, *act.followers)]
        everything = [uid for bag in bags for uid in bag]
        self._wait_for_the_reader(everything)
        numbers = [
            self._world.walk(
                GATE,
                bag,
                act.direction,
                speed_m_s=SPEED_M_S[act.gait],
                shielding=1.0 if act.shielded else 0.0,
                turns_back=act.turns_back,
                facing=act.facing,
                packed=act.packed,
                behind_m=place * act.gap_m,
            )
            for place, bag in enumerate(bags)
        ]
        while not all(w.ended for w in self._world.gate(GATE).walks if w.walk_id in numbers):
            time.sleep(0.05)
        self._left_at |= dict.fromkeys(everything, time.monotonic())

    def _wait_for_the_reader(self, uids: list[str]) -> None:
        """The gate's reader tells a tag once per VALID-TIME; a thief needs those seconds too."""
        last = max((self._left_at.get(uid, 0.0) for uid in uids), default=0.0)
        time.sleep(max(0.0, last + VALID_TIME_S + 0.5 - time.monotonic()))

    def _plugs(self, act: OfPlugs) -> None:
        device = DEVICES[act.device]
        match act:
            case Unplug():
                self._world.unplug(device)
            case Replug():
                self._world.replug(device)
            case DisturbLine(how=how, times=times):
                self._world.fault(device, how, count=times)
            case _:
                assert_never(act)

    def _processes(self, act: OfProcesses) -> None:
        match act:
            case GoAway(who=who):
                self._theatre.away(who)
            case ComeBack(who=who):
                self._theatre.back(who)
            case Hang(who=who):
                self._theatre.hang(who)
            case Wake(who=who):
                self._theatre.wake(who)
            case _:
                assert_never(act)
