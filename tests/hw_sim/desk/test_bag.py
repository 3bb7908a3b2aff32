"""A bag is on one side of the gate, or on its way."""

from hw_sim.aisle import Direction, Walk
from hw_sim.desk.bag import Bag, Whereabouts


def test_bag_starts_inside_and_goes_out() -> None:
    bag = Bag()

    bag.leave_with(_walk(bag.direction(0.0), at=0.0))

    assert bag.where(0.0) is Whereabouts.WALKING
    assert bag.where(2.0) is Whereabouts.OUTSIDE


def test_bag_that_is_outside_comes_in() -> None:
    bag = Bag()
    bag.leave_with(_walk(Direction.OUT, at=0.0))

    way = bag.direction(3.0)
    bag.leave_with(_walk(way, at=3.0))

    assert way is Direction.IN
    assert bag.where(6.0) is Whereabouts.INSIDE


def test_bag_of_one_who_turns_back_stays_on_its_side() -> None:
    bag = Bag()

    bag.leave_with(_walk(Direction.OUT, at=0.0, turns_back=True))

    assert bag.where(2.5) is Whereabouts.INSIDE


def test_book_is_in_the_bag_once() -> None:
    bag = Bag()

    bag.put("E0")
    bag.put("E0")
    bag.take("E0")
    bag.take("E0")

    assert bag.uids == []


def _walk(direction: Direction, *, at: float, turns_back: bool = False) -> Walk:
    """Two metres at one metre per second."""
    return Walk(1, (), direction, speed_m_s=1.0, started_at=at, turns_back=turns_back)
