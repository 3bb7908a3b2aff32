"""Plays a gate scenario on virtual time: simulated aisle, reader's buffer, the gate's own core."""

import time
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Final

from circulation.messages import Verdict
from gate.passage import Report
from hw_sim.aisle import Geometry
from hw_sim.aisle import Walk as Stroll
from hw_sim.gate_traffic import AFI, CALM_S, FOREIGN_AFI
from hw_sim.matter import BOOK, BOOKLET, DISC, METAL_COVER, Matter
from hw_sim.motion import SPEED_M_S
from hw_sim.scenarios.outcome import NotSo, Outcome
from hw_sim.scenarios.script import Scenario, Step
from hw_sim.scenarios.words import (
    Kind,
    SeeGate,
    Wait,
    Walk,
)
from hw_sim.tag import Tag, blank_tag
from hw_sim.virtual_gate import VirtualGate

_AFIS: Final[Mapping[Kind, int]] = {
    Kind.BOOK: AFI.in_stock,
    Kind.BOOKLET: AFI.in_stock,
    Kind.DISC: AFI.in_stock,
    Kind.METAL: AFI.in_stock,
    Kind.LISTED: AFI.in_stock,
    Kind.LENT: AFI.on_loan,
    Kind.FOREIGN: FOREIGN_AFI,
    Kind.FOREIGN_ARMED: AFI.in_stock,
    Kind.BLANK: 0x00,
}
_MATTER: Final[Mapping[Kind, Matter]] = {
    Kind.BOOKLET: BOOKLET,
    Kind.DISC: DISC,
    Kind.METAL: METAL_COVER,
}


def play(scenario: Scenario, seed: int) -> Outcome:
    """Every step; a tag that nobody expected to alarm must not have alarmed at the end."""
    began = time.monotonic()
    evidence: list[str] = []
    problem = ""
    try:
        aisle = _Aisle(scenario, seed)
        for step in scenario.steps:
            evidence.append(aisle.take(step))
        aisle.judge()
    except (NotSo, LookupError) as error:
        problem = str(error)
    return Outcome.of(scenario, time.monotonic() - began, evidence, problem)


class _Aisle:
    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._geometry = Geometry(antennas=scenario.antennas)
        self._gate = VirtualGate(
            secured_afi=AFI.in_stock,
            seed=seed,
            geometry=self._geometry,
            security=scenario.security,
        )
        numbers = count(1)
        self._tags = {name: _tag(kind, next(numbers)) for name, kind in scenario.books.items()}
        kinds = scenario.books.items()
        self._gate.listed([self._tags[name] for name, kind in kinds if kind is Kind.LISTED])
        if Kind.FOREIGN_ARMED in scenario.books.values():  # only then the gate must know its own
            own = [self._tags[name] for name, kind in kinds if kind is not Kind.FOREIGN_ARMED]
            self._gate.ours(own)
        self._walk_ids = count(1)
        self._expected: set[str] = set()

    def take(self, step: Step) -> str:
        """One step; what there is to tell of it."""
        match step.act:
            case Walk() as walk:
                self._walk(walk)
            case Wait(seconds=seconds):
                self._gate.run_until(self._gate.clock.now + seconds)
            case SeeGate() as sight:
                return f"{step.words}: {self._see(sight)}"
            case _:
                raise LookupError(f"{step.words}: the aisle knows walk, wait and see gate")
        return f"{step.words}: it is {self._gate.clock.now:.1f} s"

    def judge(self) -> None:
        """Nobody was stopped whom the scenario did not expect to be."""
        alarmed = {str(tag.uid) for report in self._gate.alarms() for tag in report.tags}
        if wrong := [name for name, tag in self._tags.items() if tag.name in alarmed]:
            unexpected = sorted(set(wrong) - self._expected)
            if unexpected:
                raise NotSo(f"{', '.join(unexpected)} alarmed, and nobody expected it")

    def _walk(self, act: Walk) -> None:
        now = self._gate.clock.now
        speed = SPEED_M_S[act.gait]
        for place, bag in enumerate((act.books, *act.followers)):
            walk = Stroll(
                walk_id=next(self._walk_ids),
                tags=[self._tags[name] for name in bag],
                direction=act.direction,
                speed_m_s=speed,
                started_at=now + place * act.gap_m / speed,
                geometry=self._geometry,
                shielding=1.0 if act.shielded else 0.0,
                turns_back=act.turns_back,
                facing=act.facing,
                packed=act.packed,
            )
            self._gate.walk(walk)
        self._gate.run_until(walk.ended_at)

    def _see(self, act: SeeGate) -> str:
        self._gate.run_until(self._gate.clock.now + CALM_S)  # reports come when all are through
        told = [self._verdict(name, act) for name in act.books]
        return ", ".join(told)

    def _verdict(self, name: str, act: SeeGate) -> str:
        uid = self._tags[name].name
        alarms = _of(self._gate.alarms(), uid)
        if alarms:
            self._expected |= {name} if act.verdict is Verdict.ALARM or act.alarms else set()
        if act.alarms is not None and len(alarms) != act.alarms:
            raise NotSo(f"{name} alarmed {len(alarms)} times, not {act.alarms}")
        passages = _of(self._gate.passages(), uid)
        if act.verdict == "nothing":
            if passages or alarms:
                raise NotSo(f"{name} was read, though it cannot be")
            return f"{name} was not read"
        if not passages:
            raise NotSo(f"no passage of {name} was reported")
        verdict = next(tag.verdict for tag in passages[-1].tags if tag.uid == uid)
        if verdict is not act.verdict:
            raise NotSo(f"the verdict on {name} is {verdict}, not {act.verdict}")
        if act.direction is not None and passages[-1].direction is not act.direction:
            raise NotSo(f"{name} went {passages[-1].direction}, not {act.direction}")
        return f"{name} {verdict}, {passages[-1].direction}"


def _of(reports: Sequence[Report], uid: str) -> list[Report]:
    return [report for report in reports if any(tag.uid == uid for tag in report.tags)]


def _tag(kind: Kind, number: int) -> Tag:
    if kind not in _AFIS:
        raise LookupError(f"a {kind} plays in the library only")
    tag = blank_tag(bytes.fromhex("E00401") + number.to_bytes(5, "big"))
    tag.afi = _AFIS[kind]
    tag.set_eas(on=_AFIS[kind] == AFI.in_stock)
    tag.matter = _MATTER.get(kind, BOOK)
    return tag
