"""A scenario as a librarian writes it: a TOML file of books, readers, steps and an end to judge.

Every step says what a person does (`do`) or what there is to be seen (`see`). `STEPS` is the whole
vocabulary; docs/scenarios.md explains it. A file that cannot be understood is refused with a
sentence that names the file and the step.
"""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from circulation.messages import Direction as Way
from circulation.messages import Verdict
from hw_sim.aisle import Direction, Facing
from hw_sim.faults import FaultKind
from hw_sim.field import Written
from hw_sim.motion import Gait

FOLDER = Path(__file__).parent / "files"
NOBODY: Final = "nobody"


class BadScenario(ValueError):
    """A scenario file that cannot be played; the message says which step and what to do."""


class Place(StrEnum):
    """Where a scenario is played."""

    LIBRARY = "library"  # real processes, real time
    AISLE = "aisle"  # the gate's own core on virtual time


class Kind(StrEnum):
    """What a book is, or what else lies there."""

    BOOK = "book"
    TEXTBOOK = "textbook"
    READING_ROOM = "reading room book"
    BOOKLET = "booklet"
    DISC = "disc"
    METAL = "metal cover"
    UNARMED = "unarmed book"  # in stock, but its tag is silent
    BLANK = "blank tag"
    DAMAGED = "damaged tag"
    CARD = "reader card"  # an ISO 15693 tag that says it is a card
    NUMBER_OF_A_CARD = "number of a card"  # a book tag that carries a reader card's number
    FOREIGN = "foreign book"  # another library's, lent there
    FOREIGN_ARMED = "foreign armed book"
    LENT = "lent book"  # aisle only: disarmed
    LISTED = "listed book"  # aisle only: on the list of loans whose tag is still armed


class Device(StrEnum):
    """What has a plug."""

    PAD = "pad"
    CARDS = "card reader"
    GATE = "gate"


class Process(StrEnum):
    """What can be away."""

    CONTROLLER = "controller"
    BROKER = "broker"
    GATE = "gate"
    KIOSK = "kiosk"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Names = tuple[str, ...]
Seconds = Annotated[float, Field(ge=0, le=60)]


class PutDown(_Body):
    """Put books on the pad: beside each other, or as a pile. `weakly`: read, but not written."""

    books: Names
    piled: bool = False
    weakly: bool = False
    spots: bool = False  # tags of a pile at three spots in turn


class TakeAway(_Body):
    """Take books from the pad; none named means all."""

    books: Names = ()


class LiftDuringWrite(_Body):
    """These books will leave the pad in the moment their tag is written."""

    books: Names
    what: Written = Written.AFI


class PresentCard(_Body):
    """Hold a card to the reader; several readers: their cards in one wallet."""

    readers: Annotated[Names, Field(min_length=1)]


class RemoveCard(_Body):
    """Take every card away."""


class Tap(_Body):
    """Touch a button of the screen."""

    button: str


class Walk(_Body):
    """Walk through the gate with these books; followers come closely behind with theirs."""

    books: Names = ()
    direction: Direction = Direction.OUT
    gait: Gait = Gait.WALK
    facing: Facing = Facing.MIXED
    turns_back: bool = False
    shielded: bool = False
    packed: bool = False
    followers: tuple[Names, ...] = ()
    gap_m: Annotated[float, Field(gt=0, le=10)] = 0.8


class Unplug(_Body):
    """Pull a device's plug."""

    device: Device


class Replug(_Body):
    """Put it in again."""

    device: Device


class DisturbLine(_Body):
    """Damage the next answers of the pad or the gate reader."""

    device: Device
    how: FaultKind
    times: Annotated[int, Field(ge=1, le=1000)] = 1


class Wiggle(_Body):
    """Move a book to and fro over the pad: half of the time it is not read."""

    books: Names
    times: Annotated[int, Field(ge=1, le=50)] = 6


class Wait(_Body):
    """Nobody does anything."""

    seconds: Seconds


class GoAway(_Body):
    """A process ends as in a power cut."""

    who: Process


class ComeBack(_Body):
    """It is started again."""

    who: Process


class Hang(_Body):
    """A process stops answering, and its connections stay open."""

    who: Process


class Wake(_Body):
    """It goes on where it had stopped."""

    who: Process


class LendElsewhere(_Body):
    """A loan that no antenna saw: at the desk by barcode, or in an app."""

    books: Names
    reader: str


class ReturnElsewhere(_Body):
    """A return that no antenna saw."""

    books: Names


class SeeRow(_Body):
    """Rows of these books are on the screen, with this tone, and `text` is in their words."""

    books: Names
    tone: Literal["busy", "done", "wait", "stop", "info"] | None = None
    text: str = ""


class SeeNoRow(_Body):
    """No rows of these books; none named: no rows at all."""

    books: Names = ()


class SeeScreen(_Body):
    """Which screen it is, what the notice and the status say, and whether it greets somebody."""

    screen: Literal["start", "pad", "account", "problem"] | None = None
    notice: str = ""
    tone: Literal["busy", "done", "wait", "stop", "info"] | None = None
    status: str = ""
    count: str = ""
    greets: bool | None = None
    counts_down: bool | None = None


class SeeReceipt(_Body):
    """The list of what was done, on the screen for now, names exactly these books."""

    books: Names


