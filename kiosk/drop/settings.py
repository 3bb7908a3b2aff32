"""What is set at one book drop: a TOML file; the token lies in a file of its own."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from circulation.ids import DeviceId, Isil, parse_device_id, parse_isil
from circulation.tags.afi import SecurityAfi
from drivers.registry import READERS
from kiosk.drop.events import Way
from kiosk.drop.state import Config
from kiosk.i18n import languages
from kiosk.settings_file import read_secret, read_settings

Pin = Annotated[int, Field(ge=0, le=27)]  # BCM numbers of the 40-pin header
Byte = Annotated[int, Field(ge=0, le=255)]
BinName = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]


class Part(BaseModel):
    """Base of every table of the file: an unknown key is an error, not silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BinSettings(Part):
    """One bin: what goes into it, what opens the way to it, what tells that it is full."""

    name: BinName
    ways: tuple[Way, ...]
    gate: Pin | None = None  # output that lets the book fall there; None: it falls by itself
    full: Pin | None = None  # light beam at the brim, broken for 5 s: full


class Settings(Part):
    """One drop."""

    device: Annotated[DeviceId, AfterValidator(parse_device_id)]
    owner: Annotated[Isil, AfterValidator(parse_isil)]
    controller_url: Annotated[str, Field(pattern=r"^https?://[^/]+$")]
    token_file: Path
    earlier_token_files: tuple[Path, ...] = ()  # what they sealed on the disk is still opened
    outbox: Path
    reader_model: str = "feig-mr102"
    reader_port: str
    allow_simulated: bool = False
    afi_in_stock: Byte = 0x07
    afi_on_loan: Byte = 0xC2
    bins: Annotated[tuple[BinSettings, ...], Field(min_length=1)] = (
        BinSettings(name="bin", ways=tuple(Way)),
    )
    flap: Pin | None = None  # contact, open = HIGH
    slot: Pin | None = None  # light beam over the antenna, broken = something lies there
    release: Pin | None = None  # output that frees the flap: without current it is shut
    has_clock: bool = False  # the board has a battery clock: a weekend offline keeps its times
    display: Path | None = None  # a terminal: /dev/tty1, or a serial line display
    display_columns: Annotated[int, Field(ge=16, le=80)] = 20
    language: str = "ru"
    printer: Annotated[str, Field(pattern=r"^((tcp|serial|file)://.+)?$")] = ""
    printer_utf8: bool = False
    receipt_columns: Annotated[int, Field(ge=20, le=80)] = 48
    library_name: Annotated[str, Field(max_length=200)] = ""
    answer_s: Annotated[float, Field(gt=0, le=10)] = 1.5
    visit_s: Annotated[float, Field(gt=0, le=600)] = 15.0  # then the count begins anew

    @model_validator(mode="after")
    def _make_sense_together(self) -> Self:
        if self.reader_model not in READERS:
            raise ValueError(f"reader_model is one of {', '.join(sorted(READERS))}")
        if self.language not in languages():
            raise ValueError(f"language {self.language!r}: there are {', '.join(languages())}")
        SecurityAfi(self.afi_in_stock, self.afi_on_loan)
        self._one_bin_for_each_way()
        _once("pin", self._pins())
        return self

    @property
    def session(self) -> Config:
        """The numbers of the session, and where each way leads."""
        return Config(bins=self._ways(), answer_s=self.answer_s, visit_s=self.visit_s)

    @property
    def afi(self) -> SecurityAfi:
        """The library's pair of AFI values."""
        return SecurityAfi(self.afi_in_stock, self.afi_on_loan)

    def read_token(self) -> str:
        """The device's token; `BadSettings` when its file is missing, empty or open to others."""
        return read_secret("token_file", self.token_file)

    def read_earlier_tokens(self) -> tuple[str, ...]:
        """The tokens that this drop had before; `BadSettings` as for the present one."""
        return tuple(read_secret("earlier_token_files", path) for path in self.earlier_token_files)

    def _ways(self) -> Mapping[Way, str]:
        """A way that is named nowhere goes to the librarian."""
        named = {way: one.name for one in self.bins for way in one.ways}
        return {way: named.get(way, named[Way.STAFF]) for way in Way}

    def _one_bin_for_each_way(self) -> None:
        _once("bin", [one.name for one in self.bins])
        _once("way", [way.value for one in self.bins for way in one.ways])
        if not any(Way.STAFF in one.ways for one in self.bins):
            raise ValueError("one of the bins needs the way 'staff': the librarian's")

    def _pins(self) -> list[int]:
        pins = [self.flap, self.slot, self.release]
        pins += [pin for one in self.bins for pin in (one.gate, one.full)]
        return [pin for pin in pins if pin is not None]


def _once(what: str, used: list[Any]) -> None:
    twice = [one for one, times in Counter(used).items() if times > 1]
    if twice:
        raise ValueError(f"a {what} is named twice: {', '.join(map(str, twice))}")


def load_settings(path: Path) -> Settings:
    """Settings from a TOML file, or `BadSettings` that says which key is wrong and why."""
    return read_settings(path, Settings)
