"""The encoding station: one copy at line speed, our own share of it, the list, the start.

The pad is simulated in another process at the real speed of air and line, so the processor time of
this one is our own code: driver, pad, session, outbox and the view that would be drawn.
"""

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from circulation.encoding import UntaggedQuery
from controller.db import make_engine, raw_connection, sqlite_url, upgrade
from controller.devices.registry import ensure_library
from controller.devices.tokens import Caller
from controller.encoding.untagged import list_untagged
from controller.sql import Dialect, Transaction
from controller.tables import DeviceKind
from drivers.registry import open_reader
from hw_sim.messages import NewTag
from kiosk.station.client import StationClient
from kiosk.station.events import Line
from kiosk.station.settings import Settings
from kiosk.station.shell import Ports, Shell
from kiosk.station.state import ReaderWord, State
from tests.bench.result import Result, at_most, percentile
from tests.bench.simulator import started
from tests.bench.workspace import workspace
from tests.kiosk.station.conftest import OWNER, copy_to_tag
from tests.kiosk.station.pad_world import Ledger

PAD = "feig-mr102"
COPIES, STARTS, ROUNDS = 20, 3, 15
STOCK = 32_178
_PATIENCE_S = 60.0


def measure() -> list[Result]:
    """Encoding, list and start."""
    whole, own = _encode()
    share = statistics.median(mine / all_ for mine, all_ in zip(own, whole, strict=True))
    return [
        at_most("station.encode_p95", percentile(whole, 0.95), "s", limit=1.5),
        at_most("station.own_share", share * 100, "%", limit=15),
        at_most("station.untagged_p95", _list_ms(), "ms", limit=50),
        at_most("station.first_frame", min(_starts()), "s", limit=2),
    ]


def _encode() -> tuple[list[float], list[float]]:
    """Seconds from the tag lying still to its copy being written down; and processor seconds."""
    whole: list[float] = []
    own: list[float] = []
    with workspace() as folder, started(timing="real", pads=(PAD,)) as (world, wiring):
        uids = [f"E00401600000{number:04X}" for number in range(COPIES)]
        world.make_tags([NewTag(uid=uid) for uid in uids])
        bench = _Bench(folder, wiring["pads"][PAD]["pty"])
        for number, uid in enumerate(uids, start=1):
            bench.shell.post(Line(f"B-{number:04d}"))
            bench.until(lambda state: state.job is not None)
            began, busy = time.perf_counter(), time.process_time()
            world.place(PAD, [uid])
            bench.until(lambda state, number=number: state.written == number)
            whole.append(time.perf_counter() - began)
            own.append(time.process_time() - busy)
            world.lift(PAD)
            bench.until(lambda state: state.pad == ())
        bench.shell.stop()
    return whole, own


class _Bench:
    """A station without a window that works when something happened, as the window does."""

    def __init__(self, folder: Path, port: str) -> None:
        copies = (copy_to_tag(f"B-{number:04d}") for number in range(1, COPIES + 1))
        client = StationClient("http://c", "t", transport=httpx2.MockTransport(Ledger(*copies)))
        settings = Settings(
            device="station-1",
            owner=OWNER,
            controller_url="http://c",
            token="t",
            outbox=folder / "outbox.db",
            reader_port=port,
            allow_simulated=True,
        )
        ports = Ports(lambda: open_reader(PAD, port), client, play=lambda _: None)
        self._ready = threading.Event()
        self.shell = Shell(settings, ports)
        self.shell.on_ready(self._ready.set)
        self.shell.start()
        self.until(lambda state: bool(state.operator) and state.reader is ReaderWord.OK)

    def until(self, happened: Callable[[State], bool]) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not happened(self.shell.state):
            if not self._ready.wait(0.25):
                self.shell.tick()
            self._ready.clear()
            self.shell.drain()
            if time.monotonic() > end:
                raise AssertionError(f"not reached: {self.shell.state.notice}")


