"""What a librarian or installer sets for one kiosk: a TOML file, and `POLKA_KIOSK_...` on top.

The token is a secret: from the environment or from a file that only its owner can read, never with
a default. A file that cannot be used is refused with a sentence that says what to change.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from circulation.calendar import parse_calendar
from circulation.configuration import MOST_BOOKS_ALONE, MOST_HOURS_ALONE, MOST_OPERATIONS_ALONE
from circulation.ids import (
    BadId,
    CardUid,
    DeviceId,
    Isil,
    parse_card_uid,
    parse_device_id,
    parse_isil,
)
from circulation.tags.afi import SecurityAfi
from kiosk.alone import Trust
from kiosk.events import Key
from kiosk.hours import Hours, parse_clock, parse_span
from kiosk.i18n import languages
from kiosk.keys import DEFAULT_KEYS, Keypad
from kiosk.link import LinkLimits
from kiosk.service import pin_of
from kiosk.settings_file import BadSettings, read_secret, read_settings
from kiosk.state import Config

ENV_PREFIX = "POLKA_KIOSK_"
Byte = Annotated[int, Field(ge=0, le=255)]
Weekday = Annotated[int, Field(ge=1, le=7)]
Volume = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(gt=0, le=600)]


class Settings(BaseSettings):
    """One kiosk. Unknown keys are errors."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="forbid")

    device: Annotated[DeviceId, AfterValidator(parse_device_id)]
    owner: Annotated[Isil, AfterValidator(parse_isil)]
    controller_url: Annotated[str, Field(pattern=r"^https?://[^/]+$")]
    token: SecretStr | None = None
    token_file: Path | None = None
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
    reader_model: str = "feig-mr102"
    reader_port: str
    card_reader_model: str = "mfrc522"
    card_reader_port: str = "spi://0.0"
    allow_simulated: bool = False  # True on a demo only: a real kiosk must not lend to a simulator
    afi_in_stock: Byte = 0x07
    afi_on_loan: Byte = 0xC2
    language: str = "ru"
    panel_width_px: Annotated[int, Field(ge=320, le=7680)] = 1080
    panel_height_px: Annotated[int, Field(ge=320, le=7680)] = 1920
    panel_ppi: Annotated[float, Field(ge=50, le=600)] = 141.0  # 15.6 inches portrait
    fullscreen: bool = True
    reduced_motion: bool = False  # nothing slides and nothing grows: for people it makes dizzy
    speech: bool = True  # offered where espeak-ng is installed
    speech_words_per_minute: Annotated[int, Field(ge=80, le=300)] = 140
    phrases: Path | None = None  # where spoken sentences are kept, and recorded ones may lie
    headphone_card: str = ""  # a word of its line in /proc/asound/cards; empty: only the marked key
    keys: dict[Key, tuple[int, ...]] = dict(DEFAULT_KEYS)  # scancodes
    textbook_week: bool = False  # textbooks are lent by the pupil's set only
    library_name: Annotated[str, Field(max_length=200)] = ""  # stands on receipts
    printer: Annotated[str, Field(pattern=r"^((tcp|serial|file)://.+)?$")] = ""  # empty: none
    receipt_columns: Annotated[int, Field(ge=20, le=80)] = 48  # 80 mm paper; 58 mm has 32
    printer_utf8: bool = False  # otherwise CP866
    opening: dict[Weekday, tuple[str, ...]] = {}  # e.g. 1 = ["09:00-18:00"]; empty: always open
    closed: tuple[str, ...] = ()  # days, as in the policy's calendar: "2026-11-04", "05-09"
    screen_off: str = ""  # e.g. "20:00-07:30"
    screen_off_command: tuple[str, ...] = ("xset", "dpms", "force", "off")
    screen_on_command: tuple[str, ...] = ("xset", "dpms", "force", "on")
    volumes: dict[str, Volume] = {}  # from that time on, e.g. "13:00" = 0.3
    volume: Annotated[float, Field(ge=0, le=1)] = 0.7  # of the sound card's own setting
    idle_s: Seconds = 40.0
    warn_s: Annotated[float, Field(ge=20, le=600)] = 20.0  # WCAG 2.2.1: at least 20 s to react
    clear_s: Annotated[float, Field(ge=2, le=60)] = 5.0

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        if self.language not in languages():
            raise ValueError(f"language {self.language!r}: there are {', '.join(languages())}")
        if (self.token is None) == (self.token_file is None):
            raise ValueError(f"give the device token once: as {ENV_PREFIX}TOKEN or as token_file")
        SecurityAfi(self.afi_in_stock, self.afi_on_loan)
        Keypad(self.keys)
        self.hours  # noqa: B018  # says what is wrong with a time or a day
        return self

    @property
    def afi(self) -> SecurityAfi:
        """The library's pair of AFI values."""
        return SecurityAfi(self.afi_in_stock, self.afi_on_loan)

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

    def read_token(self) -> str:
        """The device token; `BadSettings` when its file is open to others or empty."""
        if self.token is not None:
            return self.token.get_secret_value()
        return read_secret("token_file", self.token_file) if self.token_file else ""

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

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (env_settings, init_settings)


def load_settings(path: Path) -> Settings:
    """The settings in this TOML file, with the environment on top; else `BadSettings`."""
    return read_settings(path, Settings, env_prefix=ENV_PREFIX)
