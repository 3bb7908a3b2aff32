"""A campaign of power cuts: the kiosk without its window is killed at every write boundary.

`python -m tests.kiosk.power_cuts --folder DIR --rounds N` prints one verdict per cut as JSON.

A process that has no thread forks a kiosk for each cut: its real shell, threads, journal and
snapshot on a real disk; a tag and a ledger that survive it, in files. `kill -9` comes before or
after a commit of the journal, a write to the tag, or a question to the controller. Then the kiosk
is started again with the book still on the pad, and left alone until tag and loan agree.
"""

import argparse
import json
import os
import signal
import sqlite3
import sys
import threading
import time
import traceback
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from circulation.api import CHECKOUTS, RETURNS
from circulation.loan import ItemState
from kiosk import journal_file
from kiosk.client import ControllerClient
from kiosk.journal import Journal, Kind, Outcome
from kiosk.known import Index, Known
from kiosk.settings import Settings
from kiosk.shell import Ports, Shell
from kiosk.snapshots import SnapshotStore
from kiosk.vault import Vault
from kiosk.view import Tone
from tests.kiosk.conftest import OWNER, ScriptedReader, copy_of
from tests.kiosk.shell_room import CARD, UID, CardSlot, Ledger, book_bytes
from tests.kiosk.snapshot_maker import KNOWN_AS, TOKEN, sections, signed

PATIENCE_S = 60.0
AT_ONCE = 4
ARMED, DISARMED = 0x07, 0xC2
FLOWS = ("borrow alone", "return alone", "borrow", "return")


@dataclass(frozen=True)
class Verdict:
    """One cut. `problem` is empty when nothing was lost, doubled or left unrepaired."""

    flow: str
    boundary: int  # 0: no cut at all; counts how many there are
    passed: int  # boundaries that the first life came to
    killed: bool
    problem: str


class Knife:
    """Counts the write boundaries of this process and ends it at one of them."""

    def __init__(self, boundary: int, tally: Path) -> None:
        self._boundary = boundary
        self._tally = tally
        self._count = 0
        self._lock = threading.Lock()

    def pass_by(self) -> None:
        with self._lock:
            self._count += 1
            self._tally.write_text(str(self._count))
            if self._count == self._boundary:
                os.kill(os.getpid(), signal.SIGKILL)

    def connection(self) -> type[sqlite3.Connection]:
        """Commits of the journal are boundaries, before and after."""
        knife = self

        class Cut(sqlite3.Connection):
            def execute(self, sql, *values):
                if sql == "COMMIT":
                    knife.pass_by()
                done = super().execute(sql, *values)
                if sql == "COMMIT":
                    knife.pass_by()
                return done

        return Cut


class LastingReader(ScriptedReader):
    """The book on the pad; its AFI outlives the process that wrote it."""

    def __init__(self, file: Path, knife: Knife) -> None:
        super().__init__()
        self._file = file
        self._knife = knife
        self.lay(UID, book_bytes(), file.read_bytes()[0])

    def write_afi(self, uid, afi):
        self._knife.pass_by()
        with self._file.open("r+b", buffering=0) as memory:
            memory.write(bytes([afi]))  # in place: nobody finds the tag without its byte
        super().write_afi(uid, afi)
        self._knife.pass_by()


class LastingLedger(Ledger):
    """A controller whose book and answers outlive the kiosk; the same id has one effect."""

    def __init__(self, file: Path, knife: Knife) -> None:
        super().__init__()
        self._file = file
        self._knife = knife
        self._busy = threading.Lock()
        kept = json.loads(file.read_text())
        self.state, self.answers = ItemState(kept["state"]), kept["answers"]

    def __call__(self, request):
        if self.away:
            return super().__call__(request)
        self._knife.pass_by()
        with self._busy:
            answer = super().__call__(request)
        self._knife.pass_by()
        return answer

    def _answer(self, path, body):
        op_id = json.loads(body).get("op_id")
        if op_id in self.answers:
            self.state, before = self.state, self.state
            answer = super()._answer(path, body)
            self.state = before
            return answer
        answer = super()._answer(path, body)
        if op_id:
            self.answers[op_id] = path
            whole = {"state": self.state, "answers": self.answers}
            fresh = self._file.with_suffix(".new")
            fresh.write_text(json.dumps(whole))
            fresh.replace(self._file)
        return answer


