"""Run one gate: `python -m gate --settings gate.toml`."""

import argparse
import gc
import signal
import sys
from importlib.metadata import version
from pathlib import Path

import structlog

from drivers.errors import ReaderError
from gate.log import configure_log
from gate.runner import Gate, Refused
from gate.settings import BadSettings, load_settings

_SWITCH_S = 0.0005  # Python's 5 ms would let the reader's thread keep the alarm waiting
_log = structlog.get_logger("gate")


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 after a good end, 2 for unusable settings, 3 for an unusable device."""
    parser = argparse.ArgumentParser(prog="gate", description="An exit gate.")
    parser.add_argument("--settings", type=Path, required=True, help="the gate's TOML file")
    parser.add_argument("--check", action="store_true", help="check the settings and end")
    options = parser.parse_args(arguments)
    configure_log()
    try:
        settings = load_settings(options.settings)
        _ = settings.mqtt_password
        if options.check:
            sys.stdout.write(settings.model_dump_json(indent=2) + "\n")
            return 0
        return _guard(Gate(settings, version("polka")))
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (Refused, ReaderError) as error:
        sys.stderr.write(f"{error}\n")
        return 3


def _guard(gate: Gate) -> int:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: gate.finish())
    sys.setswitchinterval(_SWITCH_S)
    gc.collect()
    gc.freeze()  # a full collection need not walk the imported modules
    _log.info("gate_starts")
    gate.run()
    _log.info("gate_ends")
    return 0


if __name__ == "__main__":
    sys.exit(main())
