"""Hours of people at a gate in seconds: `simulate(seconds, seed)` on virtual time, judged.

Every person is judged against the physical model: a secured book that was readable long enough
must have raised an alarm; no disarmed, foreign or listed one may. Names of the cases follow ISO/IEC
18046-4 and VDI 4478-1: walking and increased speed, one and six tags, media stack.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from circulation.messages import Direction as Way
from circulation.tags.afi import AFI_PROFILES
from hw_sim.aisle import Direction, Facing, Geometry, Walk
from hw_sim.matter import BOOK, BOOKLET, DISC, METAL_COVER, Matter
from hw_sim.motion import SPEED_M_S, Gait
from hw_sim.tag import Tag, blank_tag
from hw_sim.virtual_gate import VirtualGate

T = TypeVar("T")
AFI = AFI_PROFILES["iso"]
FOREIGN_AFI = 0x9D  # a laundry's or a shop's: neither of the library's two values
MEAN_GAP_S = 3.0
CLOSE_M = 0.8  # from one close follower's middle to the next one's
CALM_S = 6.0  # after the last person: reports come when the gate has given up waiting
_MOST_TAGS = 6


class Bag(StrEnum):
    """What somebody carries."""

    NOTHING = "nothing"
    LENT = "lent"
    FOREIGN = "foreign"
    LISTED = "listed"  # the loan stands, the tag is still armed
    SECURED = "secured"


_BAGS = {Bag.NOTHING: 40, Bag.LENT: 30, Bag.FOREIGN: 8, Bag.LISTED: 7, Bag.SECURED: 15}
_GAITS = {Gait.STROLL: 25, Gait.WALK: 50, Gait.HURRY: 15, Gait.RUN: 10}
_FACINGS = {Facing.MIXED: 55, Facing.ACROSS: 25, Facing.AHEAD: 15, Facing.FLAT: 5}
_MATTERS = {BOOK: 80, BOOKLET: 12, DISC: 5, METAL_COVER: 3}


@dataclass(frozen=True, slots=True)
class Person:
    """One walk with what is in the bag."""

    bag: Bag
    walk: Walk


@dataclass(frozen=True, slots=True)
class TrafficResult:
    """What happened in `seconds` of traffic; tags are counted, people and passages apart.

    `missed_but_readable`: secured, carried out, readable long enough, and no alarm. `false_alarms`:
    disarmed, foreign or listed, and an alarm. Both are zero at a sound gate. `alarms_on_entering`:
    secured tags from outside that alarmed because somebody might have been on the way out.
    """

    seconds: float
    seed: int
    people: int
    passages: int
    secured_carried: int
    secured_readable: int
    alarms: int
    missed_but_readable: int
    false_alarms: int
    alarms_on_entering: int
    problems: tuple[str, ...] = field(default=())


def simulate(seconds: float, seed: int, *, geometry: Geometry | None = None) -> TrafficResult:
    """So many seconds of people at one gate; the same seed gives the same traffic and verdicts."""
    chance = random.Random(seed)
    gate = VirtualGate(secured_afi=AFI.in_stock, seed=chance.getrandbits(32), geometry=geometry)
    people = list(_people(chance, seconds, gate.geometry))
    gate.listed([tag for person in people if person.bag is Bag.LISTED for tag in person.walk.tags])
    for person in people:
        gate.walk(person.walk)
    gate.run_until(seconds + CALM_S)
    return _judge(gate, people, seconds, seed)


def long_enough(walk: Walk, index: int, gate: VirtualGate, tags_in_aisle: int) -> bool:
    """Was this tag readable for two whole cycles of the reader at one antenna?

    One turn then begins and ends within that time, wherever in its cycle the reader was.
    """
    cycle_s = gate.planes * gate.turn_ms(tags_in_aisle, tags_in_aisle) / 1000
    gain = walk.gains[index]
    spans = (span for antenna in gate.geometry.planes for span in walk.readable_by(antenna, gain))
    return any(span.end - span.start >= 2 * cycle_s for span in spans)


def _people(chance: random.Random, seconds: float, geometry: Geometry) -> Iterator[Person]:
    uids = itertools.count(1)
    before: Walk | None = None
    for number in itertools.count(1):
        bag = _one_of(chance, _BAGS)
        count = 0 if bag is Bag.NOTHING else chance.choice((1, 1, 1, 2, 3, _MOST_TAGS))
        tags = [_tag(bag, next(uids), _one_of(chance, _MATTERS)) for _ in range(count)]
        walk = _walk(chance, number, tags, before, geometry)
        if walk.ended_at > seconds:
            return
        yield Person(bag, walk)
        before = walk


def _walk(
    chance: random.Random, number: int, tags: list[Tag], before: Walk | None, geometry: Geometry
) -> Walk:
    direction = Direction.OUT if chance.random() < 0.6 else Direction.IN
    speed = SPEED_M_S[_one_of(chance, _GAITS)]
    closely = before is not None and chance.random() < 0.15
    if before is not None and closely:
        direction, speed = before.direction, before.speed_m_s
    started_at = chance.expovariate(1 / MEAN_GAP_S) if not closely else 0.0
    if before is not None:
        started_at += _free_at(before, direction, speed)
    return Walk(
        walk_id=number,
        tags=tags,
        direction=direction,
        speed_m_s=speed,
        started_at=started_at,
        geometry=geometry,
        shielding=1.0 if chance.random() < 0.03 else 0.0,
        lateral_m=chance.uniform(0.15, geometry.width_m - 0.15),
        turns_back=chance.random() < 0.05,
        facing=_one_of(chance, _FACINGS),
        packed=chance.random() < 0.5,
    )


def _free_at(before: Walk, direction: Direction, speed_m_s: float) -> float:
    """When the next one may start: nobody overtakes, and who comes the other way waits.

    An aisle is 90 cm wide: two people do not pass each other in it.
    """
    if before.turns_back or before.direction is not direction:
        return before.ended_at
    way_m = 2 * before.geometry.start_m
    at_the_start = before.started_at + CLOSE_M / before.speed_m_s
    at_the_end = before.ended_at + (CLOSE_M - way_m) / speed_m_s
    return max(at_the_start, at_the_end)


def _one_of(chance: random.Random, weights: dict[T, int]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]


def _tag(bag: Bag, number: int, matter: Matter) -> Tag:
    tag = blank_tag(bytes.fromhex("E00401") + number.to_bytes(5, "big"))
    tag.matter = matter
    tag.afi = {Bag.LENT: AFI.on_loan, Bag.FOREIGN: FOREIGN_AFI}.get(bag, AFI.in_stock)
    return tag


def _judge(gate: VirtualGate, people: list[Person], seconds: float, seed: int) -> TrafficResult:
    alarmed = {str(tag.uid) for report in gate.alarms() for tag in report.tags}
    carried = [(p, index) for p in people if _is_theft(p) for index in range(len(p.walk.tags))]
    readable = [
        (p, index) for p, index in carried if long_enough(p.walk, index, gate, _company(people, p))
    ]
    missed = [(p, index) for p, index in readable if p.walk.tags[index].name not in alarmed]
    innocent = {tag.name for p in people if p.bag is not Bag.SECURED for tag in p.walk.tags}
    entering = {tag.name for p in people if p.walk.direction is Direction.IN for tag in p.walk.tags}
    return TrafficResult(
        seconds=seconds,
        seed=seed,
        people=len(people),
        passages=sum(report.direction is not Way.UNKNOWN for report in gate.passages()),
        secured_carried=len(carried),
        secured_readable=len(readable),
        alarms=len(alarmed),
        missed_but_readable=len(missed),
        false_alarms=len(alarmed & innocent),
        alarms_on_entering=len(alarmed & entering),
        problems=tuple(_describe(p, index) for p, index in missed[:10]),
    )


def _is_theft(person: Person) -> bool:
    return person.bag is Bag.SECURED and person.walk.direction is Direction.OUT


def _company(people: list[Person], one: Person) -> int:
    """How many tags are in the aisle while this person is."""
    walk = one.walk
    return sum(
        len(p.walk.tags)
        for p in people
        if p.walk.started_at < walk.ended_at and walk.started_at < p.walk.ended_at
    )


def _describe(person: Person, index: int) -> str:
    walk = person.walk
    return (
        f"walk {walk.walk_id} at {walk.started_at:.2f} s, tag {walk.tags[index].name}: "
        f"{walk.speed_m_s} m/s, {walk.facing}, {walk.lateral_m:.2f} m from the left post"
    )
