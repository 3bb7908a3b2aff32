"""The story of a book, played on the stage and judged after each act.

Tagged at the encoding station, borrowed, carried out in silence, returned, carried out again with
an alarm; and a second book that is lifted too early, passes the gate with the friendly signal, is
healed, and comes back through the book drop. After every act loan, tag, gate and event log are
asked separately; where they disagree the story ends.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from circulation.tags.afi import AFI_PROFILES
from hw_sim.aisle import Direction
from hw_sim.devices.feig_gate import VALID_TIME_S
from hw_sim.evidence import Book, Ledger, Reader, content
from hw_sim.field import Written
from hw_sim.messages import NewTag, WalkState
from hw_sim.stage import LIBRARIAN, PASSWORD, STORY_BOOKS, Stage
from hw_sim.stage_files import CARDS, DROP, GATE, PAD, STATION

AFI = AFI_PROFILES["iso"]
ALARM_BUDGET_S = 0.2  # from the tag being readable to the lamp
TAG_WRITTEN = "written"
_PATIENCE_S = 60.0
_ANSWERS = ("done", "stop", "wait", "info")


class Disagreement(AssertionError):
    """Two of loan, tag, gate and event log say different things, or something never happened."""


@dataclass(frozen=True, slots=True)
class Told:
    """One act: what was done, and what each witness says of it."""

    title: str
    evidence: tuple[tuple[str, str], ...]


class Story:
    """Plays the acts in order; each returns what there is to tell."""

    def __init__(self, stage: Stage, pictures: Path) -> None:
        self._stage = stage
        self._pictures = pictures
        self._world = stage.world()
        self._kiosk = stage.kiosk()
        self._station = stage.station()
        self._ledger = Ledger(stage.database)
        self._left_at: dict[str, float] = {}
        self.book, self.second = self._ledger.books(STORY_BOOKS)
        self.reader, self.other = self._ledger.readers(2)

    def acts(self) -> Sequence[Callable[[], Told]]:
        """The acts in their order."""
        return (
            self.tag,
            self.borrow,
            self.carry_out_in_silence,
            self.give_back,
            self.carry_out_with_alarm,
            self.lift_too_early,
            self.pass_with_the_friendly_signal,
            self.heal,
            self.put_into_the_drop,
            self.count_everything,
        )

    # --- acts ---------------------------------------------------------------------------------

    def tag(self) -> Told:
        """The librarian signs in at the station, scans a number, lays the book down; twice."""
        self._await("station asks who works", lambda: self._station.view()["screen"], "account")
        for typed in (LIBRARIAN, PASSWORD):
            self._station.scan(typed)
        self._await("signed in", lambda: self._station.view()["count"] != "", True)
        for book in (self.book, self.second):
            self._write(book)
        self._station.picture(self._pictures / "0-tagged.png")
        afi, tag = content(self._world, self.book)
        self._agree(
            ("AFI", afi, AFI.in_stock),
            ("item id on the tag", tag.item_id, self.book.item_id),
            ("owner on the tag", tag.owner, self.book.owner),
            ("problems of the tag", tag.problems, ()),
        )
        return self._tell(
            "tag",
            ("tag", f"{tag.layout} {tag.item_id} AFI {afi:02X}"),
            ("log", f"{', '.join(self._ledger.tagged(self.book))} by {LIBRARIAN}"),
        )

    def borrow(self) -> Told:
        """Card and book on the pad; nothing is touched on the screen."""
        self._kiosk.picture(self._pictures / "1-start.png")
        self._lend(self.book, self.reader)
        self._await_tone(self.book, "done")
        self._kiosk.picture(self._pictures / "2-borrowed.png")
        self._await("security", lambda: self._ledger.security(self.book), "disarmed")
        self._is_on_loan(self.book, self.reader)
        self._leave()
        return self._tell(
            "borrow",
            ("loan", f"open, {self._ledger.security(self.book)}"),
            ("tag", f"AFI {AFI.on_loan:02X}"),
            ("log", ", ".join(self._ledger.log(self.book))),
        )

    def carry_out_in_silence(self) -> Told:
        """The borrowed book goes through the gate."""
        walk = self._walk(self.book, Direction.OUT)
        event = self._gate_event(self.book, "passage")
        self._agree(
            ("lamp", walk.lamp_on_at, None),
            ("sounder", walk.sounder_on_at, None),
            ("direction", event["direction"], "out"),
            ("verdict", event["verdict"], "silent"),
        )
        return self._tell("silence", ("gate", f"{event['direction']}, {event['verdict']}"))

    def give_back(self) -> Told:
        """«Вернуть», the book on the pad, no card."""
        self._kiosk.tap("return")
        self._world.place(PAD, [self.book.uid])
        self._await_tone(self.book, "done")
        self._kiosk.picture(self._pictures / "3-returned.png")
        self._await("security", lambda: self._ledger.security(self.book), "armed")
        afi, _ = content(self._world, self.book)
        self._agree(
            ("open loans", self._ledger.open_loans(self.book), []),
            ("AFI", afi, AFI.in_stock),
        )
        self._leave()
        return self._tell(
            "return", ("loan", "closed"), ("tag", f"AFI {afi:02X}"),
            ("log", ", ".join(self._ledger.log(self.book))),
        )  # fmt: skip

    def carry_out_with_alarm(self) -> Told:
        """The same book, not lent: the gate alarms within its budget."""
        walk = self._walk(self.book, Direction.OUT)
        event = self._gate_event(self.book, "alarm")
        self._await("log", lambda: self._ledger.log(self.book).count("gate_alarmed"), 1)
        reaction = _reaction_s(walk)
        if reaction is None or reaction > ALARM_BUDGET_S:
            raise Disagreement(f"lamp on after {reaction} s, the budget is {ALARM_BUDGET_S} s")
        return self._tell(
            "alarm", ("gate", f"{event['verdict']}, lamp after {reaction * 1000:.0f} ms"),
            ("log", ", ".join(self._ledger.log(self.book))),
        )  # fmt: skip

    def lift_too_early(self) -> Told:
        """The second book leaves the pad in the moment its AFI is written."""
        self._world.lift_during_write(PAD, self.second.uid, Written.AFI)
        self._lend(self.second, self.other)
        self._await_tone(self.second, "wait")
        self._kiosk.picture(self._pictures / "4-lifted-too-early.png")
        afi, _ = content(self._world, self.second)
        self._agree(
            ("open loans", self._ledger.open_loans(self.second), [self.other.patron_id]),
            ("AFI", afi, AFI.in_stock),
            ("security", self._ledger.security(self.second), "disarm_due"),
        )
        return self._tell("early", ("loan", "open, disarm_due"), ("tag", f"AFI {afi:02X}"))

    def pass_with_the_friendly_signal(self) -> Told:
        """The loan stands though the tag is armed: the gate's own list lets the reader pass."""
        self._world.remove_card(CARDS)
        walk = self._walk(self.second, Direction.OUT)
        event = self._gate_event(self.second, "passage")
        self._agree(
            ("verdict", event["verdict"], "friendly"), ("sounder", walk.sounder_on_at, None)
        )
        return self._tell("friendly", ("gate", f"{event['direction']}, {event['verdict']}"))

    def heal(self) -> Told:
        """Back on the pad, with nobody's card: the tag is disarmed, the loan stays."""
        self._world.place(PAD, [self.second.uid])
        self._await("security", lambda: self._ledger.security(self.second), "disarmed")
        self._is_on_loan(self.second, self.other)
        self._leave()
        return self._tell("heal", ("loan", "open, disarmed"), ("tag", f"AFI {AFI.on_loan:02X}"))

    def put_into_the_drop(self) -> Told:
        """At night, with nobody there: armed, kept, told to the ledger, and let fall."""
        self._world.put_in(DROP, [self.second.uid])
        self._await("open loans", lambda: self._ledger.open_loans(self.second), [])
        self._await("bin", lambda: self._bin_of(self.second) is not None, True)
        self._await("display", self._stage.drop_display, "Принято: 1 Спасибо! Следующая книга?")
        afi, _ = content(self._world, self.second)
        self._agree(
            ("AFI", afi, AFI.in_stock),
            ("security", self._ledger.security(self.second), "armed"),
            ("returns in the log", self._ledger.log(self.second).count("returned"), 1),
        )
        return self._tell(
            "drop", ("loan", "closed"), ("tag", f"AFI {afi:02X}"),
            ("drop", f"«{self._stage.drop_display()}», bin {self._bin_of(self.second)}"),
        )  # fmt: skip

    def count_everything(self) -> Told:
        """Every event is in the log exactly once, and nothing waits anywhere."""
        for book, once in (
            (self.book, {"checked_out": 1, "returned": 1, "gate_alarmed": 1}),
            (self.second, {"checked_out": 1, "returned": 1, "gate_alarmed": 0}),
        ):
            log = self._ledger.log(book)
            self._agree(*((kind, log.count(kind), times) for kind, times in once.items()))
        seqs = [row["seq"] for row in self._ledger.all("SELECT seq FROM gate_event ORDER BY seq")]
        self._agree(
            ("sequence of the gate's events", seqs, list(range(1, len(seqs) + 1))),
            ("processes that died", self._stage.dead(), []),
        )
        total = self._ledger.one("SELECT count(*) AS n FROM event")["n"]
        return self._tell("count", ("log", f"{total} events, {len(seqs)} of the gate"))

    # --- what acts are made of ----------------------------------------------------------------

    def _write(self, book: Book) -> None:
        """A blank tag on the station's pad becomes this book's."""
        self._world.make_tags([NewTag(uid=book.uid)])
        self._station.scan(book.item_id)
        self._await(
            "asks for the book", lambda: book.item_id in self._station.view()["subtitle"], True
        )
        self._world.place(STATION, [book.uid])
        self._await("tag in the ledger", lambda: self._ledger.tagged(book), [TAG_WRITTEN])
        self._world.lift(STATION)

    def _bin_of(self, book: Book) -> str | None:
        bins = self._world.drop(DROP).bins
        return next((name for name, books in bins.items() if book.uid in books), None)

    def _lend(self, book: Book, reader: Reader) -> None:
        self._world.present_card(CARDS, reader.card)
        self._world.place(PAD, [book.uid])

    def _leave(self) -> None:
        """Everything is taken away; the screen must forget the person by itself."""
        self._world.lift(PAD)
        self._world.remove_card(CARDS)
        self._await("screen", lambda: self._kiosk.view()["screen"], "start")

    def _walk(self, book: Book, direction: Direction) -> WalkState:
        """One person walks with the book; the walk when it has ended."""
        self._wait_for_the_reader(book)
        number = self._world.walk(GATE, [book.uid], direction)

        def walk() -> WalkState:
            return next(w for w in self._world.gate(GATE).walks if w.walk_id == number)

        self._await("walk ended", lambda: walk().ended, True)
        self._left_at[book.uid] = time.monotonic()
        return walk()

    def _wait_for_the_reader(self, book: Book) -> None:
        """The gate's reader tells a tag once per VALID-TIME; a thief needs those seconds too."""
        left_at = self._left_at.get(book.uid, -VALID_TIME_S)
        time.sleep(max(0.0, left_at + VALID_TIME_S + 0.5 - time.monotonic()))

    def _gate_event(self, book: Book, kind: str) -> dict[str, Any]:
        """The newest report of that kind about this tag, once it is in the ledger."""
        known = len(self._told_of(book, kind))
        self._await("gate's report", lambda: len(self._told_of(book, kind)) > 0, True)
        return self._told_of(book, kind)[max(known - 1, 0) :][-1]

    def _told_of(self, book: Book, kind: str) -> list[dict[str, Any]]:
        return [event for event in self._ledger.gate_events(book) if event["kind"] == kind]

    def _await_tone(self, book: Book, tone: str) -> None:
        def tones() -> list[str]:
            rows = self._kiosk.view()["rows"]
            return [row["tone"] for row in rows if row["tone"] in _ANSWERS]

        self._await(f"row of {book.item_id}", lambda: tone in tones(), True)

    def _is_on_loan(self, book: Book, reader: Reader) -> None:
        afi, _ = content(self._world, book)
        self._agree(
            ("open loans", self._ledger.open_loans(book), [reader.patron_id]),
            ("AFI", afi, AFI.on_loan),
            ("checkouts in the log", self._ledger.log(book).count("checked_out"), 1),
        )

    def _await(self, what: str, ask: Callable[[], object], wanted: object) -> None:
        end = time.monotonic() + _PATIENCE_S
        seen = ask()
        while seen != wanted:
            if time.monotonic() > end:
                dead = self._stage.dead()
                died = f"; ended by themselves: {', '.join(dead)}" if dead else ""
                raise Disagreement(f"{what}: waited for {wanted!r}, still {seen!r}{died}")
            time.sleep(0.05)
            seen = ask()

    def _agree(self, *claims: tuple[str, object, object]) -> None:
        wrong = [f"{what} is {is_!r}, not {want!r}" for what, is_, want in claims if is_ != want]
        if wrong:
            raise Disagreement("; ".join(wrong))

    def _tell(self, title: str, *evidence: tuple[str, str]) -> Told:
        return Told(title, evidence)


def _reaction_s(walk: WalkState) -> float | None:
    if walk.lamp_on_at is None or walk.secured_readable_at is None:
        return None
    return walk.lamp_on_at - walk.secured_readable_at
