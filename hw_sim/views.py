"""The world as its API shows it."""

import time

from hw_sim.devices.line_device import LineDevice
from hw_sim.devices.outputs import OUTPUT_KINDS
from hw_sim.event_log import Event
from hw_sim.gate_site import Passage
from hw_sim.messages import (
    CardReaderState,
    DropState,
    EventState,
    GateState,
    LyingTag,
    OutputState,
    PadState,
    TagState,
    WalkState,
    WorldState,
)
from hw_sim.stations import CardStation, DropStation, GateStation, PadStation
from hw_sim.tag import Tag
from hw_sim.world import World


def world_state(world: World) -> WorldState:
    """One consistent look at everything."""
    with world.lock:
        return WorldState(
            now=time.monotonic(),
            seed=world.settings.seed,
            tag_count=len(world.tags()),
            pads={name: _pad_state(pad) for name, pad in world.pads.items()},
            gates={name: _gate_state(gate, []) for name, gate in world.gates.items()},
            card_readers={name: _card_state(it) for name, it in world.card_readers.items()},
        )


def gate_state(world: World, gate: GateStation) -> GateState:
    """One gate with its history."""
    with world.lock:
        return _gate_state(gate, world.events.of(gate.name))


def drop_state(world: World, drop: DropStation) -> DropState:
    """One book drop: its flap, and what lies in its bins."""
    with world.lock:
        bins = {name: list(books) for name, books in drop.site.bins.items()}
        return DropState(plugged=drop.is_plugged, locked=drop.site.locked, bins=bins)


def tag_state(tag: Tag) -> TagState:
    return TagState(
        uid=tag.name,
        afi=tag.afi,
        dsfid=tag.dsfid,
        eas=tag.eas,
        block_count=tag.block_count,
        blocks_hex=tag.memory.hex().upper(),
        locked=sorted(tag.locked),
        afi_locked=tag.afi_locked,
        writes=tag.writes,
    )


def event_state(event: Event) -> EventState:
    return EventState(
        seq=event.seq,
        at=event.at,
        source=event.source,
        kind=event.kind,
        details=event.details,
    )


def _pad_state(pad: PadStation) -> PadState:
    return PadState(
        plugged=pad.is_plugged,
        requests=pad.requests,
        field_on=pad.field.on,
        tags=[LyingTag(uid=tag.name, coupling=coupling) for tag, coupling in pad.field.lying()],
        outputs=_outputs(pad.reader),
    )


def _gate_state(gate: GateStation, events: list[Event]) -> GateState:
    site = gate.site
    return GateState(
        now=time.monotonic(),
        lamp=site.outputs["lamp"],
        sounder=site.outputs["sounder"],
        beams=dict(site.beams),
        pins_connected=gate.pins.is_connected,
        plugged=gate.is_plugged,
        requests=gate.requests,
        outputs=_outputs(gate.reader),
        walks=[_walk_state(passage) for passage in site.passages],
        history=[event_state(event) for event in events],
    )


def _walk_state(passage: Passage) -> WalkState:
    walk = passage.walk
    return WalkState(
        walk_id=walk.walk_id,
        direction=walk.direction,
        speed_m_s=walk.speed_m_s,
        uids=[tag.name for tag in walk.tags],
        started_at=walk.started_at,
        ends_at=walk.ended_at,
        readable_at=passage.readable_at,
        secured_readable_at=passage.secured_readable_at,
        reported_at=passage.reported_at,
        lamp_on_at=passage.lamp_on_at,
        sounder_on_at=passage.sounder_on_at,
        ended=passage.ended,
    )


def _card_state(reader: CardStation) -> CardReaderState:
    return CardReaderState(
        plugged=reader.is_plugged,
        cards=[card.uid.hex().upper() for card in reader.chip.cards()],
        transfers=reader.chip.transfers,
    )


def _outputs(reader: LineDevice) -> list[OutputState]:
    return [
        OutputState(
            kind=OUTPUT_KINDS[output.kind],
            number=output.number,
            mode=output.mode,
            seconds=output.seconds,
            until=output.until,
        )
        for output in reader.outputs.values()
    ]
