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

from circulation.api import CHECKOUTS, RETURNS, ItemsAnswer
from circulation.ids import ItemId
from circulation.loan import ItemState
from circulation.tags.codec import encode
from circulation.tags.item_tag import TagContent
from kiosk import journal_file
from kiosk.client import ControllerClient
from kiosk.journal import Journal, Kind, Outcome
from kiosk.known import Index, Known
from kiosk.settings import Settings
from kiosk.shell import Ports, Shell
from kiosk.snapshots import SnapshotStore
from kiosk.vault import Vault
from kiosk.view import Tone, View
from tests.kiosk.conftest import OWNER, ScriptedReader, copy_of
from tests.kiosk.shell_room import CARD, UID, CardSlot, Ledger
from tests.kiosk.snapshot_maker import KNOWN_AS, TOKEN, sections, signed

PATIENCE_S = 60.0
AT_ONCE = 4
ARMED, DISARMED = 0x07, 0xC2
FLOWS = ("borrow alone", "return alone", "borrow", "return", "borrow a stack")
UIDS = {"A1": UID, "A2": "E004010012345679"}


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
    """The books on the pad; their AFI outlives the process that wrote it."""

    def __init__(self, files: dict[str, Path], knife: Knife) -> None:
        super().__init__()
        self._files = {UIDS[item]: file for item, file in files.items()}
        self._knife = knife
        for item, file in files.items():
            content = encode(TagContent(ItemId(item), owner=OWNER), size=112)
            self.lay(UIDS[item], content, file.read_bytes()[0])

    def write_afi(self, uid, afi):
        self._knife.pass_by()
        with self._files[uid].open("r+b", buffering=0) as memory:
            memory.write(bytes([afi]))  # in place: nobody finds the tag without its byte
        super().write_afi(uid, afi)
        self._knife.pass_by()


class LastingLedger(Ledger):
    """A controller whose books and answers outlive the kiosk; the same id has one effect."""

    def __init__(self, file: Path, knife: Knife) -> None:
        super().__init__()
        self._file = file
        self._knife = knife
        self._busy = threading.Lock()
        kept = json.loads(file.read_text())
        self.states = {item: ItemState(state) for item, state in kept["states"].items()}
        self.answers = kept["answers"]

    def __call__(self, request):
        if self.away:
            return super().__call__(request)
        self._knife.pass_by()
        with self._busy:
            answer = super().__call__(request)
        self._knife.pass_by()
        return answer

    def _items(self, query):
        found = []
        for copy in query.copies:
            self.state = self.states[copy.item_id]
            found += super()._items(query.model_copy(update={"copies": (copy,)})).items
        return ItemsAnswer(items=tuple(found), unknown=())

    def _answer(self, path, body):
        said = json.loads(body)
        op_id, item = said.get("op_id"), said.get("item_id")
        if op_id is None:
            return super()._answer(path, body)
        self.state = self.states[item]
        answer = super()._answer(path, body)
        if op_id not in self.answers:
            self.states[item] = self.state
            self.answers[op_id] = [path, item]
            fresh = self._file.with_suffix(".new")
            fresh.write_text(json.dumps({"states": self.states, "answers": self.answers}))
            fresh.replace(self._file)
        return answer


