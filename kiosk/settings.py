"""What a librarian or installer sets for one kiosk: a TOML file, and `POLKA_KIOSK_...` on top."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from circulation.calendar import parse_calendar
from circulation.configuration import MOST_BOOKS_ALONE, MOST_HOURS_ALONE, MOST_OPERATIONS_ALONE
from circulation.ids import (
    BadId,
    CardUid,
    parse_card_uid,
)
from kiosk.alone import Trust
from kiosk.events import Key
from kiosk.hours import Hours, parse_clock, parse_span
from kiosk.i18n import languages
from kiosk.keys import DEFAULT_KEYS, Keypad
from kiosk.link import LinkLimits
from kiosk.panel_settings import PanelPx, PanelSettings, Ppi, Volume, WordsPerMinute
from kiosk.service import pin_of
from kiosk.settings_file import BadSettings, read_secret, read_settings
from kiosk.state import Config

ENV_PREFIX = "POLKA_KIOSK_"
Weekday = Annotated[int, Field(ge=1, le=7)]
Seconds = Annotated[float, Field(gt=0, le=600)]


class Settings(PanelSettings):
    """One kiosk. Unknown keys are errors."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="forbid")

    earlier_token_files: tuple[Path, ...] = ()  # what they sealed on the disk is still opened
    staff_cards_file: Path | None = None  # one card UID a line: each opens the service screen
    service_pin_file: Path | None = None  # 4 to 8 digits; without it there is no service screen
    journal: Path
    snapshot: Path | None = None  # what is decided by without the controller; beside the journal
    snapshot_every_s: Annotated[float, Field(ge=2, le=3600)] = 300.0
    offline_books: Annotated[int, Field(ge=0, le=MOST_BOOKS_ALONE)] = 3  # per patron; 0: none
    offline_operations: Annotated[int, Field(ge=0, le=MOST_OPERATIONS_ALONE)] = 500  # undelivered
    offline_hours: Annotated[float, Field(ge=0, le=MOST_HOURS_ALONE)] = 24.0  # snapshot; 0: never
    link_failures: Annotated[int, Field(ge=1, le=20)] = 2  # in a row, then alone
    link_failing_s: Annotated[float, Field(ge=0, le=120)] = 3.0
    link_answers: Annotated[int, Field(ge=1, le=20)] = 3  # in a row, then not alone any more
    link_answering_s: Annotated[float, Field(ge=0, le=600)] = 10.0
    card_reader_model: str = "mfrc522"
    card_reader_port: str = "spi://0.0"
    panel_width_px: PanelPx = 1080
    panel_height_px: PanelPx = 1920
    panel_ppi: Ppi = 141.0  # 15.6 inches portrait
    fullscreen: bool = True
    speech_words_per_minute: WordsPerMinute = 140
    headphone_card: str = ""  # a word of its line in /proc/asound/cards; empty: only the marked key
    keys: dict[Key, tuple[int, ...]] = Field(dict(DEFAULT_KEYS))  # scancodes
    textbook_week: bool = False  # textbooks are lent by the pupil's set only
    library_name: Annotated[str, Field(max_length=200)] = ""  # stands on receipts
    printer: Annotated[str, Field(pattern=r"^((tcp|serial|file)://.+)?$")] = ""  # empty: none
    receipt_columns: Annotated[int, Field(ge=20, le=80)] = 48  # 80 mm paper; 58 mm has 32
    printer_utf8: bool = False  # otherwise CP866
    opening: dict[Weekday, tuple[str, ...]] = Field(
        {}
    )  # e.g. 1 = ["09:00-18:00"]; empty: always open
    closed: tuple[str, ...] = ()  # days, as in the policy's calendar: "2026-11-04", "05-09"
    screen_off: str = ""  # e.g. "20:00-07:30"
    screen_off_command: tuple[str, ...] = ("xset", "dpms", "force", "off")
    screen_on_command: tuple[str, ...] = ("xset", "dpms", "force", "on")
    volumes: dict[str, Volume] = Field({})  # from that time on, e.g. "13:00" = 0.3
    idle_s: Seconds = 40.0
    warn_s: Annotated[float, Field(ge=20, le=600)] = 20.0  # WCAG 2.2.1: at least 20 s to react
    clear_s: Annotated[float, Field(ge=2, le=60)] = 5.0

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        Keypad(self.keys)
        self.hours  # noqa: B018  # says what is wrong with a time or a day
        return self

    @property
    def hours(self) -> Hours:
        """When this library is open, dark and loud; `ValueError` for what is no time or day."""
        volumes = sorted((parse_clock(at), volume) for at, volume in self.volumes.items())
        return Hours(
            opening={day: tuple(map(parse_span, spans)) for day, spans in self.opening.items()},
            calendar=parse_calendar({"days": list(self.closed)}),
            screen_off=parse_span(self.screen_off) if self.screen_off else None,
            volumes=tuple(volumes),
        )

    @property
    def usage(self) -> Path:
        """Where the counts of use are kept: beside the journal."""
        return self.journal.with_name("usage.sqlite")

    @property
    def session(self) -> Config:
        """The numbers of a session; the kiosk's own language comes first."""
        others = tuple(language for language in languages() if language != self.language)
        return Config(
            languages=(self.language, *others),
            textbook_week=self.textbook_week,
            idle_s=self.idle_s,
            warn_s=self.warn_s,
            clear_s=self.clear_s,
        )

    def read_earlier_tokens(self) -> tuple[str, ...]:
        """The tokens that this kiosk had before; `BadSettings` as for the present one."""
        return tuple(read_secret("earlier_token_files", path) for path in self.earlier_token_files)

    @property
    def snapshot_file(self) -> Path:
        """Where the snapshot is kept."""
        return self.snapshot or self.journal.with_name("snapshot.sqlite")

    @property
    def titles_file(self) -> Path:
        """Where is kept what books are called."""
        return self.snapshot_file.with_name("titles.sqlite")

    @property
    def trust(self) -> Trust:
        """How far the kiosk may decide alone."""
        age = timedelta(hours=self.offline_hours)
        return Trust(self.offline_books, self.offline_operations, age)

    @property
    def link(self) -> LinkLimits:
        """When it is alone, and when no longer."""
        return LinkLimits(
            failures=self.link_failures,
            failing_s=self.link_failing_s,
            answers=self.link_answers,
            answering_s=self.link_answering_s,
        )

    def read_service_pin(self) -> str:
        """The librarian's number, empty for none; `BadSettings` when it cannot be one."""
        if self.service_pin_file is None:
            return ""
        digits = read_secret("service_pin_file", self.service_pin_file)
        try:
            pin_of(digits)
        except ValueError as error:
            raise BadSettings(f"service_pin_file {self.service_pin_file}: {error}") from error
        return digits

    def read_staff_cards(self) -> frozenset[CardUid]:
        """The librarians' cards; `BadSettings` for a line that is no UID."""
        if self.staff_cards_file is None:
            return frozenset()
        lines = read_secret("staff_cards_file", self.staff_cards_file).split()
        try:
            return frozenset(parse_card_uid(line) for line in lines)
        except BadId as error:
            raise BadSettings(f"staff_cards_file {self.staff_cards_file}: {error}") from error


def load_settings(path: Path) -> Settings:
    """The settings in this TOML file, with the environment on top; else `BadSettings`."""
    return read_settings(path, Settings, env_prefix=ENV_PREFIX)
