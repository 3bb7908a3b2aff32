"""The least each reader needs to tell a stack and to work on it: exchange by exchange (pure).

Air, line, and the silence that a maker's manual demands before each request. Nothing is counted
that a correct cycle could do without, and nothing is left out that it cannot: each inventory tells
all the tags there are, and the DSFID by which a decoder begins; each write is read back.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from hw_sim.airtime import (
    BITS_PER_BYTE_8E1,
    BITS_PER_BYTE_8N1,
    DEFAULT_BAUD,
    RF_RESET_MS,
    UIDS_PER_FRAME,
    AirModel,
    UhfAirModel,
    line_ms,
)

M3_BAUD = 19200  # 3M Model 210 specification 1.0.0
CHAFON_BAUD = 57600  # CF-RU5102 manual V1.2
REQUEST_GAP_MS = 5.0  # FEIG H20800: at least this silence (PSST) before a new request
SHORTEST_SCAN_MS = 300.0  # CF-RU5102, 25: scan time 3 x 100 ms; an inventory takes it all
EPCS_PER_FRAME, EPCS_PER_FRAME_288 = 19, 17  # of 12 bytes in the 250 bytes behind the status


@dataclass(frozen=True, slots=True)
class Limit:
    """What one act needs at least: `line_bytes` and `line_ms` count both directions."""

    exchanges: int
    line_bytes: int
    air_ms: float
    line_ms: float
    silence_ms: float

    @property
    def total_ms(self) -> float:
        return self.air_ms + self.line_ms + self.silence_ms


def inventory_limit(model: str, tags: int, air: AirModel | None = None) -> Limit:
    """To tell `tags` tags.

    `ValueError` for a model nobody knows, and for more tags than it can take at once.
    """
    make = _make(model, tags)
    return make.limit(make.reset + make.inventory(tags, air or AirModel()))


def kiosk_cycle_limit(
    model: str,
    tags: int,
    blocks: int,
    air: AirModel | None = None,
    *,
    fresh: bool = False,
    looks: bool = False,
) -> Limit:
    """A kiosk's cycle: inventory; of each tag `blocks` blocks; AFI written and verified.

    UHF tags have no AFI: there it is the inventory, and as many bytes of the user bank. `fresh`:
    the stack was laid on an empty pad, where no tag was silenced and the field need not go off.
    `looks`: a return, which must know the AFI from before its own write, because it may be refused
    and then undoes its own change only (design, rule 3).
    """
    make, model_air = _make(model, tags), air or AirModel()
    reset = [] if fresh else make.reset
    before = make.look(model_air) if looks else []
    each = before + make.of_each_tag(blocks, model_air)
    return make.limit(reset + make.inventory(tags, model_air) + tags * each)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One request and its answer: bytes there and back, time on the air between."""

    sent: int
    received: int
    air_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class _Make:
    """What the acts of one make consist of. Frame lengths as in the documents."""

    inventory: Callable[[int, AirModel], list[_Exchange]]
    of_each_tag: Callable[[int, AirModel], list[_Exchange]]
    baud: int
    bits_per_byte: int
    look: Callable[[AirModel], list[_Exchange]] = lambda _: []  # at the AFI
    reset: list[_Exchange] = field(default_factory=list)  # before tags that were told already
    gap_ms: float = 0.0
    max_tags: int | None = None

    def limit(self, exchanges: Sequence[_Exchange]) -> Limit:
        line_bytes = sum(exchange.sent + exchange.received for exchange in exchanges)
        return Limit(
            exchanges=len(exchanges),
            line_bytes=line_bytes,
            air_ms=sum(exchange.air_ms for exchange in exchanges),
            line_ms=line_ms(line_bytes, self.baud, self.bits_per_byte),
            silence_ms=len(exchanges) * self.gap_ms,
        )


def _make(model: str, tags: int) -> _Make:
    make = _MAKES.get(model)
    if make is None:
        raise ValueError(f"no limit is known for {model!r}; there are: {', '.join(_MAKES)}")
    if make.max_tags is not None and tags > make.max_tags:
        raise ValueError(f"{model} takes {make.max_tags} tags at once, not {tags}")
    return make


