"""The 1,180 pupils of the sample school: invented, in 45 classes, each with a card.

There are no birth dates: lending needs the class alone.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random

from circulation.ids import CardUid, is_random_uid, parse_card_uid
from hw_sim.library.titles import known_authors

SEED = 2026
FIRST_CARD_NUMBER = 100001
CLASS_SIZES: dict[range, tuple[int, ...]] = {
    range(1, 6): (28, 27, 27, 27, 26),
    range(6, 10): (27, 26, 26, 25),
    range(10, 11): (23, 22),
    range(11, 12): (22, 22),
}
"""Pupils in the classes А, Б, В … of each grade: 45 classes, 1,180 pupils."""

_LETTERS = "АБВГД"
_LONG_UID_SHARE = 0.4  # NTAG, Ultralight and DESFire have 7 bytes, MIFARE Classic of old has 4
_NXP = 0x04  # ISO/IEC 7816-6: the maker's byte that starts a 7-byte UID
_CASCADE_TAG = 0x88  # ISO/IEC 14443-3, 6.5.4: never byte 0 of a UID, nor byte 3 of a double one


@dataclass(frozen=True, slots=True)
class Pupil:
    """One line of the roster."""

    school_class: str
    surname: str
    name: str
    patronymic: str
    card_number: str
    card: CardUid


@dataclass(frozen=True, slots=True)
class _Names:
    surnames: tuple[str, ...]
    boys: tuple[str, ...]
    girls: tuple[str, ...]
    patronymics: tuple[tuple[str, str], ...]


FullName = tuple[str, str, str]


@cache
def pupils(seed: int = SEED) -> tuple[Pupil, ...]:
    """The roster by class and surname; names and cards are unique and follow from the seed."""
    random = Random(seed)
    names, cards = _full_names(random), _card_uids(random)
    roster: list[Pupil] = []
    for school_class, size in classes():
        for full_name in sorted((next(names) for _ in range(size)), key=_sort_key):
            number = str(FIRST_CARD_NUMBER + len(roster))
            roster.append(Pupil(school_class, *full_name, number, next(cards)))
    return tuple(roster)


def classes() -> Iterator[tuple[str, int]]:
    """The classes 1А to 11Б in order, with the number of their pupils."""
    for grades, sizes in CLASS_SIZES.items():
        for grade in grades:
            for letter, size in zip(_LETTERS, sizes, strict=False):
                yield f"{grade}{letter}", size


def _full_names(random: Random) -> Iterator[FullName]:
    names, seen = _names(), set[FullName]()
    famous = {(author.surname, author.full.partition(" ")[0]) for author in known_authors()}
    while True:
        full_name = _full_name(random, names)
        if full_name not in seen and full_name[:2] not in famous:
            seen.add(full_name)
            yield full_name


def _full_name(random: Random, names: _Names) -> FullName:
    is_girl = random.random() < 0.5
    surname = random.choice(names.surnames)
    son, daughter = random.choice(names.patronymics)
    if is_girl:
        return _feminine(surname), random.choice(names.girls), daughter
    return surname, random.choice(names.boys), son


def _feminine(surname: str) -> str:
    if surname.endswith("ский"):
        return surname.removesuffix("ий") + "ая"
    if surname.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return surname + "а"
    return surname  # Шевченко and Мельник are the same for a girl


def _sort_key(full_name: FullName) -> tuple[str, ...]:
    return tuple(part.replace("ё", "е\uffff") for part in full_name)  # ё stands right after е


def _card_uids(random: Random) -> Iterator[CardUid]:
    seen: set[CardUid] = set()
    while True:
        uid = _card_uid(random)
        if uid is not None and uid not in seen:
            seen.add(uid)
            yield uid


def _card_uid(random: Random) -> CardUid | None:
    """A card of four or seven bytes, or `None` when chance gave bytes that no fixed UID has."""
    if random.random() < _LONG_UID_SHARE:
        raw = bytes([_NXP]) + random.randbytes(6)
        return None if raw[3] == _CASCADE_TAG else parse_card_uid(raw.hex())
    raw = random.randbytes(4)
    uid = parse_card_uid(raw.hex())
    return None if raw[0] in (0, _CASCADE_TAG) or is_random_uid(uid) else uid


@cache
def _names() -> _Names:
    text = (resources.files("hw_sim.library") / "data" / "names.toml").read_text("utf-8")
    lists = tomllib.loads(text)
    return _Names(
        surnames=tuple(lists["surnames"]),
        boys=tuple(lists["boys"]),
        girls=tuple(lists["girls"]),
        patronymics=tuple((son, daughter) for son, daughter in lists["patronymics"]),
    )
