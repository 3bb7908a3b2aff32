"""What differs between FEIG models: a pad, a card-size reader, a gate."""

from dataclasses import dataclass
from typing import Final

from drivers.reader import Capabilities
from drivers.readers.feig.device_commands import OUTPUT, RELAY


@dataclass(frozen=True, slots=True)
class Profile:
    """Settings of one model that no command can ask for."""

    capabilities: Capabilities
    output_kind: int
    block_msb_first: bool = True  # the manual's "always MSB first": turned against tag memory


def _capabilities(max_tags: int, antennas: int = 1) -> Capabilities:
    # EAS exists in these readers (B1); the driver offers AFI, which tells who passed
    return Capabilities(
        max_tags=max_tags, has_afi=True, has_eas=False, echoes_uid=False, antennas=antennas
    )


PADS: Final = {
    "feig-mr101": Profile(_capabilities(30), OUTPUT),
    "feig-mr102": Profile(_capabilities(30), OUTPUT),
    "feig-mr200": Profile(_capabilities(30), OUTPUT),
    "feig-cpr40": Profile(_capabilities(4), OUTPUT),  # H20800: at most 4 tags per inventory
}
GATES: Final = {
    "feig-lr1002": Profile(_capabilities(255, antennas=2), RELAY),
    "feig-lr2500": Profile(_capabilities(255, antennas=2), RELAY),
}
