"""What there is to be seen: screen, tags, ledger and gate, each asked by itself."""

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final, assert_never

from circulation.messages import GateEventKind
from hw_sim.evidence import content
from hw_sim.scenarios.cast import AFI, Cast
from hw_sim.scenarios.script import End
from hw_sim.scenarios.theatre import Theatre
from hw_sim.scenarios.words import (
    NOBODY,
    OnScreen,
    See,
    SeeGate,
    SeeLoan,
    SeeLog,
    SeeNoRow,
    SeePrepared,
    SeeReceipt,
    SeeRepair,
    SeeRow,
    SeeScreen,
    SeeTag,
)

_ASKED_BEFORE_S: Final = 2.0
STATES: Final[Mapping[int, str]] = {AFI.in_stock: "armed", AFI.on_loan: "disarmed"}


class Eyes:
    """Looks at everything for one scenario; a sight is "" when it is so, else what is seen."""

    def __init__(self, theatre: Theatre, cast: Cast) -> None:
        self._theatre = theatre
        self._cast = cast
        self._began_at = time.time()
        self._began = theatre.ledger.one("SELECT coalesce(max(seq), 0) AS seq FROM event")["seq"]

    def see(self, act: See) -> str:
        """What is wrong with this sight now; empty when nothing is."""
        match act:
            case SeeRow() | SeeNoRow() | SeeScreen() | SeeReceipt():
                return self._on_screen(act, self._theatre.kiosk.view())
            case SeeLoan(books=books, reader=reader):
                return _first(self._loan(name, reader) for name in books)
            case SeeTag(books=books, state=state):
                return _first(self._tag(name, state) for name in books)
            case SeeGate():
                return _first(self._gate(name, act) for name in act.books)
            case SeeRepair(books=books, proposal=proposal):
                listed = self._theatre.desk.repairs()
                there = {name: listed.get(self._cast.book(name).item_id, "none") for name in books}
                return _differs("proposed repairs", there, dict.fromkeys(books, str(proposal)))
            case SeeLog(event=event, times=times):
                return self._log(event, times)
            case SeePrepared():
                return self._prepared()
            case _:
                assert_never(act)

    def end(self, name: str, wanted: End) -> str:
        """What is wrong with one copy at the end: loan, tag, ledger and log must agree."""
        book = self._cast.book(name)
        lent = wanted.loan != NOBODY
        state = wanted.tag or ("disarmed" if lent else "armed")
        ledger = wanted.ledger or state
        log = self._theatre.ledger.log(book)
        checked_out = wanted.checked_out
        if checked_out is None:
            checked_out = 1 if lent else wanted.returned
        counts = {
            "checked_out": checked_out,
            "returned": wanted.returned,
            "gate_alarmed": wanted.alarmed,
        }
        return _first(
            (
                self._loan(name, wanted.loan),
                self._tag(name, state),
                _differs(f"{name} in the ledger", self._theatre.ledger.security(book), ledger),
                *(_differs(f"{name} {kind}", log.count(kind), n) for kind, n in counts.items()),
            )
        )

    # The screen

    def _on_screen(self, act: OnScreen, view: dict[str, Any]) -> str:
        rows = {row["key"]: row for row in view["rows"]}
        match act:
            case SeeRow():
                return _first(self._row(name, act, rows) for name in act.books)
            case SeeNoRow(books=()):
                return _differs("rows", [row["title"] for row in rows.values()], [])
            case SeeNoRow(books=books):
                there = [name for name in books if self._cast.props[name].row_key in rows]
                return _differs("rows of", there, [])
            case SeeScreen():
                return _screen(act, view)
            case SeeReceipt(books=books):
                wanted = sorted(self._cast.props[name].row_key for name in books)
                done = sorted(key for key, row in rows.items() if row["tone"] == "done")
                return _differs("the list of what was done", done, wanted)
            case _:
                assert_never(act)

    def _row(self, name: str, act: SeeRow, rows: dict[str, Any]) -> str:
        row = rows.get(self._cast.props[name].row_key)
        if row is None:
            return f"there is no row of {name}; there are {[r['title'] for r in rows.values()]}"
        words = f"{row['title']} {row['note']}"
        if act.text not in words:
            return f"{name} says {words!r}, not {act.text!r}"
        if act.tone is None:
            return ""
        return _differs(f"row of {name} ({row['note']})", row["tone"], act.tone)

    # The ledger, the tags, the gate

    def _loan(self, name: str, reader: str) -> str:
        wanted = [] if reader == NOBODY else [self._cast.readers[reader].patron_id]
        loans = self._theatre.ledger.open_loans(self._cast.book(name))
        return _differs(f"open loans of {name}", loans, wanted)

    def _tag(self, name: str, state: str) -> str:
        prop = self._cast.props[name]
        if prop.book is None:
            afi = self._theatre.world.tag(prop.uid).afi
        else:
            afi, item = content(self._theatre.world, prop.book)
            if item.item_id != prop.book.item_id:
                return f"the tag of {name} says {item.item_id}, not {prop.book.item_id}"
        return _differs(f"tag of {name}", STATES.get(afi, f"AFI {afi:02X}"), state)

    def _gate(self, name: str, act: SeeGate) -> str:
        events = self._gate_events(self._cast.props[name].uid)
        alarms = sum(event["kind"] == GateEventKind.ALARM for event in events)
        if act.alarms is not None and alarms != act.alarms:
            return f"{name} alarmed {alarms} times, not {act.alarms}"
        passages = [event for event in events if event["kind"] == GateEventKind.PASSAGE]
        if act.verdict == "nothing":
            return _differs(f"gate's reports of {name}", len(events), 0)
        if not passages:
            return f"the gate has not reported a passage of {name}"
        last = passages[-1]
        wrong = _differs(f"verdict on {name}", last["verdict_on_tag"], act.verdict.value)
        if act.direction is not None:
            wrong = wrong or _differs("direction", last["direction"], act.direction.value)
        return wrong

    def _gate_events(self, uid: str) -> list[dict[str, Any]]:
        rows = self._theatre.ledger.all(
            "SELECT kind, direction, tags FROM gate_event WHERE tags LIKE '%' || ? || '%' "
            "ORDER BY seq",
            uid,
        )
        for row in rows:
            (row["verdict_on_tag"],) = (
                tag["verdict"] for tag in json.loads(row["tags"]) if tag["uid"] == uid
            )
        return rows

    def _prepared(self) -> str:
        """Every snapshot that comes is written; one of the last second may have been asked for
        before."""
        files = (self._theatre.stage.state / "kiosk").glob("snapshot.sqlite*")
        newest = max((file.stat().st_mtime for file in files), default=0.0)
        return (
            "" if newest > self._began_at + _ASKED_BEFORE_S else "no snapshot since the beginning"
        )

    def _log(self, event: str, times: int) -> str:
        found = self._theatre.ledger.one(
            "SELECT count(*) AS n FROM event WHERE kind = ? AND seq > ?", event, self._began
        )["n"]
        return _differs(f"{event} in the log", found, times)


def _screen(act: SeeScreen, view: dict[str, Any]) -> str:
    notice = view["notice"] or {"text": "", "tone": None}
    texts = {"notice": notice["text"], "status": view["status"], "count": view["count"]}
    wanted = {"notice": act.notice, "status": act.status, "count": act.count}
    wrong = [
        f"{name} is {text!r}, not {wanted[name]!r}"
        for name, text in texts.items()
        if wanted[name] not in text
    ]
    if act.screen is not None:
        wrong.append(_differs("screen", view["screen"], act.screen))
    if act.tone is not None:
        wrong.append(_differs("tone", notice["tone"], act.tone))
    if act.greets is not None:
        wrong.append(_differs("somebody is greeted", view["subtitle"] != "", act.greets))
    if act.counts_down is not None:
        counts = view["seconds_left"] is not None
        wrong.append(_differs("the screen counts down", counts, act.counts_down))
    return _first(wrong)


def _differs(what: str, is_: object, wanted: object) -> str:
    return "" if is_ == wanted else f"{what}: {is_!r}, not {wanted!r}"


def _first(problems: Iterable[str]) -> str:
    return next((problem for problem in problems if problem), "")
