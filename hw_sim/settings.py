"""Settings of the simulator: what stands in the library, and how the day goes."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hw_sim.airtime import DEFAULT_BAUD, AirModel
from hw_sim.aisle import Geometry
from hw_sim.devices.feig_gate import VALID_TIME_S
from hw_sim.field import AirQuality

Name = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
Port = Annotated[int, Field(ge=0, le=65535)]  # 0: any free one
Byte = Annotated[int, Field(ge=0, le=255)]


class Timing(StrEnum):
    """REAL imposes air times and line speed, NONE answers as fast as it goes."""

    REAL = "real"
    NONE = "none"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReaderSettings(_Frozen):
    """What every FEIG reader has."""

    name: Name
    timing: Timing = Timing.REAL
    tcp_port: Port = 0
    baud: int = DEFAULT_BAUD
    address: Annotated[int, Field(ge=0, le=254)] = 0
    air: AirModel = AirModel()


class PadSettings(ReaderSettings):
    """`new_only` is ONT, on from the factory: a tag is told once, then quiet until RF reset."""

    new_only: bool = True
    quality: AirQuality = AirQuality()


class GateSettings(ReaderSettings):
    """`buffered` False is ISO host mode."""

    buffered: bool = True
    valid_time_s: Annotated[float, Field(gt=0)] = VALID_TIME_S
    geometry: Geometry = Geometry()


class SimSettings(_Frozen):
    """One world. `state_dir` takes ptys, sockets and `wiring.json`; keep its path short.

    `live_page` is the address of somebody's page that the desk shows as a link.
    """

    state_dir: Path
    api_port: Port = 0
    seed: int = 1
    secured_afi: Byte = 0x07
    pads: tuple[PadSettings, ...] = (PadSettings(name="pad1"),)
    gates: tuple[GateSettings, ...] = (GateSettings(name="gate1"),)
    card_readers: tuple[Name, ...] = ("cards1",)
    live_page: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