class SeeLoan(_Body):
    """Who has the books, as the ledger says."""

    books: Names
    reader: str


class SeeTag(_Body):
    """What the tags hold, read past every reader."""

    books: Names
    state: Literal["armed", "disarmed"]


class SeeGate(_Body):
    """The gate's verdict on these books in their last passage; `nothing`: it read none of them."""

    books: Names
    verdict: Verdict | Literal["nothing"]
    direction: Way | None = None
    alarms: Annotated[int, Field(ge=0)] | None = None  # how often it alarmed so far


class SeeLog(_Body):
    """This kind of event was logged `times` times since the scenario began."""

    event: str
    times: Annotated[int, Field(ge=0)] = 1


Do = (
    PutDown | TakeAway | LiftDuringWrite | PresentCard | RemoveCard | Tap | Walk | Unplug | Replug
    | DisturbLine | Wiggle | Wait | GoAway | ComeBack | Hang | Wake | LendElsewhere | ReturnElsewhere
)  # fmt: skip
See = SeeRow | SeeNoRow | SeeScreen | SeeReceipt | SeeLoan | SeeTag | SeeGate | SeeLog
Act = Do | See

DOING: Final[Mapping[str, type[Do]]] = {
    "place": PutDown,
    "lift": TakeAway,
    "lift_during_write": LiftDuringWrite,
    "present_card": PresentCard,
    "remove_card": RemoveCard,
    "tap": Tap,
    "walk": Walk,
    "unplug": Unplug,
    "replug": Replug,
    "disturb_line": DisturbLine,
    "wiggle": Wiggle,
    "wait": Wait,
    "goes_away": GoAway,
    "comes_back": ComeBack,
    "hangs": Hang,
    "wakes": Wake,
    "lend_elsewhere": LendElsewhere,
    "return_elsewhere": ReturnElsewhere,
}
SEEING: Final[Mapping[str, type[See]]] = {
    "row": SeeRow,
    "no_row": SeeNoRow,
    "screen": SeeScreen,
    "receipt": SeeReceipt,
    "loan": SeeLoan,
    "tag": SeeTag,
    "gate": SeeGate,
    "log": SeeLog,
}


class Step(_Body):
    """One line. A sight must come `within_s` and then stay for `for_s`."""

    words: str
    act: Act
    within_s: Seconds = 15.0
    for_s: Seconds = 0.0


class End(_Body):
    """What must be true of one copy when the scenario is over; the rest follows from the loan."""

    loan: str = NOBODY
    tag: Literal["armed", "disarmed"] | None = None
    ledger: str | None = None
    checked_out: Annotated[int, Field(ge=0)] | None = None
    returned: Annotated[int, Field(ge=0)] = 0
    alarmed: Annotated[int, Field(ge=0)] = 0


class Scenario(_Body):
    """One file. `later` says which half belongs to an issue that is not done yet."""

    name: str
    title: str
    complaint: str
    source: str
    norm: str = ""
    plays: Place = Place.LIBRARY
    later: str = ""
    readers: Names = ()
    books: dict[str, Kind] = {}
    antennas: Annotated[int, Field(ge=2, le=3)] = 2
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    end: dict[str, End] = {}


def load(path: Path) -> Scenario:
    """One scenario from its file; `BadScenario` when it cannot be played."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        steps = [_step(number, line) for number, line in enumerate(raw.pop("steps", ()), start=1)]
        scenario = Scenario(name=path.stem, steps=tuple(steps), **raw)
    except (tomllib.TOMLDecodeError, ValidationError, BadScenario, TypeError) as error:
        raise BadScenario(f"{path.name}: {error}") from error
    _check_names(scenario)
    return scenario


def load_all(folder: Path = FOLDER) -> list[Scenario]:
    """Every scenario of a folder, in the order of their names."""
    return [load(path) for path in sorted(folder.glob("*.toml"))]


def _step(number: int, line: dict[str, Any]) -> Step:
    words = ", ".join(f"{key} {_plain(value)}" for key, value in line.items())
    common = {key: line.pop(key) for key in ("within_s", "for_s") if key in line}
    verbs: Mapping[str, type[Act]] = DOING if "do" in line else SEEING
    verb = line.pop("do", None) or line.pop("see", None)
    if verb not in verbs:
        raise BadScenario(f"step {number} ({words}): use one of {', '.join(verbs)}")
    try:
        return Step(words=words, act=verbs[verb](**line), **common)
    except ValidationError as error:
        raise BadScenario(f"step {number} ({words}): {error}") from error


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "+".join(_plain(each) for each in value) or "nothing"
    return str(value)


def _check_names(scenario: Scenario) -> None:
    known = {*scenario.books, *scenario.readers, NOBODY}
    used = set(scenario.end) | {end.loan for end in scenario.end.values()}
    for step in scenario.steps:
        for key in ("books", "readers"):
            used |= set(getattr(step.act, key, ()))
        used |= {getattr(step.act, "reader", NOBODY)}
        used |= {name for bag in getattr(step.act, "followers", ()) for name in bag}
    if unknown := sorted(used - known):
        raise BadScenario(f"{scenario.name}: nobody introduced {', '.join(unknown)}")