def _feig_inventory(tags: int, air: AirModel) -> list[_Exchange]:
    """A frame for each 24 UIDs with DSFIDs."""
    told = [min(UIDS_PER_FRAME, tags - at) for at in range(0, tags, UIDS_PER_FRAME)]
    first, *more = [_Exchange(7, 7 + count * 10) for count in told] or [_Exchange(7, 6)]
    return [replace(first, air_ms=air.inventory_ms(tags)), *more]


def _feig_tag(blocks: int, air: AirModel) -> list[_Exchange]:
    read = _Exchange(17, 8 + blocks * 5, air.read_ms(blocks))
    write = _Exchange(16, 6, air.write_attribute_ms())
    return [read, write, *_feig_look(air)]


def _feig_look(air: AirModel) -> list[_Exchange]:
    return [_Exchange(15, 19, air.system_information_ms())]


def _m3_inventory(tags: int, air: AirModel) -> list[_Exchange]:
    """UIDs with DSFIDs; and what the reader does unless OPT forbids it, as in every capture.

    It tells each found tag to be quiet and polls once more. A strong tag outshouts a weak one that
    shares its slot, without a collision to notice, and does so in each poll; no host can ask for
    the weak one in less: each 01 to a tag would cost 28 bytes on the line.
    """
    hidden_ms = tags * air.stay_quiet_ms() + air.inventory_ms(0)
    return [_Exchange(8, 10 + tags * 9, air.inventory_ms(tags) + hidden_ms)]


def _m3_210_tag(blocks: int, air: AirModel) -> list[_Exchange]:
    """New style without locks: data alone."""
    return [_Exchange(17, 17 + blocks * 4, air.read_ms(blocks)), *_m3_afi(air)]


def _m3_810_tag(blocks: int, air: AirModel) -> list[_Exchange]:
    """Old style, the only one an 810 is known to answer: each block behind its number and lock."""
    return [_Exchange(16, 16 + blocks * 6, air.read_ms(blocks)), *_m3_afi(air)]


def _m3_afi(air: AirModel) -> list[_Exchange]:
    return [_Exchange(15, 15, air.write_attribute_ms()), *_m3_look(air)]


def _m3_look(air: AirModel) -> list[_Exchange]:
    return [_Exchange(14, 16, air.system_information_ms())]


def _chafon_inventory(tags: int, _air: AirModel) -> list[_Exchange]:
    """The shortest scan time there is; EPCs of 12 bytes, nineteen to a frame."""
    frames = max(1, math.ceil(tags / EPCS_PER_FRAME))
    return [_Exchange(5, frames * 7 + tags * 13, SHORTEST_SCAN_MS)]


def _uhf288_inventory(tags: int, _air: AirModel) -> list[_Exchange]:
    """As the other, with RSSI, seventeen to a frame, and a closing frame without tags."""
    frames = math.ceil(tags / EPCS_PER_FRAME_288)
    return [_Exchange(5, frames * 8 + tags * 14 + 8, SHORTEST_SCAN_MS)]


def _chafon_tag(blocks: int, _air: AirModel) -> list[_Exchange]:
    """MaskAdr and MaskLen stand behind the password, as its manual lists them."""
    return [_Exchange(27, 6 + blocks * 4, UhfAirModel().read_ms(2 * blocks))]


def _uhf288_tag(blocks: int, _air: AirModel) -> list[_Exchange]:
    return [_Exchange(25, 6 + blocks * 4, UhfAirModel().read_ms(2 * blocks))]


_FEIG = _Make(
    _feig_inventory,
    _feig_tag,
    DEFAULT_BAUD,
    BITS_PER_BYTE_8E1,
    look=_feig_look,
    reset=[_Exchange(5, 6, RF_RESET_MS)],  # ONT tells a tag only once
    gap_ms=REQUEST_GAP_MS,
)
_MAKES = {
    "feig-mr102": _FEIG,
    "feig-cpr40": replace(_FEIG, max_tags=4),
    "m3-210": _Make(_m3_inventory, _m3_210_tag, M3_BAUD, BITS_PER_BYTE_8N1, look=_m3_look),
    "m3-810": _Make(_m3_inventory, _m3_810_tag, M3_BAUD, BITS_PER_BYTE_8N1, look=_m3_look),
    "chafon-ru5102": _Make(_chafon_inventory, _chafon_tag, CHAFON_BAUD, BITS_PER_BYTE_8N1),
    "chafon-288": _Make(_uhf288_inventory, _uhf288_tag, CHAFON_BAUD, BITS_PER_BYTE_8N1),
}
