"""Run the benchmarks: `python -m tests.bench [--only reader] [--large]`."""

import argparse
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench.result import Result, keep, table
from tests.bench.size import VARIABLE

GROUPS = (
    "reader",
    "http",
    "september",
    "textbooks",
    "postgres",
    "gate",
    "traffic",
    "kiosk",
    "station",
    "import",
    "search",
    "scale",
)
_MODULES = {"import": "imports"}  # a module cannot be called import
LATEST = Path("var/bench/latest.json")


def main() -> int:
    """0 when every goal is met, 1 when one is missed."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--only", choices=GROUPS, help="run one group")
    parser.add_argument("--large", action="store_true", help="worlds of a city: half an hour")
    options = parser.parse_args()
    only = options.only
    if options.large:
        os.environ[VARIABLE] = "1"  # before the groups are imported; their processes inherit it
    results: list[Result] = []
    for name in (only,) if only else GROUPS:
        sys.stderr.write(f"bench: {name} ...\n")
        module = importlib.import_module(f"tests.bench.{_MODULES.get(name, name)}")
        measure: Callable[[], list[Result]] = module.measure
        results += measure()
    keep(results, LATEST)
    print(table(results))
    return 0 if all(result.met for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
