"""The kiosk as a process: how soon a book is on the glass and done, the first frame, the rest.

Line and air have their real speed. `own` is what is left of a stack's time when the line and the
air of the cycle (`hw_sim.limits`) are taken away: our code, operating system and controller.
"""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from circulation.ids import ItemId
from circulation.tags.afi import AFI_PROFILES
from circulation.tags.codec import encode
from circulation.tags.item_tag import TagContent
from hw_sim.demo import SAMPLE
from hw_sim.evidence import Book, Ledger
from hw_sim.library.build import IRBIS, ROSTER_CSV
from hw_sim.library.stock import OWNER
from hw_sim.limits import kiosk_cycle_limit
from hw_sim.messages import NewTag
from hw_sim.stage import Plan, Stage
from hw_sim.stage_files import PAD
from tests.bench.kiosk_screens import measure_screens
from tests.bench.result import Result, at_most, percentile

BOOKS, STARTS = 25, 3
ONES, STACKS = 7, 3  # rounds
CARDS = "cards1"
IDLE_S = 20.0
MOST_LENT = 5  # the usual policy
BLOCKS = 8  # that a tag of ours fills: what the kiosk reads of each
_LOOK_S = 0.05  # seldom: the kiosk notes by itself when a frame showed what


def measure() -> list[Result]:
    """Row and title of one book laid on the empty pad, and the start of the process."""
    state = Path(tempfile.mkdtemp(prefix="polka-"))
    stage = Stage(Plan(state, OWNER, SAMPLE / IRBIS, SAMPLE / ROSTER_CSV))
    try:
        stage.start()
        starts = [_restart_s(stage) for _ in range(STARTS)]
        seen = _rows(stage)
        stacks = _stacks(stage)
        idle = _idle_share(stage)
    finally:
        stage.stop()
        shutil.rmtree(state, ignore_errors=True)
    rows, titles = zip(*seen, strict=True)
    return [
        at_most("kiosk.row_p95", percentile(rows, 0.95), "ms", limit=300),
        at_most("kiosk.title_p95", percentile(titles, 0.95), "ms", limit=1000),
        at_most("kiosk.first_frame", statistics.median(starts), "s", limit=1.5),
        *stacks,
        at_most("kiosk.idle", idle * 100, "% core", limit=3),
        *measure_screens(),
    ]


def _restart_s(stage: Stage) -> float:
    """From the start of the process to a view on the glass; looking costs a frame or two."""
    stage.end("kiosk")
    began = time.perf_counter()
    stage.start_kiosk()
    return time.perf_counter() - began


def _rows(stage: Stage) -> list[tuple[float, float]]:
    """Milliseconds from the tag being readable to its row, and to its title."""
    books = Ledger(stage.database).books(BOOKS)
    _make(stage, books, AFI_PROFILES["iso"].in_stock)
    _wait(stage, lambda view: view["screen"] == "start")
    return [_row_ms(stage, book.uid, book.title) for book in books]


def _make(stage: Stage, books: Sequence[Book], afi: int) -> None:
    """Tags of these books, in the world and on no pad."""
    tags = [TagContent(item_id=ItemId(book.item_id), owner=book.owner) for book in books]
    stage.world().make_tags(
        [
            NewTag(uid=book.uid, blocks_hex=encode(tag).hex(), afi=afi, dsfid=0x3E)
            for book, tag in zip(books, tags, strict=True)
        ]
    )


def _stacks(stage: Stage) -> list[Result]:
    """One and five books lent, ten taken back (a pupil may have five), from the pad to green."""
    lent, returned = AFI_PROFILES["iso"].in_stock, AFI_PROFILES["iso"].on_loan
    supply = iter(Ledger(stage.database).books(BOOKS + ONES + STACKS * 15)[BOOKS:])
    cards = iter(Ledger(stage.database).readers(ONES + STACKS))
    results: list[Result] = []
    for count, rounds, bound in ((1, ONES, 1.0), (5, STACKS, 2.5), (10, STACKS, 4.5)):
        returning = count > MOST_LENT
        afi = returned if returning else lent
        times = []
        for _ in range(rounds):
            books = [next(supply) for _ in range(count)]
            _make(stage, books, afi)
            card = None if returning else next(cards).card
            times.append(_stack_s(stage, [book.uid for book in books], card))
        took = statistics.median(times)
        limit = kiosk_cycle_limit("feig-mr102", count, BLOCKS, fresh=True, looks=returning)
        least = limit.total_ms / 1000
        results.append(at_most(f"kiosk.stack_{count}", took, "s", limit=bound))
        results.append(at_most(f"kiosk.stack_{count}_own", (took - least) / took, "", limit=0.2))
    return results


def _stack_s(stage: Stage, uids: list[str], card: str | None) -> float:
    world, kiosk = stage.world(), stage.kiosk()
    if kiosk.view()["screen"] == "pad":
        kiosk.tap("finish")
    _wait(stage, lambda view: view["screen"] == "start" and view["notice"] is None)
    if card is None:
        kiosk.tap("return")
        _wait(stage, lambda view: view["screen"] == "pad")
    else:
        world.present_card(CARDS, card)
        _wait(stage, lambda view: bool(view["subtitle"]))
    kiosk.shown()
    began = time.monotonic()
    world.place(PAD, uids)
    tones = ["done"] * len(uids)
    (done,) = _moments(stage, lambda view: [row["tone"] for row in view["rows"]] == tones)
    kiosk.tap("finish")
    world.lift(PAD)
    world.remove_card(CARDS)
    return done - began


def _idle_share(stage: Stage) -> float:
    """Of one core, with nobody there and nobody looking."""
    _wait(stage, lambda view: view["screen"] == "start" and view["notice"] is None)
    before = _processor_s(stage.pid("kiosk"))
    time.sleep(IDLE_S)
    return (_processor_s(stage.pid("kiosk")) - before) / IDLE_S


def _processor_s(pid: int) -> float:
    """User and system time of a process so far (proc(5), stat fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _row_ms(stage: Stage, uid: str, title: str) -> tuple[float, float]:
    stage.kiosk().shown()
    began = time.monotonic()
    stage.world().place(PAD, [uid])
    row, named = _moments(
        stage,
        lambda view: len(view["rows"]) == 1,
        lambda view: len(view["rows"]) == 1 and view["rows"][0]["title"] == title,
    )
    stage.world().lift(PAD)
    _wait(stage, lambda view: not view["rows"])
    return (row - began) * 1000, (named - began) * 1000


def _moments(stage: Stage, *happened: Callable[[dict], bool]) -> list[float]:
    """When a frame first showed each of these, on the steady clock of all processes here."""
    kiosk, frames = stage.kiosk(), []
    end = time.monotonic() + 30
    while True:
        frames += kiosk.shown()
        found = [next((at for at, view in frames if it(view)), None) for it in happened]
        if None not in found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not on the glass: {kiosk.view()}")
        time.sleep(_LOOK_S)


def _wait(stage: Stage, happened: Callable[[dict], bool]) -> None:
    """Until it is on the glass."""
    kiosk = stage.kiosk()
    end = time.monotonic() + 30
    while not happened(kiosk.view()):
        if time.monotonic() > end:
            raise AssertionError(f"not on the glass: {kiosk.view()}")
        time.sleep(_LOOK_S)