class Place:
    """The folder of one cut: what is left when the power is gone."""

    def __init__(self, folder: Path, flow: str) -> None:
        self.folder = folder
        self.alone = flow.endswith("alone")
        self.returns = flow.startswith("return")
        self.tag, self.ledger = folder / "afi", folder / "ledger.json"
        self.shown, self.tally = folder / "shown", folder / "tally"
        self.settings = Settings(
            device="kiosk-1",
            owner=OWNER,
            controller_url="http://controller",
            token=TOKEN,
            journal=folder / "kiosk.sqlite",
            reader_port="test",
            link_failures=1,
            link_failing_s=0,
        )

    def prepare(self) -> None:
        self.folder.mkdir(parents=True)
        state = ItemState.ON_LOAN if self.returns else ItemState.IN_STOCK
        self.tag.write_bytes(bytes([DISARMED if self.returns else ARMED]))
        self.ledger.write_text(json.dumps({"state": state, "answers": {}}))
        if self.alone:
            mine = {"item_id": "A1", "state": "on_loan", "holder": "p-1", "due": "2100-01-01"}
            store = SnapshotStore(self.settings.snapshot_file, Vault(TOKEN), KNOWN_AS)
            whole = sections(mine, counted_loans=1) if self.returns else sections()
            store.take(signed(whole, at=datetime.now(UTC)), settled=0)
            store.close()

    def live(self, boundary: int, *, acts: bool) -> None:
        """One life of the kiosk, in this process, until it is killed or all is quiet."""
        knife = Knife(boundary, self.tally if acts else self.folder / "tally of the second life")
        real = sqlite3.connect
        journal_file.sqlite3.connect = (  # type: ignore[assignment]
            lambda path, **how: (
                real(path, factory=knife.connection(), **how)
                if str(path) == str(self.settings.journal)
                else real(path, **how)
            )
        )
        ledger = LastingLedger(self.ledger, knife)
        ledger.away = self.alone
        slot = CardSlot()
        slot.card = CARD if acts and not self.returns else ""
        client = ControllerClient("http://c", TOKEN, transport=httpx2.MockTransport(ledger))
        reader = LastingReader(self.tag, knife)
        laid = dict(reader.tags)
        reader.tags.clear()
        shell = Shell(self.settings, Ports(lambda: reader, lambda: slot, client, lambda _: None))
        shell.start()
        if acts and self.returns:
            self._until(shell, lambda view: view.screen.value == "start")
            shell.act("return")
        reader.tags.update(laid)
        if acts:
            self._until(shell, lambda view: any(row.tone is Tone.DONE for row in view.rows))
            self.shown.touch()
        else:
            self._until(shell, lambda _: self.agrees(shell))
        shell.stop()

    def _until(self, shell: Shell, is_so) -> None:
        end = time.monotonic() + PATIENCE_S
        while True:
            shell.tick()
            view = shell.drain()
            if any(row.tone is Tone.DONE for row in view.rows):
                self.shown.touch()  # a person may have seen it, whatever comes now
            if is_so(view):
                return
            if time.monotonic() > end:
                raise TimeoutError(str(view))
            time.sleep(0.02)

    def agrees(self, shell: Shell) -> bool:
        """Tag and loan fit, and what the ledger can hear it has heard."""
        journal = shell._journal
        if not self.alone and journal.waiting():
            return False
        armed = self.tag.read_bytes()[0] == ARMED
        return armed is not self.is_lent(journal)

    def is_lent(self, journal: Journal) -> bool:
        if not self.alone:
            return json.loads(self.ledger.read_text())["state"] == ItemState.ON_LOAN
        store = SnapshotStore(self.settings.snapshot_file, Vault(TOKEN), KNOWN_AS)
        store.load()
        held = store.held
        assert held is not None
        index = Index(held.at, held.sections)
        store.close()
        acts = (entry.request for entry in journal.since(held.settled))
        today = datetime.now(UTC).date()
        return Known(index, acts, today).item(copy_of("A1")).state is ItemState.ON_LOAN

    def judge(self) -> str:
        """What is wrong after both lives; empty when nothing is."""
        journal = Journal(self.settings.journal, Vault(TOKEN))
        kind = Kind.RETURN if self.returns else Kind.CHECKOUT
        entries = [
            entry
            for outcome in Outcome
            for entry in journal.with_outcome(outcome)
            if entry.kind is kind
        ]
        facts = [one for one in entries if one.outcome in (Outcome.PENDING, Outcome.DONE)]
        lent = self.is_lent(journal)
        journal.close()
        with sqlite3.connect(self.settings.journal) as db:
            whole = db.execute("PRAGMA integrity_check").fetchone()
        db.close()
        armed = self.tag.read_bytes()[0] == ARMED
        problems = {
            "shown as done, and not in the journal": self.shown.exists() and not facts,
            "kept twice": len(facts) > 1,
            "the tag does not fit the loan": armed is lent,
            "the journal is damaged": whole != ("ok",),
            "the ledger has it twice": self._done_in_ledger() > 1,
            "done here, and not in the ledger": self.shown.exists()
            and not self.alone
            and self._done_in_ledger() != 1,
        }
        return "; ".join(text for text, is_so in problems.items() if is_so)

    def _done_in_ledger(self) -> int:
        paths = list(json.loads(self.ledger.read_text())["answers"].values())
        return paths.count(RETURNS if self.returns else CHECKOUTS)


