"""What a station's session orders from the world, as values; the shell carries them out."""

from dataclasses import dataclass

from circulation.encoding import NewCopy, TagResult, TitleFound, UntaggedQuery
from circulation.ids import CardUid, Copy, TagUid
from circulation.tags.rewriting import Face
from kiosk.effects import PlaySound


@dataclass(frozen=True, slots=True)
class WriteTag:
    """Make this tag say `wanted`, where it says `now`. `alone`: only if nothing else lies there."""

    order: int
    uid: TagUid
    now: Face
    wanted: Face
    alone: bool


@dataclass(frozen=True, slots=True)
class FindNumber:
    """Which copies have this number?"""

    number: str


@dataclass(frozen=True, slots=True)
class CheckTag:
    """Whose tag is this in the ledger?"""

    uid: TagUid


@dataclass(frozen=True, slots=True)
class RecordTag:
    """A fact: what became of this tag. Kept on disk until the ledger has it."""

    slot: int
    copy: Copy
    part: int
    uid: TagUid
    result: TagResult
    armed: bool
    moves: bool = False
    replaces: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class UndoRecord:
    """A fact: the tag of that slot says again what it said before. Kept likewise."""

    slot: int
    undoes: int


@dataclass(frozen=True, slots=True)
class FetchList:
    """Ask for a page of copies without tags."""

    query: UntaggedQuery


@dataclass(frozen=True, slots=True)
class FetchChoices:
    """Ask what a list can be narrowed to."""


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """Ask how far the stock is."""


@dataclass(frozen=True, slots=True)
class FetchOperator:
    """Ask who works here."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody begins to work."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class SignInByCard:
    """Whoever's card this is begins to work."""

    uid: CardUid


@dataclass(frozen=True, slots=True)
class TellCard:
    """A page of the console waits for this card."""

    uid: CardUid


@dataclass(frozen=True, slots=True)
class SignOut:
    """Nobody works here any more."""


@dataclass(frozen=True, slots=True)
class FindTitle:
    """What does this ISBN stand for?"""

    isbn: str


@dataclass(frozen=True, slots=True)
class Receive:
    """Put these copies into the ledger."""

    title: TitleFound
    batch: str
    place: str
    copies: tuple[NewCopy, ...]


Effect = (
    WriteTag
    | FindNumber
    | CheckTag
    | RecordTag
    | UndoRecord
    | FetchList
    | FetchChoices
    | FetchProgress
    | FetchOperator
    | SignIn
    | SignInByCard
    | TellCard
    | SignOut
    | FindTitle
    | Receive
    | PlaySound
)
