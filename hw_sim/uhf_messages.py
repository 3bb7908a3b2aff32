"""Bodies of the world's HTTP API about UHF tags, for server and `WorldClient`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hw_sim.messages import Coupling, Hex
from hw_sim.uhf_tag import USER_WORDS

Tid = Annotated[str, Field(pattern=r"^[Ee][02][0-9A-Fa-f]{22}$")]
Epc = Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{4}){0,31}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewUhfTag(_Body):
    """A tag to make. `control` is the PC word, made from the EPC's length unless given."""

    tid: Tid
    epc: Epc
    control: Annotated[int, Field(ge=0, le=0xFFFF)] | None = None
    user_hex: Hex = ""
    user_words: Annotated[int, Field(ge=0, le=256)] = USER_WORDS
    has_eas: bool = False


class UhfTagState(_Body):
    """What a tag holds now; the banks are in memory order."""

    tid: str
    epc: str
    epc_bank_hex: str
    user_hex: str
    eas: bool
    writes: int


class PlaceUhf(_Body):
    """Below 0.3 a tag is silent at full power; with less power it takes more."""

    tids: list[Tid]
    coupling: Coupling = 1.0


class LiftUhf(_Body):
    """No TIDs: everything."""

    tids: list[Tid] = []


class LiftUhfDuringWrite(_Body):
    """The tag leaves in the moment of its `occurrence`-th written word, counted from now."""

    tid: Tid
    occurrence: Annotated[int, Field(ge=1)] = 1
