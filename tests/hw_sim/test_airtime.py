"""The timing model gives the numbers it was taken from, and adds up a cycle by hand."""

import pytest

from hw_sim.airtime import (
    REQUEST_GAP_MS,
    RF_RESET_MS,
    AirModel,
    Modulation,
    cycle_ms,
    inventory_limit_ms,
    kiosk_cycle_limit_ms,
    line_ms,
)


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


@pytest.mark.parametrize("tags", [1, 5, 10, 15, 30])
@pytest.mark.parametrize("model", ["feig-mr102", "m3-210", "m3-810", "chafon-ru5102", "chafon-288"])
def test_a_limit_grows_with_tags_and_blocks(model: str, tags: int) -> None:
    inventory = inventory_limit_ms(model, tags)

    assert inventory < inventory_limit_ms(model, tags + 1)
    assert inventory < kiosk_cycle_limit_ms(model, tags, 1) < kiosk_cycle_limit_ms(model, tags, 8)


def test_the_limit_of_feig_is_its_cycle_and_what_the_manual_demands_around_it() -> None:
    reset_and_silence = RF_RESET_MS + line_ms(5 + 6) + (2 + 3 * 10) * REQUEST_GAP_MS

    limit = kiosk_cycle_limit_ms("feig-mr102", 10, 8)

    assert limit == pytest.approx(cycle_ms(10, 8).total_ms + reset_and_silence)


def test_the_limit_of_3m_is_the_sum_of_its_frames() -> None:
    # inventory 8 + 18, read 8 blocks 17 + 49, AFI 15 + 15, AFI again 14 + 16 bytes at 19200 8N1
    on_line = (26 + 66 + 30 + 30) * 10 * 1000 / 19200
    on_air = 14 + 15.53 + 5.6 + 20.0 + 9.5

    assert kiosk_cycle_limit_ms("m3-810", 1, 8) == pytest.approx(on_line + on_air, abs=0.01)


def test_ten_uids_of_3m_need_47_ms_on_the_line() -> None:
    air = AirModel()

    on_line = inventory_limit_ms("m3-210", 10) - air.inventory_ms(10)

    assert on_line == pytest.approx((8 + 90) * 10 / 19.2, abs=0.01)
    assert line_ms(90, 19200, 10) == pytest.approx(46.9, abs=0.05)


def test_an_inventory_of_chafon_takes_at_least_its_shortest_scan_time() -> None:
    assert 300 < inventory_limit_ms("chafon-ru5102", 0) < 303


@pytest.mark.parametrize(
    ("model", "tags", "why"),
    [("feig-cpr40", 5, "takes 4 tags at once, not 5"), ("acme", 1, "no limit is known for 'acme'")],
)
def test_what_has_no_limit_is_refused(model: str, tags: int, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        inventory_limit_ms(model, tags)
