"""The kiosk as a process: how soon a book is on the glass, how soon the first frame."""

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from circulation.ids import ItemId
from circulation.tags.afi import AFI_PROFILES
from circulation.tags.codec import encode
from circulation.tags.item_tag import TagContent
from hw_sim.demo import SAMPLE
from hw_sim.evidence import Ledger
from hw_sim.library.build import IRBIS, ROSTER_CSV
from hw_sim.library.stock import OWNER
from hw_sim.messages import NewTag
from hw_sim.stage import PAD, Plan, Stage
from tests.bench.result import Result, at_most, percentile

BOOKS, STARTS = 25, 3
_LOOK_S = 0.004


def measure() -> list[Result]:
    """Row and title of one book laid on the empty pad, and the start of the process."""
    state = Path(tempfile.mkdtemp(prefix="polka-"))
    stage = Stage(Plan(state, OWNER, SAMPLE / IRBIS, SAMPLE / ROSTER_CSV))
    try:
        stage.start()
        starts = [_restart_s(stage) for _ in range(STARTS)]
        seen = _rows(stage)
    finally:
        stage.stop()
        shutil.rmtree(state, ignore_errors=True)
    rows, titles = zip(*seen, strict=True)
    return [
        at_most("kiosk.row_p95", percentile(rows, 0.95), "ms", limit=300),
        at_most("kiosk.title_p95", percentile(titles, 0.95), "ms", limit=1000),
        at_most("kiosk.first_frame", statistics.median(starts), "s", limit=3),
    ]


def _restart_s(stage: Stage) -> float:
    """From the start of the process to a view on the glass; looking costs a frame or two."""
    stage.end("kiosk")
    began = time.perf_counter()
    stage.start_kiosk()
    return time.perf_counter() - began


def _rows(stage: Stage) -> list[tuple[float, float]]:
    """Milliseconds from the tag being readable to its row, and to its title."""
    world, books = stage.world(), Ledger(stage.database).books(BOOKS)
    afi = AFI_PROFILES["iso"].in_stock
    tags = [TagContent(item_id=ItemId(book.item_id), owner=book.owner) for book in books]
    world.make_tags(
        [
            NewTag(uid=book.uid, blocks_hex=encode(tag).hex(), afi=afi, dsfid=0x3E)
            for book, tag in zip(books, tags, strict=True)
        ]
    )
    _wait(stage, lambda view: view["screen"] == "start")
    return [_row_ms(stage, book.uid, book.title) for book in books]


def _row_ms(stage: Stage, uid: str, title: str) -> tuple[float, float]:
    began = time.perf_counter()
    stage.world().place(PAD, [uid])
    row = _wait(stage, lambda view: len(view["rows"]) == 1) - began
    named = _wait(stage, lambda view: view["rows"][0]["title"] == title) - began
    stage.world().lift(PAD)
    _wait(stage, lambda view: not view["rows"])
    return row * 1000, named * 1000


def _wait(stage: Stage, happened) -> float:
    """The moment it is on the glass."""
    kiosk = stage.kiosk()
    end = time.perf_counter() + 30
    while not happened(kiosk.view()):
        if time.perf_counter() > end:
            raise AssertionError(f"not on the glass: {kiosk.view()}")
        time.sleep(_LOOK_S)
    return time.perf_counter()
