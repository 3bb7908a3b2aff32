"""The words of a scenario: what people do (`DOING`) and what there is to be seen (`SEEING`)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from circulation.loan import Repair
from circulation.messages import Direction as Way
from circulation.messages import Verdict
from hw_sim.aisle import Direction, Facing
from hw_sim.faults import FaultKind
from hw_sim.field import Written
from hw_sim.motion import Gait

NOBODY: Final = "nobody"


class Place(StrEnum):
    """Where a scenario is played."""

    LIBRARY = "library"  # real processes, real time
    AISLE = "aisle"  # the gate's own core on virtual time


class Kind(StrEnum):
    """What a book is, or what else lies there."""

    BOOK = "book"
    TEXTBOOK = "textbook"
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


class Body(BaseModel):
    """Base of everything in a scenario file: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Names = tuple[str, ...]
Seconds = Annotated[float, Field(ge=0, le=60)]


class PutDown(Body):
    """Put books on the pad: beside each other, or as a pile. `weakly`: read, but not written."""

    books: Names
    piled: bool = False
    weakly: bool = False
    spots: bool = False  # tags of a pile at three spots in turn


class TakeAway(Body):
    """Take books from the pad; none named means all."""

    books: Names = ()


class LiftDuringWrite(Body):
    """These books will leave the pad in the moment their tag is written."""

    books: Names
    what: Written = Written.AFI


class PresentCard(Body):
    """Hold a card to the reader; several readers: their cards in one wallet."""

    readers: Annotated[Names, Field(min_length=1)]


class RemoveCard(Body):
    """Take every card away."""


class Tap(Body):
    """Touch a button of the screen."""

    button: str


class Walk(Body):
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


class Unplug(Body):
    """Pull a device's plug."""

    device: Device


class Replug(Body):
    """Put it in again."""

    device: Device


class DisturbLine(Body):
    """Damage the next answers of the pad or the gate reader."""

    device: Device
    how: FaultKind
    times: Annotated[int, Field(ge=1, le=1000)] = 1


class Wiggle(Body):
    """Move a book to and fro over the pad: half of the time it is not read."""

    books: Names
    times: Annotated[int, Field(ge=1, le=50)] = 6


class Wait(Body):
    """Nobody does anything."""

    seconds: Seconds


class GoAway(Body):
    """A process ends as in a power cut."""

    who: Process


class ComeBack(Body):
    """It is started again."""

    who: Process


class Hang(Body):
    """A process stops answering, and its connections stay open."""

    who: Process


class Wake(Body):
    """It goes on where it had stopped."""

    who: Process


class LendElsewhere(Body):
    """A loan that no antenna saw: at the desk by barcode, or in an app."""

    books: Names
    reader: str


class ReturnElsewhere(Body):
    """A return that no antenna saw."""

    books: Names


class SeeRow(Body):
    """Rows of these books are on the screen, with this tone, and `text` is in their words."""

    books: Names
    tone: Literal["busy", "done", "wait", "stop", "info"] | None = None
    text: str = ""


class SeeNoRow(Body):
    """No rows of these books; none named: no rows at all."""

    books: Names = ()


class SeeScreen(Body):
    """Which screen it is, what the notice and the status say, and whether it greets somebody."""

    screen: Literal["start", "pad", "put_back", "account", "done", "service", "problem"] | None = (
        None
    )
    notice: str = ""
    tone: Literal["busy", "done", "wait", "stop", "info"] | None = None
    status: str = ""
    count: str = ""
    greets: bool | None = None
    counts_down: bool | None = None


class SeeReceipt(Body):
    """The list of what was done, on the screen for now, names exactly these books."""

    books: Names


class SeeLoan(Body):
    """Who has the books, as the ledger says."""

    books: Names
    reader: str


class SeeTag(Body):
    """What the tags hold, read past every reader."""

    books: Names
    state: Literal["armed", "disarmed"]


class SeeGate(Body):
    """The gate's verdict on these books in their last passage; `nothing`: it read none of them."""

    books: Names
    verdict: Verdict | Literal["nothing"]
    direction: Way | None = None
    alarms: Annotated[int, Field(ge=0)] | None = None  # how often it alarmed so far


class SeeRepair(Body):
    """What the ledger proposes to the librarian for each of these books; `none`: nothing."""

    books: Names
    proposal: Repair | Literal["none"]


class SeeLog(Body):
    """This kind of event was logged `times` times since the scenario began."""

    event: str
    times: Annotated[int, Field(ge=0)] = 1


class SeePrepared(Body):
    """The kiosk has put a snapshot on its disk that knows how this scenario began."""


OfBooks = PutDown | TakeAway | LiftDuringWrite | Wiggle
OfCards = PresentCard | RemoveCard
OfPlugs = Unplug | Replug | DisturbLine
OfProcesses = GoAway | ComeBack | Hang | Wake
Elsewhere = LendElsewhere | ReturnElsewhere
Do = OfBooks | OfCards | OfPlugs | OfProcesses | Elsewhere | Tap | Walk | Wait
OnScreen = SeeRow | SeeNoRow | SeeScreen | SeeReceipt
See = OnScreen | SeeLoan | SeeTag | SeeGate | SeeRepair | SeeLog | SeePrepared
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
    "repair": SeeRepair,
    "log": SeeLog,
    "prepared": SeePrepared,
}
