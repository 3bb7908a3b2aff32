"""What every program with a window, a reader and a token is told: kiosk and encoding station.

The token is a secret: from the environment or from a file that only its owner can read, never with
a default. A file that cannot be used is refused with a sentence that says what to change.
"""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from circulation.ids import DeviceId, Isil, parse_device_id, parse_isil
from circulation.tags.afi import SecurityAfi
from kiosk.i18n import languages
from kiosk.settings_file import read_secret

Byte = Annotated[int, Field(ge=0, le=255)]
Volume = Annotated[float, Field(ge=0, le=1)]
PanelPx = Annotated[int, Field(ge=320, le=7680)]
Ppi = Annotated[float, Field(ge=50, le=600)]
WordsPerMinute = Annotated[int, Field(ge=80, le=300)]


class PanelSettings(BaseSettings):
    """Base of both: the sizes of its own panel belong to each."""

    device: Annotated[DeviceId, AfterValidator(parse_device_id)]
    owner: Annotated[Isil, AfterValidator(parse_isil)]
    controller_url: Annotated[str, Field(pattern=r"^https?://[^/]+$")]
    token: SecretStr | None = None
    token_file: Path | None = None
    reader_model: str = "feig-mr102"
    reader_port: str
    allow_simulated: bool = False  # True on a demo only: a real one must not trust a simulator
    afi_in_stock: Byte = 0x07
    afi_on_loan: Byte = 0xC2
    language: str = "ru"
    reduced_motion: bool = False  # nothing slides and nothing grows: for people it makes dizzy
    speech: bool = True  # where espeak-ng is installed
    phrases: Path | None = None  # where spoken sentences are kept, and recorded ones may lie
    volume: Volume = 0.7  # of the sound card's own setting

    @model_validator(mode="after")
    def _make_sense_together(self) -> Self:
        if self.language not in languages():
            raise ValueError(f"language {self.language!r}: there are {', '.join(languages())}")
        if (self.token is None) == (self.token_file is None):
            variable = f"{self.model_config['env_prefix']}TOKEN"
            raise ValueError(f"give the device token once: as {variable} or as token_file")
        SecurityAfi(self.afi_in_stock, self.afi_on_loan)
        return self

    @property
    def afi(self) -> SecurityAfi:
        """The library's pair of AFI values."""
        return SecurityAfi(self.afi_in_stock, self.afi_on_loan)

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
