"""The world as every test wants to find it, whatever the one before left behind."""

import time

import httpx2

from hw_sim.aisle import Beam
from hw_sim.client import DATA_LINE, WorldClient
from hw_sim.desk.bag import Whereabouts
from hw_sim.desk.now import DeskNow, Snapshot
from hw_sim.stock_tags import sample_tags

BOOKS = 60
RUN_M_S = 10.0
PATIENCE_S = 60


def tidy(world: WorldClient, api: str) -> None:
    """Books on the shelves, pads, readers and bag empty, plugs in, beams free, nobody walks."""
    if world.world().tag_count == 0:
        world.make_tags(sample_tags(BOOKS))
    with httpx2.Client(base_url=api, timeout=PATIENCE_S) as hands:
        _bring_bag_in(world, hands)
        now = _look(hands)
        if now.bag.books:
            uids = [book.uid for book in now.bag.books]
            _order(hands, "/desk/move", {"uids": uids, "to": "shelf"})
        for pad in now.pads:
            world.lift(pad.name)
            _order(hands, f"/desk/pads/{pad.name}/metal", {"on": False})
            _order(hands, f"/desk/pads/{pad.name}/snatch", {"on": False})
    for reader in now.card_readers:
        world.remove_card(reader.name)
    for gate in now.gates:
        for beam in Beam:
            world.block_beam(gate.name, beam, blocked=False)
    for device in [*now.pads, *now.card_readers, *now.gates]:
        world.replug(device.name)
    for wired in [*now.pads, *now.gates]:
        world.clear_faults(wired.name)


def _bring_bag_in(world: WorldClient, hands: httpx2.Client) -> None:
    for gate in world.world().gates:
        _wait_for_walkers(world, gate)
        if _look(hands).bag.where is Whereabouts.OUTSIDE:
            _order(hands, f"/desk/gates/{gate}/walk", {"speed_m_s": RUN_M_S})
            _wait_for_walkers(world, gate)


def _wait_for_walkers(world: WorldClient, gate: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not all(walk.ended for walk in world.gate(gate).walks):
        assert time.monotonic() < end, f"somebody walks through {gate} for ever"
        time.sleep(0.02)


def _look(hands: httpx2.Client) -> DeskNow:
    with hands.stream("GET", "/desk/now") as answer:
        first = next(line for line in answer.iter_lines() if line.startswith(DATA_LINE))
    return Snapshot.model_validate_json(first.removeprefix(DATA_LINE)).desk


def _order(hands: httpx2.Client, path: str, body: object) -> None:
    hands.post(path, json=body).raise_for_status()
