"""The pupils: invented, unique, with cards that a reader could have read."""

from collections import Counter

import pytest

from circulation.ids import is_random_uid, parse_card_uid
from hw_sim.library.pupils import pupils
from hw_sim.library.titles import known_authors

FAMOUS = {
    ("Пушкин", "Александр"),
    ("Толстой", "Лев"),
    ("Волков", "Александр"),
    ("Белов", "Василий"),
    ("Рыбаков", "Анатолий"),
    ("Ершов", "Пётр"),
    ("Островский", "Александр"),
    ("Островский", "Николай"),
    ("Быков", "Василь"),
    ("Медведев", "Валерий"),
    ("Петров", "Евгений"),
    ("Кондратьев", "Вячеслав"),
}


def test_1180_pupils_in_45_classes_from_1a_to_11b() -> None:
    classes = Counter(pupil.school_class for pupil in pupils())

    assert classes.total() == 1180
    assert len(classes) == 45
    assert next(iter(classes)) == "1А"
    assert list(classes)[-1] == "11Б"
    assert {20 < size < 30 for size in classes.values()} == {True}


def test_no_two_pupils_share_a_name_a_number_or_a_card() -> None:
    roster = pupils()

    assert len({(p.surname, p.name, p.patronymic) for p in roster}) == len(roster)
    assert len({p.card_number for p in roster}) == len(roster)
    assert len({p.card for p in roster}) == len(roster)


def test_cards_are_whole_uids_of_four_and_seven_bytes_and_never_random_ones() -> None:
    cards = [pupil.card for pupil in pupils()]
    lengths = Counter(len(card) // 2 for card in cards)

    assert all(parse_card_uid(card) == card for card in cards)
    assert set(lengths) == {4, 7}
    assert min(lengths.values()) > 300
    assert not any(is_random_uid(card) for card in cards)
    assert not any(card.startswith("88") for card in cards)
    assert all(card.startswith("04") for card in cards if len(card) == 14)


def test_nobody_bears_the_name_of_a_writer() -> None:
    names = {(pupil.surname, pupil.name) for pupil in pupils()}
    writers = {(author.surname, author.full.partition(" ")[0]) for author in known_authors()}

    assert names.isdisjoint(FAMOUS | writers)


def test_girls_have_daughters_patronymics_and_feminine_surnames() -> None:
    daughters = [pupil for pupil in pupils() if pupil.patronymic.endswith("на")]
    sons = [pupil for pupil in pupils() if pupil.patronymic.endswith("ич")]

    assert len(daughters) + len(sons) == 1180
    assert {p.surname[-1] for p in daughters} <= {"а", "я", "о", "к"}
    assert all(not p.surname.endswith(("ова", "ева", "ина", "ская")) for p in sons)


@pytest.mark.parametrize(
    ("surname", "feminine"),
    [("Королёв", "Королёва"), ("Покровский", "Покровская"), ("Шевченко", "Шевченко")],
)
def test_a_surname_takes_the_form_of_a_girl(surname: str, feminine: str) -> None:
    girls = {pupil.surname for pupil in pupils() if pupil.patronymic.endswith("на")}
    boys = {pupil.surname for pupil in pupils() if pupil.patronymic.endswith("ич")}

    assert feminine in girls
    assert surname in boys


def test_the_same_seed_gives_the_same_roster_and_another_seed_another() -> None:
    assert pupils(seed=5) != pupils()
    assert pupils.__wrapped__(seed=5) == pupils(seed=5)
