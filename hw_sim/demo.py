"""`make demo`: a whole library on this machine, to play with or to be told about.

Where there is a screen kiosk and encoding station open as windows, and live page and desk in the
browser: whoever sits there moves books and cards himself. Without one the story of a book is told
in the terminal, with pictures of the kiosk's screens in ``var/demo/``, and the demo ends with 0
only if loan, tag, gate and log agree at each act.
"""

import os
import shutil
import sys
import tempfile
import time
import webbrowser
from pathlib import Path

from hw_sim.evidence import Ledger
from hw_sim.library.build import IRBIS, ROSTER_CSV
from hw_sim.library.stock import OWNER
from hw_sim.stage import LIBRARIAN, LIBRARIANS_NUMBER, PASSWORD, Plan, Stage, StageError
from hw_sim.story import Disagreement, Story, Told

OUT = Path("var/demo")
STOCKED = 420  # every library book of the sample, each with one tagged copy
SAMPLE = Path(__file__).parent / "library" / "files"
_RUSSIAN = {
    "tag": "Библиотекарь наклеил метку и записал её на станции разметки",
    "borrow": "Читатель положил билет и книгу на полку терминала",
    "silence": "Он вынес книгу через ворота, ворота молчали",
    "return": "Он нажал «Вернуть» и положил книгу на полку",
    "alarm": "Кто-то понёс ту же книгу, не записав её на себя",
    "early": "Вторую книгу сняли с полки в миг записи метки",
    "friendly": "Её вынесли через ворота: выдача есть, защита ещё не снята",
    "heal": "Её ещё раз положили на полку, и защита снялась сама",
    "drop": "Ночью её опустили в приёмник книг, когда никого не было",
    "count": "Журнал сверен: каждое событие записано ровно один раз",
}
_ENGLISH = {
    "tag": "The librarian stuck a tag on a book and wrote it at the encoding station",
    "borrow": "A reader laid card and book on the kiosk's pad",
    "silence": "He carried the book out; the gate was silent",
    "return": "He pressed «Вернуть» and laid the book on the pad",
    "alarm": "Somebody carried the same book out without borrowing it",
    "early": "A second book was lifted in the very moment of the write",
    "friendly": "It was carried out: the loan stands, the tag is still armed",
    "heal": "Laid on the pad once more, its tag was disarmed by itself",
    "drop": "At night it was put into the book drop, when nobody was there",
    "count": "The log was counted: every event is there exactly once",
}


def run(
    catalogue: Path | None, *, pace_s: float, story: bool | None = None, stay: bool | None = None
) -> int:
    """Play the demo; 0 when every witness agreed, 1 when not.

    None lets the screen decide: with one there is no story and the library stays open.
    """
    window = has_screen()
    told = _RUSSIAN if os.environ.get("LANG", "").startswith("ru") else _ENGLISH
    _say(f"Polka demo: {catalogue or 'the sample school library'}")
    # Unix sockets have short names only, so the running state lives in a short folder.
    state = Path(tempfile.mkdtemp(prefix="polka-"))
    shutil.rmtree(OUT, ignore_errors=True)
    stage = Stage(
        Plan(
            state,
            OWNER,
            catalogue or SAMPLE / IRBIS,
            SAMPLE / ROSTER_CSV,
            window=window,
            stocked=STOCKED,
        )
    )
    try:
        began = time.monotonic()
        stage.start()
        stage.start_station()
        stage.start_drop()
        _introduce(stage, time.monotonic() - began)
        if window:
            _open(stage)
        if _chosen(story, not window):
            _play(Story(stage, OUT), told, pace_s)
            _say(f"\nLoan, tag, gate and log agreed at every step. Pictures of the kiosk: {OUT}/")
        if _chosen(stay, window):
            _stay(stage)
    except (StageError, Disagreement, KeyboardInterrupt) as error:
        _say(f"\nThe story ended: {error or 'stopped'}\nWhat every process said: {state}/*.log")
        return 1
    finally:
        stage.stop()
    shutil.rmtree(state)
    return 0


def has_screen() -> bool:
    """True where a window can be opened: an X or a Wayland display."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _chosen(wish: bool | None, otherwise: bool) -> bool:
    return otherwise if wish is None else wish


def _open(stage: Stage) -> None:
    """Show both pages; the desk last, so that it lies on top."""
    for address in (stage.address, stage.desk):
        webbrowser.open(address)


def _introduce(stage: Stage, seconds: float) -> None:
    counts = Ledger(stage.database).one(
        "SELECT (SELECT count(*) FROM title) AS titles, (SELECT count(*) FROM item) AS items, "
        "(SELECT count(*) FROM patron) AS patrons"
    )
    _say(
        f"  {counts['titles']} titles, {counts['items']} copies, {counts['patrons']} readers; "
        "broker, controller, kiosk, gate, station, drop and simulated readers are up after "
        f"{seconds:.1f} s\n"
        f"  live page: {stage.address}\n"
        f"  desk:      {stage.desk}\n"
        f"  staff:     {LIBRARIAN}, password {PASSWORD}; number of the kiosk's service screen "
        f"{LIBRARIANS_NUMBER}\n"
    )


def _play(story: Story, told: dict[str, str], pace_s: float) -> None:
    who = f", {story.book.author}" if story.book.author else ""
    _say(f"  «{story.book.title}»{who}: copy {story.book.item_id}\n")
    for number, act in enumerate(story.acts(), start=1):
        began = time.monotonic()
        _tell(number, act(), told)
        time.sleep(max(0.0, pace_s - (time.monotonic() - began)))


def _tell(number: int, done: Told, told: dict[str, str]) -> None:
    _say(f"{number}. {told[done.title]}")
    for witness, says in done.evidence:
        _say(f"     {witness:<6} {says}")


def _stay(stage: Stage) -> None:
    _say(f"\nThe library stays open. Borrow a book at the desk: {stage.desk}. End it with Ctrl-C.")
    try:
        while not (dead := stage.dead()):
            time.sleep(0.5)
    except KeyboardInterrupt:  # the way to end it
        return
    raise StageError(f"ended by themselves: {', '.join(dead)}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
