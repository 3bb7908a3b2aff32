"""The timing model gives the numbers it was taken from, and adds up a cycle by hand."""

import pytest

from hw_sim.airtime import BYTE_MS, AirModel, Modulation, cycle_ms, line_ms


@pytest.mark.parametrize(
    ("tags", "full_ms", "ten_ms"),
    [(0, 10, 70), (1, 14, 70), (5, 38, 114), (10, 82, 233), (20, 182, 539), (30, 284, 839)],
)
def test_inventory_takes_the_mean_of_the_simulated_stacks(
    tags: int, full_ms: float, ten_ms: float
) -> None:
    assert AirModel().inventory_ms(tags) == full_ms
    assert AirModel(modulation=Modulation.TEN).inventory_ms(tags) == ten_ms


def test_inventory_grows_between_and_beyond_the_rows() -> None:
    air = AirModel()

    times = [air.inventory_ms(tags) for tags in range(60)]

    assert times == sorted(times)
    assert air.inventory_ms(40) == pytest.approx(284 + 102)


@pytest.mark.parametrize(("blocks", "ms"), [(1, 6.8), (4, 10.7), (8, 15.5), (28, 39.7)])
def test_read_of_blocks_takes_what_the_table_says(blocks: int, ms: float) -> None:
    assert AirModel().read_ms(blocks) == pytest.approx(ms, abs=0.05)


def test_ten_uids_need_31_ms_on_the_line() -> None:
    assert line_ms(107, 38400) == pytest.approx(30.65, abs=0.01)


def test_cycle_of_one_book_is_the_sum_of_its_frames() -> None:
    # inventory 7 + 17, read 8 blocks 17 + 48, AFI 16 + 6, system information 15 + 19 bytes
    expected_line_ms = (24 + 65 + 22 + 34) * 11 * 1000 / 38400

    cycle = cycle_ms(1, 8, air=AirModel(programming_ms=0.0))

    assert cycle.line_ms == pytest.approx(expected_line_ms)
    assert cycle.air_ms == pytest.approx(14 + 15.53 + 5.6 + 9.5, abs=0.01)
    assert cycle.total_ms == cycle.air_ms + cycle.line_ms


def test_more_than_24_tags_need_a_second_frame() -> None:
    one, two = cycle_ms(24, 0).line_ms, cycle_ms(25, 0).line_ms
    per_tag = (one - line_ms(14)) / 24

    assert two - one == pytest.approx(per_tag + line_ms(14))


def test_a_tag_told_to_be_quiet_costs_its_request_and_a_pause_alone() -> None:
    """The inventory request measures 5 bytes and 1.62 ms; this one measures 12."""
    inventory_request_ms = 1.62

    assert AirModel().stay_quiet_ms() == pytest.approx(
        inventory_request_ms + 7 * BYTE_MS + 0.32, abs=0.01
    )
