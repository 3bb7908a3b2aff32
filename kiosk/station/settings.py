"""What a librarian or installer sets for one station: a TOML file, `POLKA_STATION_...` on top."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from circulation.ids import DeviceId, Isil, parse_device_id, parse_isil
from circulation.tags.afi import SecurityAfi
from kiosk.i18n import languages
from kiosk.settings_file import read_secret, read_settings
from kiosk.station.numbers import CheckDigit
from kiosk.station.state import Config

ENV_PREFIX = "POLKA_STATION_"
Byte = Annotated[int, Field(ge=0, le=255)]


class Settings(BaseSettings):
    """One encoding station. Unknown keys are errors."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="forbid")

    device: Annotated[DeviceId, AfterValidator(parse_device_id)]
    owner: Annotated[Isil, AfterValidator(parse_isil)]
    controller_url: Annotated[str, Field(pattern=r"^https?://[^/]+$")]
    token: SecretStr | None = None
    token_file: Path | None = None
    outbox: Path
    reader_model: str = "feig-mr102"
    reader_port: str
    allow_simulated: bool = False
    card_reader_model: str = ""  # as at a kiosk: cards of the staff, cards for a page; empty: none
    card_reader_port: str = ""
    scanner: str = ""  # a serial port or /dev/input/by-id/...-kbd; empty: it types into the window
    afi_in_stock: Byte = 0x07
    afi_on_loan: Byte = 0xC2
    prefixes: tuple[str, ...] = ()  # how this library's numbers begin; none: any number
    check_digit: CheckDigit = CheckDigit.NONE
    title_on_tag: bool = False  # a title anybody's telephone can read
    language: str = "ru"
    panel_width_px: Annotated[int, Field(ge=320, le=7680)] = 1280
    panel_height_px: Annotated[int, Field(ge=320, le=7680)] = 800
    panel_ppi: Annotated[float, Field(ge=50, le=600)] = 110.0
    fullscreen: bool = False
    reduced_motion: bool = False
    speech: bool = True  # where espeak-ng is installed: the station is used without looking
    speech_words_per_minute: Annotated[int, Field(ge=80, le=300)] = 170
    phrases: Path | None = None
    volume: Annotated[float, Field(ge=0, le=1)] = 0.7

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        if self.language not in languages():
            raise ValueError(f"language {self.language!r}: there are {', '.join(languages())}")
        if (self.token is None) == (self.token_file is None):
            raise ValueError(f"give the device token once: as {ENV_PREFIX}TOKEN or as token_file")
        if bool(self.card_reader_model) != bool(self.card_reader_port):
            raise ValueError("give card_reader_model and card_reader_port together, or neither")
        SecurityAfi(self.afi_in_stock, self.afi_on_loan)
        return self

    def config(self, *, speaks: bool) -> Config:
        """The rules of the session."""
        return Config(
            owner=self.owner,
            afi=SecurityAfi(self.afi_in_stock, self.afi_on_loan),
            prefixes=self.prefixes,
            check=self.check_digit,
            title_on_tag=self.title_on_tag,
            language=self.language,
            speech=speaks,
        )

    def read_token(self) -> str:
        """The device token; `BadSettings` when its file is open to others or empty."""
        if self.token is not None:
            return self.token.get_secret_value()
        return read_secret("token_file", self.token_file) if self.token_file else ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return (env_settings, init_settings)


def load_settings(path: Path) -> Settings:
    """The settings in this TOML file, with the environment on top; else `BadSettings`."""
    return read_settings(path, Settings, env_prefix=ENV_PREFIX)
