"""What a librarian or installer sets for one station: a TOML file, `POLKA_STATION_...` on top."""

from pathlib import Path
from typing import Self

from pydantic import model_validator
from pydantic_settings import SettingsConfigDict

from kiosk.panel_settings import PanelPx, PanelSettings, Ppi, WordsPerMinute
from kiosk.settings_file import read_settings
from kiosk.station.numbers import CheckDigit
from kiosk.station.state import Config

ENV_PREFIX = "POLKA_STATION_"


class Settings(PanelSettings):
    """One encoding station. Unknown keys are errors."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="forbid")

    outbox: Path
    card_reader_model: str = ""  # as at a kiosk: cards of the staff, cards for a page; empty: none
    card_reader_port: str = ""
    scanner: str = ""  # a serial port or /dev/input/by-id/...-kbd; empty: it types into the window
    prefixes: tuple[str, ...] = ()  # how this library's numbers begin; none: any number
    check_digit: CheckDigit = CheckDigit.NONE
    title_on_tag: bool = False  # a title anybody's telephone can read
    panel_width_px: PanelPx = 1280
    panel_height_px: PanelPx = 800
    panel_ppi: Ppi = 110.0
    fullscreen: bool = False
    speech_words_per_minute: WordsPerMinute = 170

    @model_validator(mode="after")
    def _card_reader_is_whole(self) -> Self:
        if bool(self.card_reader_model) != bool(self.card_reader_port):
            raise ValueError("give card_reader_model and card_reader_port together, or neither")
        return self

    def config(self, *, speaks: bool) -> Config:
        """The rules of the session."""
        return Config(
            owner=self.owner,
            afi=self.afi,
            prefixes=self.prefixes,
            check=self.check_digit,
            title_on_tag=self.title_on_tag,
            language=self.language,
            speech=speaks,
        )


def load_settings(path: Path) -> Settings:
    """The settings in this TOML file, with the environment on top; else `BadSettings`."""
    return read_settings(path, Settings, env_prefix=ENV_PREFIX)
