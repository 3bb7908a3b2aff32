"""Run the benchmarks: `python -m tests.bench [--only reader]`."""

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench.result import Result, keep, table

GROUPS = ("reader", "http", "september", "postgres", "gate", "traffic", "kiosk", "import", "search")
_MODULES = {"import": "imports"}  # a module cannot be called import
LATEST = Path("var/bench/latest.json")


def main() -> int:
    """0 when every goal is met, 1 when one is missed."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--only", choices=GROUPS, help="run one group")
    only = parser.parse_args().only
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
