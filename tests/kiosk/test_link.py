"""The link turns seldom: not at one failure, not at one answer, and not while something waits."""

import pytest

from kiosk.link import Link, LinkLimits

LIMITS = LinkLimits(failures=3, failing_s=4, answers=3, answering_s=10)


class Line:
    """A link, the clock it looks at, and every turn it took."""

    def __init__(self, *, unheard=False):
        self.now = 100.0
        self.turns = []
        self.link = Link(LIMITS, self.turns.append, unheard=unheard, clock=lambda: self.now)

    def fails(self, times, every_s):
        for _ in range(times):
            self.link.failed()
            self.now += every_s

    def answers(self, times, every_s, waiting=0):
        for _ in range(times):
            self.link.answered(waiting=waiting)
            self.now += every_s


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def cut_line(line):
    line.fails(4, every_s=2)
    assert line.turns == [True]
    return line


@pytest.mark.parametrize(
    ("times", "every_s", "alone"),
    [(1, 60, False), (2, 60, False), (50, 0.01, False), (3, 2, True), (3, 60, True)],
    ids=["one", "two", "many at once", "three over four seconds", "three over minutes"],
)
def test_alone_only_after_enough_failures_over_enough_time(line, times, every_s, alone):
    line.fails(times, every_s)

    assert line.link.alone is alone
    assert line.turns == ([True] if alone else [])


def test_one_answer_between_failures_starts_the_count_anew(line):
    for _ in range(20):
        line.fails(2, every_s=2)
        line.answers(1, every_s=2)

    assert line.turns == []


def test_first_failure_is_doubt_until_it_is_settled(line):
    line.fails(1, every_s=1)
    assert line.link.in_doubt

    line.answers(1, every_s=1)

    assert not line.link.in_doubt


def test_line_that_works_every_other_time_never_turns_back(cut_line):
    for _ in range(50):
        cut_line.answers(2, every_s=10)
        cut_line.fails(1, every_s=1)

    assert cut_line.turns == [True]


@pytest.mark.parametrize(("times", "every_s"), [(2, 60), (30, 0.1)])
def test_few_or_quick_answers_do_not_suffice(cut_line, times, every_s):
    cut_line.answers(times, every_s)

    assert cut_line.link.alone


def test_back_after_enough_answers_and_only_when_nothing_waits(cut_line):
    cut_line.answers(5, every_s=5, waiting=12)
    assert cut_line.link.alone

    cut_line.answers(1, every_s=5)

    assert cut_line.turns == [True, False]


def test_what_an_earlier_life_left_makes_it_begin_alone_until_it_is_delivered():
    line = Line(unheard=True)
    assert line.link.alone
    line.answers(3, every_s=5, waiting=1)
    assert line.link.alone

    line.answers(1, every_s=5)

    assert line.turns == [False]


def test_failure_after_such_a_start_asks_for_all_the_answers():
    line = Line(unheard=True)
    line.fails(1, every_s=1)

    line.answers(1, every_s=5)

    assert line.link.alone


@pytest.mark.parametrize("unheard", [False, True])
def test_kiosk_that_was_shut_out_is_not_alone_any_more_at_once(unheard):
    line = Line(unheard=unheard)
    line.fails(4, every_s=2)
    assert line.link.alone

    line.link.shut_out()

    assert not line.link.alone
    assert not line.link.in_doubt