def play(place: Place, flow: str, boundary: int) -> Verdict:
    """Both lives of one cut, each in a process of its own."""
    place.prepare()
    first = in_a_process(lambda: place.live(boundary, acts=True), place.folder / "why")
    killed = first == -signal.SIGKILL
    passed = int(place.tally.read_text()) if place.tally.exists() else 0
    why = place.folder / "why not"
    problem = "" if killed or first == 0 else f"the first life ended with {first}"
    if not problem and in_a_process(lambda: place.live(0, acts=False), why) != 0:
        problem = f"tag and loan did not come together in the second life: {why.read_text()}"
    return Verdict(flow, boundary, passed, killed, problem or place.judge())


def in_a_process(life, why: Path) -> int:
    """Fork, live, and say how it ended: an exit code, or minus a signal."""
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status)
    code = 1
    try:
        life()
        code = 0
    except BaseException:  # noqa: BLE001 - a fork must never run on in its parent's frames
        why.write_text(traceback.format_exc())
    os._exit(code)


def campaign(folder: Path, cuts: list[tuple[str, int, int]]) -> list[Verdict]:
    """All cuts, a few at a time."""
    running: dict[int, Path] = {}
    verdicts = []
    for flow, boundary, turn in cuts:
        if len(running) >= AT_ONCE:
            verdicts.append(_one_of(running))
        place = folder / f"{flow.replace(' ', '-')}-{boundary}-{turn}"
        pid = os.fork()
        if not pid:
            verdict = play(Place(place, flow), flow, boundary)
            (place / "verdict.json").write_text(json.dumps(asdict(verdict)))
            os._exit(0)
        running[pid] = place
    while running:
        verdicts.append(_one_of(running))
    return verdicts


def _one_of(running: dict[int, Path]) -> Verdict:
    pid, _ = os.wait()
    return Verdict(**json.loads((running.pop(pid) / "verdict.json").read_text()))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--flow", action="append", choices=FLOWS)
    options = parser.parse_args()
    flows = options.flow or FLOWS
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    answer = os.dup(1)
    os.dup2(2, 1)  # logs of the kiosks go nowhere
    whole = campaign(options.folder, [(flow, 0, 0) for flow in flows])
    cuts = [
        (verdict.flow, boundary, turn)
        for verdict in whole
        for boundary in range(1, verdict.passed + 1)
        for turn in range(1, options.rounds + 1)
    ]
    verdicts = whole + campaign(options.folder, cuts)
    os.write(answer, json.dumps([asdict(verdict) for verdict in verdicts]).encode())
    sys.stdout.flush()


if __name__ == "__main__":
    main()
