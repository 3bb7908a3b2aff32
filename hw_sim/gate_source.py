"""A gate's reporting half as a process of its own, with people at a steady pace: for chaos.

The journal, the line and the threads are the firmware's; reader and lamp are left out, so that it
can be killed a hundred times and be back in a second. It ends when its journal has numbered as many
events as were asked for and all of them are acknowledged.
"""

import argparse
import sys
import time
from pathlib import Path

from circulation.messages import Direction, GateEventKind
from gate.outbox import Outbox
from gate.passage import Report
from gate.reporter import Reporter
from gate.settings import GateSettings, load_settings

_AHEAD = 20  # reports that wait for the journal: what a kill takes was never made


def main() -> int:
    """Exit code 0 when everything was made and acknowledged."""
    parser = argparse.ArgumentParser(prog="gate_source")
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--pause-s", type=float, default=0.002)
    options = parser.parse_args()
    settings = load_settings(options.settings)
    reporter = Reporter(settings, "0", lambda _uids, _kind: None, lambda _tuning: None)
    reporter.start()
    while (made := numbered(settings)[0]) < options.events:
        for _ in range(min(_AHEAD, options.events - made)):
            reporter.loop_turned_at = time.monotonic()
            report = Report(GateEventKind.PASSAGE, time.monotonic(), 1, Direction.OUT)
            reporter.report(report, "main", None)
            time.sleep(options.pause_s)
    while numbered(settings)[1]:
        time.sleep(0.05)
    reporter.finish()
    return 0


def numbered(settings: GateSettings) -> tuple[int, int]:
    """How many events the journal has ever numbered, and how many wait there."""
    journal = Outbox(settings.state_dir / "outbox.db")
    try:
        return journal.last_seq(), len(journal)
    finally:
        journal.close()


if __name__ == "__main__":
    sys.exit(main())
