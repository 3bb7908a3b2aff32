"""The limits of the readers, added up by hand from the frames of the documents."""

import pytest

from hw_sim.airtime import RF_RESET_MS, AirModel, cycle_ms, line_ms
from hw_sim.limits import REQUEST_GAP_MS, inventory_limit, kiosk_cycle_limit

MODELS = ["feig-mr102", "m3-210", "m3-810", "chafon-ru5102", "chafon-288"]


@pytest.mark.parametrize("tags", [1, 5, 10, 15, 30])
@pytest.mark.parametrize("model", MODELS)
def test_a_limit_grows_with_tags_and_blocks(model: str, tags: int) -> None:
    inventory = inventory_limit(model, tags).total_ms
    cycles = [kiosk_cycle_limit(model, tags, blocks).total_ms for blocks in (1, 8)]

    assert inventory < inventory_limit(model, tags + 1).total_ms
    assert inventory < cycles[0] < cycles[1]


def test_the_limit_of_feig_is_its_cycle_and_what_the_manual_demands_around_it() -> None:
    reset_and_silence = RF_RESET_MS + line_ms(5 + 6) + (2 + 3 * 10) * REQUEST_GAP_MS

    limit = kiosk_cycle_limit("feig-mr102", 10, 8)

    assert limit.total_ms == pytest.approx(cycle_ms(10, 8).total_ms + reset_and_silence)
    assert limit.exchanges == 2 + 3 * 10


def test_a_stack_on_an_empty_pad_needs_no_reset_and_a_return_one_look_more_for_each_tag() -> None:
    usual = kiosk_cycle_limit("feig-mr102", 10, 8)

    lent = kiosk_cycle_limit("feig-mr102", 10, 8, fresh=True)
    returned = kiosk_cycle_limit("feig-mr102", 10, 8, fresh=True, looks=True)

    reset = RF_RESET_MS + line_ms(5 + 6) + REQUEST_GAP_MS
    look = AirModel().system_information_ms() + line_ms(15 + 19) + REQUEST_GAP_MS
    assert lent.total_ms == pytest.approx(usual.total_ms - reset)
    assert returned.total_ms == pytest.approx(lent.total_ms + 10 * look)
    assert (lent.exchanges, returned.exchanges) == (1 + 3 * 10, 1 + 4 * 10)


@pytest.mark.parametrize(("model", "read_bytes"), [("m3-210", 17 + 49), ("m3-810", 16 + 64)])
def test_the_limit_of_3m_is_the_sum_of_its_frames(model: str, read_bytes: int) -> None:
    # inventory 8 + 19, read 8 blocks, AFI 15 + 15, AFI again 14 + 16 bytes
    line_bytes = 27 + read_bytes + 30 + 30
    on_air = 14 + 4.06 + 10 + 15.53 + 5.6 + 20.0 + 9.5

    limit = kiosk_cycle_limit(model, 1, 8)

    assert (limit.exchanges, limit.line_bytes, limit.silence_ms) == (4, line_bytes, 0)
    assert limit.line_ms == pytest.approx(line_bytes * 10 * 1000 / 19200)
    assert limit.air_ms == pytest.approx(on_air, abs=0.01)


def test_ten_tags_of_3m_need_47_ms_on_the_line_for_their_uids_and_5_for_their_dsfids() -> None:
    limit = inventory_limit("m3-210", 10)

    assert limit.line_ms == pytest.approx((8 + 90 + 10) * 10 / 19.2)
    assert line_ms(90, 19200, 10) == pytest.approx(46.9, abs=0.05)


def test_3m_is_granted_a_second_poll_for_tags_that_others_outshout() -> None:
    air = AirModel()

    limit = inventory_limit("m3-210", 10)

    assert limit.air_ms == air.inventory_ms(10) + 10 * air.stay_quiet_ms() + air.inventory_ms(0)


def test_an_inventory_of_chafon_takes_at_least_its_shortest_scan_time() -> None:
    assert 300 < inventory_limit("chafon-ru5102", 0).total_ms < 303


@pytest.mark.parametrize(
    ("model", "tags", "why"),
    [("feig-cpr40", 5, "takes 4 tags at once, not 5"), ("acme", 1, "no limit is known for 'acme'")],
)
def test_what_has_no_limit_is_refused(model: str, tags: int, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        inventory_limit(model, tags)