def _list_ms() -> float:
    """The slowest kind of filter over a stock of which nothing is tagged, processor time."""
    with workspace() as folder:
        engine = make_engine(sqlite_url(folder / "list.db"))
        upgrade(engine)
        ensure_library(engine, isil=OWNER, name="bench")
        transaction = Transaction(raw_connection(engine), Dialect.SQLITE)
        _fill(transaction)
        caller = Caller(1, OWNER, "bench", DeviceKind.STATION)
        queries = [
            UntaggedQuery(),
            UntaggedQuery(place="Б-7"),
            UntaggedQuery(batch="15/2026"),
            UntaggedQuery(grade=7),
            UntaggedQuery(text="алгебра"),
            UntaggedQuery(text="1043"),
            UntaggedQuery(after=30_000),
        ]
        slowest = max(_one_ms(transaction, caller, query) for query in queries)
        transaction.close()
        engine.dispose()
    return slowest


def _one_ms(transaction: Transaction, caller: Caller, query: UntaggedQuery) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        list_untagged(transaction, caller, query)
        times.append((time.process_time() - began) * 1000)
    return percentile(times, 0.95)


def _fill(transaction: Transaction) -> None:
    chance = random.Random(7)
    connection = transaction._connection
    words = ("Алгебра", "Мцыри", "География", "Вий", "Физика", "Словарь")
    titles = [
        (n, f"{chance.choice(words)}, {n}", "Автор", chance.choice((None, *range(1, 12))))
        for n in range(1, 4001)
    ]
    cursor = connection.cursor()
    cursor.execute("BEGIN")
    cursor.executemany(
        "INSERT INTO title (id, title, author, subtitle, publisher, place, kind, section, udc,"
        " author_mark, subjects, age_mark, grade, source, source_key)"
        " VALUES (?, ?, ?, '', '', '', 'book', '84', '', '', '', 0, ?, 'b', hex(randomblob(8)))",
        titles,
    )
    copies = [
        (n, OWNER, f"B-{n:05d}", f"{n}", chance.randrange(1, 4001), f"Б-{n % 40}")
        for n in range(1, STOCK + 1)
    ]
    cursor.executemany(
        "INSERT INTO item (id, owner, item_id, inventory_no, title_id, place, condition, parts,"
        " state, security, reading_room_only)"
        " VALUES (?, ?, ?, ?, ?, ?, '', 1, 'in_stock', 'armed', 0)",
        copies,
    )
    cursor.execute(
        "INSERT INTO batch (id, owner, kind, number, reason)"
        " VALUES (1, ?, 'arrival', '15/2026', '')",
        (OWNER,),
    )
    cursor.execute(
        "INSERT INTO batch_item (item_id, kind, batch_id)"
        " SELECT id, 'arrival', 1 FROM item WHERE id % 20 = 0"
    )
    cursor.execute("COMMIT")


def _starts() -> list[float]:
    folder = Path(tempfile.mkdtemp(prefix="polka-"))
    settings = folder / "station.toml"
    settings.write_text(
        f'device = "station-1"\nowner = "{OWNER}"\ncontroller_url = "http://127.0.0.1:9"\n'
        f'outbox = "{folder}/outbox.db"\nreader_port = "{folder}/nothing"\nspeech = false\n'
    )
    try:
        return [_start_s(settings) for _ in range(STARTS)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start_s(settings: Path) -> float:
    """From the start of the process to its first frame; neighbours only add to it."""
    environment = os.environ | {
        "SDL_VIDEODRIVER": "offscreen",
        "SDL_AUDIODRIVER": "dummy",
        "POLKA_STATION_TOKEN": "t",
    }
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "kiosk.station", "--settings", str(settings)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "station_on_the_glass" in line:
                return time.perf_counter() - began
        raise AssertionError("the station ended before its first frame")
    finally:
        process.terminate()
        process.wait(20)
