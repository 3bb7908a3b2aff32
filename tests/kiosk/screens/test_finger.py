"""The eye beside a kiosk notes by itself what each frame showed, so that times need no looking."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from hw_sim.finger import Hand
from tests.kiosk.screens import views
from tests.kiosk.screens.driver import Driver, Open

T = TypeVar("T")


def test_each_view_is_told_once_with_the_moment_of_its_frame(open_kiosk: Open) -> None:
    driver, hand = open_kiosk(views.start("ru")), Hand()
    from_now_on = _asked(driver, hand.shown)

    before = time.monotonic()
    driver.show(views.SCREENS["pad"]("ru"))
    driver.show(views.SCREENS["done"]("ru"))
    after = time.monotonic()
    told, nothing_new = _asked(driver, hand.shown), _asked(driver, hand.shown)

    assert from_now_on == nothing_new == []
    assert [view["screen"] for _, view in told] == ["pad", "done"]
    assert before <= told[0][0] <= told[1][0] <= after


def _asked(driver: Driver, question: Callable[[], T]) -> T:
    """The answer of the hand, which asks from a thread of its own while frames go on."""
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(question)
        while not answer.done():
            driver.frames()
            time.sleep(0.002)
        return answer.result()
