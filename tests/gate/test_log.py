"""A log that cannot be written is no reason to stop guarding."""

import io

import pytest

from gate.log import QuietLogger


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_line_is_written() -> None:
    file = io.StringIO()

    QuietLogger(file).error("event=storage_fails")

    assert file.getvalue() == "event=storage_fails\n"


@pytest.mark.parametrize("closed", [True, False])
def test_a_line_that_cannot_be_written_is_lost_in_silence(closed: bool) -> None:
    file = FullDisk()
    if closed:
        file.close()

    QuietLogger(file).info("event=gate_starts")

    assert file.closed is closed
