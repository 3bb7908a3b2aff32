"""A clock is believed from the first time server on, and through days without one."""

from drivers.time_sync import TimeSync, clock_is_set


def test_a_clock_nobody_set_is_not_believed_until_a_server_was_heard() -> None:
    heard = [False, False, True, False]
    sync = TimeSync(is_set=lambda: heard.pop(0))

    told = [sync.believed() for _ in range(6)]

    assert told == [False, False, True, True, True, True]


def test_a_battery_clock_is_believed_from_the_start() -> None:
    assert TimeSync(believed=True, is_set=lambda: False).believed()


def test_the_kernel_can_be_asked() -> None:
    assert clock_is_set() in (True, False)
