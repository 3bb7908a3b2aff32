"""Run one kiosk: `python -m kiosk --settings kiosk.toml`.

Kivy reads its environment when it is imported, so everything of Kivy is imported in here, late.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import structlog

from drivers.registry import open_card_reader, open_reader
from kiosk.events import Event
from kiosk.headphones import never, sound_card
from kiosk.keys import Keypad
from kiosk.last_error import LastError
from kiosk.panel import broken_view, end_when_told, prepare
from kiosk.phrases import Phrases, can_speak
from kiosk.settings import Settings, load_settings
from kiosk.settings_file import BadSettings
from kiosk.shell import Ports, Printer, Shell, wall_time
from kiosk.vault import BadSeal

_log = structlog.get_logger("kiosk")


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 after a good end, 1 after an exception in the window, 2 for unusable settings."""
    parser = argparse.ArgumentParser(prog="kiosk", description="A self-service kiosk.")
    parser.add_argument("--settings", type=Path, required=True, help="the kiosk's TOML file")
    parser.add_argument("--check", action="store_true", help="check the settings and end")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings(options.settings)
        token = settings.read_token()
        settings.read_service_pin()
        settings.read_staff_cards()
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
    from kiosk.app import KioskApp
    from kiosk.client import ControllerClient
    from kiosk.display import Display
    from kiosk.screens.style import draws_in_software
    from kiosk.sound import Speaker
    from kiosk.theme import Theme
    from kiosk.voice import Voice

    last_error = LastError()
    structlog.configure(processors=[last_error, *structlog.get_config()["processors"]])
    hours = settings.hours
    speaker = Speaker(settings.volume, lambda usual: hours.volume(wall_time(), usual))
    display = Display(settings.screen_off_command, settings.screen_on_command)
    speaks = settings.speech and can_speak()
    ports = Ports(
        open_reader=lambda: open_reader(settings.reader_model, settings.reader_port),
        open_card_reader=lambda: open_card_reader(
            settings.card_reader_model, settings.card_reader_port
        ),
        client=ControllerClient(settings.controller_url, token),
        play=speaker.play,
        set_volume=speaker.set_volume,
        sound_works=lambda: speaker.works,
        headphones=sound_card(settings.headphone_card) if settings.headphone_card else never,
        speaks=speaks,
        light=lambda on: display.light(on=on),
        open_printer=_printer(settings) if settings.printer else None,
        last_error=last_error,
    )
    try:
        shell = Shell(settings, ports)
    except BadSeal:
        sys.stderr.write(
            f"{settings.journal}: holds what the controller has not heard of, sealed with another"
            " device token; name that token's file in earlier_token_files\n"
        )
        return 2
    phrases = Phrases(settings.phrases, words_per_minute=settings.speech_words_per_minute)
    voice = Voice(phrases, lambda speaking: shell.heard(speaking=speaking))
    app = KioskApp(
        shell,
        Theme(
            settings.panel_ppi,
            # motion drawn in software would hold up the very books it shows
            reduced_motion=settings.reduced_motion or draws_in_software(),
        ),
        keypad=Keypad(settings.keys),
        voice=voice if speaks else None,
        broken=broken_view(settings.language),
        closable=not settings.fullscreen,
        later=speaker.load,
    )
    end_when_told(app.stop)
    _log.info("kiosk_starts", device=settings.device, speaks=speaks)
    app.run()
    _log.info("kiosk_ends", failed=app.failed)
    voice.close()
    speaker.close()
    display.close()
    return int(app.failed)


def _printer(settings: Settings) -> "Callable[[Callable[[Event], None]], Printer]":
    from kiosk.printer import ReceiptPrinter

    return lambda post: ReceiptPrinter(settings.printer, post, utf8=settings.printer_utf8)


if __name__ == "__main__":
    sys.exit(main())
