"""Ranges of blocks: what one command may carry, and what a tag does not hold yet (pure)."""

from drivers.reader import BLOCK_BYTES


def check_range(first: int, count: int) -> None:
    """`ValueError` for blocks that no ISO 15693 tag has."""
    if first < 0 or count < 1 or first + count > 256:
        raise ValueError(f"blocks {first}..{first + count - 1}: a tag has blocks 0 to 255")


def whole_blocks(data: bytes) -> int:
    """How many blocks `data` is; `ValueError` if it is not whole ones."""
    if not data or len(data) % BLOCK_BYTES:
        raise ValueError(f"{len(data)} bytes are not whole blocks of {BLOCK_BYTES}")
    return len(data) // BLOCK_BYTES


def portions(first: int, count: int, at_most: int) -> list[tuple[int, int]]:
    """(first, count) of each command, at most `at_most` blocks long."""
    end = first + count
    return [(start, min(at_most, end - start)) for start in range(first, end, at_most)]


def differing(wanted: bytes, held: bytes) -> tuple[int, int]:
    """Byte range, in whole blocks, outside of which the tag already holds `wanted`."""
    if len(held) != len(wanted):
        return 0, len(wanted)
    blocks = range(0, len(wanted), BLOCK_BYTES)
    wrong = [at for at in blocks if wanted[at : at + BLOCK_BYTES] != held[at : at + BLOCK_BYTES]]
    return wrong[0], wrong[-1] + BLOCK_BYTES
