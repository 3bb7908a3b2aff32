"""Run one book drop: `python -m kiosk.drop --settings drop.toml`."""

import argparse
import csv
import signal
import sqlite3
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from drivers.errors import ReaderError
from drivers.registry import open_reader
from kiosk.client import ControllerClient
from kiosk.drop.display import LineDisplay
from kiosk.drop.moments import Moments
from kiosk.drop.outbox import Outbox
from kiosk.drop.settings import Settings, load_settings
from kiosk.drop.shell import Drop, Ports
from kiosk.events import Event
from kiosk.i18n import load_texts
from kiosk.intake import Intake
from kiosk.settings_file import BadSettings
from kiosk.vault import BadSeal, Vault

if TYPE_CHECKING:
    from kiosk.printer import ReceiptPrinter

_log = structlog.get_logger("drop")


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 after a good end, 2 for unusable settings, 3 for an unusable device or disk."""
    parser = argparse.ArgumentParser(prog="drop", description="A book drop.")
    parser.add_argument("--settings", type=Path, required=True, help="the drop's TOML file")
    parser.add_argument("--check", action="store_true", help="check the settings and end")
    parser.add_argument("--list", action="store_true", help="what was put in, as CSV, and end")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings(options.settings)
        token = settings.read_token()
        if options.check:
            sys.stdout.write(settings.model_dump_json(indent=2) + "\n")
            return 0
        vault = Vault(token, *settings.read_earlier_tokens())
        if options.list:
            _list(settings.outbox, vault)
            return 0
        _serve(settings, token, vault)
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except BadSeal:
        sys.stderr.write(
            f"{settings.outbox}: holds what the controller has not heard of, sealed with another"
            " device token; name that token's file in earlier_token_files\n"
        )
        return 2
    except (ReaderError, sqlite3.Error, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 3
    return 0


def _serve(settings: Settings, token: str, vault: Vault) -> None:
    client = ControllerClient(settings.controller_url, token)
    printer = _printer(settings)
    drop = Drop(
        settings,
        Ports(
            open_pad=lambda post: _pad(settings, post),
            client=client,
            vault=vault,
            moments=lambda last: Moments(has_clock=settings.has_clock, not_before=last),
            display=_display(settings),
            paper=printer,
        ),
        version("polka"),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: drop.finish())
    _log.info("drop_starts", device=settings.device)
    drop.run()
    _log.info("drop_ends")
    if printer is not None:
        printer.stop()
    client.close()


def _pad(settings: Settings, post: Callable[[Event], None]) -> Intake:
    return Intake(
        lambda: open_reader(settings.reader_model, settings.reader_port),
        post,
        owner=settings.owner,
        afi=settings.afi,
        allow_simulated=settings.allow_simulated,
    )


def _display(settings: Settings) -> LineDisplay | None:
    if settings.display is None:
        return None
    texts = load_texts(settings.language)
    return LineDisplay(settings.display, texts, columns=settings.display_columns)


def _printer(settings: Settings) -> "ReceiptPrinter | None":
    if not settings.printer:
        return None
    from kiosk.printer import ReceiptPrinter  # an extra of its own

    return ReceiptPrinter(
        settings.printer,
        lambda event: _log.info("printer", told=str(event)),
        utf8=settings.printer_utf8,
    )


def _list(path: Path, vault: Vault) -> None:
    """Books that were taken back, and what a librarian must look at."""
    outbox = Outbox(path, vault)
    table = csv.writer(sys.stdout)
    table.writerow(["at", "clock", "uid", "item", "outcome", "detail"])
    for row in outbox.all_rows():
        asked = row.request
        facts = [asked.at.isoformat(), row.clock, asked.uid, asked.item_id]
        table.writerow([*facts, row.outcome, row.detail])
    for one in outbox.reviews():
        table.writerow([one.at.isoformat(), one.clock, one.uid, one.item, "review", one.doubt])
    outbox.close()


if __name__ == "__main__":
    sys.exit(main())
