"""One session after another: what a kiosk takes of memory for the first it gives to the last."""

import gc
from pathlib import Path

import pytest

from circulation.loan import ItemState
from kiosk.view import ScreenName, Tone
from tests.kiosk.conftest import ScriptedReader
from tests.kiosk.screens.alone import Ears, KeyedRoom, seat
from tests.kiosk.screens.driver import Driver
from tests.kiosk.shell_room import CARD, UID

PAGE_KB = 4
GROWTH_KB = 5 * 1024  # of the 500 sessions after the first 100


def resident_kb() -> int:
    """Memory of this process that is in use (proc(5), statm)."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_KB


def lend(driver: Driver, room: KeyedRoom) -> None:
    """A book is lent, its tag silenced, the session ended, the pad cleared."""
    room.slot.card = CARD
    room.lay_book(afi=0x07)
    driver.until(lambda view: bool(view.rows) and view.rows[0].tone is Tone.DONE)
    leave(driver, room)


def take_back(driver: Driver, room: KeyedRoom) -> None:
    """The same book comes back."""
    room.shell.act("return")
    driver.until(lambda view: view.screen is ScreenName.PAD)
    room.lay_book(afi=0xC2)
    driver.until(lambda view: bool(view.rows) and view.rows[0].tone is Tone.DONE)
    leave(driver, room)


def leave(driver: Driver, room: KeyedRoom) -> None:
    room.shell.act("finish")
    driver.until(lambda view: view.screen is ScreenName.DONE)
    room.shell.act("home")
    room.slot.card = ""
    room.reader.tags.pop(UID)
    driver.until(lambda view: view.screen is ScreenName.START and view.notice is None)


def soak(driver: Driver, room: KeyedRoom, sessions: int) -> None:
    """Half of them loans, half returns."""
    for number in range(sessions):
        (take_back if number % 2 else lend)(driver, room)
        room.ledger.calls.clear()


@pytest.fixture
def room(tmp_path: Path) -> KeyedRoom:
    return KeyedRoom(tmp_path, ScriptedReader()).open()


@pytest.fixture
def driver(room: KeyedRoom):
    opened = seat(room, Ears())
    opened.until(lambda view: view.screen is ScreenName.START)
    yield opened
    opened.close()


def test_sessions_leave_nothing_behind(driver: Driver, room: KeyedRoom) -> None:
    soak(driver, room, 4)

    state = room.shell._state
    assert (state.lines, state.person, dict(state.tags)) == ({}, None, {})
    assert room.ledger.state is ItemState.IN_STOCK
    assert len(driver.app._sheets) == 3  # start, pad, thanks: kept, not made anew


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_six_hundred_sessions_cost_no_memory(
    driver: Driver, room: KeyedRoom, tmp_path: Path
) -> None:
    taken = []
    for _ in range(6):
        soak(driver, room, 100)
        taken.append(resident_kb())
    (tmp_path / "memory_kb.txt").write_text(f"{taken}\n", encoding="ascii")

    assert taken[-1] - taken[0] < GROWTH_KB, taken
