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


# A gate reader in ISO host mode: asked again and again, as a pad is, for AFI and EAS
_HOST_GATE: Final = Profile(
    Capabilities(255, has_afi=True, has_eas=True, echoes_uid=False, antennas=2), RELAY
)
PADS: Final = {
    "feig-mr101": Profile(Capabilities(30, has_afi=True, has_eas=True, echoes_uid=False), OUTPUT),
    "feig-mr102": Profile(Capabilities(30, has_afi=True, has_eas=True, echoes_uid=False), OUTPUT),
    "feig-mr200": Profile(Capabilities(30, has_afi=True, has_eas=True, echoes_uid=False), OUTPUT),
    # H20800: at most 4 tags per inventory; four seen may be four of many. No EAS in that manual
    "feig-cpr40": Profile(
        Capabilities(4, has_afi=True, has_eas=False, echoes_uid=False, stacks=False), OUTPUT
    ),
    "feig-lr1002-host": _HOST_GATE,
    "feig-lr2500-host": _HOST_GATE,
}
# A gate hands over what it noticed and has no command that looks at one tag's EAS bit
_GATE: Final = Profile(
    Capabilities(255, has_afi=True, has_eas=False, echoes_uid=False, antennas=2), RELAY
)
GATES: Final = {
    "feig-lr1002": _GATE,
    "feig-lr2500": _GATE,
    "feig-lr1002-notify": _GATE,
    "feig-lr2500-notify": _GATE,
}
