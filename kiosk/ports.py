"""The outside world of a kiosk, and how the settings name it."""

from collections.abc import Callable
from dataclasses import dataclass

from drivers.card import CardReader
from drivers.reader import Reader
from drivers.registry import open_card_reader, open_reader
from kiosk.client import ControllerClient
from kiosk.settings import Settings
from kiosk.sounds import Sound


@dataclass(frozen=True, slots=True)
class Ports:
    """Opening is repeated after a loss; `play` is called on the UI's thread and returns at once."""

    open_reader: Callable[[], Reader]
    open_card_reader: Callable[[], CardReader]
    client: ControllerClient
    play: Callable[[Sound], None]


def ports_of(settings: Settings, play: Callable[[Sound], None]) -> Ports:
    """The ports that these settings name; nothing is opened yet. `BadSettings` without a token."""
    return Ports(
        open_reader=lambda: open_reader(settings.reader_model, settings.reader_port),
        open_card_reader=lambda: open_card_reader(
            settings.card_reader_model, settings.card_reader_port
        ),
        client=ControllerClient(settings.controller_url, settings.read_token()),
        play=play,
    )
