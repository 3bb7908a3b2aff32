"""A set, a stack, a year: what is ticked, what is missing, what must be bought."""

from datetime import date

import pytest

from circulation.textbooks import (
    Audience,
    ClassNeeds,
    Condition,
    PadCopy,
    SetLine,
    Spare,
    Tick,
    TitleStock,
    collect_stack,
    issue_stack,
    provision,
    school_year,
    short_names,
    wanted_titles,
    year_words,
)

ALGEBRA, GERMAN, FRENCH, ATLAS = 1, 2, 3, 4
ANNA, BORIS = "p-anna", "p-boris"
LINES = (
    SetLine(ALGEBRA),
    SetLine(GERMAN, audience=Audience.GROUP, group="немецкий"),
    SetLine(FRENCH, 2, Audience.GROUP, "французский"),
    SetLine(ATLAS, audience=Audience.PERSON, person=ANNA),
)


@pytest.mark.parametrize(
    ("person", "groups", "wanted"),
    [
        (ANNA, {"немецкий"}, {ALGEBRA: 1, GERMAN: 1, ATLAS: 1}),
        (BORIS, {"французский"}, {ALGEBRA: 1, FRENCH: 2}),
        (BORIS, {"немецкий", "французский"}, {ALGEBRA: 1, GERMAN: 1, FRENCH: 2}),
        (BORIS, set(), {ALGEBRA: 1}),
    ],
)
def test_everybody_gets_the_lines_that_are_for_him(
    person: str, groups: set[str], wanted: dict[int, int]
) -> None:
    assert wanted_titles(LINES, person, groups) == wanted


def test_a_whole_stack_is_ticked_in_one_look() -> None:
    pad = [
        PadCopy("a", ALGEBRA, lendable=True),
        PadCopy("b", ALGEBRA, lendable=True),
        PadCopy("c", ATLAS, lendable=True),
        PadCopy("d", GERMAN, lendable=False),
        PadCopy("e", FRENCH, lendable=True, holder=BORIS),
        PadCopy("f", FRENCH, lendable=True, holder=ANNA),
    ]

    stack = issue_stack({ALGEBRA: 1, GERMAN: 1, FRENCH: 2}, {FRENCH: 1}, pad, ANNA)

    assert stack.take == ("a",)
    assert dict(stack.spare) == {
        "b": Spare.ONE_TOO_MANY,
        "c": Spare.NOT_IN_SET,
        "d": Spare.NOT_LENDABLE,
        "e": Spare.WITH_ANOTHER,
        "f": Spare.ALREADY_HIS,
    }
    assert stack.ticks == (Tick(ALGEBRA, 1, 0, 1), Tick(GERMAN, 1, 0, 0), Tick(FRENCH, 2, 1, 0))
    assert [tick.missing for tick in stack.ticks] == [0, 1, 1]
    assert not stack.complete


def test_a_pupil_who_has_everything_is_complete_with_an_empty_pad() -> None:
    stack = issue_stack({ALGEBRA: 1}, {ALGEBRA: 2}, [], ANNA)

    assert stack.complete
    assert stack.ticks == (Tick(ALGEBRA, 1, 1, 0),)


def test_in_may_the_stack_is_ticked_against_what_the_pupil_has() -> None:
    pad = [
        PadCopy("a", ALGEBRA, lendable=True, holder=ANNA),
        PadCopy("b", ALGEBRA, lendable=True, holder=BORIS),
        PadCopy("c", GERMAN, lendable=True),
    ]

    stack = collect_stack({ALGEBRA: 1, ATLAS: 1}, pad, ANNA)

    assert stack.take == ("a",)
    assert dict(stack.spare) == {"b": Spare.WITH_ANOTHER, "c": Spare.NOT_ON_LOAN}
    assert [tick.missing for tick in stack.ticks] == [0, 1]


def test_provision_counts_heads_and_tells_the_largest_gap_first() -> None:
    classes = [
        ClassNeeds(30, LINES, {"немецкий": 20, "французский": 10}),
        ClassNeeds(25, LINES[:1]),
    ]
    stock = [
        TitleStock(ALGEBRA, 50),
        TitleStock(GERMAN, 40, last_year=2026),
        TitleStock(FRENCH, 20, last_year=2027),
    ]

    lines = provision(classes, stock, 2027)

    assert [(one.title_id, one.needed, one.copies, one.short) for one in lines] == [
        (GERMAN, 20, 40, 20),  # the federal list no longer allows it
        (ALGEBRA, 55, 50, 5),
        (ATLAS, 1, 0, 1),
        (FRENCH, 20, 20, 0),
    ]
    assert [one.expired for one in lines] == [True, False, False, False]


@pytest.mark.parametrize(
    ("day", "year", "words"),
    [
        (date(2026, 9, 1), 2027, "2026/27"),
        (date(2027, 5, 31), 2027, "2026/27"),
        (date(2027, 6, 30), 2027, "2026/27"),
        (date(2027, 7, 1), 2028, "2027/28"),
        (date(2099, 9, 1), 2100, "2099/00"),
    ],
)
def test_a_school_year_is_named_by_its_end(day: date, year: int, words: str) -> None:
    assert school_year(day) == year
    assert year_words(year) == words


def test_a_class_list_shows_no_more_of_a_name_than_tells_two_pupils_apart() -> None:
    people = [("Петрова", "Анна"), ("Павлова", "Анна"), ("Орлов", "Борис"), ("Ли", "Анна")]

    assert short_names(people) == ("Анна Пе.", "Анна Па.", "Борис О.", "Анна Л.")


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        ([("Ким", "Яна"), ("Ким", "Яна")], ("Яна Ким", "Яна Ким")),
        ([("Петров", "Иван"), ("Петрова", "Иван")], ("Иван Петров", "Иван Петрова")),
        ([("", "Яна")], ("Яна",)),
        ([], ()),
    ],
)
def test_names_that_are_alike_are_written_out(
    people: list[tuple[str, str]], shown: tuple[str, ...]
) -> None:
    assert short_names(people) == shown


def test_words_that_travel_stay_what_they_are() -> None:
    assert [*Condition, *Audience] == ["good", "worn", "damaged", "class", "group", "person"]
