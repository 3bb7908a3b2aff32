"""A thread that delivers in rounds goes on whatever a round does, and is never far away."""

import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from kiosk import rounds as module
from kiosk.rounds import Rounds

NEVER = 3_600.0


class Work:
    """What each round answers; an exception is raised. The last answer goes on for ever."""

    def __init__(self, *answers: float | Exception | None) -> None:
        self.answers = list(answers)
        self.rounds = 0

    def __call__(self) -> float | None:
        self.rounds += 1
        answer = self.answers[min(self.rounds, len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def begin() -> Iterator[Callable[[Work], Rounds]]:
    begun: list[Rounds] = []

    def _begin(work: Work) -> Rounds:
        begun.append(Rounds("test", work, first_s=0.01, longest_s=0.05))
        begun[-1].start()
        return begun[-1]

    yield _begin
    for one in begun:
        one.stop()


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_what_is_new_is_taken_up_at_once(begin: Callable[[Work], Rounds]) -> None:
    work = Work(NEVER)
    rounds = begin(work)
    until(lambda: work.rounds == 1)

    rounds.wake()

    until(lambda: work.rounds == 2)


@pytest.mark.parametrize("failure", [None, RuntimeError("a full disk")])
def test_a_round_that_failed_is_tried_again_without_being_woken(
    begin: Callable[[Work], Rounds], failure: Exception | None
) -> None:
    work = Work(failure, failure, NEVER)

    begin(work)

    until(lambda: work.rounds == 3)


def test_pauses_after_failures_grow_to_their_limit_and_begin_anew_after_a_success(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []

    class Impatient(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0)
            return True

    ours = SimpleNamespace(Event=Impatient, Thread=threading.Thread)
    monkeypatch.setattr(module, "threading", ours)
    rounds = Rounds("test", Work(None, None, None, None, 30.0, None), first_s=1.0, longest_s=5.0)
    rounds.start()
    until(lambda: len(pauses) >= 6)

    rounds.stop()

    assert pauses[:6] == [1.0, 2.0, 4.0, 5.0, 30.0, 1.0]


def test_it_ends_when_it_is_told_to_and_before_it_has_begun(
    begin: Callable[[Work], Rounds],
) -> None:
    work = Work(NEVER)
    rounds = begin(work)
    until(lambda: work.rounds == 1)

    rounds.stop()
    Rounds("never begun", work, first_s=1, longest_s=1).stop()

    assert rounds.stopping
    assert not any(one.name == "test" for one in threading.enumerate())
    assert work.rounds == 1
