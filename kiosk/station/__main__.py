"""Run one encoding station: `python -m kiosk.station --settings station.toml`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import structlog

from drivers.card import CardReader
from drivers.registry import open_card_reader, open_reader
from kiosk.panel import broken_view, end_when_told, prepare
from kiosk.phrases import Phrases, can_speak
from kiosk.settings_file import BadSettings
from kiosk.station.client import StationClient
from kiosk.station.scanner import Scanner
from kiosk.station.settings import Settings, load_settings
from kiosk.station.shell import Ports, Shell

_log = structlog.get_logger("station")


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 after a good end, 1 after an exception in the window, 2 for unusable settings."""
    parser = argparse.ArgumentParser(prog="station", description="An encoding station.")
    parser.add_argument("--settings", type=Path, required=True, help="the station's TOML file")
    parser.add_argument("--check", action="store_true", help="check the settings and end")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings(options.settings)
        token = settings.read_token()
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if options.check:
        sys.stdout.write(settings.model_dump_json(indent=2) + "\n")
        return 0
    prepare(
        ppi=settings.panel_ppi,
        fullscreen=settings.fullscreen,
        size=(settings.panel_width_px, settings.panel_height_px),
    )
    return _serve(settings, token)


def _serve(settings: Settings, token: str) -> int:
    from kiosk.screens.style import draws_in_software
    from kiosk.sound import Speaker
    from kiosk.station.app import StationApp
    from kiosk.theme import Theme
    from kiosk.voice import Voice

    speaker = Speaker(settings.volume)
    speaks = settings.speech and can_speak()
    ports = Ports(
        open_reader=lambda: open_reader(settings.reader_model, settings.reader_port),
        client=StationClient(settings.controller_url, token),
        play=speaker.play,
        speaks=speaks,
        open_card_reader=_card_reader(settings),
    )
    shell = Shell(settings, ports)
    phrases = Phrases(settings.phrases, words_per_minute=settings.speech_words_per_minute)
    voice = Voice(phrases, lambda speaking: shell.heard(speaking=speaking))
    still = settings.reduced_motion or draws_in_software()  # motion would hold up the pad
    theme = Theme(settings.panel_ppi, reduced_motion=still)
    broken = broken_view(settings.language)
    app = StationApp(
        shell, theme, voice=voice if speaks else None, broken=broken, later=speaker.load
    )
    scanner = Scanner(settings.scanner, shell.line) if settings.scanner else None
    if scanner is not None:
        scanner.start()
    end_when_told(app.stop)
    _log.info("station_starts", device=settings.device, speaks=speaks)
    app.run()
    _log.info("station_ends", failed=app.failed)
    if scanner is not None:
        scanner.stop()
    voice.close()
    speaker.close()
    return int(app.failed)


def _card_reader(settings: Settings) -> Callable[[], CardReader] | None:
    if not settings.card_reader_model:
        return None
    return lambda: open_card_reader(settings.card_reader_model, settings.card_reader_port)


if __name__ == "__main__":
    sys.exit(main())
