"""Settings pushed to a gate: in force at once, kept, and refused without harm."""

import json
from datetime import time
from pathlib import Path

from gate.configuration import Configuration, Pushed, Tuning
from gate.keeper import Draft, Keeper
from gate.mqtt import parse
from gate.schedule import Quiet

OWN = Tuning(3.0, None)
NIGHT = {"start": "21:00:00", "end": "07:00:00"}


def pushed(version: int, **fields: object) -> Pushed:
    settings = {"format": "gate-1", "alarm_s": 5, "quiet_hours": NIGHT} | fields
    return Pushed(json.dumps({"version": version, "settings": settings}).encode())


def _nothing_is_dropped() -> Draft:
    raise AssertionError("a gate without events dropped one")


class Gate:
    """A gate's memory on this disk, and what was put in force."""

    def __init__(self, path: Path) -> None:
        self.keeper = Keeper(
            path / "outbox.db", max_bytes=1 << 20, tell_dropped=_nothing_is_dropped
        )
        self.tunings: list[Tuning] = []
        self.configuration = Configuration(OWN, self.keeper, self.tunings.append)
        self.configuration.load()


def test_pushed_settings_are_in_force_at_once_and_after_a_power_cut(tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    gate.configuration.take(pushed(1))
    gate.keeper.close()

    again = Gate(tmp_path)

    wanted = Tuning(5, Quiet(time(21), time(7)))
    assert (gate.tunings, again.tunings) == ([wanted], [wanted])
    assert again.configuration.version == 1


def test_bad_settings_are_refused_and_the_last_good_ones_stay(tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    gate.configuration.take(pushed(1))

    gate.configuration.take(pushed(2, alarm_s=3600))

    refused = gate.configuration.refused
    assert refused is not None
    assert (refused.version, str(refused)) == (2, "alarm_s: less_than_equal")
    assert (gate.configuration.version, len(gate.tunings)) == (1, 1)
    gate.keeper.close()
    again = Gate(tmp_path)
    assert again.configuration.version == 1

    again.configuration.take(pushed(3, alarm_s=2, quiet_hours=None))
    assert (again.configuration.version, again.configuration.refused) == (3, None)
    assert again.tunings[-1] == Tuning(2, None)


def test_same_settings_again_change_nothing(tmp_path: Path) -> None:
    gate = Gate(tmp_path)

    for _ in range(3):
        gate.configuration.take(pushed(1))

    assert len(gate.tunings) == 1


def test_ledger_that_was_restored_is_believed(tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    gate.configuration.take(pushed(7))

    gate.configuration.take(pushed(2, alarm_s=1))

    assert (gate.configuration.version, gate.tunings[-1].alarm_s) == (2, 1)


def test_withdrawn_settings_leave_the_gates_own(tmp_path: Path) -> None:
    gate = Gate(tmp_path)
    gate.configuration.take(pushed(1))

    gate.configuration.take(Pushed(b'{"version": 0, "settings": null}'))

    assert gate.tunings[-1] == OWN


def test_line_hands_settings_on_unread() -> None:
    assert parse("polka/v1/school-33/gate-1/down/config", b"{") == Pushed(b"{")