class Place:
    """The folder of one cut: what is left when the power is gone."""

    def __init__(self, folder: Path, flow: str) -> None:
        self.folder = folder
        self.alone = flow.endswith("alone")
        self.returns = flow.startswith("return")
        self.items = ("A1", "A2") if flow.endswith("stack") else ("A1",)
        self.tags = {item: folder / f"afi of {item}" for item in self.items}
        self.shown = {item: folder / f"shown {item}" for item in self.items}
        self.ledger, self.tally = folder / "ledger.json", folder / "tally"
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
        for tag in self.tags.values():
            tag.write_bytes(bytes([DISARMED if self.returns else ARMED]))
        states = dict.fromkeys(self.items, state)
        self.ledger.write_text(json.dumps({"states": states, "answers": {}}))
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
        stack = len(self.items) > 1
        slot.card = CARD if acts and not self.returns and not stack else ""
        client = ControllerClient("http://c", TOKEN, transport=httpx2.MockTransport(ledger))
        reader = LastingReader(self.tags, knife)
        laid = dict(reader.tags)
        reader.tags.clear()
        shell = Shell(self.settings, Ports(lambda: reader, lambda: slot, client, lambda _: None))
        shell.start()
        if acts and self.returns:
            self._until(shell, lambda view: view.screen.value == "start")
            shell.act("return")
        reader.tags.update(laid)
        if acts and stack:  # all of it is known before the card comes: one act
            self._until(shell, lambda view: len(view.rows) == len(self.items) and _known(view))
            slot.card = CARD
        if acts:
            self._until(shell, lambda view: len(_done(view)) == len(self.items))
        else:
            self._until(shell, lambda _: self.agrees(shell))
        shell.stop()

    def _until(self, shell: Shell, is_so) -> None:
        end = time.monotonic() + PATIENCE_S
        while True:
            shell.tick()
            view = shell.drain()
            for item in _done(view):
                self.shown[item].touch()  # a person may have seen it, whatever comes now
            if is_so(view):
                return
            if time.monotonic() > end:
                raise TimeoutError(str(view))
            time.sleep(0.02)

    def agrees(self, shell: Shell) -> bool:
        """Tags and loans fit, and what the ledger can hear it has heard."""
        journal = shell._journal
        if not self.alone and journal.waiting():
            return False
        return not any(self.is_armed(item) is self.is_lent(item, journal) for item in self.items)

    def is_armed(self, item: str) -> bool:
        return self.tags[item].read_bytes()[0] == ARMED

    def is_lent(self, item: str, journal: Journal) -> bool:
        if not self.alone:
            return json.loads(self.ledger.read_text())["states"][item] == ItemState.ON_LOAN
        store = SnapshotStore(self.settings.snapshot_file, Vault(TOKEN), KNOWN_AS)
        store.load()
        held = store.held
        assert held is not None
        index = Index(held.at, held.sections)
        store.close()
        acts = (entry.request for entry in journal.since(held.settled))
        today = datetime.now(UTC).date()
        return Known(index, acts, today).item(copy_of(item)).state is ItemState.ON_LOAN

    def judge(self) -> str:
        """What is wrong after both lives; empty when nothing is."""
        journal = Journal(self.settings.journal, Vault(TOKEN))
        problems = [problem for item in self.items for problem in self._wrong(item, journal)]
        journal.close()
        with sqlite3.connect(self.settings.journal) as db:
            if db.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                problems.append("the journal is damaged")
        db.close()
        return "; ".join(problems)

    def _wrong(self, item: str, journal: Journal) -> list[str]:
        kind = Kind.RETURN if self.returns else Kind.CHECKOUT
        outcomes = (Outcome.PENDING, Outcome.DONE)
        kept = [entry for one in outcomes for entry in journal.with_outcome(one)]
        facts = [one for one in kept if one.kind is kind and one.copy.item == item]
        shown, in_ledger = self.shown[item].exists(), self._done_in_ledger(item)
        problems = {
            "shown as done, and not in the journal": shown and not facts,
            "kept twice": len(facts) > 1,
            "the tag does not fit the loan": self.is_armed(item) is self.is_lent(item, journal),
            "the ledger has it twice": in_ledger > 1,
            "done here, and not in the ledger": shown and not self.alone and in_ledger != 1,
        }
        return [f"{item}: {text}" for text, is_so in problems.items() if is_so]

    def _done_in_ledger(self, item: str) -> int:
        answers = list(json.loads(self.ledger.read_text())["answers"].values())
        return answers.count([RETURNS if self.returns else CHECKOUTS, item])


def _done(view: View) -> list[str]:
    """The items whose rows say that they are done."""
    return [row.key.partition("/")[2] for row in view.rows if row.tone is Tone.DONE]


def _known(view: View) -> bool:
    return all(row.tone is Tone.INFO for row in view.rows)  # each waits for a card


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
