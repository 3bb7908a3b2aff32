"""What has no tag yet, narrowed by shelf, batch and class; how far the stock is."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from circulation.encoding import (
    ENCODING_CHOICES,
    ENCODING_PROGRESS,
    ENCODING_UNTAGGED,
    Choices,
    Progress,
    Untagged,
)
from controller.encoding.progress import estimate
from tests.controller.conftest import GOGOL, ISIL, MTSYRI, Running
from tests.controller.encoding.conftest import TAG_A, TAG_B, Tell

NOW = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)


def untagged(station: httpx2.Client, **query: object) -> Untagged:
    return Untagged.model_validate_json(station.post(ENCODING_UNTAGGED, json=query).content)


def items(found: Untagged) -> list[str]:
    return [copy.item_id for copy in found.copies]


@pytest.fixture
def shelved(running: Running) -> Running:
    """GOGOL is a textbook of the seventh class at «Б-2», come with delivery 15/2026."""
    running.change("UPDATE title SET kind = 'textbook', grade = 7 WHERE id = 2")
    running.change("UPDATE item SET place = 'Б-2', inventory_no = '1043' WHERE title_id = 2")
    running.change(
        "INSERT INTO batch (owner, kind, number, reason) VALUES (:isil, 'arrival', '15/2026', '')",
        isil=ISIL,
    )
    running.change(
        "INSERT INTO batch_item (item_id, kind, batch_id)"
        " SELECT i.id, 'arrival', b.id FROM item i, batch b WHERE i.title_id = 2"
    )
    return running


@pytest.mark.parametrize(
    "query",
    [
        {"place": "Б-2"},
        {"batch": "15/2026"},
        {"grade": 7},
        {"text": "104"},
        {"text": "вий"},
        {"place": "Б-2", "batch": "15/2026", "grade": 7, "text": "В"},
    ],
    ids=str,
)
def test_the_list_is_narrowed(
    shelved: Running, station: httpx2.Client, query: dict[str, object]
) -> None:
    found = untagged(station, **query)

    assert (items(found), found.total) == ([GOGOL], 1)


def test_signs_of_a_pattern_are_letters(shelved: Running, station: httpx2.Client) -> None:
    assert untagged(station, text="%").total == untagged(station, text="_").total == 0


def test_pages_hold_every_copy_once_and_no_tagged_or_withdrawn_one(
    running: Running, station: httpx2.Client
) -> None:
    running.change("UPDATE item SET state = 'withdrawn' WHERE item_id = 'C-3'")
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = untagged(station, after=after, most=3)
        seen += items(page)
        after = page.next_after

    assert len(seen) == len(set(seen)) == page.total
    assert MTSYRI not in seen
    assert "C-3" not in seen


def test_a_set_stays_in_the_list_until_its_last_part_has_a_tag(
    shelved: Running, station: httpx2.Client, tell: Tell
) -> None:
    shelved.change("UPDATE item SET parts = 2 WHERE title_id = 2")
    tell(part=1, uid=TAG_A)
    assert items(untagged(station, grade=7)) == [GOGOL]

    tell(part=2, uid=TAG_B)

    assert items(untagged(station, grade=7)) == []


def test_choices_are_those_that_still_have_work(
    shelved: Running, station: httpx2.Client, tell: Tell
) -> None:
    before = Choices.model_validate_json(station.get(ENCODING_CHOICES).content)
    assert [(one.value, one.copies) for one in before.places] == [("Б-2", 1)]
    assert [(one.value, one.copies) for one in before.batches] == [("15/2026", 1)]
    assert [(one.value, one.copies) for one in before.grades] == [("7", 1)]

    tell()

    after = Choices.model_validate_json(station.get(ENCODING_CHOICES).content)
    assert (after.places, after.batches, after.grades) == ((), (), ())


def test_progress_counts_by_hour_and_person(
    running: Running, station: httpx2.Client, tell: Tell
) -> None:
    tell(at=(NOW - timedelta(hours=1)).isoformat())
    tell(result="failed")
    tell(item_id="C-1", uid=TAG_B)

    said = Progress.model_validate_json(station.get(ENCODING_PROGRESS).content)

    assert (said.copies, said.tagged) == (11, 3)
    assert [(pace.hour, pace.operator, pace.tags) for pace in said.today] == [
        ("2026-10-14T11", "olga", 1),
        ("2026-10-14T12", "olga", 1),
    ]
    assert said.estimate is None, "two tags tell nothing about the rest"


def moments(count: int, seconds: float, newest: datetime = NOW) -> list[datetime]:
    return [newest - timedelta(seconds=seconds * n) for n in range(count)]


def test_an_estimate_is_the_span_of_the_recent_paces() -> None:
    fast = moments(101, 6)
    slow = moments(900, 12, fast[-1] - timedelta(seconds=12))

    said = estimate(fast + slow, 3600)

    assert said is not None
    assert said.least_hours == pytest.approx(6, abs=0.2)
    assert said.most_hours == pytest.approx(11.4, abs=0.2)


def test_a_night_is_not_work() -> None:
    today, yesterday = moments(60, 10), moments(60, 10, NOW - timedelta(hours=18))

    said = estimate(today + yesterday, 360)

    assert said is not None
    assert (said.least_hours, said.most_hours) == (1.0, 1.0)


@pytest.mark.parametrize("count", [0, 1, 19])
def test_too_few_tags_make_no_estimate(count: int) -> None:
    assert estimate(moments(count, 6), 1000) is None
