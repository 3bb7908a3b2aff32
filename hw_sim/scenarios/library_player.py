"""Plays a scenario on the running library and judges it: real processes, real time."""

import time
from dataclasses import replace
from itertools import cycle
from typing import Final

from hw_sim.client import WorldError
from hw_sim.kiosk_client import KioskError
from hw_sim.matter import Spot
from hw_sim.messages import NewTag
from hw_sim.scenarios.cast import Cast, Prop, with_spot
from hw_sim.scenarios.desk import DeskRefused
from hw_sim.scenarios.doing import Hands
from hw_sim.scenarios.outcome import NotSo, Outcome
from hw_sim.scenarios.script import Scenario, Step
from hw_sim.scenarios.seeing import Eyes
from hw_sim.scenarios.theatre import Theatre
from hw_sim.scenarios.words import (
    Do,
    PutDown,
)
from hw_sim.stage import StageError

_LOOK_S: Final = 0.05
_SETTLE_S: Final = 8.0  # what is on its way to the ledger at the end may still arrive
_TROUBLE = (NotSo, StageError, WorldError, KioskError, DeskRefused, LookupError, OSError)


def play(theatre: Theatre, scenario: Scenario) -> Outcome:
    """Every step, then the end; the first thing that is not so ends the scenario."""
    began = time.monotonic()
    evidence: list[str] = []
    problem = ""
    try:
        theatre.tidy_up()
        began = time.monotonic()
        cast = theatre.office.cast(scenario)
        theatre.world.make_tags(_tags(scenario, cast))
        eyes = Eyes(theatre, cast)
        hands = Hands(theatre, cast)
        for step in scenario.steps:
            _take(step, hands, eyes, evidence)
        theatre.tidy_up()
        _judge(scenario, theatre, eyes, evidence)
    except _TROUBLE as error:
        problem = str(error) or repr(error)
    return Outcome.of(scenario, time.monotonic() - began, evidence, problem)


def _tags(scenario: Scenario, cast: Cast) -> list[NewTag]:
    """The tags as they come into the world; piles with spots get theirs at three spots in turn."""
    spots = dict[str, Spot]()
    for step in scenario.steps:
        if isinstance(step.act, PutDown) and step.act.spots:
            spots |= dict(zip(step.act.books, cycle(Spot), strict=False))
    return [_tag(prop, spots.get(name)) for name, prop in cast.props.items()]


def _tag(prop: Prop, spot: Spot | None) -> NewTag:
    if spot is None:
        return prop.tag
    return with_spot(prop.tag, replace(prop.tag.matter, spot=spot))


def _take(step: Step, hands: Hands, eyes: Eyes, evidence: list[str]) -> None:
    began = time.monotonic()
    if isinstance(step.act, Do):
        hands.do(step.act)
        evidence.append(step.words)
        return
    end = began + step.within_s
    while problem := eyes.see(step.act):
        if time.monotonic() > end:
            raise NotSo(f"{step.words}: {problem}, after {step.within_s:g} s")
        time.sleep(_LOOK_S)
    seen_after = time.monotonic() - began
    stays = time.monotonic() + step.for_s
    while time.monotonic() < stays:
        if problem := eyes.see(step.act):
            raise NotSo(f"{step.words}: it did not stay so: {problem}")
        time.sleep(_LOOK_S)
    evidence.append(f"{step.words}: after {seen_after:.1f} s")


def _judge(scenario: Scenario, theatre: Theatre, eyes: Eyes, evidence: list[str]) -> None:
    end = time.monotonic() + _SETTLE_S
    for name, wanted in scenario.end.items():
        while problem := eyes.end(name, wanted):
            if time.monotonic() > end:
                raise NotSo(f"at the end {problem}")
            time.sleep(_LOOK_S)
        evidence.append(f"{name}: loan, tag, ledger and log agree on {wanted.loan}")
    view = theatre.kiosk.view()
    if view["subtitle"] or view["rows"]:
        raise NotSo(f"the start screen shows {view['subtitle']!r} and {len(view['rows'])} rows")
    if dead := theatre.stage.dead():
        raise NotSo(f"ended by themselves: {', '.join(dead)}")
