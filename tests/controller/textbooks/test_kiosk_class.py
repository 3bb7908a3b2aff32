"""A kiosk's own errands of a class session, asked of a real controller."""

import queue
import time
from collections.abc import Callable, Iterator

import httpx2
import pytest

from circulation.api import Refusal
from circulation.class_sets import ClassList, StackAnswer
from circulation.ids import CardUid, Copy, Isil, ItemId, PatronId
from circulation.reasons import Reason
from circulation.selfservice import DamageRequest
from circulation.textbooks import Condition, Purpose
from controller.staff.rights import Role
from kiosk.class_errands import (
    ClassesLed,
    ClassListed,
    ClassOpened,
    ClassOpening,
    EndClass,
    ListClass,
    MarkCondition,
    OpenClass,
)
from kiosk.client import ControllerClient
from kiosk.errand_runner import Runner
from kiosk.errands import DamageReported, Errand, ErrandDone
from tests.controller.conftest import ISIL, Running
from tests.controller.staff.conftest import As
from tests.controller.textbooks.conftest import CLASS, TEACHER, Pad, School, class_set, put_set

CARD = CardUid("04A1B2C3D4E5F6")
OPEN = OpenClass(1, CARD, PatronId(TEACHER), Purpose.COLLECT)
Run = Callable[[Errand], ErrandDone]


def _no_harm(_: DamageRequest) -> None:
    raise AssertionError("a class session reports no damage by hand")


class Patient(httpx2.HTTPTransport):
    """A line that never gives up: a test machine may be slower than a reader would wait."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), 60.0)
        return super().handle_request(request)


@pytest.fixture
def client(running: Running) -> Iterator[ControllerClient]:
    made = ControllerClient(running.url, running.kiosk_token, transport=Patient())
    yield made
    made.close()


@pytest.fixture
def run(client: ControllerClient) -> Iterator[Run]:
    """Carries an errand out; the event that followed."""
    events: queue.SimpleQueue[ErrandDone] = queue.SimpleQueue()
    runner = Runner(client, events.put, _no_harm)

    def run_one(errand: Errand) -> ErrandDone:
        runner.carry_out(errand)
        return events.get(timeout=60)

    yield run_one
    runner.stop()


@pytest.fixture
def lessons(school: School, signed_in: As) -> School:
    put_set(signed_in(Role.LIBRARIAN), class_set(school))
    return school


def test_the_teachers_card_opens_the_list_marks_follow_and_the_end_closes_both(
    lessons: School, run: Run, client: ControllerClient, pad: Pad
) -> None:
    first, second = lessons.stack(0)[:2]
    pupil = PatronId(lessons.pupils[0])
    pad.issue(pupil, [first, second])
    opened = run(OPEN)
    listed = run(ListClass(1))
    stack = client.compare_stack(pupil, [Copy(Isil(ISIL), ItemId(first))], Purpose.COLLECT)
    pad.collect([first])
    marked = run(MarkCondition(1, Copy(Isil(ISIL), ItemId(first)), Condition.WORN))
    with_him = run(MarkCondition(1, Copy(Isil(ISIL), ItemId(second)), Condition.WORN))

    opening = ClassOpening(CLASS, Purpose.COLLECT, 15 * 60)
    assert opened == ClassOpened(1, CARD, PatronId(TEACHER), opening)
    assert isinstance(listed, ClassListed)
    assert isinstance(listed.result, ClassList)
    assert [(one.name, one.held) for one in listed.result.pupils][:2] == [
        ("Имя0 А.", 2),
        ("Имя1 Б.", 0),
    ]
    assert isinstance(stack, StackAnswer)
    assert (sum(tick.missing for tick in stack.ticks), len(stack.take)) == (1, 1)
    assert isinstance(marked, DamageReported)
    assert isinstance(with_him, DamageReported)
    assert (marked.ok, with_him.ok) == (True, False)


def test_the_end_of_the_session_takes_the_list_away(
    lessons: School, client: ControllerClient
) -> None:
    events: queue.SimpleQueue[ErrandDone] = queue.SimpleQueue()
    runner = Runner(client, events.put, _no_harm)
    runner.carry_out(OPEN)
    events.get(timeout=60)
    stood = client.class_list()
    runner.carry_out(EndClass())
    end = time.monotonic() + 60
    while isinstance(answer := client.class_list(), ClassList) and time.monotonic() < end:
        time.sleep(0.05)
    runner.stop()

    assert isinstance(stood, ClassList)
    assert answer == Refusal(reasons=(Reason.NO_CLASS_SESSION,))
    assert events.empty()  # nobody waits to hear of the end


def test_who_leads_no_class_is_refused(lessons: School, run: Run) -> None:
    pupil = PatronId(lessons.pupils[0])

    done = run(OpenClass(2, CARD, pupil))

    assert done == ClassOpened(2, CARD, pupil, Refusal(reasons=(Reason.CLASS_UNKNOWN,)))


def test_who_leads_several_hears_which_and_opens_the_one_that_is_chosen(
    lessons: School, running: Running, run: Run
) -> None:
    running.change(
        "INSERT INTO class_teacher (library, class_name, patron_id) VALUES (:isil, '5Б', :id)",
        isil=ISIL,
        id=TEACHER,
    )

    asked = run(OPEN)
    chosen = run(OpenClass(1, CARD, PatronId(TEACHER), Purpose.ISSUE, "5Б"))

    assert isinstance(asked, ClassOpened)
    assert asked.result == ClassesLed((CLASS, "5Б"))
    assert isinstance(chosen, ClassOpened)
    assert chosen.result == ClassOpening("5Б", Purpose.ISSUE, 15 * 60)
