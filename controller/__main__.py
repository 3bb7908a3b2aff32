"""Run one controller: `python -m controller --settings controller.toml`."""

import argparse
import logging
import sys
from contextlib import suppress
from pathlib import Path

import structlog

from controller.app import create_app
from controller.server import make_server
from controller.settings import BadSettings, Settings, load_author_marks, load_policy, load_settings


class PatientLogger(structlog.PrintLogger):
    """Prints a line, and lets it go where the log lies on the disk that is full.

    The writer's thread logs that it could not commit: it must live on to say so to the kiosks.
    """

    def msg(self, message: str) -> None:
        """One line, if it can be written."""
        with suppress(OSError):
            super().msg(message)

    debug = info = warning = error = critical = msg


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 after a good end, 1 when it could not start, 2 for unusable settings."""
    parser = argparse.ArgumentParser(prog="controller", description="The ledger of a library.")
    parser.add_argument("--settings", type=Path, required=True, help="the controller's TOML file")
    parser.add_argument("--check-config", action="store_true", help="check the settings and end")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings(options.settings)
        load_policy(settings)
        load_author_marks(settings)
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if options.check_config:
        sys.stdout.write(settings.model_dump_json(indent=2) + "\n")
        return 0
    return run(settings)


def run(settings: Settings) -> int:
    """Serve until told to stop."""
    _configure_logs()
    server = make_server(create_app(settings), host=settings.host, port=settings.port)
    with suppress(KeyboardInterrupt):  # uvicorn raises it anew after a good end
        server.run()
    return 0 if server.started else 1


def _configure_logs() -> None:
    """One line per event on standard error, for the journal: ids, never names."""
    logging.basicConfig(level=logging.WARNING, format="level=%(levelname)s event=%(message)r")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=lambda *_: PatientLogger(sys.stderr),
    )


if __name__ == "__main__":
    raise SystemExit(main())
