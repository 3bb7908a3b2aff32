"""Settings of the simulator: what stands in the library, and how the day goes."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hw_sim.airtime import AirModel, UhfAirModel
from hw_sim.aisle import Geometry
from hw_sim.devices.feig_gate import VALID_TIME_S, GateMode
from hw_sim.field import AirQuality

Name = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
Port = Annotated[int, Field(ge=0, le=65535)]  # 0: any free one
Byte = Annotated[int, Field(ge=0, le=255)]
Pin = Annotated[int, Field(ge=0, le=27)]


class Timing(StrEnum):
    """REAL imposes air times and line speed, NONE answers as fast as it goes."""

    REAL = "real"
    NONE = "none"


class PadModel(StrEnum):
    """Readers of ISO 15693 tags, under the names that the product's own settings use."""

    FEIG_MR102 = "feig-mr102"
    FEIG_CPR40 = "feig-cpr40"
    M3_210 = "m3-210"
    M3_810 = "m3-810"


class UhfModel(StrEnum):
    """Readers of UHF tags."""

    CF_RU5102 = "chafon-ru5102"
    UHF_READER_288 = "chafon-288"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReaderSettings(_Frozen):
    """What every reader on a line has. `baud` None is the speed it comes with."""

    name: Name
    timing: Timing = Timing.REAL
    tcp_port: Port = 0
    rfc2217_port: Port = 0
    baud: int | None = None


class HfSettings(ReaderSettings):
    """Readers of ISO 15693 tags; the bus address is FEIG's."""

    address: Annotated[int, Field(ge=0, le=254)] = 0
    air: AirModel = AirModel()


class PadSettings(HfSettings):
    """`new_only` is FEIG's ONT, on from the factory: a tag is told once till the field goes off."""

    model: PadModel = PadModel.FEIG_MR102
    new_only: bool = True
    quality: AirQuality = AirQuality()


class BinSettings(_Frozen):
    """A bin of a drop: what opens the way to it, the beam at its brim, how many books it takes."""

    name: Name
    gate: Pin
    full: Pin
    room: Annotated[int, Field(ge=1)] = 100


class DropSettings(PadSettings):
    """A pad in a slot, with a flap over it and bins below. Pins in BCM numbers."""

    flap: Pin = 17
    slot: Pin = 27
    release: Pin = 22  # current frees the flap
    bins: tuple[BinSettings, ...] = (BinSettings(name="bin", gate=23, full=24),)


class UhfPadSettings(ReaderSettings):
    """A pad for UHF tags."""

    model: UhfModel = UhfModel.CF_RU5102
    air: UhfAirModel = UhfAirModel()


class NotifySettings(_Frozen):
    """Whom a gate calls in notification mode; `acknowledged`: it tells until it was heard."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)]
    acknowledged: bool = True


class GateSettings(HfSettings):
    """`notify` is there in notification mode, and only then."""

    mode: GateMode = GateMode.BUFFERED
    notify: NotifySettings | None = None
    valid_time_s: Annotated[float, Field(gt=0)] = VALID_TIME_S
    geometry: Geometry = Geometry()

    @model_validator(mode="after")
    def _calls_if_told_to(self) -> Self:
        if (self.mode is GateMode.NOTIFICATION) != (self.notify is not None):
            raise ValueError("notification mode needs `notify`, and no other mode has it")
        return self


class SimSettings(_Frozen):
    """One world. `state_dir` takes ptys, sockets and `wiring.json`; keep its path short.

    `live_page` is the address of somebody's page that the desk shows as a link.
    """

    state_dir: Path
    api_port: Port = 0
    seed: int = 1
    secured_afi: Byte = 0x07
    pads: tuple[PadSettings, ...] = (PadSettings(name="pad1"),)
    uhf_pads: tuple[UhfPadSettings, ...] = ()
    drops: tuple[DropSettings, ...] = ()
    gates: tuple[GateSettings, ...] = (GateSettings(name="gate1"),)
    card_readers: tuple[Name, ...] = ("cards1",)
    live_page: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
