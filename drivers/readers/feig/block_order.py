"""Which way round a FEIG reader sends the bytes of a block: told by a known tag (pure).

The manual says most significant byte first, which is against tag memory; a firmware that differs
would turn every tag in the house round without an error.
"""

from enum import StrEnum

from drivers.reader import BLOCK_BYTES


class BlockOrder(StrEnum):
    """What the bytes of a known tag say about `Profile.block_msb_first`."""

    RIGHT = "right"
    TURNED = "turned"
    """Each block came back to front: the profile must say the opposite."""
    UNKNOWN = "unknown"
    """Another tag, or blocks that read the same both ways: take a tag with a text on it."""


def block_order(read: bytes, known: bytes) -> BlockOrder:
    """Compare what was `read` with what is `known` to stand there; both whole blocks."""
    turned = b"".join(
        known[at : at + BLOCK_BYTES][::-1] for at in range(0, len(known), BLOCK_BYTES)
    )
    if not known or known == turned:
        return BlockOrder.UNKNOWN
    if read == known:
        return BlockOrder.RIGHT
    return BlockOrder.TURNED if read == turned else BlockOrder.UNKNOWN
